//! Every scheduled line computed again by the database itself, in one statement: what `portal bench accrual` compares with, and an oracle that shares no
//! code with the rules. It knows what the bench's books have: tiers, one period of terms that 360 can be divided by, no cap, no split.

use sqlx::AssertSqlSafe;

use crate::{StoreError, Tx, dialect::Dialect, read::Read};

/// What computing all lines again came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Priced {
    pub lines: i64,
    pub differing: i64,
    /// What is stored of all of them together.
    pub sum_minor: i64,
}

/// The parts that differ: how tiers are taken out of the terms, months from a day, and the larger and smaller of two.
struct Spelling {
    tiers: &'static str,
    year_before: &'static str,
    larger: &'static str,
    smaller: &'static str,
}

const SQLITE: Spelling = Spelling {
    tiers: "SELECT plan_versions.id AS version, steps.key AS place, json_extract(steps.value, '$.from_minor') AS from_minor,
                CAST(ROUND(json_extract(steps.value, '$.rate') * 1000000) AS INTEGER) AS ppm
            FROM plan_versions, json_each(plan_versions.terms, '$.tiers.steps') AS steps",
    year_before: "DATE(later.won_on, '-12 months')",
    larger: "MAX",
    smaller: "MIN",
};

const POSTGRES: Spelling = Spelling {
    tiers: "SELECT plan_versions.id AS version, steps.place, CAST(steps.step ->> 'from_minor' AS BIGINT) AS from_minor,
                CAST(CAST(steps.step ->> 'rate' AS NUMERIC) * 1000000 AS BIGINT) AS ppm
            FROM plan_versions, jsonb_array_elements(CAST(plan_versions.terms AS JSONB) -> 'tiers' -> 'steps') WITH ORDINALITY AS steps (step, place)",
    year_before: "CAST(CAST(later.won_on AS DATE) - INTERVAL '12 months' AS DATE)::TEXT",
    larger: "GREATEST",
    smaller: "LEAST",
};

/// Computes all scheduled lines again and compares them with what is stored. Amounts are counted in 360ths, commissions in millionths of those.
pub async fn compare_lines(tx: &mut Tx) -> Result<Priced, StoreError> {
    let Spelling {
        tiers,
        year_before,
        larger,
        smaller,
    } = match tx.dialect() {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
    };
    let text = format!(
        "WITH steps AS ({tiers}),
         tiers AS MATERIALIZED (
             SELECT version, from_minor * 360 AS begins, LEAD(from_minor) OVER (PARTITION BY version ORDER BY place) * 360 AS ends, ppm FROM steps
         ),
         won AS MATERIALIZED (
             SELECT deals.id, deals.partner_id, deals.plan_version_id AS version, deals.won_on, deal_terms.currency,
                 deal_terms.value_minor * (360 / CAST(deal_terms.period AS BIGINT)) AS base
             FROM deals JOIN deal_terms ON deal_terms.deal_id = deals.id WHERE deals.state = 'won'
         ),
         standing AS MATERIALIZED (
             SELECT later.id, CAST(COALESCE(SUM(earlier.base), 0) AS BIGINT) AS base
             FROM won AS later LEFT JOIN won AS earlier
                 ON earlier.partner_id = later.partner_id AND earlier.currency = later.currency
                 AND (earlier.won_on < later.won_on OR (earlier.won_on = later.won_on AND earlier.id < later.id))
                 AND earlier.won_on > {year_before}
             GROUP BY later.id
         ),
         monthly AS MATERIALIZED (
             SELECT won.id, CAST(SUM(tiers.ppm * {larger}(0,
                 {smaller}(COALESCE(tiers.ends, standing.base + won.base), standing.base + won.base) - {larger}(tiers.begins, standing.base))) AS BIGINT) AS part
             FROM won JOIN standing ON standing.id = won.id JOIN tiers ON tiers.version = won.version
             GROUP BY won.id
         ),
         sums AS (
             SELECT lines.amount_minor, monthly.part * lines.position AS below, monthly.part * (lines.position + 1) AS through
             FROM lines JOIN monthly ON monthly.id = lines.deal_id WHERE lines.kind = 'scheduled'
         ),
         computed AS (
             SELECT amount_minor,
                 through / 360000000 + CASE WHEN through % 360000000 > 180000000
                     OR (through % 360000000 = 180000000 AND (through / 360000000) % 2 = 1) THEN 1 ELSE 0 END
                 - below / 360000000 - CASE WHEN below % 360000000 > 180000000
                     OR (below % 360000000 = 180000000 AND (below / 360000000) % 2 = 1) THEN 1 ELSE 0 END AS computed_minor
             FROM sums
         )
         SELECT COUNT(*) AS how_many, CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS sum_minor,
             CAST(COALESCE(SUM(CASE WHEN computed_minor = amount_minor THEN 0 ELSE 1 END), 0) AS BIGINT) AS differing
         FROM computed"
    );
    let row = sqlx::query(AssertSqlSafe(text))
        .fetch_optional(tx.connection())
        .await?;
    let row = row.as_ref().ok_or(StoreError::RowsAffected {
        what: "sums of lines",
        actual: 0,
    })?;
    Ok(Priced {
        lines: row.integer("how_many")?,
        differing: row.integer("differing")?,
        sum_minor: row.integer("sum_minor")?,
    })
}

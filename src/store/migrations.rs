//! The list of all migrations, and running them. `migrations/README.md` says how to add one.

use std::borrow::Cow;

use sqlx::{
    AnyConnection, AnyPool, SqlSafeStr, SqlStr,
    migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator},
};

use crate::{dialect::Dialect, error::StoreError, sql::bind};

/// Where it is written which of them were run.
const HISTORY: &str = "_sqlx_migrations";

/// Version, name, and the text for SQLite and for PostgreSQL.
pub const MIGRATIONS: &[(i64, &str, &str, &str)] = &[
    (
        1,
        "portal",
        include_str!("../../migrations/0001_portal.sql"),
        include_str!("../../migrations/0001_portal.sql"),
    ),
    (
        2,
        "append_only",
        include_str!("../../migrations/0002_append_only.sqlite.sql"),
        include_str!("../../migrations/0002_append_only.postgres.sql"),
    ),
    (
        3,
        "money",
        include_str!("../../migrations/0003_money.sql"),
        include_str!("../../migrations/0003_money.sql"),
    ),
    (
        4,
        "append_only_money",
        include_str!("../../migrations/0004_append_only_money.sqlite.sql"),
        include_str!("../../migrations/0004_append_only_money.postgres.sql"),
    ),
    (
        5,
        "no_replacing",
        include_str!("../../migrations/0005_no_replacing.sqlite.sql"),
        include_str!("../../migrations/0005_no_replacing.postgres.sql"),
    ),
    (
        6,
        "deal_end",
        include_str!("../../migrations/0006_deal_end.sqlite.sql"),
        include_str!("../../migrations/0006_deal_end.postgres.sql"),
    ),
    (
        7,
        "links",
        include_str!("../../migrations/0007_links.sql"),
        include_str!("../../migrations/0007_links.sql"),
    ),
    (
        8,
        "statements",
        include_str!("../../migrations/0008_statements.sql"),
        include_str!("../../migrations/0008_statements.sql"),
    ),
    (
        9,
        "packs",
        include_str!("../../migrations/0009_packs.sqlite.sql"),
        include_str!("../../migrations/0009_packs.postgres.sql"),
    ),
    (
        10,
        "bundles",
        include_str!("../../migrations/0010_bundles.sqlite.sql"),
        include_str!("../../migrations/0010_bundles.postgres.sql"),
    ),
    (
        11,
        "deal_changes",
        include_str!("../../migrations/0011_deal_changes.sql"),
        include_str!("../../migrations/0011_deal_changes.sql"),
    ),
    (
        12,
        "chain",
        include_str!("../../migrations/0012_chain.sql"),
        include_str!("../../migrations/0012_chain.sql"),
    ),
    (
        13,
        "addresses",
        include_str!("../../migrations/0013_addresses.sql"),
        include_str!("../../migrations/0013_addresses.sql"),
    ),
    (
        14,
        "links_and_owners",
        include_str!("../../migrations/0014_links_and_owners.sql"),
        include_str!("../../migrations/0014_links_and_owners.sql"),
    ),
    (
        15,
        "bill_history",
        include_str!("../../migrations/0015_bill_history.sql"),
        include_str!("../../migrations/0015_bill_history.sql"),
    ),
    (
        16,
        "losses_and_refunds",
        include_str!("../../migrations/0016_losses_and_refunds.sql"),
        include_str!("../../migrations/0016_losses_and_refunds.sql"),
    ),
    (
        17,
        "buckets_and_places",
        include_str!("../../migrations/0017_buckets_and_places.sqlite.sql"),
        include_str!("../../migrations/0017_buckets_and_places.postgres.sql"),
    ),
    (
        18,
        "terms_readings",
        include_str!("../../migrations/0018_terms_readings.sqlite.sql"),
        include_str!("../../migrations/0018_terms_readings.postgres.sql"),
    ),
    (
        19,
        "names_without_case",
        include_str!("../../migrations/0019_names_without_case.sql"),
        include_str!("../../migrations/0019_names_without_case.sql"),
    ),
    (
        20,
        "tries",
        include_str!("../../migrations/0020_tries.sql"),
        include_str!("../../migrations/0020_tries.sql"),
    ),
    (
        21,
        "lanes",
        include_str!("../../migrations/0021_lanes.sql"),
        include_str!("../../migrations/0021_lanes.sql"),
    ),
    (
        22,
        "inbox",
        include_str!("../../migrations/0022_inbox.sqlite.sql"),
        include_str!("../../migrations/0022_inbox.postgres.sql"),
    ),
    (
        23,
        "budgets",
        include_str!("../../migrations/0023_budgets.sql"),
        include_str!("../../migrations/0023_budgets.sql"),
    ),
    (
        24,
        "alerts",
        include_str!("../../migrations/0024_alerts.sql"),
        include_str!("../../migrations/0024_alerts.sql"),
    ),
    (
        25,
        "stages",
        include_str!("../../migrations/0025_stages.sql"),
        include_str!("../../migrations/0025_stages.sql"),
    ),
    (
        26,
        "slack",
        include_str!("../../migrations/0026_slack.sql"),
        include_str!("../../migrations/0026_slack.sql"),
    ),
    (
        27,
        "slack_places",
        include_str!("../../migrations/0027_slack_places.sql"),
        include_str!("../../migrations/0027_slack_places.sql"),
    ),
    (
        28,
        "mail_kinds",
        include_str!("../../migrations/0028_mail_kinds.sql"),
        include_str!("../../migrations/0028_mail_kinds.sql"),
    ),
    (
        29,
        "bounces",
        include_str!("../../migrations/0029_bounces.sql"),
        include_str!("../../migrations/0029_bounces.sql"),
    ),
    (
        30,
        "vault",
        include_str!("../../migrations/0030_vault.sqlite.sql"),
        include_str!("../../migrations/0030_vault.postgres.sql"),
    ),
    (
        31,
        "drift",
        include_str!("../../migrations/0031_drift.sql"),
        include_str!("../../migrations/0031_drift.sql"),
    ),
    (
        32,
        "charged",
        include_str!("../../migrations/0032_charged.sql"),
        include_str!("../../migrations/0032_charged.sql"),
    ),
    (
        33,
        "connections",
        include_str!("../../migrations/0033_connections.sql"),
        include_str!("../../migrations/0033_connections.sql"),
    ),
    (
        34,
        "relay",
        include_str!("../../migrations/0034_relay.sql"),
        include_str!("../../migrations/0034_relay.sql"),
    ),
    (
        35,
        "bill_files",
        include_str!("../../migrations/0035_bill_files.sqlite.sql"),
        include_str!("../../migrations/0035_bill_files.postgres.sql"),
    ),
    (
        36,
        "bill_setup",
        include_str!("../../migrations/0036_bill_setup.sql"),
        include_str!("../../migrations/0036_bill_setup.sql"),
    ),
    (
        37,
        "due_jobs",
        include_str!("../../migrations/0037_due_jobs.sql"),
        include_str!("../../migrations/0037_due_jobs.sql"),
    ),
    (
        38,
        "dead_letters",
        include_str!("../../migrations/0038_dead_letters.sql"),
        include_str!("../../migrations/0038_dead_letters.sql"),
    ),
    (
        39,
        "limits",
        include_str!("../../migrations/0039_limits.sql"),
        include_str!("../../migrations/0039_limits.sql"),
    ),
    (
        40,
        "refused_webhooks",
        include_str!("../../migrations/0040_refused_webhooks.sql"),
        include_str!("../../migrations/0040_refused_webhooks.sql"),
    ),
    (
        41,
        "mirrored_accounts",
        include_str!("../../migrations/0041_mirrored_accounts.sql"),
        include_str!("../../migrations/0041_mirrored_accounts.sql"),
    ),
    (
        42,
        "contacts_of_partners",
        include_str!("../../migrations/0042_contacts_of_partners.sql"),
        include_str!("../../migrations/0042_contacts_of_partners.sql"),
    ),
    (
        43,
        "money_on_account",
        include_str!("../../migrations/0043_money_on_account.sql"),
        include_str!("../../migrations/0043_money_on_account.sql"),
    ),
    (
        44,
        "due_by_priority",
        include_str!("../../migrations/0044_due_by_priority.sql"),
        include_str!("../../migrations/0044_due_by_priority.sql"),
    ),
    (
        45,
        "tries_alone",
        include_str!("../../migrations/0045_tries_alone.sql"),
        include_str!("../../migrations/0045_tries_alone.sql"),
    ),
    (
        46,
        "swept_jobs",
        include_str!("../../migrations/0046_swept_jobs.sqlite.sql"),
        include_str!("../../migrations/0046_swept_jobs.postgres.sql"),
    ),
    (
        47,
        "bills_left",
        include_str!("../../migrations/0047_bills_left.sql"),
        include_str!("../../migrations/0047_bills_left.sql"),
    ),
    (
        48,
        "slack_turns",
        include_str!("../../migrations/0048_slack_turns.sql"),
        include_str!("../../migrations/0048_slack_turns.sql"),
    ),
    (
        49,
        "factors",
        include_str!("../../migrations/0049_factors.sql"),
        include_str!("../../migrations/0049_factors.sql"),
    ),
    (
        50,
        "notes_together",
        include_str!("../../migrations/0050_notes_together.sql"),
        include_str!("../../migrations/0050_notes_together.sql"),
    ),
    (
        51,
        "people",
        include_str!("../../migrations/0051_people.sql"),
        include_str!("../../migrations/0051_people.sql"),
    ),
    (
        52,
        "audit_chain",
        include_str!("../../migrations/0052_audit_chain.sqlite.sql"),
        include_str!("../../migrations/0052_audit_chain.postgres.sql"),
    ),
    (
        53,
        "lawful_basis",
        include_str!("../../migrations/0053_lawful_basis.sql"),
        include_str!("../../migrations/0053_lawful_basis.sql"),
    ),
    (
        54,
        "erasure",
        include_str!("../../migrations/0054_erasure.sqlite.sql"),
        include_str!("../../migrations/0054_erasure.postgres.sql"),
    ),
    (
        55,
        "scopes",
        include_str!("../../migrations/0055_scopes.sql"),
        include_str!("../../migrations/0055_scopes.sql"),
    ),
    (
        56,
        "row_security",
        include_str!("../../migrations/0056_row_security.sqlite.sql"),
        include_str!("../../migrations/0056_row_security.postgres.sql"),
    ),
    (
        57,
        "single_sign_on",
        include_str!("../../migrations/0057_single_sign_on.sqlite.sql"),
        include_str!("../../migrations/0057_single_sign_on.postgres.sql"),
    ),
    (
        58,
        "new_stages",
        include_str!("../../migrations/0058_new_stages.sql"),
        include_str!("../../migrations/0058_new_stages.sql"),
    ),
    (
        59,
        "events_by_themselves",
        include_str!("../../migrations/0059_events_by_themselves.sqlite.sql"),
        include_str!("../../migrations/0059_events_by_themselves.postgres.sql"),
    ),
    (
        60,
        "ciphers",
        include_str!("../../migrations/0060_ciphers.sql"),
        include_str!("../../migrations/0060_ciphers.sql"),
    ),
    (
        61,
        "known_browsers",
        include_str!("../../migrations/0061_known_browsers.sql"),
        include_str!("../../migrations/0061_known_browsers.sql"),
    ),
    (
        62,
        "vouched_proofs",
        include_str!("../../migrations/0062_vouched_proofs.sql"),
        include_str!("../../migrations/0062_vouched_proofs.sql"),
    ),
    (
        63,
        "scanner",
        include_str!("../../migrations/0063_scanner.sql"),
        include_str!("../../migrations/0063_scanner.sql"),
    ),
];

/// Brings the schema up to date; safe when several instances start at once. On PostgreSQL whoever may not change it looks whether it is.
pub(crate) async fn run(pool: &AnyPool, dialect: Dialect) -> Result<(), StoreError> {
    match dialect {
        Dialect::Postgres => {
            let mut connection = pool.acquire().await?;
            if !may_run(&mut connection).await? {
                return expect_up_to_date(&mut connection).await;
            }
            // sqlx takes a lock of its own there.
            migrator(dialect).run(&mut *connection).await?;
        }
        // Nobody else can begin to write until all of it is done; who comes second finds nothing left to do.
        Dialect::Sqlite => {
            let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
            migrator(dialect).run(&mut *transaction).await?;
            transaction.commit().await?;
        }
    }
    Ok(())
}

/// The same for a connection of the user that owns the schema on PostgreSQL, or is to own it.
pub(crate) async fn run_as_owner(connection: &mut AnyConnection) -> Result<(), StoreError> {
    if !may_run(connection).await? {
        return Err(StoreError::NotOwner);
    }
    migrator(Dialect::Postgres).run(connection).await?;
    Ok(())
}

/// Whether a user of PostgreSQL has all migrations before it, for one that may run none.
pub(crate) async fn expect_up_to_date(connection: &mut AnyConnection) -> Result<(), StoreError> {
    // Whoever is just running them is waited for.
    connection.lock().await?;
    connection.unlock().await?;
    let readable = "SELECT 1 AS readable WHERE has_table_privilege(to_regclass($1), 'SELECT')";
    let readable = bind(sqlx::query(readable), &HISTORY);
    let is_readable = readable.fetch_optional(&mut *connection).await?.is_some();
    let applied = if is_readable {
        connection.list_applied_migrations(HISTORY).await?
    } else {
        Vec::new()
    };
    let migrator = migrator(Dialect::Postgres);
    for one in &applied {
        let version = one.version;
        match migrator.iter().find(|known| known.version == version) {
            Some(known) if known.checksum == one.checksum => {}
            Some(_) => return Err(MigrateError::VersionMismatch(version).into()),
            None => return Err(MigrateError::VersionMissing(version).into()),
        }
    }
    let (applied, known) = (applied.len(), MIGRATIONS.len());
    if applied < known {
        return Err(StoreError::Behind { applied, known });
    }
    Ok(())
}

/// Whether a user of PostgreSQL may run them: it owns what is there, or may make it.
async fn may_run(connection: &mut AnyConnection) -> Result<bool, StoreError> {
    let may = "SELECT 1 AS may FROM (SELECT to_regclass($1) AS history) AS found
         WHERE CASE WHEN history IS NULL THEN has_schema_privilege(current_schema(), 'CREATE')
             ELSE (SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = history) END";
    let may = bind(sqlx::query(may), &HISTORY);
    Ok(may.fetch_optional(connection).await?.is_some())
}

fn migrator(dialect: Dialect) -> Migrator {
    let migrations = MIGRATIONS
        .iter()
        .map(|&(version, name, sqlite, postgres)| {
            let sql: SqlStr = match dialect {
                Dialect::Sqlite => sqlite.into_sql_str(),
                Dialect::Postgres => postgres.into_sql_str(),
            };
            Migration::new(version, name.into(), MigrationType::Simple, sql, false)
        })
        .collect();
    Migrator {
        migrations: Cow::Owned(migrations),
        table_name: Cow::Borrowed(HISTORY),
        ..Migrator::DEFAULT
    }
}

//! The list of all migrations, and running them. `migrations/README.md` says how to add one.

use std::borrow::Cow;

use sqlx::{
    AnyPool, SqlSafeStr, SqlStr,
    migrate::{Migration, MigrationType, Migrator},
};

use crate::{dialect::Dialect, error::StoreError};

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
        "bills_left",
        include_str!("../../migrations/0044_bills_left.sql"),
        include_str!("../../migrations/0044_bills_left.sql"),
    ),
];

/// Brings the schema up to date; safe when several instances start at once.
pub(crate) async fn run(pool: &AnyPool, dialect: Dialect) -> Result<(), StoreError> {
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
    let migrator = Migrator {
        migrations: Cow::Owned(migrations),
        ..Migrator::DEFAULT
    };
    match dialect {
        // sqlx takes a lock of its own there.
        Dialect::Postgres => migrator.run(pool).await?,
        // Nobody else can begin to write until all of it is done; who comes second finds nothing left to do.
        Dialect::Sqlite => {
            let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
            migrator.run(&mut *transaction).await?;
            transaction.commit().await?;
        }
    }
    Ok(())
}

//! What only the database keeps: books that are never changed, a schema that both databases share, and transactions that happen wholly or not at all.

use std::{collections::BTreeSet, fs, path::Path};

use portal_domain::money::Money;
use portal_services::disputes;
use portal_store::{MIGRATIONS, Store, settings, waivers};
use sqlx::Row;

use crate::{access::stated, database::Database, portal::TestPortal};

/// A table that is only ever added to: what would change it, and each of its keys, with the columns that leave that key free when they differ.
struct AppendOnly {
    table: &'static str,
    changed: &'static str,
    key: &'static str,
    /// Column and another value for it, for a row that is in the way by its other keys only.
    others: &'static [&'static [(&'static str, &'static str)]],
}

const APPEND_ONLY: [AppendOnly; 8] = [
    AppendOnly {
        table: "journal",
        changed: "amount_minor",
        key: "position",
        others: &[],
    },
    AppendOnly {
        table: "audit",
        changed: "act",
        key: "position",
        others: &[],
    },
    AppendOnly {
        table: "statements",
        changed: "total_minor",
        key: "id",
        others: &[
            &[("id", "id || '2'")],
            &[("id", "id || '2'"), ("number", "number || '2'")],
            &[
                ("id", "id || '2'"),
                ("number", "number || '2'"),
                ("quarter", "'1999Q1'"),
            ],
        ],
    },
    AppendOnly {
        table: "lead_events",
        changed: "facts",
        key: "lead_id, position",
        others: &[],
    },
    AppendOnly {
        table: "terms_readings",
        changed: "value_minor",
        key: "deal_id, position",
        others: &[],
    },
    AppendOnly {
        table: "dispute_messages",
        changed: "text",
        key: "line_id, position",
        others: &[],
    },
    AppendOnly {
        table: "waivers",
        changed: "amount_minor",
        key: "deal_id, month, position",
        others: &[],
    },
    AppendOnly {
        table: "plan_versions",
        changed: "terms",
        key: "id",
        others: &[&[("id", "id || '2'")]],
    },
];

impl AppendOnly {
    /// Everything that could take away what stands there.
    async fn attempts(&self, database: &Database) -> Vec<String> {
        let Self {
            table,
            changed,
            key,
            ..
        } = self;
        let columns: Vec<String> = columns(database)
            .await
            .into_iter()
            .filter(|(of, _, _)| of == table)
            .map(|(_, column, _)| column)
            .collect();
        let names = columns.join(", ");
        let mut attempts = vec![
            format!("UPDATE {table} SET {changed} = {changed}"),
            format!("DELETE FROM {table}"),
            format!(
                "INSERT INTO {table} ({names}) SELECT {names} FROM {table} WHERE 1 = 1
                 ON CONFLICT ({key}) DO UPDATE SET {changed} = excluded.{changed}"
            ),
        ];
        if database.is_postgres() {
            attempts.push(format!("TRUNCATE {table} CASCADE"));
            return attempts;
        }
        let replace = |others: &[(&str, &str)]| {
            let values = columns.iter().map(|column| {
                let other = others.iter().find(|(name, _)| name == column);
                other.map_or(column.as_str(), |(_, value)| value)
            });
            let values: Vec<&str> = values.collect();
            format!(
                "REPLACE INTO {table} ({names}) SELECT {} FROM {table}",
                values.join(", ")
            )
        };
        attempts.push(replace(&[]));
        attempts.extend(self.others.iter().map(|others| replace(others)));
        attempts.push(format!(
            "UPDATE OR REPLACE {table} SET {changed} = {changed}"
        ));
        let last = key.rsplit(", ").next().unwrap_or(key);
        let elsewhere = match last {
            "id" => "id || '2'",
            other => &format!("{other} + 1000000"),
        };
        // A row of that number in the file, whatever its keys are.
        attempts.push(format!(
            "INSERT OR REPLACE INTO {table} (rowid, {names}) SELECT rowid, {} FROM {table} LIMIT 1",
            names.replacen(last, elsewhere, 1)
        ));
        attempts
    }
}

#[tokio::test]
async fn the_books_refuse_to_be_changed_deleted_or_replaced() {
    let portal = TestPortal::start().await;
    let (lead, _) = stated(&portal).await;
    let database = &portal.database;
    let line = portal.lines(lead).await.remove(0).line;
    disputes::open(
        &portal.ctx,
        &portal.aster.owner,
        line.id,
        "Is that all of it?",
    )
    .await
    .unwrap();
    let person = portal.staff.finance.person();
    let mut tx = portal.ctx.store.write().await.unwrap();
    let now = portal.ctx.now();
    waivers::add(
        &mut tx,
        line.deal,
        line.month,
        Money::zero(line.money.currency),
        "Nothing",
        person,
        now,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    for known in &APPEND_ONLY {
        let table = known.table;
        let count = format!("SELECT CAST(COUNT(*) AS BIGINT) AS how_many FROM {table}");
        let before: i64 = database.rows(&count).await[0].get("how_many");
        assert!(before > 0, "{table} holds nothing to change");
        for sql in known.attempts(database).await {
            let refused = database.execute(&sql).await.expect_err(&sql).to_string();
            assert!(
                refused.contains("append-only") || refused.contains("frozen"),
                "{sql}: {refused}"
            );
        }
        let after: i64 = database.rows(&count).await[0].get("how_many");
        assert_eq!(after, before, "{table}");
    }
    portal.finish().await;
}

/// Table, column and type, in small letters, of every table of ours.
async fn columns(database: &Database) -> Vec<(String, String, String)> {
    let sql = if database.is_postgres() {
        "SELECT CAST(table_name AS TEXT) AS t, CAST(column_name AS TEXT) AS c, CAST(data_type AS TEXT) AS d FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'"
    } else {
        "SELECT m.name AS t, p.name AS c, p.type AS d FROM sqlite_master m JOIN pragma_table_info(m.name) p
         WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\'"
    };
    let rows = database.rows(sql).await;
    rows.iter()
        .map(|row| {
            (
                row.get("t"),
                row.get("c"),
                row.get::<String, _>("d").to_lowercase(),
            )
        })
        .collect()
}

#[tokio::test]
async fn amounts_times_and_ids_have_the_types_that_both_databases_share() {
    let database = Database::create().await;
    let store = Store::open(database.url()).await.unwrap();
    let columns = columns(&database).await;
    assert!(columns.len() > 150, "{} columns", columns.len());
    for (table, column, kind) in &columns {
        let expected = match column.as_str() {
            name if name.ends_with("_minor")
                || name.ends_with("_at")
                || name == "month"
                || name.ends_with("_month") =>
            {
                "bigint"
            }
            name if name == "id"
                || name.ends_with("_id")
                || name.ends_with("_on")
                || name == "currency" =>
            {
                "text"
            }
            // Bundles, notes, files and what is sealed are bytes, which the two call differently.
            "body" if matches!(table.as_str(), "bundles" | "inbox") => continue,
            "sealed" => continue,
            "content" if table == "bill_files" => continue,
            _ => {
                assert!(
                    matches!(kind.as_str(), "bigint" | "text"),
                    "{table}.{column} is {kind}"
                );
                continue;
            }
        };
        assert_eq!(kind, expected, "{table}.{column}");
    }
    store.close().await;
    database.remove().await;
}

#[tokio::test]
async fn every_id_of_ours_refers_to_its_table() {
    let database = Database::create().await;
    let store = Store::open(database.url()).await.unwrap();
    let sql = if database.is_postgres() {
        "SELECT CAST(k.table_name AS TEXT) AS t, CAST(k.column_name AS TEXT) AS c FROM information_schema.key_column_usage k
         JOIN information_schema.table_constraints t ON t.constraint_name = k.constraint_name WHERE t.constraint_type = 'FOREIGN KEY'"
    } else {
        "SELECT m.name AS t, f.\"from\" AS c FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
    };
    let rows = database.rows(sql).await;
    let referring: BTreeSet<(String, String)> = rows
        .iter()
        .map(|row| (row.get("t"), row.get("c")))
        .collect();
    // Whatever a vendor gave out is not ours to check.
    let is_theirs = |table: &str, column: &str| {
        column.contains("hubspot_")
            || column.contains("xero_")
            || column == "remote_id"
            || (column == "contact_id" && matches!(table, "invoices" | "credits"))
    };
    // Jobs that are done are removed by the thousand, none of them with a try, and old notes after their events: that is not looked up for each.
    let is_kept_apart = |table: &str, column: &str| {
        matches!(
            (table, column),
            ("job_tries", "job_id") | ("inbox_events", "inbox_id")
        )
    };
    let missing: Vec<_> = columns(&database)
        .await
        .into_iter()
        .filter(|(table, column, _)| column.ends_with("_id") && !is_theirs(table, column))
        .filter(|(table, column, _)| !is_kept_apart(table, column))
        .filter(|(table, column, _)| !referring.contains(&(table.clone(), column.clone())))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    store.close().await;
    database.remove().await;
}

#[test]
fn the_list_of_migrations_is_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let read = |name: &str| {
        fs::read_to_string(folder.join(name))
            .unwrap_or_else(|error| panic!("migrations/{name}: {error}"))
    };
    let mut listed = BTreeSet::from(["README.md".to_owned()]);
    for (place, (version, name, sqlite, postgres)) in MIGRATIONS.iter().enumerate() {
        assert_eq!(
            usize::try_from(*version).unwrap(),
            place + 1,
            "versions count up from 1 without gaps"
        );
        let common = format!("{version:04}_{name}.sql");
        if sqlite == postgres {
            assert_eq!(read(&common), *sqlite);
            listed.insert(common);
        } else {
            for (dialect, text) in [("sqlite", sqlite), ("postgres", postgres)] {
                let name = format!("{version:04}_{name}.{dialect}.sql");
                assert_eq!(read(&name), **text);
                listed.insert(name);
            }
        }
    }
    let there: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(
        there, listed,
        "a file that `MIGRATIONS` does not list is never run"
    );
}

#[tokio::test]
async fn several_instances_may_open_one_new_database_at_once() {
    let database = Database::create().await;
    let opened = futures::future::join_all((0..4).map(|_| Store::open(database.url()))).await;
    for store in opened {
        let store = store.unwrap();
        assert!(
            settings::find(&mut store.read().await.unwrap(), "nothing")
                .await
                .unwrap()
                .is_none()
        );
        store.close().await;
    }
    database.remove().await;
}

#[tokio::test]
async fn a_transaction_that_is_dropped_never_happened() {
    let portal = TestPortal::start().await;
    let store = &portal.ctx.store;
    let mut tx = store.write().await.unwrap();
    settings::set(&mut tx, "test", "1", portal.ctx.now())
        .await
        .unwrap();
    drop(tx);
    assert_eq!(
        settings::find(&mut store.read().await.unwrap(), "test")
            .await
            .unwrap(),
        None
    );
    let mut before = store.read().await.unwrap();
    assert_eq!(settings::find(&mut before, "test").await.unwrap(), None);
    let mut tx = store.write().await.unwrap();
    settings::set(&mut tx, "test", "2", portal.ctx.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        settings::find(&mut before, "test").await.unwrap(),
        None,
        "a reader sees one moment"
    );
    drop(before);
    assert_eq!(
        settings::find(&mut store.read().await.unwrap(), "test")
            .await
            .unwrap()
            .as_deref(),
        Some("2")
    );
    portal.finish().await;
}

#[tokio::test]
async fn running_numbers_have_no_gaps_and_no_doubles() {
    let portal = TestPortal::start().await;
    let take = || async {
        let mut tx = portal.ctx.store.write().await.unwrap();
        let number = settings::next_number(&mut tx, "test").await.unwrap();
        tx.commit().await.unwrap();
        number
    };
    let mut tx = portal.ctx.store.write().await.unwrap();
    settings::next_number(&mut tx, "test").await.unwrap();
    drop(tx);
    let mut numbers = futures::future::join_all((0..12).map(|_| take())).await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<i64>>());
    portal.finish().await;
}

#[tokio::test]
async fn an_address_of_no_known_database_says_so() {
    let refused = Store::open("mysql://localhost/portal")
        .await
        .expect_err("no such database")
        .to_string();
    assert!(
        refused.contains("DATABASE_URL")
            && refused.contains("sqlite://")
            && refused.contains("postgres://"),
        "{refused}"
    );
}

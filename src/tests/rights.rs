//! The two users on PostgreSQL: what the one that the portal runs as may do there, and how it comes to that. SQLite has no users.

use portal_store::{MIGRATIONS, Store};
use sqlx::Row;

use crate::{access::stated, database::Database, portal::TestPortal};

const PLANTED: &str = "planted-and-secret";

/// Opens it as a portal with two users does.
async fn open(database: &Database) -> Store {
    Store::open_beside_owner(database.portal_url(), database.url())
        .await
        .unwrap()
}

/// The rights that each table names, and the version of the row in the catalogue in which they stand.
async fn catalogue(database: &Database) -> Vec<[String; 3]> {
    let sql = "SELECT CAST(relname AS TEXT) AS name, COALESCE(CAST(relacl AS TEXT), '-') AS rights, CAST(xmin AS TEXT) AS version
         FROM pg_class WHERE relnamespace = CAST('public' AS regnamespace) AND relkind = 'r' ORDER BY relname";
    let rows = database.rows(sql).await;
    let read = rows
        .iter()
        .map(|row| ["name", "rights", "version"].map(|column| row.get::<String, _>(column)));
    read.collect()
}

#[tokio::test]
async fn the_portals_user_takes_nothing_away_that_the_database_keeps() {
    let portal = TestPortal::start().await;
    if portal.database.is_postgres() {
        // From the lead to the statement, all of it as that user.
        stated(&portal).await;
        let owner = portal
            .database
            .rows("SELECT quote_ident(current_user) AS name")
            .await;
        let become_owner = format!("SET ROLE {}", owner[0].get::<String, _>("name"));
        for sql in [
            "DROP TRIGGER audit_append_only ON audit",
            "ALTER TABLE audit DISABLE TRIGGER ALL",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "DROP FUNCTION refuse_change() CASCADE",
            "SET session_replication_role = replica",
            "ALTER TABLE leads DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE leads NO FORCE ROW LEVEL SECURITY",
            "DROP POLICY own_partner ON leads",
            "ALTER TABLE leads ADD COLUMN mine TEXT",
            "CREATE INDEX mine ON leads (id)",
            "CREATE TABLE mine (id TEXT)",
            "DROP TABLE leads",
            "TRUNCATE settings",
            "TRUNCATE journal CASCADE",
            "UPDATE journal SET amount_minor = amount_minor",
            "DELETE FROM journal",
            "UPDATE audit SET hash = hash",
            "DELETE FROM audit",
            "UPDATE lead_events SET kind = kind",
            "UPDATE statements SET total_minor = total_minor",
            "UPDATE _sqlx_migrations SET checksum = checksum",
            "DELETE FROM _sqlx_migrations",
            &become_owner,
        ] {
            let refused = portal.database.execute_as_portal(sql).await;
            let refused = refused.expect_err(sql);
            let code = refused.as_database_error().and_then(|error| error.code());
            assert_eq!(code.as_deref(), Some("42501"), "{sql}: {refused}");
        }
        // What may be erased is looked at by its trigger.
        for sql in [
            "UPDATE audit SET facts = '{}'",
            "UPDATE lead_events SET facts = '{}'",
        ] {
            let refused = portal.database.execute_as_portal(sql).await;
            let refused = refused.expect_err(sql).to_string();
            assert!(refused.contains("append-only"), "{sql}: {refused}");
        }
    }
    portal.finish().await;
}

#[tokio::test]
async fn what_is_only_ever_added_to_is_so_by_its_rights_too() {
    let portal = TestPortal::start().await;
    if portal.database.is_postgres() {
        let user = portal.database.portal_user();
        // Of a trigger's kinds 8 is DELETE and 16 is UPDATE.
        let triggers = "FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid";
        let all = format!(
            "SELECT DISTINCT CAST(relname AS TEXT) {triggers} WHERE proname = 'refuse_change'"
        );
        assert!(portal.database.rows(&all).await.len() >= 8);
        let more = [
            format!(
                "{triggers} WHERE proname = 'refuse_change' AND (tgtype & 8) <> 0 AND has_table_privilege('{user}', tgrelid, 'DELETE')"
            ),
            format!(
                "{triggers} WHERE proname = 'refuse_change' AND (tgtype & 16) <> 0 AND has_any_column_privilege('{user}', tgrelid, 'UPDATE')"
            ),
            format!(
                "{triggers} WHERE proname LIKE 'refuse%' AND (tgtype & 16) <> 0 AND has_table_privilege('{user}', tgrelid, 'UPDATE')"
            ),
            format!(
                "FROM pg_class WHERE relnamespace = CAST('public' AS regnamespace) AND relkind = 'r'
                 AND (has_table_privilege('{user}', oid, 'TRUNCATE, REFERENCES, TRIGGER') OR pg_has_role('{user}', relowner, 'MEMBER'))"
            ),
        ];
        for of in more {
            let sql = format!("SELECT CAST(relname AS TEXT) AS name {of}");
            let found = portal.database.rows(&sql).await;
            let found: Vec<String> = found.iter().map(|row| row.get("name")).collect();
            assert!(
                found.is_empty(),
                "{found:?}: say in src/store/rights.rs what the portal does there, which is less than its user may: {sql}"
            );
        }
    }
    portal.finish().await;
}

#[tokio::test]
async fn a_second_start_writes_no_right_and_puts_back_what_somebody_changed() {
    let database = Database::create().await;
    if database.is_postgres() {
        open(&database).await.close().await;
        let first = catalogue(&database).await;
        open(&database).await.close().await;
        assert_eq!(catalogue(&database).await, first);
        let user = database.portal_user();
        for sql in [
            format!("GRANT TRUNCATE ON journal TO {user}"),
            format!("GRANT UPDATE (act) ON audit TO {user}"),
            format!("GRANT SELECT ON leads TO {user} WITH GRANT OPTION"),
            format!("REVOKE INSERT ON deals FROM {user}"),
        ] {
            database.execute(&sql).await.unwrap();
        }
        open(&database).await.close().await;
        let rights = |catalogue: Vec<[String; 3]>| {
            let rights = catalogue
                .into_iter()
                .map(|[name, rights, _]| [name, rights]);
            rights.collect::<Vec<_>>()
        };
        assert_eq!(rights(catalogue(&database).await), rights(first));
        let act = "UPDATE audit SET act = act";
        assert!(database.execute_as_portal(act).await.is_err());
    }
    database.remove().await;
}

#[tokio::test]
async fn several_instances_with_two_users_may_open_one_new_database_at_once() {
    let database = Database::create().await;
    if database.is_postgres() {
        let stores = futures::future::join_all((0..4).map(|_| open(&database))).await;
        for store in stores {
            assert!(!store.may_change_schema().await.unwrap());
            store.close().await;
        }
    }
    database.remove().await;
}

#[tokio::test]
async fn without_the_schemas_owner_the_portals_user_starts_on_one_that_is_up_to_date_alone() {
    let database = Database::create().await;
    if database.is_postgres() {
        let alone = async || Store::open(database.portal_url()).await;
        let said = alone().await.expect_err("there is none").to_string();
        assert!(
            said.contains("`portal migrate` with DATABASE_OWNER_URL"),
            "{said}"
        );
        open(&database).await.close().await;
        alone().await.unwrap().close().await;
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'x', TRUE, '', 0)";
        database.execute(newer).await.unwrap();
        let said = alone().await.expect_err("it is newer").to_string();
        assert!(said.contains("9999"), "{said}");
        let (last, ..) = MIGRATIONS[MIGRATIONS.len() - 1];
        let older = format!("DELETE FROM _sqlx_migrations WHERE version >= {last}");
        database.execute(&older).await.unwrap();
        let said = alone().await.expect_err("it is older").to_string();
        assert!(said.contains("`portal migrate`"), "{said}");
    }
    database.remove().await;
}

#[tokio::test]
async fn two_users_that_do_not_fit_stop_the_start_with_what_to_do_and_without_a_password() {
    let database = Database::create().await;
    if database.is_postgres() {
        let (portal, owner) = (database.portal_url(), database.url());
        let (server, name) = owner.rsplit_once('/').unwrap();
        let (_, host) = portal.rsplit_once('@').unwrap();
        let elsewhere = format!("{server}/postgres");
        let nobody = format!("postgres://{name}_nobody:{PLANTED}@{host}");
        let nowhere = format!("postgres://{name}:{PLANTED}@127.0.0.1:99999/{name}");
        for (url, owner_url, expected) in [
            (owner, owner, "the same user"),
            (owner, portal, "does not own the schema"),
            (portal, elsewhere.as_str(), "the database postgres"),
            (portal, nobody.as_str(), "the user of DATABASE_OWNER_URL"),
            (portal, nowhere.as_str(), "the user of DATABASE_OWNER_URL"),
        ] {
            let refused = Store::open_beside_owner(url, owner_url).await;
            let refused = refused.expect_err(expected);
            let said = refused.to_string();
            assert!(
                said.contains("DATABASE_OWNER_URL") && said.contains(expected),
                "{said}"
            );
            let said = format!("{said} {refused:?}");
            assert!(!said.contains(PLANTED), "{said}");
        }
    }
    database.remove().await;
}

#[tokio::test]
async fn one_user_for_everything_may_change_the_schema() {
    let database = Database::create().await;
    let store = Store::open(database.url()).await.unwrap();
    let may = store.may_change_schema().await.unwrap();
    assert_eq!(may, database.is_postgres());
    store.close().await;
    database.remove().await;
}

#[tokio::test]
async fn integrations_say_when_the_portals_user_may_change_the_schema() {
    let portal = TestPortal::start().await;
    if portal.database.is_postgres() {
        let mut operator = portal.sign_in(&portal.staff.operator).await;
        let told = "PostgreSQL user may change the schema";
        let page = operator.get("/staff/integrations").await;
        assert!(page.status == 200 && !page.body.contains(told));
        let user = portal.database.portal_user();
        let more = format!("GRANT CREATE ON SCHEMA public TO {user}");
        portal.database.execute(&more).await.unwrap();
        let page = operator.get("/staff/integrations").await;
        assert!(page.body.contains(told), "{}", page.body);
    }
    portal.finish().await;
}

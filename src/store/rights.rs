//! Two users on PostgreSQL: one owns the schema and brings it up to date, the portal runs as the other one, which may do what the portal does there and nothing else. It
//! makes, alters and truncates no table, and so leaves in place what the schema keeps by itself: the triggers of what is only ever added to, and the wall between partners.
//!
//! Which rights those are stands here, and not in migrations: they are given anew at each start, so that none is missing on a table that was made since, and none is left
//! that somebody added by hand. Functions take none, as all are triggers', which ask nothing of whoever sets them off, and there are no sequences. SQLite has no users.

use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Connection, Executor, migrate::Migrate};

use crate::{StoreError, migrations, read::Read, sql::bind};

/// On every table that is not named below. Erasing somebody writes wherever the person is named, so no table is without.
const ALL: &str = "DELETE, INSERT, SELECT, UPDATE";
/// The tables that the portal does less with, and what, in the order of the alphabet. What is only ever added to has triggers that say the same, but for what is erased: there
/// a column may be written, and the trigger looks at what.
const LESS: [(&str, &str); 9] = [
    ("_sqlx_migrations", "SELECT"),
    (
        "audit",
        "INSERT, SELECT, UPDATE (facts), UPDATE (facts_hash), UPDATE (salt), UPDATE (subject), UPDATE (subject_hash)",
    ),
    ("dispute_messages", "INSERT, SELECT, UPDATE (text)"),
    ("journal", "INSERT, SELECT"),
    ("lead_events", "INSERT, SELECT, UPDATE (facts)"),
    ("plan_versions", "INSERT, SELECT"),
    ("statements", "INSERT, SELECT"),
    ("terms_readings", "INSERT, SELECT"),
    ("waivers", "INSERT, SELECT"),
];

/// Every table of the owner's, and which rights a user has there, in the order of the alphabet.
const GIVEN: &str = "WITH tables AS (
        SELECT pg_class.oid AS id, nspname, relname, relacl FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = current_schema() AND relkind IN ('r', 'p') AND pg_has_role(relowner, 'USAGE')
    ), given AS (
        SELECT id, grantee, is_grantable, privilege_type AS what FROM tables, aclexplode(relacl)
        UNION ALL
        SELECT id, grantee, is_grantable, format('%s (%I)', privilege_type, attname)
        FROM tables JOIN pg_attribute ON attrelid = id, aclexplode(attacl)
    )
    SELECT CAST(relname AS TEXT) AS name, format('%I.%I', nspname, relname) AS place,
        COALESCE(string_agg(what || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ' ORDER BY what COLLATE \"C\"), '') AS rights
    FROM tables LEFT JOIN given ON given.id = tables.id AND grantee = (SELECT oid FROM pg_roles WHERE rolname = $1)
    GROUP BY tables.id, nspname, relname
    ORDER BY relname";

/// Whom a connection is, and in which database.
struct User {
    name: String,
    /// The name as a statement has it.
    quoted: String,
    database: String,
}

impl User {
    async fn of(connection: &mut AnyConnection) -> Result<Self, StoreError> {
        let row = sqlx::query(
            "SELECT CAST(current_user AS TEXT) AS name, quote_ident(current_user) AS quoted, CAST(current_database() AS TEXT) AS database",
        )
        .fetch_one(connection)
        .await?;
        Ok(Self {
            name: row.text("name")?,
            quoted: row.text("quoted")?,
            database: row.text("database")?,
        })
    }
}

/// Brings the schema up to date as its owner, and gives the user that the portal runs as its rights there. Other instances that start wait meanwhile.
pub(crate) async fn set_up(portal: &AnyPool, owner_url: &str) -> Result<(), StoreError> {
    let mut portal = portal.acquire().await?;
    let user = User::of(&mut portal).await?;
    let mut owner = AnyConnection::connect(owner_url)
        .await
        .map_err(StoreError::Owner)?;
    let done = set_up_for(&user, &mut owner).await;
    // Its lock goes with it, whatever happened.
    let closed = owner.close().await;
    done?;
    closed.map_err(StoreError::Owner)?;
    migrations::expect_up_to_date(&mut portal).await
}

async fn set_up_for(user: &User, owner: &mut AnyConnection) -> Result<(), StoreError> {
    let own = User::of(owner).await?;
    if own.database != user.database {
        return Err(StoreError::OtherDatabase {
            owner: own.database,
            portal: user.database.clone(),
        });
    }
    if own.name == user.name {
        return Err(StoreError::SameUser(own.name));
    }
    // Held until the rights are given too: PostgreSQL refuses one of two who write the same rights at once.
    owner.lock().await?;
    migrations::run_as_owner(owner).await?;
    give(user, owner).await?;
    owner.unlock().await?;
    Ok(())
}

/// One message of several statements, which happen all or none; nothing where all is as it should be.
async fn give(user: &User, owner: &mut AnyConnection) -> Result<(), StoreError> {
    let to = &user.quoted;
    let mut text = String::new();
    let unseen = "SELECT quote_ident(current_schema()) AS place WHERE NOT has_schema_privilege($1, current_schema(), 'USAGE')";
    let unseen = bind(sqlx::query(unseen), &user.name);
    if let Some(row) = unseen.fetch_optional(&mut *owner).await? {
        let place = row.text("place")?;
        text.push_str(&format!("GRANT USAGE ON SCHEMA {place} TO {to};\n"));
    }
    let given = bind(sqlx::query(GIVEN), &user.name);
    for row in given.fetch_all(&mut *owner).await? {
        let name = row.text("name")?;
        let less = LESS.iter().find(|(table, _)| *table == name);
        let rights = less.map_or(ALL, |(_, rights)| *rights);
        if row.text("rights")? != rights {
            let place = row.text("place")?;
            text.push_str(&format!(
                "REVOKE ALL ON {place} FROM {to}; GRANT {rights} ON {place} TO {to};\n"
            ));
        }
    }
    if !text.is_empty() {
        owner.execute(AssertSqlSafe(text)).await?;
    }
    Ok(())
}

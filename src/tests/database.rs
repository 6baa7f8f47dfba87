//! A database of its own for each test: a SQLite file, or a new database on the server that `PORTAL_TEST_POSTGRES_URL` names, with a user for the portal that owns
//! nothing there. So every test that passes there shows that the portal's rights are enough.
//! Beside it a way to run raw SQL, for the rules that only the database keeps.

use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, Row, any::AnyRow};
use tempfile::TempDir;

pub struct Database {
    url: String,
    portal_url: String,
    /// The server, if it is PostgreSQL, and the name there of the database and of the portal's user.
    server: Option<(String, String)>,
    folder: TempDir,
}

impl Database {
    pub async fn create() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        sqlx::any::install_default_drivers();
        let folder = TempDir::new().unwrap();
        #[expect(
            clippy::disallowed_methods,
            reason = "a test has no settings but this one"
        )]
        let server = std::env::var("PORTAL_TEST_POSTGRES_URL")
            .ok()
            .filter(|url| !url.is_empty());
        let Some(server) = server else {
            let url = format!("sqlite://{}", folder.path().join("portal.db").display());
            return Self {
                portal_url: url.clone(),
                url,
                server: None,
                folder,
            };
        };
        let name = format!(
            "portal_test_{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::SeqCst)
        );
        remove_from(&server, &name).await;
        run(&server, &format!("CREATE DATABASE {name}"))
            .await
            .unwrap();
        let user = format!("CREATE ROLE {name} LOGIN PASSWORD '{name}'");
        run(&server, &user).await.unwrap();
        let (base, _) = server.rsplit_once('/').expect("the URL names a database");
        let (scheme, place) = base.split_once("://").expect("a URL");
        let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
        Self {
            url: format!("{base}/{name}"),
            portal_url: format!("{scheme}://{name}:{name}@{host}/{name}"),
            server: Some((server, name)),
            folder,
        }
    }

    /// As the user that owns it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// As the user that a portal runs as. On SQLite there is no other.
    pub fn portal_url(&self) -> &str {
        &self.portal_url
    }

    /// The name of that user.
    pub fn portal_user(&self) -> &str {
        let (_, name) = self.server.as_ref().expect("SQLite has no users");
        name
    }

    /// For everything that is not in the database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub const fn is_postgres(&self) -> bool {
        self.server.is_some()
    }

    /// Runs SQL on a connection of its own.
    pub async fn execute(&self, sql: &str) -> Result<u64, sqlx::Error> {
        run(&self.url, sql).await
    }

    /// The same as the user that a portal runs as.
    pub async fn execute_as_portal(&self, sql: &str) -> Result<u64, sqlx::Error> {
        run(&self.portal_url, sql).await
    }

    pub async fn rows(&self, sql: &str) -> Vec<AnyRow> {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let rows = connection
            .fetch_all(AssertSqlSafe(sql.to_owned()))
            .await
            .unwrap();
        connection.close().await.unwrap();
        rows
    }

    /// Whether a text stands anywhere in it in clear: in a row, in an index, or in what a file still holds of rows before.
    pub async fn contains(&self, text: &str) -> bool {
        let Some(_) = &self.server else {
            // Beside them lies what the sandbox remembers, which is nobody's secret.
            let files = std::fs::read_dir(self.folder()).unwrap();
            return files
                .map(|file| file.unwrap())
                .filter(|file| file.file_name().to_string_lossy().starts_with("portal.db"))
                .map(|file| std::fs::read(file.path()).unwrap())
                .any(|bytes| holds(&bytes, text.as_bytes()));
        };
        let tables = self
            .rows("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'")
            .await;
        for table in tables {
            let table: String = table.get(0);
            // Bytes are written as hexadecimal digits there.
            let sql = format!(
                "SELECT 1 FROM \"{table}\" AS one WHERE strpos(one::text, '{text}') > 0 OR strpos(one::text, encode('{text}'::bytea, 'hex')) > 0"
            );
            if !self.rows(&sql).await.is_empty() {
                return true;
            }
        }
        false
    }

    /// Takes the database away; its folder goes when this is dropped.
    pub async fn remove(&self) {
        if let Some((server, name)) = &self.server {
            remove_from(server, name).await;
        }
    }
}

/// Takes a database and the user of its name away. The user's rights go with the database, and only then it can.
async fn remove_from(server: &str, name: &str) {
    for sql in [
        format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        format!("DROP ROLE IF EXISTS {name}"),
    ] {
        run(server, &sql).await.unwrap();
    }
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

async fn run(url: &str, sql: &str) -> Result<u64, sqlx::Error> {
    let mut connection = AnyConnection::connect(url).await?;
    let done = connection.execute(AssertSqlSafe(sql.to_owned())).await;
    connection.close().await?;
    Ok(done?.rows_affected())
}

//! A database of its own for each test: a SQLite file, or a new database on the server that `PORTAL_TEST_POSTGRES_URL` names.
//! Beside it a way to run raw SQL, for the rules that only the database keeps.

use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, Row, any::AnyRow};
use tempfile::TempDir;

pub struct Database {
    url: String,
    /// The server, if it is PostgreSQL, and the database's name there.
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
            return Self {
                url: format!("sqlite://{}", folder.path().join("portal.db").display()),
                server: None,
                folder,
            };
        };
        let name = format!(
            "portal_test_{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::SeqCst)
        );
        run(
            &server,
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        )
        .await
        .unwrap();
        run(&server, &format!("CREATE DATABASE {name}"))
            .await
            .unwrap();
        let (base, _) = server.rsplit_once('/').expect("the URL names a database");
        Self {
            url: format!("{base}/{name}"),
            server: Some((server, name)),
            folder,
        }
    }

    pub fn url(&self) -> &str {
        &self.url
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
            run(
                server,
                &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            )
            .await
            .unwrap();
        }
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

//! Connecting, transactions and locks: the few things that SQLite and PostgreSQL must be told differently.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use portal_domain::{origin::Origin, scope::Own};
use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, Connection, Executor, SqlSafeStr, SqlStr,
    Transaction,
    any::{AnyPoolOptions, install_default_drivers},
};
use tokio::sync::{Notify, futures::OwnedNotified};

use crate::{
    audit::{self, NewAct},
    changes::{self, Touched},
    error::StoreError,
    jobs::{self, Added},
    migrations, rights, sql,
};

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    dialect: Dialect,
    /// On SQLite a single connection: writers queue here instead of failing on a locked file.
    writers: AnyPool,
    readers: AnyPool,
    bells: Arc<Bells>,
    /// From where what is done with it is done.
    origin: Option<Arc<Origin>>,
    /// The partner to which PostgreSQL keeps the transactions.
    own: Option<Own>,
}

/// Why something that a member does looks past the member's partner. Each is a look that the member is shown no more of than its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Across {
    /// Whether another partner protects a client, or it is a customer already, before a lead is taken.
    Claims,
    /// Partners may share a deal, and what one of its lines waits for hangs on all of it.
    SharedDeals,
    /// A person may belong to several partners, and its sessions, links, known browsers and invitations are the person's.
    SignIn,
}

/// From so many jobs on all who wait in a lane are woken: no lane has more workers in one process.
const EVERYBODY: usize = 8;

/// Lane → what wakes its workers in this process.
#[derive(Debug, Default)]
struct Bells(Mutex<HashMap<String, Arc<Notify>>>);

impl Bells {
    fn of(&self, lane: &str) -> Arc<Notify> {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = bells.get(lane) {
            return Arc::clone(bell);
        }
        Arc::clone(bells.entry(lane.to_owned()).or_default())
    }
}

/// A transaction; dropped without [`Tx::commit`], it never happened.
pub struct Tx {
    dialect: Dialect,
    inner: Transaction<'static, Any>,
    bells: Arc<Bells>,
    /// The partner to which PostgreSQL keeps it, and how many looks past it are under way.
    own: Option<Own>,
    looks_across: usize,
    /// The lanes that something was added to, and how many workers have something to do there when it is really there.
    woken: BTreeMap<String, usize>,
    /// The jobs that are to be added.
    added: Added,
    /// Whose pages have something new.
    touched: Touched,
    /// What is to be written into the audit log, in its order.
    acts: Vec<NewAct>,
    origin: Option<Arc<Origin>>,
}

impl Store {
    /// Opens the database that the address names, `sqlite://path` (made if missing) or `postgres://…`, and brings its schema up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_as(url, None).await
    }

    /// The same on PostgreSQL as a user that owns nothing there: another one, whom `owner_url` names, brings the schema up to date, and gives this one its rights.
    pub async fn open_beside_owner(url: &str, owner_url: &str) -> Result<Self, StoreError> {
        Self::open_as(url, Some(owner_url)).await
    }

    async fn open_as(url: &str, owner_url: Option<&str>) -> Result<Self, StoreError> {
        install_default_drivers();
        let (dialect, url) = match url.split_once("://") {
            Some(("sqlite", path)) => (Dialect::Sqlite, sqlite_url(path)),
            Some(("postgres" | "postgresql", _)) => (Dialect::Postgres, url.to_owned()),
            _ => return Err(StoreError::UnknownDatabase),
        };
        let (writers_max, readers_max) = match dialect {
            Dialect::Sqlite => (1, 8),
            Dialect::Postgres => (8, 8),
        };
        let writers = pool(writers_max).connect(&url).await?;
        match owner_url {
            Some(owner_url) => rights::set_up(&writers, owner_url).await?,
            None => migrations::run(&writers, dialect).await?,
        }
        let readers = pool(readers_max).connect(&url).await?;
        Ok(Self {
            dialect,
            writers,
            readers,
            bells: Arc::default(),
            origin: None,
            own: None,
        })
    }

    /// The same database for somebody who comes from somewhere: whatever is audited says so.
    #[must_use]
    pub fn with_origin(&self, origin: Origin) -> Self {
        Self {
            origin: Some(Arc::new(origin)),
            ..self.clone()
        }
    }

    /// The same database as a member's transactions have it. On PostgreSQL they read and write no row of another partner, whatever a statement asks for.
    #[must_use]
    pub fn within(&self, own: Own) -> Self {
        Self {
            own: Some(own),
            ..self.clone()
        }
    }

    /// The same without that wall.
    #[must_use]
    pub fn across(&self, _why: Across) -> Self {
        Self {
            own: None,
            ..self.clone()
        }
    }

    /// Whether the wall between partners does nothing: superusers, and who has the right to, walk through it. SQLite has none.
    pub async fn has_open_wall(&self) -> Result<bool, StoreError> {
        if self.dialect == Dialect::Sqlite {
            return Ok(false);
        }
        let mut tx = self.read().await?;
        let user = sql::row!(
            &mut tx,
            "SELECT 1 AS bypasses FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)"
        )?;
        Ok(user.is_some())
    }

    /// Whether the portal's user may change the schema, and so take away what only the database keeps: that books are never changed, and that partners stay apart.
    /// SQLite has no users.
    pub async fn may_change_schema(&self) -> Result<bool, StoreError> {
        if self.dialect == Dialect::Sqlite {
            return Ok(false);
        }
        let mut tx = self.read().await?;
        let user = sql::row!(
            &mut tx,
            "SELECT 1 AS may WHERE has_schema_privilege(current_schema(), 'CREATE') OR EXISTS (
                 SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                 WHERE nspname = current_schema() AND relkind IN ('r', 'p') AND pg_has_role(relowner, 'MEMBER')
             )"
        )?;
        Ok(user.is_some())
    }

    /// A transaction that may write. On SQLite it holds the one writer from its start, so what it reads stays true until it commits.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        let begin = match self.dialect {
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::Postgres => "BEGIN",
        };
        self.begin(&self.writers, begin).await
    }

    /// The same for what is as well not written: on PostgreSQL it is committed without waiting for the disk, and a server that falls over in the next moments
    /// may have forgotten it, unless something was committed since that did wait.
    pub async fn write_unsynced(&self) -> Result<Tx, StoreError> {
        match self.dialect {
            Dialect::Sqlite => self.write().await,
            Dialect::Postgres => {
                let begin = "BEGIN; SET LOCAL synchronous_commit = off";
                self.begin(&self.writers, begin).await
            }
        }
    }

    /// A transaction that only reads, all of it from one moment.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let begin = match self.dialect {
            Dialect::Sqlite => "BEGIN",
            Dialect::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        self.begin(&self.readers, begin).await
    }

    async fn begin(&self, pool: &AnyPool, begin: &'static str) -> Result<Tx, StoreError> {
        let own = self.own.filter(|_| self.dialect == Dialect::Postgres);
        Ok(Tx {
            dialect: self.dialect,
            inner: pool.begin_with(begin_text(begin, own)).await?,
            bells: Arc::clone(&self.bells),
            own,
            looks_across: 0,
            woken: BTreeMap::new(),
            added: Added::default(),
            touched: Touched::new(),
            acts: Vec::new(),
            origin: self.origin.clone(),
        })
    }

    /// Resolves once this process has committed something for a lane to do, counted from when it is enabled or first awaited: who enables it before looking
    /// misses nothing. What other processes add is found by looking.
    pub fn work_added(&self, lane: &str) -> OwnedNotified {
        self.bells.of(lane).notified_owned()
    }

    /// `SQLite` or `PostgreSQL`, for people.
    pub const fn name(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => "SQLite",
            Dialect::Postgres => "PostgreSQL",
        }
    }

    /// Waits for what is under way and closes the file or the connections.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

/// A setting takes no parameters, and an id has letters and digits only, so it stands in the text: naming the partner costs no way to the database of its own.
fn begin_text(begin: &'static str, own: Option<Own>) -> SqlStr {
    match own {
        Some(own) => {
            let partner = own.partner();
            AssertSqlSafe(format!("{begin}; SET LOCAL portal.partner = '{partner}'")).into_sql_str()
        }
        None => begin.into_sql_str(),
    }
}

impl Tx {
    /// Looks past the member's partner until [`Tx::within`], which follows each time.
    pub async fn across(&mut self, _why: Across) -> Result<(), StoreError> {
        self.looks_across += 1;
        if self.looks_across == 1 {
            self.name_partner("").await?;
        }
        Ok(())
    }

    /// The wall stands again.
    pub async fn within(&mut self) -> Result<(), StoreError> {
        self.looks_across = self.looks_across.saturating_sub(1);
        let own = self.own.filter(|_| self.looks_across == 0);
        match own {
            Some(own) => self.name_partner(&own.partner().to_string()).await,
            None => Ok(()),
        }
    }

    async fn name_partner(&mut self, partner: &str) -> Result<(), StoreError> {
        if self.own.is_some() {
            sql::row!(
                self,
                "SELECT set_config('portal.partner', $1, true) AS partner",
                partner
            )?;
        }
        Ok(())
    }

    /// Whatever else a transaction locks, the rows that all of them write to come last and in one order, so that no two wait for each other on PostgreSQL:
    /// jobs by their keys, the partners that have something new, then the audit log.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        let added = std::mem::take(&mut self.added);
        jobs::write(&mut self, added).await?;
        let touched = std::mem::take(&mut self.touched);
        changes::write(&mut self, touched).await?;
        let acts = std::mem::take(&mut self.acts);
        let written = audit::write(&mut self, acts).await?;
        self.inner.commit().await?;
        audit::tell(&written);
        for (lane, wanted) in &self.woken {
            let bell = self.bells.of(lane);
            // Whoever is woken for nothing stands in the way of the one who is not.
            if *wanted < EVERYBODY {
                (0..*wanted).for_each(|_| bell.notify_one());
            } else {
                bell.notify_waiters();
            }
        }
        Ok(())
    }

    pub(crate) const fn added(&mut self) -> &mut Added {
        &mut self.added
    }

    pub(crate) const fn touched(&mut self) -> &mut Touched {
        &mut self.touched
    }

    pub(crate) const fn acts(&mut self) -> &mut Vec<NewAct> {
        &mut self.acts
    }

    pub(crate) fn origin(&self) -> Option<Arc<Origin>> {
        self.origin.clone()
    }

    /// Wakes all who wait for something to do in a lane.
    pub(crate) fn wake_on_commit(&mut self, lane: &str) {
        self.wake(lane, EVERYBODY);
    }

    /// Wakes one of them for each call.
    pub(crate) fn wake_one_on_commit(&mut self, lane: &str) {
        self.wake(lane, 1);
    }

    fn wake(&mut self, lane: &str, wanted: usize) {
        match self.woken.get_mut(lane) {
            Some(already) => *already = already.saturating_add(wanted),
            None => {
                self.woken.insert(lane.to_owned(), wanted);
            }
        }
    }

    /// Makes everybody else who names the same thing wait until this transaction ends. On SQLite there is one writer anyway.
    pub async fn lock(&mut self, name: &str) -> Result<(), StoreError> {
        if self.dialect == Dialect::Postgres {
            sql::execute!(
                self,
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
                name
            )?;
        }
        Ok(())
    }

    /// The same for many things at once. Everybody names them in the same order, so that no two wait for each other.
    pub async fn lock_all(&mut self, names: &[String]) -> Result<(), StoreError> {
        if self.dialect == Dialect::Sqlite {
            return Ok(());
        }
        for some in names.chunks(sql::ROWS_AT_ONCE) {
            let text = format!(
                "SELECT COUNT(pg_advisory_xact_lock(hashtextextended(name, 0))) FROM (VALUES {}) AS names (name)",
                sql::places(some.len(), 1, 1)
            );
            let values = some.iter().map(sql::Bind::value).collect();
            sql::rows_many(self, text, values).await?;
        }
        Ok(())
    }

    /// What makes workers on PostgreSQL pass over rows that another one is just claiming.
    pub(crate) const fn skip_locked(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => "",
            Dialect::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(crate) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }
}

fn pool(connections_max: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(Duration::from_secs(15))
        .after_connect(move |connection, _| Box::pin(prepare(connection)))
}

/// What a database guarantees for a connection only. SQLite, FULL: a commit that was answered survives a power cut; its log grows to 32 MB before a commit has to
/// move it into the file, as pages that change often are moved once then, and 16 MB of pages are kept at hand. PostgreSQL keeps a plan for good that it made while a
/// table was empty: that of the jobs, which mostly is, would be read from end to end for each of the thousands that come at once.
async fn prepare(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let settings = if connection.backend_name() == "SQLite" {
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 15000;
         PRAGMA wal_autocheckpoint = 8000; PRAGMA cache_size = -16000;"
    } else {
        "SET plan_cache_mode = force_custom_plan"
    };
    connection.execute(settings).await?;
    connection.ping().await
}

/// Makes the file and its folder on first use; a memory database is left as it is.
fn sqlite_url(path: &str) -> String {
    let file = path.split('?').next().unwrap_or(path);
    if let Some(folder) = std::path::Path::new(file).parent() {
        // If it cannot be made, opening the file says so in a moment, with its name.
        let _ = std::fs::create_dir_all(folder);
    }
    // For its owner's eyes alone: SQLite makes its other files as this one is.
    #[cfg(unix)]
    if !file.starts_with(':') {
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut options = std::fs::OpenOptions::new();
        let _ = options.write(true).create_new(true).mode(0o600).open(file);
    }
    let join = if path.contains('?') { '&' } else { '?' };
    format!("sqlite://{path}{join}mode=rwc")
}

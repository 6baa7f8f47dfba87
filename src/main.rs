//! The command line: which part of the portal runs. No logic.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use chrono::NaiveDate;
use clap::{Parser, Subcommand, ValueEnum};
use portal::{
    bench::{
        accrual::{self, AccrualBench},
        jobs::{self, JobsBench},
        webhooks::{self, WebhooksBench},
    },
    clock::PortalClock,
    config::{SETTINGS, Settings},
    demo, log, login,
    serve::{self, Portal, StartError},
};
use portal_domain::{
    access::{Actor, Reach, StaffRole},
    calendar::Quarter,
    origin::Origin,
    text::Email,
    two_persons::Persons,
};
use portal_services::{
    Ctx, ServiceError,
    access::{
        links::{self, LINK_MINUTES},
        sign_on,
    },
    audit::{self, Head},
    closing,
    ledger::{self, ACCOUNTS, Balances},
    lines,
    privacy::{about, erasure},
    recompute, reconcile, two_persons, vault, verify,
};
use portal_store::{deals, people};

/// A self-service portal for a vendor's network of partners: from a submitted lead to a commission line paid.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site and work off jobs (the default).
    Serve,
    /// Only work off jobs: further workers beside instances that serve.
    Worker,
    /// Bring the database's schema up to date and end.
    Migrate,
    /// Serve with the sandbox and, in an empty database, demo data; prints who can sign in.
    Demo,
    /// Only run the sandbox: stand-ins of HubSpot, Xero, Slack and a mail server. Prints what a client of theirs must know.
    Sandbox,
    /// Add somebody of the vendor who can sign in by a mailed link.
    User {
        /// The e-mail address.
        email: String,
        /// The full name.
        name: String,
        #[arg(value_enum)]
        role: Role,
    },
    /// Let people of a mail domain sign in in other ways again, on the day on which their company's identity provider is not there.
    ReleaseSignOn {
        /// The domain, such as example.com.
        domain: String,
    },
    /// Make the months that have ended due, now instead of in a few minutes.
    Accrue,
    /// Compute the coverage of every won deal again.
    Reconcile,
    /// Close an ended quarter, such as 2026Q3, as somebody of the vendor. Doing it again changes nothing.
    CloseQuarter {
        quarter: String,
        /// The e-mail address of whoever closes it.
        #[arg(long = "as")]
        closed_by: String,
    },
    /// Seal every secret anew under the first key of PORTAL_KEY; the others are not needed afterwards.
    RotateKey,
    /// Print what stood in each account of each partner when a day ended.
    Balances {
        /// The day, such as 2026-06-30; today unless it is given.
        #[arg(long)]
        on: Option<NaiveDate>,
    },
    /// Prove that the books are right: everything is computed again from what is stored.
    Verify {
        /// A head of the audit log that was kept elsewhere, as `portal audit head` printed it: proves that nothing up to it was changed or cut off.
        #[arg(long)]
        audit_head: Option<Head>,
    },
    /// The audit log.
    Audit {
        #[command(subcommand)]
        act: AuditAct,
    },
    /// Print everything that is kept of whoever has an address of mail, as JSON.
    ExportPerson {
        email: String,
        /// The e-mail address of the administrator who asks.
        #[arg(long = "as")]
        asked_by: String,
    },
    /// Erase whoever has an address of mail, for good; amounts and books stay as they are.
    ErasePerson {
        email: String,
        /// The same address once more.
        #[arg(long)]
        again: String,
        /// The e-mail address of the administrator who erases.
        #[arg(long = "as")]
        erased_by: String,
    },
    /// Compute every line again by the rules of today, out of packs of the rows: a second for millions. `verify` proves more, from the rows.
    Recompute,
    /// Make HubSpot ready for the portal.
    Hubspot {
        #[command(subcommand)]
        act: HubSpotAct,
    },
    /// Measure the portal against others, on made-up books of its own.
    Bench {
        #[command(subcommand)]
        bench: Bench,
    },
    /// List every setting, its default, and what it is.
    Settings,
}

#[derive(Subcommand)]
enum AuditAct {
    /// Print where the log ends now and the hash of all of it, to keep elsewhere.
    Head,
}

#[derive(Subcommand)]
enum HubSpotAct {
    /// Make the portal's own properties where they are missing, and read pipelines and currencies. Doing it again changes nothing.
    Setup,
}

#[derive(Subcommand)]
enum Bench {
    /// Compute all lines of made-up books again: the portal, DuckDB on its own file, and the portal's database in one statement, in turn.
    Accrual {
        /// How many lines.
        #[arg(long, default_value_t = 10_000_000)]
        lines: i64,
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        /// Where the databases are made; about 600 bytes a line.
        #[arg(long, default_value = "data/bench-accrual")]
        folder: PathBuf,
        /// A Python with the package duckdb; without one DuckDB is left out.
        #[arg(long)]
        python: Option<String>,
        /// An empty database, such as one on PostgreSQL, instead of a SQLite file in the folder.
        #[arg(long)]
        database: Option<String>,
    },
    /// Send signed webhooks over many connections at once: to a portal, and to a Fastify server that stores as durably, in turn.
    Webhooks {
        /// How many notes in a round.
        #[arg(long, default_value_t = 60_000)]
        notes: usize,
        #[arg(long, default_value_t = 32)]
        connections: usize,
        #[arg(long, default_value_t = 3)]
        rounds: usize,
        /// Where the databases are made.
        #[arg(long, default_value = "data/bench-webhooks")]
        folder: PathBuf,
        /// A folder whose node_modules hold fastify and better-sqlite3; without one the peer is left out.
        #[arg(long)]
        peers: Option<PathBuf>,
    },
    /// Work off jobs that do nothing, each durably done: by the portal's worker, and by others on the same kind of database, in turn.
    Jobs {
        /// How many jobs in a round.
        #[arg(long, default_value_t = 20_000)]
        jobs: usize,
        #[arg(long, default_value_t = 5)]
        rounds: usize,
        /// Where the databases are made.
        #[arg(long, default_value = "data/bench-jobs")]
        folder: PathBuf,
        /// An empty database on PostgreSQL that syncs to disk, instead of SQLite files in the folder.
        #[arg(long)]
        database: Option<String>,
        /// A folder with the peers; without one they are left out.
        #[arg(long)]
        peers: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Role {
    Administrator,
    PartnerManager,
    Finance,
    Operator,
    Auditor,
}

impl From<Role> for StaffRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Administrator => Self::Administrator,
            Role::PartnerManager => Self::PartnerManager,
            Role::Finance => Self::Finance,
            Role::Operator => Self::Operator,
            Role::Auditor => Self::Auditor,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    log::start();
    match run(Arguments::parse().command.unwrap_or(Command::Serve)).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("portal: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode, StartError> {
    if matches!(command, Command::Settings) {
        for (name, default, what) in SETTINGS {
            println!(
                "{name}\n    {what}\n    default: {}",
                if default.is_empty() { "none" } else { default }
            );
        }
        return Ok(ExitCode::SUCCESS);
    }
    let settings = Settings::load()?;
    match command {
        Command::Serve => serve(&settings, Vec::new).await,
        Command::Demo => demo(&settings).await,
        Command::Worker => worker(&settings).await,
        Command::Sandbox => sandbox(&settings).await,
        Command::Settings => Ok(ExitCode::SUCCESS),
        Command::Migrate => {
            let store = serve::open_store(&settings).await?;
            println!("The schema in {} is up to date.", store.name());
            Ok(ExitCode::SUCCESS)
        }
        Command::User { email, name, role } => add_user(&settings, &email, &name, role).await,
        Command::ReleaseSignOn { domain } => {
            let ctx = books(&settings, "release-sign-on").await?;
            match sign_on::release(&ctx, &domain).await {
                Err(ServiceError::NotFound) => Err(StartError::Other(format!(
                    "there is no identity provider for {domain}"
                ))),
                other => {
                    other?;
                    println!("People of {domain} can sign in with links and passkeys again.");
                    Ok(ExitCode::SUCCESS)
                }
            }
        }
        Command::Accrue => {
            let ctx = books(&settings, "accrue").await?;
            println!("{} lines became due.", lines::accrue(&ctx).await?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Reconcile => reconcile_all(&settings).await,
        Command::CloseQuarter { quarter, closed_by } => {
            close_quarter(&settings, &quarter, &closed_by).await
        }
        Command::RotateKey => {
            let ctx = books(&settings, "rotate-key").await?;
            let secrets = vault::rotate(&ctx).await?;
            println!(
                "{secrets} secrets are sealed under a new key, which the first key of PORTAL_KEY opens."
            );
            Ok(ExitCode::SUCCESS)
        }
        Command::Balances { on } => print_balances(&settings, on).await,
        Command::Verify { audit_head } => prove(&settings, audit_head).await,
        Command::Audit {
            act: AuditAct::Head,
        } => {
            let ctx = books(&settings, "audit").await?;
            println!("{}", audit::find_head(&ctx).await?);
            Ok(ExitCode::SUCCESS)
        }
        Command::ExportPerson { email, asked_by } => {
            let ctx = books(&settings, "export-person").await?;
            let actor = staff_actor(&ctx, &asked_by).await?;
            println!("{:#}", about::export(&ctx, &actor, &email).await?);
            Ok(ExitCode::SUCCESS)
        }
        Command::ErasePerson {
            email,
            again,
            erased_by,
        } => erase_person(&settings, &email, &again, &erased_by).await,
        Command::Recompute => recompute(&settings).await,
        Command::Hubspot {
            act: HubSpotAct::Setup,
        } => set_up_hubspot(&settings).await,
        Command::Bench { bench } => run_bench(bench).await,
    }
}

/// The books for a command: what it does is audited as its doing, and as that of whoever typed it.
async fn books(settings: &Settings, command: &str) -> Result<Ctx, StartError> {
    let ctx = serve::open_books(settings).await?;
    Ok(ctx.from_origin(Origin::command(command, login::name())))
}

async fn set_up_hubspot(settings: &Settings) -> Result<ExitCode, StartError> {
    let portal = Portal::open(settings).await?;
    let done = portal.worker.set_up_hubspot().await;
    portal.stop().await;
    done.map_err(|error| StartError::Other(error.to_string()))?;
    println!("HubSpot has the portal's properties, and its pipelines and currencies are read.");
    Ok(ExitCode::SUCCESS)
}

async fn run_bench(bench: Bench) -> Result<ExitCode, StartError> {
    match bench {
        Bench::Accrual {
            lines,
            rounds,
            folder,
            python,
            database: database_url,
        } => {
            accrual::run(&AccrualBench {
                lines,
                rounds,
                folder,
                python,
                database_url,
            })
            .await?;
        }
        Bench::Webhooks {
            notes,
            connections,
            rounds,
            folder,
            peers,
        } => {
            webhooks::run(&WebhooksBench {
                notes,
                connections,
                rounds,
                folder,
                peers,
            })
            .await?;
        }
        Bench::Jobs {
            jobs,
            rounds,
            folder,
            database: database_url,
            peers,
        } => {
            jobs::run(&JobsBench {
                jobs,
                rounds,
                folder,
                database_url,
                peers,
            })
            .await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve(
    settings: &Settings,
    greeting: impl FnOnce() -> Vec<String>,
) -> Result<ExitCode, StartError> {
    let mut portal = Portal::open(settings).await?;
    portal.start_worker();
    let address = portal.start_site(settings).await?;
    println!("Portal:  {} (listening on {address})", settings.portal_url);
    if let Some(sandbox) = &portal.sandbox {
        println!(
            "Sandbox: {} (HubSpot, Xero, Slack, mails, and the clock)",
            sandbox.http_url()
        );
    }
    for line in greeting() {
        println!("{line}");
    }
    wait_for_the_end().await;
    portal.stop().await;
    Ok(ExitCode::SUCCESS)
}

async fn demo(settings: &Settings) -> Result<ExitCode, StartError> {
    if !settings.is_sandbox() {
        return Err(StartError::Other(
            "the demo runs on the sandbox only: remove the credentials of the real systems, or use `portal serve`".to_owned(),
        ));
    }
    let ctx = books(settings, "demo").await?;
    demo::seed(&ctx).await?;
    let choices = portal_services::access::list_choices(&ctx).await?;
    ctx.store.close().await;
    let greeting = move || {
        std::iter::once("Sign in as (no password, choose on the page):".to_owned())
            .chain(choices.iter().map(|choice| {
                format!(
                    "  {:<16} {:<16} {}",
                    choice.name, choice.role, choice.company
                )
            }))
            .collect()
    };
    serve(settings, greeting).await
}

async fn worker(settings: &Settings) -> Result<ExitCode, StartError> {
    let mut portal = Portal::open(settings).await?;
    portal.start_worker();
    println!("Working on {}.", portal.ctx.store.name());
    wait_for_the_end().await;
    portal.stop().await;
    Ok(ExitCode::SUCCESS)
}

async fn sandbox(settings: &Settings) -> Result<ExitCode, StartError> {
    let clock = settings
        .clock_start
        .map_or_else(PortalClock::real, PortalClock::starting_at);
    let sandbox = serve::start_sandbox(settings, Arc::new(clock)).await?;
    sandbox.set_portal_url(&settings.portal_url);
    for (name, value) in serve::sandbox_settings(&sandbox) {
        println!("{name}={value}");
    }
    println!("Sandbox: {}", sandbox.http_url());
    wait_for_the_end().await;
    sandbox.stop().await;
    Ok(ExitCode::SUCCESS)
}

async fn add_user(
    settings: &Settings,
    email: &str,
    name: &str,
    role: Role,
) -> Result<ExitCode, StartError> {
    let email = Email::parse(email)
        .map_err(|_| StartError::Other(format!("`{email}` is not an e-mail address")))?;
    let ctx = books(settings, "user").await?;
    let person = demo::add_person(&ctx, name, email.as_str(), "en", Some(role.into())).await?;
    let path = links::make_link(&ctx, person).await?;
    println!(
        "{name} signs in at {url}/sign-in with {email}. For the first time within {LINK_MINUTES} minutes: {url}{path}",
        url = settings.portal_url,
        email = email.as_str(),
    );
    Ok(ExitCode::SUCCESS)
}

async fn reconcile_all(settings: &Settings) -> Result<ExitCode, StartError> {
    let ctx = books(settings, "reconcile").await?;
    let won = deals::list_won(&mut ctx.store.read().await?).await?;
    reconcile::reconcile_deals(&ctx, won.iter().map(|deal| deal.id)).await?;
    println!("{} won deals reconciled.", won.len());
    Ok(ExitCode::SUCCESS)
}

async fn close_quarter(
    settings: &Settings,
    quarter: &str,
    closed_by: &str,
) -> Result<ExitCode, StartError> {
    let ctx = books(settings, "close-quarter").await?;
    let quarter = Quarter::parse(quarter, settings.fiscal_start)
        .map_err(|_| StartError::Other(format!("`{quarter}` is not a quarter such as 2026Q3")))?;
    let actor = staff_actor(&ctx, closed_by).await?;
    let closed = closing::close_quarter(&ctx, &actor, quarter).await?;
    println!(
        "{} statements made, {} carried over.",
        closed.created, closed.carried
    );
    Ok(ExitCode::SUCCESS)
}

async fn erase_person(
    settings: &Settings,
    email: &str,
    again: &str,
    erased_by: &str,
) -> Result<ExitCode, StartError> {
    let ctx = books(settings, "erase-person").await?;
    let actor = staff_actor(&ctx, erased_by).await?;
    let erased = erasure::erase(&ctx, &actor, email, again).await?;
    println!(
        "Erased: {} leads, {} acts of the audit log.",
        erased.leads,
        erased.acts.len()
    );
    for (table, rows) in &erased.rows {
        println!("{rows:>8}  {table}");
    }
    for (table, rows) in &erased.left {
        println!("{rows:>8}  {table}: still there, as the law has us keep it");
    }
    Ok(ExitCode::SUCCESS)
}

async fn staff_actor(ctx: &Ctx, email: &str) -> Result<Actor, StartError> {
    let person = people::find_by_email(&mut ctx.store.read().await?, email).await?;
    let person = person.filter(|person| person.disabled_at.is_none());
    match person.and_then(|person| Some((person.id, person.staff_role?))) {
        Some((person, role)) => Ok(Actor::Staff {
            person,
            role,
            reach: Reach::All,
        }),
        None => Err(StartError::Other(format!(
            "{email} is nobody of the vendor's staff"
        ))),
    }
}

async fn recompute(settings: &Settings) -> Result<ExitCode, StartError> {
    let ctx = books(settings, "recompute").await?;
    let recomputed = recompute::check(&ctx).await?;
    for line in &recomputed.differing {
        println!("{line:?}");
    }
    println!(
        "{} lines of {} deals computed again, {} differ.",
        recomputed.lines,
        recomputed.deals,
        recomputed.differing.len()
    );
    Ok(if recomputed.differing.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn print_balances(
    settings: &Settings,
    on: Option<NaiveDate>,
) -> Result<ExitCode, StartError> {
    let ctx = books(settings, "balances").await?;
    let on = on.unwrap_or_else(|| ctx.today());
    let found = ledger::list_on(&ctx, on).await?;
    println!("As of the end of {on}, {}:", settings.time_zone);
    for of_partner in &found.partners {
        print_accounts(&of_partner.name, &of_partner.balances)?;
    }
    for total in &found.totals {
        print_accounts("All partners", total)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Only accounts that hold something, and what all of them add up to.
fn print_accounts(name: &str, balances: &Balances) -> Result<(), StartError> {
    println!("{name}, {}", balances.currency);
    for account in ACCOUNTS {
        let money = balances.of(account).map_err(ServiceError::from)?;
        if money.minor != 0 {
            println!("{:>20}  {account}", money.to_decimal());
        }
    }
    let sum = balances.sum().map_err(ServiceError::from)?;
    println!("{:>20}  together", sum.to_decimal());
    Ok(())
}

async fn prove(settings: &Settings, audit_head: Option<Head>) -> Result<ExitCode, StartError> {
    let ctx = books(settings, "verify").await?;
    let proof = verify::verify_since(&ctx, audit_head).await?;
    let mut faults = 0;
    for check in &proof.checks {
        println!(
            "{:>8} checked  {:>4} faults  {}",
            check.checked,
            check.faults.len(),
            check.name
        );
        for fault in &check.faults {
            println!("                    {fault}");
        }
        faults += check.faults.len();
    }
    let persons = two_persons::find_in(&mut ctx.store.read().await?).await?;
    println!(
        "{}",
        match persons {
            Persons::Two => "Whoever had a hand in money neither approves nor states it.",
            Persons::One =>
                "One person may approve and state its own work, as an administrator chose.",
        }
    );
    if ctx
        .store
        .has_open_wall()
        .await
        .map_err(ServiceError::from)?
    {
        println!(
            "Row-level security does nothing here: the database's user is a superuser or has BYPASSRLS."
        );
    }
    if !settings.plain_hosts.is_empty() {
        println!(
            "Others may read along: without TLS, or without a certificate that was checked, the portal may speak to {}.",
            settings.plain_hosts.join(", ")
        );
    }
    if ctx
        .store
        .may_change_schema()
        .await
        .map_err(ServiceError::from)?
    {
        println!(
            "The database's user may change the schema here, and so take away what keeps the books from being changed: DATABASE_OWNER_URL gives the schema to another one (docs/operating.md)."
        );
    }
    match faults {
        0 => println!("The books are right ({}).", ctx.store.name()),
        _ => println!("{faults} faults ({}).", ctx.store.name()),
    }
    Ok(if faults == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Ctrl-C, or the SIGTERM of a service manager.
async fn wait_for_the_end() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            // Without the one signal there is still the other.
            let _ = interrupt.await;
        }
    }
}

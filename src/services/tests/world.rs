//! A portal on a real database, with the people and the vendors' readings that the tests of money need.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
    time::Duration,
};

use chrono::NaiveDate;
use portal_domain::{
    access::{Actor, MemberRole, Reach, StaffRole},
    calendar::{Quarter, Timestamp},
    deal::DealState,
    ids::{LeadId, PartnerId, PersonId, PlanId},
    lead::LeadForm,
    line::{LineKind, LineState},
    money::{Currency, Money},
    outward::OutwardHosts,
    partner::CompanyForm,
    payout::MinimumPayout,
    plan::PlanForm,
    remote::{InvoiceType, RemoteDeal, RemoteInvoice},
    statement::Party,
};
use portal_services::{
    Clock, Ctx, Programme, closing, deals, exceptions, figures, leads, lines, links, messages,
    outbox::Job,
    partners,
    plans::{self, PlanEdit},
    recompute, reconcile, two_persons,
    vault::{self, Vault},
    verify,
};
use portal_store::{
    Store, deals as deal_rows, jobs, lines as line_rows, lines::LineRecord, people,
};
use sqlx::{AnyConnection, Connection, Executor, Row};

pub struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        // A millisecond a look, so that ids sort as they were made.
        Timestamp(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// One portal with a partner on a plan, and its people.
pub struct World {
    pub ctx: Ctx,
    pub clock: Arc<HandClock>,
    pub partner: PartnerId,
    pub member: Actor,
    pub staff: Actor,
    /// A time for each reading, later than the last.
    pub readings: AtomicI64,
    pub url: String,
}

impl Drop for World {
    /// Takes the database away: a run makes hundreds, which would fill a small disk.
    fn drop(&mut self) {
        if let Some(path) = self.url.strip_prefix("sqlite://") {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{path}{end}"));
            }
            return;
        }
        let (Some(server), Some((_, name))) = (server(), self.url.rsplit_once('/')) else {
            return;
        };
        let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        // The test's own runtime may be the one that this is dropped on, which must not block.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let mut connection = AnyConnection::connect(&server).await?;
                connection.execute(sqlx::AssertSqlSafe(sql)).await
            })
        });
        let dropped = dropping.join();
        if !std::thread::panicking() {
            dropped.expect("no panic").expect("the database goes");
        }
    }
}

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The PostgreSQL to test on as well, if there is one.
fn server() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
    std::env::var("PORTAL_TEST_POSTGRES_URL").ok()
}

/// A new, empty database of each kind that is at hand.
pub async fn databases() -> Vec<String> {
    let name = format!(
        "money_{}_{}",
        std::process::id(),
        DATABASES.fetch_add(1, Ordering::SeqCst)
    );
    // In memory where the system has such a place: thousands of commits wait for no disk.
    let memory = std::path::PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    };
    let file = folder.join(format!("{name}.db"));
    let mut urls = vec![format!("sqlite://{}", file.display())];
    if let Some(server) = server() {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&server)
            .await
            .expect("the server answers");
        let sql = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        connection.execute(sql).await.expect("a new database");
        let (base, _) = server.rsplit_once('/').expect("the URL names a database");
        urls.push(format!("{base}/{name}"));
    }
    urls
}

pub fn instant(date: &str) -> i64 {
    let date: NaiveDate = date.parse().expect(date);
    date.and_hms_opt(9, 0, 0)
        .expect("nine o'clock")
        .and_utc()
        .timestamp_millis()
}

impl World {
    pub async fn new(url: &str) -> Self {
        Self::with(url, |_| {}).await
    }

    /// The same with some settings of its own.
    pub async fn with(url: &str, change: impl FnOnce(&mut Programme)) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(instant("2026-01-05"))));
        let mut programme = Programme {
            name: "Vendor".to_owned(),
            portal_url: "http://127.0.0.1:3000".to_owned(),
            time_zone: chrono_tz::Europe::Berlin,
            fiscal_start: 1,
            claim: Duration::from_secs(90 * 86_400),
            leads_per_day: 200,
            review: Duration::from_secs(3 * 86_400),
            minimum_payout: MinimumPayout {
                default_minor: 5_000,
                ..MinimumPayout::default()
            },
            payout_close_days: 10,
            payout_days: 30,
            bill_account: "404".to_owned(),
            vendor: Party::default(),
            staff_channel: "C0STAFF000".to_owned(),
            sandbox: true,
            stand_in: true,
            environment: Vec::new(),
            outward: OutwardHosts::default(),
            plain_hosts: Vec::new(),
        };
        change(&mut programme);
        let ctx = Ctx {
            store: Store::open(url).await.expect("a database"),
            clock: clock.clone(),
            programme: Arc::new(programme),
            vault: Arc::new(Vault::parse(&vault::new_master_key()).expect("a key")),
        };
        let staff = Actor::Staff {
            person: add_person(&ctx, "fin@vendor.test").await,
            role: StaffRole::Administrator,
            reach: Reach::All,
        };
        // Here the vendor is one person; what more of them may not do is for the tests that say so.
        two_persons::choose(&ctx, &staff, "one", "There is nobody else")
            .await
            .expect("chosen");
        let partner = partners::add(&ctx, &staff, &company())
            .await
            .expect("a partner");
        let plan = PlanForm {
            name: "Standard".to_owned(),
            rate: "10".to_owned(),
            months: "12".to_owned(),
            ..PlanForm::default()
        };
        let plan = publish(&ctx, &staff, plan, "2026-01-01").await;
        partners::enrol(&ctx, &staff, partner, &plan.to_string(), "2026-01-01")
            .await
            .expect("an enrolment");
        let member = add_owner(&ctx, partner, "owner@partner.test").await;
        Self {
            ctx,
            clock,
            partner,
            member,
            staff,
            readings: AtomicI64::new(1),
            url: url.to_owned(),
        }
    }

    /// From now on the vendor is more than one person.
    pub async fn need_two_persons(&self) {
        two_persons::choose(&self.ctx, &self.staff, "two", "There are more of us")
            .await
            .expect("chosen");
    }

    pub fn go_to(&self, date: &str) {
        self.clock.0.store(instant(date), Ordering::SeqCst);
    }

    pub fn wait_a_minute(&self) {
        self.clock.0.fetch_add(60_000, Ordering::SeqCst);
    }

    pub fn go_to_instant(&self, instant: &str) {
        let instant: chrono::DateTime<chrono::Utc> = instant.parse().expect(instant);
        self.clock
            .0
            .store(instant.timestamp_millis(), Ordering::SeqCst);
    }

    /// Recipient, subject and text of each mail that was written, oldest first.
    pub async fn mails(&self) -> Vec<(String, String, String)> {
        let mut connection = AnyConnection::connect(&self.url)
            .await
            .expect("the database");
        let sql = "SELECT recipient, subject, body_text FROM mails ORDER BY id";
        let rows = connection.fetch_all(sql).await.expect("mails");
        rows.iter()
            .map(|row| (row.get(0), row.get(1), row.get(2)))
            .collect()
    }

    pub async fn submit(&self, name: &str, domain: &str) -> LeadId {
        self.submit_as(&self.member, name, domain).await
    }

    pub async fn submit_as(&self, member: &Actor, name: &str, domain: &str) -> LeadId {
        let form = LeadForm {
            client_name: name.to_owned(),
            client_domain: domain.to_owned(),
            contact_name: "Ada".to_owned(),
            contact_email: format!("ada@{domain}"),
            need: "A portal".to_owned(),
            lawful_basis: "contract".to_owned(),
            submission_key: domain.to_owned(),
            ..LeadForm::default()
        };
        leads::submit(&self.ctx, member, &form)
            .await
            .expect("a lead")
            .lead()
    }

    pub fn deal(&self, lead: LeadId, state: DealState, amount: &str, period: &str) -> RemoteDeal {
        RemoteDeal {
            id: "9001".to_owned(),
            name: "Acme portal".to_owned(),
            pipeline: "default".to_owned(),
            stage: state.to_string(),
            state,
            amount: Some(amount.to_owned()),
            currency: Some(Currency::EUR),
            billing_period: Some(period.to_owned()),
            start: None,
            end: None,
            closed_at: match state {
                DealState::Won => Some(Timestamp(instant("2026-01-10"))),
                DealState::Lost => Some(self.ctx.now()),
                DealState::Open | DealState::Removed => None,
            },
            modified_at: self.ctx.now(),
            lead_key: Some(lead.to_string()),
            merged_ids: Vec::new(),
            owner: None,
            line_items: Vec::new(),
        }
    }

    pub async fn read(&self, deal: &RemoteDeal) {
        deals::apply_reading(&self.ctx, &deal.id, Some(deal))
            .await
            .expect("a reading");
        self.work().await;
    }

    /// A lead of which HubSpot says since 10 January that it is won.
    pub async fn win(&self, amount: &str, period: &str) -> LeadId {
        let lead = self.submit("Acme", "acme.com").await;
        deals::apply_registration(&self.ctx, lead, "9001")
            .await
            .expect("registered");
        self.go_to("2026-01-10");
        self.read(&self.deal(lead, DealState::Open, amount, period))
            .await;
        self.read(&self.deal(lead, DealState::Won, amount, period))
            .await;
        lead
    }

    /// Does what the books' lane would, and proves the books.
    pub async fn work(&self) {
        self.work_off().await;
        self.prove().await;
    }

    /// Does what the books' lane would.
    pub async fn work_off(&self) {
        loop {
            let mut tx = self.ctx.store.write().await.unwrap();
            let now = self.ctx.now();
            let claimed = jobs::claim(
                &mut tx,
                "books",
                jobs::Order::Priority,
                1,
                now,
                now.plus_ms(60_000),
            )
            .await
            .unwrap()
            .pop();
            tx.commit().await.unwrap();
            let Some(claimed) = claimed else { break };
            match serde_json::from_str(&claimed.payload).expect("a job") {
                Job::ReconcileDeal { deal } => reconcile::reconcile_deal(&self.ctx, deal)
                    .await
                    .expect("reconciled"),
                Job::AnnounceStatement { statement } => {
                    messages::announce_statement(&self.ctx, statement)
                        .await
                        .expect("announced")
                }
                Job::RecomputeLines => {
                    recompute::check(&self.ctx).await.expect("computed");
                }
                Job::AnnounceCarried { quarter, partner } => {
                    messages::announce_carried(&self.ctx, &quarter, partner)
                        .await
                        .expect("announced")
                }
                Job::AccrueLines => {
                    lines::accrue(&self.ctx).await.expect("accrued");
                }
                other => panic!("{other:?}"),
            }
            let mut tx = self.ctx.store.write().await.unwrap();
            let finished = jobs::finish(&mut tx, &[&claimed], self.ctx.now()).await;
            assert_eq!(finished.unwrap(), 1);
            tx.commit().await.unwrap();
        }
    }

    pub async fn prove(&self) {
        let proof = verify::verify(&self.ctx).await.expect("a proof");
        let faults: Vec<_> = proof
            .checks
            .iter()
            .flat_map(|check| &check.faults)
            .collect();
        assert!(proof.holds(), "{faults:#?}");
        let recomputed = recompute::recompute(&self.ctx).await.expect("computed");
        assert_eq!(recomputed.differing, []);
    }

    pub async fn accrue(&self, date: &str) -> u64 {
        self.go_to(date);
        let moved = lines::accrue(&self.ctx).await.expect("accrued");
        self.work().await;
        moved
    }

    /// An invoice over net and 19 % tax, of which so much is paid, with tax.
    pub async fn invoice(&self, number: &str, net_minor: i64, paid_minor: i64) {
        let invoice = sale(
            number,
            net_minor,
            paid_minor,
            self.readings.fetch_add(1, Ordering::SeqCst),
        );
        links::apply_invoice(&self.ctx, &invoice)
            .await
            .expect("applied");
        self.work().await;
        links::apply_invoice(&self.ctx, &invoice)
            .await
            .expect("applied again");
        self.work().await;
    }

    pub async fn bill(
        &self,
        id: &str,
        number: &str,
        net_minor: i64,
        paid_minor: i64,
        status: &str,
    ) -> RemoteInvoice {
        let modified = self.readings.fetch_add(1, Ordering::SeqCst);
        RemoteInvoice {
            id: id.to_owned(),
            kind: InvoiceType::Bill,
            status: status.to_owned(),
            contact_id: "contact-partner".to_owned(),
            contact_name: "Partner GmbH".to_owned(),
            ..sale(number, net_minor, paid_minor, modified)
        }
    }

    pub async fn lines(&self) -> Vec<LineRecord> {
        let mut tx = self.ctx.store.read().await.unwrap();
        let deal = deal_rows::find_by_hubspot(&mut tx, "9001")
            .await
            .unwrap()
            .expect("the deal");
        let mut found = line_rows::list_of_deal(&mut tx, deal.id).await.unwrap();
        found.sort_by_key(|line| (line.month, line.id));
        found
    }

    /// Each line that is not cancelled: kind, month, state, amount.
    pub async fn shape(&self) -> Vec<(LineKind, u32, LineState, i64)> {
        let found = self.lines().await;
        let kept = found
            .iter()
            .filter(|line| line.state != LineState::Cancelled);
        kept.map(|line| (line.kind, line.month.month(), line.state, line.money.minor))
            .collect()
    }

    /// The same of the lines that correct others, as they were made.
    pub async fn special(&self) -> Vec<(LineKind, u32, LineState, i64)> {
        self.shape()
            .await
            .into_iter()
            .filter(|line| line.0 != LineKind::Scheduled)
            .collect()
    }

    pub async fn states(&self) -> Vec<LineState> {
        self.lines().await.iter().map(|line| line.state).collect()
    }

    /// earned, owed, paid, upcoming, expected
    pub async fn figures(&self) -> [i64; 5] {
        let found = figures::for_partner(&self.ctx, &self.member)
            .await
            .expect("figures");
        assert_eq!(found.len(), 1);
        let found = &found[0];
        assert_eq!(found.earned.minor, found.owed.minor + found.paid.minor);
        let by_month: i64 = found
            .by_month
            .iter()
            .map(|month| month.paid.minor + month.owed.minor + month.expected.minor)
            .sum();
        assert_eq!(by_month, found.earned.minor + found.expected.minor);
        [
            &found.earned,
            &found.owed,
            &found.paid,
            &found.upcoming,
            &found.expected,
        ]
        .map(|money| money.minor)
    }

    pub async fn exceptions(&self) -> Vec<String> {
        let found = exceptions::list_exceptions(&self.ctx, &self.staff, 100)
            .await
            .expect("exceptions");
        let mut kinds: Vec<String> = found.into_iter().map(|view| view.record.kind).collect();
        kinds.sort();
        kinds
    }

    /// Approves covered lines, a hundred at a time.
    pub async fn approve_some(&self) -> usize {
        let filter = lines::StaffLineFilter {
            state: Some(LineState::Covered),
            ..lines::StaffLineFilter::default()
        };
        let found = lines::list_for_staff(&self.ctx, &self.staff, filter, 100)
            .await
            .expect("lines");
        let seen: Vec<_> = found.iter().map(|view| view.line.seen()).collect();
        let approved = lines::approve(&self.ctx, &self.staff, &seen)
            .await
            .expect("approved")
            .approved;
        self.work_off().await;
        approved
    }

    pub async fn approve_all(&self) -> usize {
        let approved = self.approve_some().await;
        self.prove().await;
        approved
    }

    pub async fn close(&self, quarter: &str) -> closing::Closed {
        let quarter = Quarter::parse(quarter, 1).expect(quarter);
        let closed = closing::close_quarter(&self.ctx, &self.staff, quarter)
            .await
            .expect("closed");
        self.work().await;
        closed
    }
}

/// A person who may do everything for a partner.
/// A version of a plan, tried and published.
pub async fn publish(ctx: &Ctx, staff: &Actor, form: PlanForm, valid_from: &str) -> PlanId {
    let edit = PlanEdit {
        form,
        valid_from: valid_from.to_owned(),
        ..PlanEdit::default()
    };
    let trial = plans::try_version(ctx, staff, &edit)
        .await
        .expect("a trial");
    plans::publish_version(ctx, staff, &edit, &trial.fingerprint)
        .await
        .expect("a version")
}

pub async fn add_owner(ctx: &Ctx, partner: PartnerId, email: &str) -> Actor {
    let (person, role) = (add_person(ctx, email).await, MemberRole::Owner);
    let mut tx = ctx.store.write().await.unwrap();
    people::add_member(&mut tx, partner, person, role, ctx.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    Actor::Member {
        person,
        partner,
        role,
        reach: Reach::All,
    }
}

pub async fn add_person(ctx: &Ctx, email: &str) -> PersonId {
    let id = PersonId::new(ctx.new_id());
    let person = people::PersonRecord {
        id,
        email: email.to_owned(),
        name: email.to_owned(),
        locale: "en".to_owned(),
        staff_role: None,
        disabled_at: None,
    };
    let mut tx = ctx.store.write().await.unwrap();
    people::add(&mut tx, &person, ctx.now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

pub fn company() -> CompanyForm {
    CompanyForm {
        name: "Partner".to_owned(),
        legal_name: "Partner GmbH".to_owned(),
        domain: "partner-company.com".to_owned(),
        street: "Hauptstraße 1".to_owned(),
        postal_code: "10115".to_owned(),
        city: "Berlin".to_owned(),
        country: "DE".to_owned(),
        vat_number: String::new(),
        billing_email: "billing@partner-company.com".to_owned(),
        slack_channel: "C0PARTNER0".to_owned(),
    }
}

pub fn sale(number: &str, net_minor: i64, paid_minor: i64, updated_at: i64) -> RemoteInvoice {
    let total_minor = net_minor + net_minor * 19 / 100;
    RemoteInvoice {
        id: format!("id-{number}"),
        kind: InvoiceType::Sale,
        number: number.to_owned(),
        reference: String::new(),
        contact_id: "contact-acme".to_owned(),
        contact_name: "ACME".to_owned(),
        status: if paid_minor == total_minor {
            "PAID"
        } else {
            "AUTHORISED"
        }
        .to_owned(),
        date: "2026-02-01".parse().ok(),
        due: "2026-02-15".parse().ok(),
        sub_total: Money::new(net_minor, Currency::EUR),
        total: Money::new(total_minor, Currency::EUR),
        paid_minor,
        prepaid_minor: 0,
        credited_minor: 0,
        due_minor: total_minor - paid_minor,
        updated_at: Timestamp(updated_at),
        description: String::new(),
    }
}

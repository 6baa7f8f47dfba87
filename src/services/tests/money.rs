//! The way of money, from a deal won to a line paid, on the real database: SQLite in a file, and PostgreSQL too where `PORTAL_TEST_POSTGRES_URL` names a server.
//! Vendors are plain values here; what they really say is the integrations' to test. After each step the proof must hold.

#[path = "money/plans.rs"]
mod plan_edits;

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
    time::Duration,
};

use LineKind::{Adjustment, Clawback, Scheduled};
use LineState::{Approved, Awaiting, Cancelled, Covered, Invoiced, Paid, Stated, Upcoming};
use chrono::NaiveDate;
use portal_domain::{
    access::{Actor, MemberRole, StaffRole},
    calendar::{Quarter, Timestamp},
    deal::DealState,
    ids::{LeadId, LineId, PartnerId, PersonId, PlanId},
    lead::{LeadForm, LeadState},
    line::{LineKind, LineState},
    money::{Currency, Money},
    partner::CompanyForm,
    plan::PlanForm,
    remote::{InvoiceType, RemoteDeal, RemoteInvoice},
    statement::{InvoiceForm, SettlementState},
};
use portal_services::{
    Clock, Ctx, Programme, ServiceError, bills, deals, exceptions, figures, leads, lines, links,
    messages,
    outbox::Job,
    partners,
    plans::{self, PlanEdit},
    reconcile, statements, verify,
};
use portal_store::{
    Store, deals as deal_rows, invoices, jobs, lines as line_rows, lines::LineRecord, people,
};
use sqlx::{AnyConnection, Connection, Executor};

struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        // A millisecond a look, so that ids sort as they were made.
        Timestamp(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// One portal with a partner on a plan, and its people.
struct World {
    ctx: Ctx,
    clock: Arc<HandClock>,
    partner: PartnerId,
    member: Actor,
    staff: Actor,
    /// A time for each reading, later than the last.
    readings: AtomicI64,
    url: String,
}

impl Drop for World {
    /// A PostgreSQL of the tests goes away as a whole.
    fn drop(&mut self) {
        if let Some(path) = self.url.strip_prefix("sqlite://") {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{path}{end}"));
            }
        }
    }
}

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A new, empty database of each kind that is at hand.
async fn databases() -> Vec<String> {
    let name = format!(
        "money_{}_{}",
        std::process::id(),
        DATABASES.fetch_add(1, Ordering::SeqCst)
    );
    let file = std::env::temp_dir().join(format!("{name}.db"));
    let mut urls = vec![format!("sqlite://{}", file.display())];
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
    if let Ok(server) = std::env::var("PORTAL_TEST_POSTGRES_URL") {
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

fn instant(date: &str) -> i64 {
    let date: NaiveDate = date.parse().expect(date);
    date.and_hms_opt(9, 0, 0)
        .expect("nine o'clock")
        .and_utc()
        .timestamp_millis()
}

impl World {
    async fn new(url: &str) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(instant("2026-01-05"))));
        let programme = Programme {
            name: "Vendor".to_owned(),
            portal_url: "http://127.0.0.1:3000".to_owned(),
            time_zone: chrono_tz::Europe::Berlin,
            fiscal_start: 1,
            claim: Duration::from_secs(90 * 86_400),
            review: Duration::from_secs(3 * 86_400),
            minimum_payout_minor: 5_000,
            staff_channel: "C0STAFF000".to_owned(),
            sandbox: true,
        };
        let ctx = Ctx {
            store: Store::open(url).await.expect("a database"),
            clock: clock.clone(),
            programme: Arc::new(programme),
        };
        let staff = Actor::Staff {
            person: add_person(&ctx, "fin@vendor.test").await,
            role: StaffRole::Administrator,
        };
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
        let person = add_person(&ctx, "owner@partner.test").await;
        let mut tx = ctx.store.write().await.unwrap();
        people::add_member(&mut tx, partner, person, MemberRole::Owner, ctx.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let member = Actor::Member {
            person,
            partner,
            role: MemberRole::Owner,
        };
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

    fn go_to(&self, date: &str) {
        self.clock.0.store(instant(date), Ordering::SeqCst);
    }

    async fn submit(&self, name: &str, domain: &str) -> LeadId {
        let form = LeadForm {
            client_name: name.to_owned(),
            client_domain: domain.to_owned(),
            contact_name: "Ada".to_owned(),
            contact_email: format!("ada@{domain}"),
            need: "A portal".to_owned(),
            submission_key: domain.to_owned(),
            ..LeadForm::default()
        };
        leads::submit(&self.ctx, &self.member, &form)
            .await
            .expect("a lead")
            .lead()
    }

    fn deal(&self, lead: LeadId, state: DealState, amount: &str, period: &str) -> RemoteDeal {
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
            closed_at: (state != DealState::Open).then(|| Timestamp(instant("2026-01-10"))),
            modified_at: self.ctx.now(),
            lead_key: Some(lead.to_string()),
            merged_ids: Vec::new(),
        }
    }

    async fn read(&self, deal: &RemoteDeal) {
        deals::apply_reading(&self.ctx, &deal.id, Some(deal))
            .await
            .expect("a reading");
        self.work().await;
    }

    /// A lead of which HubSpot says since 10 January that it is won.
    async fn win(&self, amount: &str, period: &str) -> LeadId {
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
    async fn work(&self) {
        loop {
            let mut tx = self.ctx.store.write().await.unwrap();
            let now = self.ctx.now();
            let claimed = jobs::claim(&mut tx, "books", now, now.plus_ms(60_000))
                .await
                .unwrap();
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
                Job::AccrueLines => {
                    lines::accrue(&self.ctx).await.expect("accrued");
                }
                other => panic!("{other:?}"),
            }
            let mut tx = self.ctx.store.write().await.unwrap();
            assert!(
                jobs::finish(&mut tx, &claimed, self.ctx.now())
                    .await
                    .unwrap()
            );
            tx.commit().await.unwrap();
        }
        let proof = verify::verify(&self.ctx).await.expect("a proof");
        let faults: Vec<_> = proof
            .checks
            .iter()
            .flat_map(|check| &check.faults)
            .collect();
        assert!(proof.holds(), "{faults:#?}");
    }

    async fn accrue(&self, date: &str) -> u64 {
        self.go_to(date);
        let moved = lines::accrue(&self.ctx).await.expect("accrued");
        self.work().await;
        moved
    }

    /// An invoice over net and 19 % tax, of which so much is paid, with tax.
    async fn invoice(&self, number: &str, net_minor: i64, paid_minor: i64) {
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

    async fn bill(
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

    async fn lines(&self) -> Vec<LineRecord> {
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
    async fn shape(&self) -> Vec<(LineKind, u32, LineState, i64)> {
        let found = self.lines().await;
        let kept = found
            .iter()
            .filter(|line| line.state != LineState::Cancelled);
        kept.map(|line| (line.kind, line.month.month(), line.state, line.money.minor))
            .collect()
    }

    /// The same of the lines that correct others, as they were made.
    async fn special(&self) -> Vec<(LineKind, u32, LineState, i64)> {
        self.shape()
            .await
            .into_iter()
            .filter(|line| line.0 != Scheduled)
            .collect()
    }

    async fn states(&self) -> Vec<LineState> {
        self.lines().await.iter().map(|line| line.state).collect()
    }

    /// earned, owed, paid, upcoming, expected
    async fn figures(&self) -> [i64; 5] {
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

    async fn exceptions(&self) -> Vec<String> {
        let found = exceptions::list_exceptions(&self.ctx, &self.staff, 100)
            .await
            .expect("exceptions");
        let mut kinds: Vec<String> = found.into_iter().map(|view| view.record.kind).collect();
        kinds.sort();
        kinds
    }

    async fn approve_all(&self) -> usize {
        let filter = lines::StaffLineFilter {
            state: Some(Covered),
            ..lines::StaffLineFilter::default()
        };
        let found = lines::list_for_staff(&self.ctx, &self.staff, filter, 100)
            .await
            .expect("lines");
        let ids: Vec<LineId> = found.iter().map(|view| view.line.id).collect();
        let approved = lines::approve(&self.ctx, &self.staff, &ids)
            .await
            .expect("approved")
            .approved;
        self.work().await;
        approved
    }

    async fn close(&self, quarter: &str) -> statements::Closed {
        let quarter = Quarter::parse(quarter, 1).expect(quarter);
        let closed = statements::close_quarter(&self.ctx, &self.staff, quarter)
            .await
            .expect("closed");
        self.work().await;
        closed
    }
}

/// A version of a plan, tried and published.
async fn publish(ctx: &Ctx, staff: &Actor, form: PlanForm, valid_from: &str) -> PlanId {
    let edit = PlanEdit {
        form,
        valid_from: valid_from.to_owned(),
        all_deals: false,
    };
    let trial = plans::try_version(ctx, staff, &edit)
        .await
        .expect("a trial");
    plans::publish_version(ctx, staff, &edit, &trial.fingerprint)
        .await
        .expect("a version")
}

async fn add_person(ctx: &Ctx, email: &str) -> PersonId {
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

fn company() -> CompanyForm {
    CompanyForm {
        name: "Partner".to_owned(),
        legal_name: "Partner GmbH".to_owned(),
        domain: "partner-company.com".to_owned(),
        country: "DE".to_owned(),
        vat_number: String::new(),
        billing_email: "billing@partner-company.com".to_owned(),
        slack_channel: "C0PARTNER0".to_owned(),
    }
}

fn sale(number: &str, net_minor: i64, paid_minor: i64, updated_at: i64) -> RemoteInvoice {
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

#[tokio::test]
async fn a_line_goes_from_won_to_paid_and_the_figures_are_right_at_every_step() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.win("1000.00", "1").await;
        assert_eq!(world.states().await, [Upcoming; 12]);
        assert_eq!(world.figures().await, [0, 0, 0, 0, 120_000]);
        let view = leads::find_for_partner(&world.ctx, &world.member, lead)
            .await
            .expect("the lead");
        assert_eq!(view.lead.state, LeadState::Won);
        assert!(view.lead.actioned_at.is_some());

        assert_eq!(world.accrue("2026-04-02").await, 3);
        assert_eq!(world.accrue("2026-04-02").await, 0);
        assert_eq!(world.exceptions().await, ["no_invoice_yet"]);
        world.invoice("INV-1", 100_000, 119_000).await;
        world.invoice("INV-2", 100_000, 119_000).await;
        world.invoice("INV-3", 100_000, 59_500).await;
        assert_eq!(
            world.states().await[..4],
            [Covered, Covered, Awaiting, Upcoming]
        );
        assert_eq!(world.figures().await, [20_000, 20_000, 0, 0, 100_000]);
        assert_eq!(world.exceptions().await, ["invoice_overdue", "underpaid"]);
        let waiting = figures::waiting(&world.ctx, &world.member, 10)
            .await
            .expect("a list");
        let wanted = lines::WaitsFor::Payment {
            invoice_number: "INV-3".to_owned(),
            due: "2026-02-15".parse().ok(),
            days_late: 46,
            open: Money::new(59_500, Currency::EUR),
        };
        assert_eq!(waiting[2].waits_for, Some(wanted));

        approve_and_hold(&world).await;
        close_twice(&world).await;
        settle(&world).await;
        world.ctx.store.close().await;
    }
}

async fn approve_and_hold(world: &World) {
    let found = world.lines().await;
    lines::hold(&world.ctx, &world.staff, found[1].id, "Ask the client")
        .await
        .expect("held");
    let ids: Vec<LineId> = found.iter().take(3).map(|line| line.id).collect();
    let approved = lines::approve(&world.ctx, &world.staff, &ids)
        .await
        .expect("approved");
    assert_eq!(approved.approved, 1);
    assert_eq!(
        approved.skipped,
        [(ids[1], "line-held"), (ids[2], "line-not-approvable")]
    );
    assert_eq!(world.figures().await, [20_000, 20_000, 0, 10_000, 100_000]);
    lines::release(&world.ctx, &world.staff, ids[1])
        .await
        .expect("released");
    assert!(matches!(
        lines::approve(&world.ctx, &world.member, &ids).await,
        Err(ServiceError::Forbidden)
    ));
    assert_eq!(world.approve_all().await, 1);
    assert_eq!(world.figures().await, [20_000, 20_000, 0, 20_000, 100_000]);
    let why = lines::explain(&world.ctx, &world.member, ids[1])
        .await
        .expect("an explanation");
    let arithmetic = why.arithmetic.expect("computed");
    assert_eq!(
        (
            arithmetic.months_before,
            arithmetic.through_minor,
            arithmetic.before_minor
        ),
        (1, 20_000, 10_000)
    );
    assert_eq!((why.collected.minor, why.fills.len()), (100_000, 1));
}

async fn close_twice(world: &World) {
    let quarter = Quarter::parse("2026Q1", 1).unwrap();
    let preview = statements::preview(&world.ctx, &world.staff, quarter)
        .await
        .expect("a preview");
    assert_eq!(
        (
            preview.statements[0].money.minor,
            preview.statements[0].lines
        ),
        (20_000, 2)
    );
    let close = || statements::close_quarter(&world.ctx, &world.staff, quarter);
    let (one, other) = tokio::join!(close(), close());
    assert_eq!(
        one.expect("closed").created + other.expect("closed too").created,
        1
    );
    world.work().await;
    let again = world.close("2026Q1").await;
    assert!(again.already);
    let early = Quarter::parse("2026Q2", 1).unwrap();
    assert!(matches!(
        statements::close_quarter(&world.ctx, &world.staff, early).await,
        Err(ServiceError::Conflict("quarter-not-ended"))
    ));
    let found = statements::list_for_partner(&world.ctx, &world.member)
        .await
        .expect("statements");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].record.number, "PS-2026Q1-000001");
    assert_eq!(
        (found[0].record.total.minor, found[0].settlement),
        (20_000, SettlementState::Stated)
    );
    assert_eq!(world.states().await[..3], [Stated, Stated, Awaiting]);
    assert_eq!(world.figures().await, [20_000, 20_000, 0, 0, 100_000]);
}

async fn settle(world: &World) {
    let statement = statements::list_for_partner(&world.ctx, &world.member)
        .await
        .unwrap()
        .remove(0)
        .record;
    let form = InvoiceForm {
        statement: statement.id.to_string(),
        number: "RE-1".to_owned(),
        ..InvoiceForm::default()
    };
    let bill = bills::raise(&world.ctx, &world.member, &form)
        .await
        .expect("raised");
    assert!(matches!(
        bills::raise(&world.ctx, &world.member, &form).await,
        Err(ServiceError::Conflict("statement-already-invoiced"))
    ));
    assert_eq!(world.states().await[..2], [Stated, Stated]);
    bills::partner_contact_found(&world.ctx, world.partner, "contact-partner")
        .await
        .expect("remembered");
    assert_eq!(
        bills::for_creation(&world.ctx, bill)
            .await
            .expect("a bill")
            .statement
            .id,
        statement.id
    );
    let made = world.bill("bill-1", "RE-1", 20_000, 0, "AUTHORISED").await;
    for _ in 0..2 {
        bills::created(&world.ctx, bill, &made)
            .await
            .expect("created");
        world.work().await;
        assert_eq!(world.states().await[..2], [Invoiced, Invoiced]);
    }
    for (paid_minor, states, figures) in [
        (
            11_900,
            [Paid, Invoiced],
            [20_000, 10_000, 10_000, 0, 100_000],
        ),
        (23_800, [Paid, Paid], [20_000, 0, 20_000, 0, 100_000]),
        (0, [Invoiced, Invoiced], [20_000, 20_000, 0, 0, 100_000]),
        (23_800, [Paid, Paid], [20_000, 0, 20_000, 0, 100_000]),
    ] {
        let reading = world
            .bill("bill-1", "RE-1", 20_000, paid_minor, "AUTHORISED")
            .await;
        links::apply_invoice(&world.ctx, &reading)
            .await
            .expect("applied");
        world.work().await;
        assert_eq!(world.states().await[..2], states, "{paid_minor}");
        assert_eq!(world.figures().await, figures, "{paid_minor}");
    }
    let stale = RemoteInvoice {
        updated_at: Timestamp(0),
        paid_minor: 0,
        ..made.clone()
    };
    links::apply_invoice(&world.ctx, &stale)
        .await
        .expect("ignored");
    assert_eq!(world.states().await[..2], [Paid, Paid]);
    let voided = world.bill("bill-1", "RE-1", 20_000, 0, "VOIDED").await;
    links::apply_invoice(&world.ctx, &voided)
        .await
        .expect("applied");
    world.work().await;
    assert_eq!(world.states().await[..2], [Stated, Stated]);
    assert!(world.exceptions().await.contains(&"bill_voided".to_owned()));
    let wrong = world
        .bill("bill-2", &statement.number, 19_999, 0, "AUTHORISED")
        .await;
    links::apply_invoice(&world.ctx, &wrong)
        .await
        .expect("applied");
    assert!(
        world
            .exceptions()
            .await
            .contains(&"bill_differs_from_statement".to_owned())
    );
    assert_eq!(world.states().await[..2], [Stated, Stated]);
    let found = world
        .bill("bill-2", &statement.number, 20_000, 23_800, "PAID")
        .await;
    links::apply_invoice(&world.ctx, &found)
        .await
        .expect("applied");
    world.work().await;
    assert_eq!(world.states().await[..2], [Paid, Paid]);
    assert!(
        !world
            .exceptions()
            .await
            .contains(&"bill_differs_from_statement".to_owned())
    );
}

#[tokio::test]
async fn money_that_goes_away_is_clawed_back_and_given_back_when_it_returns() {
    for url in databases().await {
        let world = World::new(&url).await;
        world.win("1000.00", "monthly").await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;
        world.invoice("INV-2", 100_000, 119_000).await;
        assert_eq!(world.approve_all().await, 2);
        world.invoice("INV-2", 100_000, 0).await;
        assert_eq!(world.states().await[..3], [Approved, Awaiting, Awaiting]);
        world.invoice("INV-2", 100_000, 119_000).await;
        assert_eq!(world.states().await[..3], [Approved, Covered, Awaiting]);
        world.approve_all().await;
        assert_eq!(world.close("2026Q1").await.created, 1);

        world.invoice("INV-2", 100_000, 0).await;
        let clawed = (Clawback, 2, Covered, -10_000);
        assert!(world.shape().await.contains(&clawed));
        assert_eq!(world.figures().await[0], 10_000);
        world.invoice("INV-2", 100_000, 119_000).await;
        assert!(!world.shape().await.contains(&clawed));
        world.invoice("INV-2", 100_000, 0).await;
        assert!(world.shape().await.contains(&clawed));

        world.accrue("2026-07-02").await;
        assert_eq!(world.approve_all().await, 1);
        assert_eq!(
            world.close("2026Q2").await,
            statements::Closed {
                created: 0,
                carried: 1,
                already: false
            }
        );
        world.invoice("INV-3", 300_000, 357_000).await;
        assert!(
            world.shape().await.iter().all(|line| line.0 != Clawback),
            "three months' money reaches February again"
        );
        world.invoice("INV-3", 300_000, 0).await;
        assert_eq!(world.approve_all().await, 1);
        world.accrue("2026-10-02").await;
        world.invoice("INV-1", 100_000, 0).await;
        let taken: i64 = world
            .shape()
            .await
            .iter()
            .filter(|line| line.0 == Clawback)
            .map(|line| line.3)
            .sum();
        assert_eq!(taken, -20_000, "all that was stated is taken back");
        world.invoice("INV-4", 900_000, 1_071_000).await;
        assert_eq!(
            world
                .shape()
                .await
                .iter()
                .filter(|line| line.0 != Scheduled)
                .count(),
            0
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_clawback_that_was_stated_is_given_back_by_an_adjustment() {
    for url in databases().await {
        let world = World::new(&url).await;
        world.win("1000.00", "monthly").await;
        let second = world.submit("Beta", "beta.com").await;
        let beta = world.deal(second, DealState::Won, "1000.00", "monthly");
        world
            .read(&RemoteDeal {
                id: "9002".to_owned(),
                ..beta
            })
            .await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;
        assert_eq!(world.approve_all().await, 1);
        assert_eq!(world.close("2026Q1").await.created, 1);

        // The other client's three months outweigh what is taken back.
        let other = RemoteInvoice {
            contact_id: "contact-beta".to_owned(),
            contact_name: "Beta".to_owned(),
            ..sale("INV-B", 300_000, 357_000, 1)
        };
        links::apply_invoice(&world.ctx, &other)
            .await
            .expect("applied");
        world.work().await;
        world.invoice("INV-1", 100_000, 0).await;
        assert_eq!(world.approve_all().await, 4);
        world.accrue("2026-07-02").await;
        assert_eq!(world.close("2026Q2").await.created, 1);
        let statement = statements::list_for_partner(&world.ctx, &world.member)
            .await
            .unwrap()
            .remove(0);
        assert_eq!(
            (statement.record.total.minor, statement.lines.len()),
            (20_000, 4)
        );
        assert_eq!(world.special().await, [(Clawback, 1, Stated, -10_000)]);

        let back = (Adjustment, 1, Covered, 10_000);
        world.invoice("INV-1", 100_000, 119_000).await;
        assert_eq!(
            world.special().await,
            [(Clawback, 1, Stated, -10_000), back]
        );
        world.invoice("INV-1", 100_000, 0).await;
        assert_eq!(world.special().await, [(Clawback, 1, Stated, -10_000)]);
        world.invoice("INV-1", 100_000, 119_000).await;
        assert_eq!(world.approve_all().await, 1);
        world.accrue("2026-10-02").await;
        assert_eq!(world.close("2026Q3").await.created, 1);
        world.invoice("INV-1", 100_000, 0).await;
        let again = [
            (Clawback, 1, Stated, -10_000),
            (Adjustment, 1, Stated, 10_000),
            (Clawback, 1, Covered, -10_000),
        ];
        assert_eq!(world.special().await, again);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_deal_that_changes_keeps_its_ended_months_and_makes_the_later_ones_again() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.win("1000.00", "1").await;
        world
            .read(&world.deal(lead, DealState::Won, "900.00", "1"))
            .await;
        assert_eq!(
            world.figures().await,
            [0, 0, 0, 0, 108_000],
            "in its first month everything is made again"
        );
        world
            .read(&world.deal(lead, DealState::Won, "1000.00", "1"))
            .await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;

        world
            .read(&world.deal(lead, DealState::Won, "2400.00", "12"))
            .await;
        assert_eq!(
            world.figures().await,
            [10_000, 10_000, 0, 0, 2 * 10_000 + 9 * 2_000]
        );
        world
            .read(&world.deal(lead, DealState::Won, "2400.00", "12"))
            .await;
        let late = RemoteDeal {
            modified_at: Timestamp(0),
            ..world.deal(lead, DealState::Won, "1.00", "1")
        };
        world.read(&late).await;
        assert_eq!(world.figures().await, [10_000, 10_000, 0, 0, 38_000]);

        world
            .read(&world.deal(lead, DealState::Lost, "2400.00", "12"))
            .await;
        assert_eq!(world.shape().await, [(Scheduled, 1, Covered, 10_000)]);
        world
            .read(&world.deal(lead, DealState::Won, "2400.00", "12"))
            .await;
        assert_eq!(world.figures().await, [10_000, 10_000, 0, 0, 38_000]);
        deals::apply_reading(&world.ctx, "9001", None)
            .await
            .expect("followed");
        world.work().await;
        assert_eq!(world.states().await[1..], [Cancelled; 11]);
        world.invoice("INV-1", 100_000, 0).await;
        assert_eq!(world.states().await, [Cancelled; 12]);
        world
            .read(&world.deal(lead, DealState::Won, "2400.00", "12"))
            .await;
        assert_eq!(world.figures().await, [0, 0, 0, 0, 48_000]);

        let foreign = RemoteDeal {
            currency: Some(Currency::USD),
            ..world.deal(lead, DealState::Won, "2400.00", "12")
        };
        world.invoice("INV-1", 100_000, 119_000).await;
        world.read(&foreign).await;
        assert!(
            world
                .exceptions()
                .await
                .contains(&"currency_changed".to_owned())
        );
        assert_eq!(world.figures().await, [10_000, 10_000, 0, 0, 38_000]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_is_missing_on_a_won_deal_is_an_exception_that_closes_once_it_is_there() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.submit("Acme", "acme.com").await;
        world.go_to("2026-01-10");
        // The answer to the registration was lost; the deal itself says whose it is.
        let bare = RemoteDeal {
            amount: None,
            billing_period: None,
            ..world.deal(lead, DealState::Won, "", "")
        };
        world.read(&bare).await;
        assert_eq!(
            world.exceptions().await,
            ["billing_period_missing", "deal_amount_missing"]
        );
        assert!(world.lines().await.is_empty());
        deals::apply_registration(&world.ctx, lead, "9001")
            .await
            .expect("registered already");
        // The invoice comes before the deal is complete, and is found again.
        world.invoice("INV-1", 1_200_000, 1_428_000).await;
        world
            .read(&world.deal(lead, DealState::Won, "12000.00", "annually"))
            .await;
        assert_eq!(world.exceptions().await, Vec::<String>::new());
        assert_eq!(world.figures().await, [0, 0, 0, 0, 120_000]);
        world.accrue("2026-03-01").await;
        assert_eq!(world.states().await[..3], [Covered, Covered, Upcoming]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn an_invoice_finds_its_deal_or_waits_for_a_person() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.submit("Acme", "acme.com").await;
        deals::apply_registration(&world.ctx, lead, "9001")
            .await
            .expect("registered");
        world.go_to("2026-01-10");
        world.invoice("INV-1", 100_000, 119_000).await;
        assert_eq!(
            world.exceptions().await,
            Vec::<String>::new(),
            "as long as nothing is won, no invoice is missed"
        );
        world
            .read(&world.deal(lead, DealState::Won, "1000.00", "1"))
            .await;
        assert_eq!(
            world.exceptions().await,
            Vec::<String>::new(),
            "won, the deal takes what waited"
        );
        world.accrue("2026-03-02").await;
        assert_eq!(world.states().await[..2], [Covered, Awaiting]);

        let stranger = RemoteInvoice {
            contact_id: "x".to_owned(),
            contact_name: "X".to_owned(),
            ..sale("INV-2", 100_000, 119_000, 500)
        };
        links::apply_invoice(&world.ctx, &stranger)
            .await
            .expect("applied");
        world.work().await;
        assert_eq!(
            world.exceptions().await,
            ["no_invoice_yet"],
            "an invoice to somebody whom no lead is about is nothing of ours"
        );
        let deal = world.lines().await[0].deal;
        links::link_invoice(&world.ctx, &world.staff, "id-INV-2", deal)
            .await
            .expect("linked");
        world.work().await;
        assert_eq!(world.states().await[..2], [Covered, Covered]);
        assert_eq!(world.exceptions().await, Vec::<String>::new());

        let named = RemoteInvoice {
            reference: "Deal 9001".to_owned(),
            ..sale("INV-3", 50_000, 0, 501)
        };
        let named = RemoteInvoice {
            contact_id: "y".to_owned(),
            contact_name: "Y".to_owned(),
            ..named
        };
        links::apply_invoice(&world.ctx, &named)
            .await
            .expect("applied");
        world.work().await;
        assert_eq!(
            world.exceptions().await,
            ["differs_from_deal", "invoice_overdue"]
        );
        let mut tx = world.ctx.store.read().await.unwrap();
        let linked = invoices::find(&mut tx, "id-INV-3").await.unwrap().unwrap();
        assert_eq!(linked.links[0].how, "reference");
        drop(tx);
        let other = RemoteInvoice {
            sub_total: Money::new(50_000, Currency::USD),
            total: Money::new(59_500, Currency::USD),
            ..named.clone()
        };
        let other = RemoteInvoice {
            updated_at: Timestamp(502),
            ..other
        };
        links::apply_invoice(&world.ctx, &other)
            .await
            .expect("applied");
        world.work().await;
        assert_eq!(world.exceptions().await, ["other_currency"]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_a_one_off_deal_gains_after_its_statement_is_an_adjustment() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.win("1000.00", "one_off").await;
        assert_eq!(world.shape().await, [(Scheduled, 1, Upcoming, 10_000)]);
        world.accrue("2026-02-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;
        world.approve_all().await;
        world.accrue("2026-04-02").await;
        world.close("2026Q1").await;
        world
            .read(&world.deal(lead, DealState::Won, "1200.00", "one_off"))
            .await;
        world
            .read(&world.deal(lead, DealState::Won, "1200.00", "one_off"))
            .await;
        assert_eq!(
            world.shape().await,
            [
                (Scheduled, 1, Stated, 10_000),
                (Adjustment, 1, Awaiting, 2_000)
            ]
        );
        world.invoice("INV-2", 20_000, 23_800).await;
        assert_eq!(world.shape().await[1], (Adjustment, 1, Covered, 2_000));
        world
            .read(&world.deal(lead, DealState::Won, "800.00", "one_off"))
            .await;
        assert_eq!(world.shape().await[1], (Adjustment, 1, Covered, -2_000));
        world.invoice("INV-1", 100_000, 0).await;
        assert_eq!(world.figures().await[0], 0);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn the_proof_finds_what_somebody_changed_behind_its_back() {
    for url in databases().await {
        let world = World::new(&url).await;
        world.win("1000.00", "1").await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;
        world.approve_all().await;
        world.close("2026Q1").await;
        let mut connection = AnyConnection::connect(&url).await.expect("the database");
        for (change, undo, found) in [
            (
                "UPDATE lines SET amount_minor = 10001 WHERE position = 0",
                "UPDATE lines SET amount_minor = 10000 WHERE position = 0",
                &[
                    "lines_agree_with_journal",
                    "figures_add_up",
                    "lines_follow_from_terms",
                    "no_line_on_two_statements",
                ][..],
            ),
            (
                "UPDATE lines SET state = 'covered' WHERE position = 1",
                "UPDATE lines SET state = 'awaiting' WHERE position = 1",
                &[
                    "lines_agree_with_journal",
                    "figures_add_up",
                    "coverage_follows_from_invoices",
                ],
            ),
            (
                "UPDATE lines SET state = 'paid' WHERE position = 0",
                "UPDATE lines SET state = 'stated' WHERE position = 0",
                &[
                    "lines_agree_with_journal",
                    "figures_add_up",
                    "paid_within_bill",
                ],
            ),
            (
                "UPDATE fills SET amount_minor = amount_minor - 1",
                "UPDATE fills SET amount_minor = amount_minor + 1",
                &["coverage_follows_from_invoices"],
            ),
        ] {
            connection.execute(change).await.expect(change);
            let proof = verify::verify(&world.ctx).await.expect("a proof");
            let faulty: Vec<_> = proof
                .checks
                .iter()
                .filter(|check| !check.faults.is_empty())
                .map(|check| check.name)
                .collect();
            assert_eq!(faulty, found, "{change}");
            connection.execute(undo).await.expect(undo);
            world.work().await;
        }
        drop(connection);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_happens_twice_at_once_happens_once() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.submit("Acme", "acme.com").await;
        let won = world.deal(lead, DealState::Won, "1000.00", "1");
        let read = || deals::apply_reading(&world.ctx, "9001", Some(&won));
        let (one, other) = tokio::join!(read(), read());
        one.and(other).expect("both are right");
        world.work().await;
        assert_eq!(world.states().await, [Upcoming; 12]);
        world.go_to("2026-04-02");
        let (one, other) = tokio::join!(lines::accrue(&world.ctx), lines::accrue(&world.ctx));
        assert_eq!(one.expect("accrued") + other.expect("accrued too"), 3);
        world.invoice("INV-1", 300_000, 357_000).await;
        let ids: Vec<LineId> = world.lines().await.iter().map(|line| line.id).collect();
        let approve = || lines::approve(&world.ctx, &world.staff, &ids);
        let (one, other) = tokio::join!(approve(), approve());
        assert_eq!(
            one.expect("approved").approved + other.expect("approved too").approved,
            3
        );
        world.work().await;
        world.ctx.store.close().await;
    }
}

//! A whole portal in a test: its site on loopback, the sandbox behind it, a database of its own, and two partners with their people.
//! The worker stands still until a test lets it work ([`TestPortal::run_jobs`]), so nothing is waited for by sleeping.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, Instant},
};

use portal::{config::Settings, demo, serve::Portal};
use portal_domain::{
    access::{Actor, MemberRole, Reach, StaffRole},
    calendar::Timestamp,
    ids::{LeadId, PartnerId},
    lead::LeadForm,
    line::{LineState, SeenLine},
    partner::CompanyForm,
    plan::PlanForm,
};
use portal_jobs::{Connector, Worker};
use portal_services::{Ctx, figures, leads, lines, partners, verify};
use portal_store::{jobs, leads::LeadRecord, people};
use serde_json::{Value, json};

use crate::{browser::Browser, database::Database};

/// When every test begins: a Monday in the third quarter.
pub const START: &str = "2026-07-06T08:00:00Z";
/// Longer than any way through the portal takes; whoever waits so long waits for something that does not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// The people of one partner.
pub struct TestPartner {
    pub id: PartnerId,
    pub owner: Actor,
    pub sales: Actor,
    pub finance: Actor,
    pub reader: Actor,
}

/// The vendor's people, one for each role.
pub struct TestStaff {
    pub administrator: Actor,
    pub manager: Actor,
    pub finance: Actor,
    pub operator: Actor,
    pub auditor: Actor,
}

pub struct TestPortal {
    pub ctx: Ctx,
    /// Aster, the partner that most tests look through.
    pub aster: TestPartner,
    /// Borealis, who must never hear of Aster.
    pub borealis: TestPartner,
    pub staff: TestStaff,
    pub url: String,
    pub database: Database,
    client: reqwest::Client,
    portal: Option<Portal>,
}

impl TestPortal {
    /// A portal on the database that `PORTAL_TEST_POSTGRES_URL` names, or on a new SQLite file.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with settings of one's own over the usual ones.
    pub async fn start_with(more: &[(&'static str, &str)]) -> Self {
        // Between finding a port and listening on it somebody else may take it.
        for _ in 0..5 {
            if let Some(portal) = Self::try_start(more).await {
                return portal;
            }
        }
        panic!("no port of loopback is free");
    }

    async fn try_start(more: &[(&'static str, &str)]) -> Option<Self> {
        let database = Database::create().await;
        let settings = settings(&database, free_port(), more);
        let mut portal = Portal::open(&settings).await.unwrap();
        if portal.start_site(&settings).await.is_err() {
            portal.stop().await;
            database.remove().await;
            return None;
        }
        let ctx = portal.ctx.clone();
        let staff = seed_staff(&ctx).await;
        let plan = seed_plan(&ctx, &staff.administrator).await;
        let aster = seed_partner(&ctx, &staff, &plan, "Aster", "aster-consulting.com").await;
        let borealis = seed_partner(&ctx, &staff, &plan, "Borealis", "borealis-partners.de").await;
        Some(Self {
            ctx,
            aster,
            borealis,
            staff,
            url: format!("http://{}", settings.portal_addr),
            database,
            client: reqwest::Client::builder()
                .no_proxy()
                .tls_certs_only([])
                .build()
                .unwrap(),
            portal: Some(portal),
        })
    }

    fn portal(&self) -> &Portal {
        self.portal.as_ref().expect("only `finish` takes it")
    }

    /// A browser that is signed in as somebody.
    pub async fn sign_in(&self, actor: &Actor) -> Browser {
        let mut browser = self.browser();
        let choice = match actor {
            Actor::Member {
                person, partner, ..
            } => format!("{person}.{partner}"),
            Actor::Staff { person, .. } => person.to_string(),
        };
        let answer = browser
            .post("/sign-in", &[("do", "sign_in_as"), ("person", &choice)])
            .await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        browser
    }

    /// A browser of somebody who is not signed in.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// The address of the last mail's button, below the portal's own.
    pub async fn mailed_path(&self, address: &str) -> String {
        self.run_jobs().await;
        let mails = self.mails_to(address).await;
        let text = mails.last().expect("a mail")["text"]
            .as_str()
            .unwrap()
            .to_owned();
        let start = text.find(&self.url).expect("a link") + self.url.len();
        text[start..].split_whitespace().next().unwrap().to_owned()
    }

    /// Waits until what was refused is written down, which is once a second.
    pub async fn refusals_are_counted(&self) {
        tokio::time::sleep(Duration::from_millis(1_300)).await;
    }

    /// Works until nothing is due and no webhook is on its way, and proves the books then.
    pub async fn run_jobs(&self) {
        let portal = self.portal();
        let sandbox = portal.sandbox.as_ref().expect("tests have no real system");
        let begun = Instant::now();
        loop {
            let under_way = sandbox.webhooks_under_way();
            let ran = portal.worker.run_due().await.unwrap();
            if ran == 0 && under_way == 0 {
                return self.verify().await;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "jobs or webhooks do not come to an end"
            );
            if ran == 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    }

    /// A worker on this database, as another instance would run one.
    pub fn worker(&self) -> Worker {
        self.portal().worker.clone()
    }

    /// What this instance reaches the outside systems with.
    pub fn connector(&self) -> Connector {
        self.portal().connector.clone()
    }

    /// Whether everything that must be true of the books is.
    pub async fn verify(&self) {
        let proof = verify::verify(&self.ctx).await.unwrap();
        let faults: Vec<_> = proof
            .checks
            .iter()
            .filter(|check| !check.faults.is_empty())
            .collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }

    /// Moves the time on, as the sandbox's page does.
    pub async fn advance_clock_to(&self, instant: &str) {
        self.sandbox_act("clock", json!({ "to": instant })).await;
    }

    /// Moves the time on by minutes.
    pub async fn advance_clock_by(&self, minutes: i64) {
        self.advance_clock_to_instant(self.ctx.now().plus_ms(minutes * 60_000))
            .await;
    }

    /// Moves the time on, to the millisecond.
    pub async fn advance_clock_to_instant(&self, to: Timestamp) {
        let to = chrono::DateTime::from_timestamp_millis(to.0).unwrap();
        self.advance_clock_to(&to.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
            .await;
    }

    /// Does something inside the vendors' systems, as a person there would.
    pub async fn sandbox_act(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/sandbox/{path}", self.sandbox_url());
        let answer = self.client.post(url).json(&body).send().await.unwrap();
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {body}");
        body
    }

    /// What the sandbox knows: `truth`, `state`, `mails`, `slack/messages`, …
    pub async fn sandbox_read(&self, path: &str) -> Value {
        let url = format!("{}/sandbox/{path}", self.sandbox_url());
        self.client
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// Where the sandbox answers as the vendors do.
    pub fn sandbox_url(&self) -> String {
        self.portal()
            .sandbox
            .as_ref()
            .expect("tests have no real system")
            .http_url()
    }

    /// Where the sandbox's mail server listens.
    pub fn sandbox_mail(&self) -> String {
        let sandbox = self.portal().sandbox.as_ref();
        let sandbox = sandbox.expect("tests have no real system");
        sandbox.smtp_addr().to_string()
    }

    /// The subjects of all mails to an address, oldest first.
    pub async fn mails_to(&self, address: &str) -> Vec<Value> {
        let mails = self.sandbox_read(&format!("mails?to={address}")).await;
        let mut mails = mails.as_array().unwrap().clone();
        mails.reverse();
        mails
    }

    /// The messages of a Slack channel, oldest first, each as the JSON that Slack has.
    pub async fn slack_messages(&self, channel: &str) -> Vec<Value> {
        let messages = self.sandbox_read("slack/messages").await;
        let messages = messages.as_array().unwrap();
        messages
            .iter()
            .filter(|message| message["channel"] == channel)
            .cloned()
            .collect()
    }

    /// A lead that was submitted by a service call, as most stories begin.
    pub async fn submit(&self, actor: &Actor, client: &str, domain: &str) -> LeadId {
        leads::submit(&self.ctx, actor, &lead_form(client, domain))
            .await
            .unwrap()
            .lead()
    }

    /// The lead as the database has it.
    pub async fn lead(&self, id: LeadId) -> LeadRecord {
        leads::find_for_staff(&self.ctx, &self.staff.administrator, id)
            .await
            .unwrap()
            .lead
    }

    /// The kinds of what happened to a lead, oldest first.
    pub async fn timeline(&self, id: LeadId) -> Vec<String> {
        let view = leads::find_for_staff(&self.ctx, &self.staff.administrator, id)
            .await
            .unwrap();
        view.events.into_iter().map(|event| event.kind).collect()
    }

    /// A lead of Aster that is registered in HubSpot.
    pub async fn registered(&self, client: &str, domain: &str) -> (LeadId, String) {
        self.registered_by(&self.aster.owner, client, domain).await
    }

    /// The same of whoever submits it.
    pub async fn registered_by(
        &self,
        actor: &Actor,
        client: &str,
        domain: &str,
    ) -> (LeadId, String) {
        let lead = self.submit(actor, client, domain).await;
        self.run_jobs().await;
        let deal = self.lead(lead).await.hubspot_deal_id.expect("registered");
        (lead, deal)
    }

    /// Changes a deal in HubSpot, as sales would.
    pub async fn change_deal(&self, deal: &str, properties: Value) {
        self.sandbox_act(&format!("hubspot/deals/{deal}"), properties)
            .await;
    }

    /// A lead of Aster whose deal is won now, in pounds.
    pub async fn won(
        &self,
        client: &str,
        domain: &str,
        amount: &str,
        months: &str,
    ) -> (LeadId, String) {
        self.won_by(&self.aster.owner, client, domain, amount, months)
            .await
    }

    /// The same of whoever submits it.
    pub async fn won_by(
        &self,
        actor: &Actor,
        client: &str,
        domain: &str,
        amount: &str,
        months: &str,
    ) -> (LeadId, String) {
        let (lead, deal) = self.registered_by(actor, client, domain).await;
        let won = json!({
            "dealstage": "closedwon", "amount": amount, "deal_currency_code": "GBP", "portal_billing_period": months,
        });
        self.change_deal(&deal, won).await;
        self.run_jobs().await;
        (lead, deal)
    }

    /// Issues a sales invoice in Xero for a deal; `net` without its 20 % VAT. Answers its number.
    pub async fn invoice(&self, client: &str, deal: &str, net: &str) -> String {
        let fields = json!({ "new_contact": client, "reference": format!("Deal {deal}"), "net": net, "currency": "GBP", "tax_rate": "20" });
        let made = self.sandbox_act("xero/invoices", fields).await;
        self.run_jobs().await;
        made["number"].as_str().expect("a number").to_owned()
    }

    /// Pays an invoice or a bill in Xero, with its VAT. Answers the payment's id.
    pub async fn pay(&self, number: &str, amount: &str) -> String {
        let paid = self
            .sandbox_act(
                &format!("xero/invoices/{number}/payments"),
                json!({ "amount": amount }),
            )
            .await;
        self.run_jobs().await;
        paid["payment_id"].as_str().expect("a payment").to_owned()
    }

    /// Xero's id of the one bill of a number: partners may use the same numbers, so there a bill is known by its id alone.
    pub async fn bill(&self, number: &str) -> String {
        let truth = self.sandbox_read("truth").await;
        let found = truth["bills_by_number"][number]
            .as_array()
            .cloned()
            .unwrap_or_default();
        assert_eq!(found.len(), 1, "bills of number {number}");
        found[0].as_str().expect("an id").to_owned()
    }

    /// Pays what an invoice or a bill still asks for. Answers the payment's id.
    pub async fn pay_rest(&self, invoice: &str) -> String {
        let paid = self
            .sandbox_act(&format!("xero/invoices/{invoice}/payments"), json!({}))
            .await;
        self.run_jobs().await;
        paid["payment_id"].as_str().expect("a payment").to_owned()
    }

    /// Undoes a payment in Xero.
    pub async fn delete_payment(&self, payment: &str) {
        self.sandbox_act(&format!("xero/payments/{payment}/delete"), json!({}))
            .await;
        self.run_jobs().await;
    }

    /// The lines of a lead's deal, oldest month first.
    pub async fn lines(&self, lead: LeadId) -> Vec<lines::LineView> {
        lines::list_of_lead(&self.ctx, &self.staff.administrator, lead)
            .await
            .unwrap()
    }

    /// The states of the first so many lines.
    pub async fn states(&self, lead: LeadId, count: usize) -> Vec<LineState> {
        self.lines(lead)
            .await
            .iter()
            .take(count)
            .map(|view| view.line.state)
            .collect()
    }

    /// All lines that are covered and that nobody holds.
    pub async fn covered(&self) -> Vec<SeenLine> {
        let filter = lines::StaffLineFilter {
            state: Some(LineState::Covered),
            ..lines::StaffLineFilter::default()
        };
        let found = lines::list_for_staff(&self.ctx, &self.staff.finance, filter, 500)
            .await
            .unwrap();
        found
            .iter()
            .filter(|view| view.line.held_reason.is_none())
            .map(|view| view.line.seen())
            .collect()
    }

    /// Aster's earned, owed, paid, upcoming and expected, in pence.
    pub async fn figures(&self) -> [i64; 5] {
        let found = figures::for_partner(&self.ctx, &self.aster.owner)
            .await
            .unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        let figures = &found[0];
        [
            &figures.earned,
            &figures.owed,
            &figures.paid,
            &figures.upcoming,
            &figures.expected,
        ]
        .map(|money| money.minor)
    }

    /// Ends the test: the books hold, and no job was given up or fails.
    pub async fn finish(self) {
        let failing = jobs::list_failing(&mut self.ctx.store.read().await.unwrap(), 10)
            .await
            .unwrap();
        assert!(failing.is_empty(), "{failing:#?}");
        self.finish_with_failed_jobs().await;
    }

    /// Ends a test in which jobs were meant to fail: the books hold all the same.
    pub async fn finish_with_failed_jobs(mut self) {
        self.verify().await;
        self.close().await;
    }

    /// Ends a test that broke the books on purpose.
    pub async fn finish_with_broken_books(mut self) {
        self.close().await;
    }

    async fn close(&mut self) {
        self.portal.take().expect("closed once").stop().await;
        self.database.remove().await;
    }
}

impl Drop for TestPortal {
    /// A test that does not end with `finish` has not looked at the books.
    fn drop(&mut self) {
        assert!(
            self.portal.is_none() || std::thread::panicking(),
            "end the test with `portal.finish().await`"
        );
    }
}

/// A lead that nothing is wrong with.
pub fn lead_form(client: &str, domain: &str) -> LeadForm {
    LeadForm {
        client_name: client.to_owned(),
        client_domain: domain.to_owned(),
        contact_name: "Mia Novak".to_owned(),
        contact_email: format!("mia@{domain}"),
        contact_phone: "+442079460000".to_owned(),
        need: "Route planning for 40 vans.".to_owned(),
        value: "18000".to_owned(),
        currency: "GBP".to_owned(),
        lawful_basis: "legitimate_interest".to_owned(),
        submission_key: format!("key of {domain}"),
        ..LeadForm::default()
    }
}

/// Below the ports that the system gives to outgoing connections, so that none of those takes it. Each process begins elsewhere.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        let step = u32::from(NEXT.fetch_add(1, Ordering::SeqCst));
        let port = 10_000 + (std::process::id() * 131 + step) % 10_000;
        let port = u16::try_from(port).expect("below 20000");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

fn settings(database: &Database, port: u16, more: &[(&'static str, &str)]) -> Settings {
    let mut values = BTreeMap::from([
        ("DATABASE_URL", database.portal_url().to_owned()),
        ("PORTAL_ADDR", format!("127.0.0.1:{port}")),
        ("PORTAL_URL", format!("http://127.0.0.1:{port}")),
        ("SANDBOX_ADDR", "127.0.0.1:0".to_owned()),
        ("SANDBOX_SMTP_ADDR", "127.0.0.1:0".to_owned()),
        ("PORTAL_DATA", database.folder().display().to_string()),
        ("PORTAL_CLOCK", START.to_owned()),
        // One person of a test does the work of many at once; the limits' own tests say otherwise.
        ("PORTAL_REQUESTS_PER_MINUTE", "1000000".to_owned()),
    ]);
    if database.is_postgres() {
        values.insert("DATABASE_OWNER_URL", database.url().to_owned());
    }
    values.extend(
        more.iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    Settings::read(|name| values.get(name).cloned(), "").unwrap()
}

async fn seed_staff(ctx: &Ctx) -> TestStaff {
    let mut actors = Vec::new();
    for role in StaffRole::ALL {
        let email = format!("{role}@vendor.example");
        let person = demo::add_person(ctx, &format!("Staff {role}"), &email, "en", Some(*role))
            .await
            .unwrap();
        actors.push(Actor::Staff {
            person,
            role: *role,
            reach: Reach::All,
        });
    }
    let of = |wanted: StaffRole| {
        let found = actors
            .iter()
            .find(|actor| matches!(actor, Actor::Staff { role, .. } if *role == wanted));
        *found.expect("every role has its person")
    };
    TestStaff {
        administrator: of(StaffRole::Administrator),
        manager: of(StaffRole::PartnerManager),
        finance: of(StaffRole::Finance),
        operator: of(StaffRole::Operator),
        auditor: of(StaffRole::Auditor),
    }
}

/// 10 % for 12 months, from the beginning of the year.
async fn seed_plan(ctx: &Ctx, administrator: &Actor) -> String {
    let form = PlanForm {
        name: "Referral".to_owned(),
        rate: "10".to_owned(),
        months: "12".to_owned(),
        ..PlanForm::default()
    };
    demo::publish(ctx, administrator, form, "2026-01-01")
        .await
        .unwrap()
        .to_string()
}

async fn seed_partner(
    ctx: &Ctx,
    staff: &TestStaff,
    plan: &str,
    name: &'static str,
    domain: &str,
) -> TestPartner {
    let company = CompanyForm {
        name: name.to_owned(),
        legal_name: format!("{name} Ltd"),
        domain: domain.to_owned(),
        street: "48 Quay Street".to_owned(),
        postal_code: "BS1 4XE".to_owned(),
        city: "Bristol".to_owned(),
        country: "GB".to_owned(),
        vat_number: "GB123456789".to_owned(),
        billing_email: format!("billing@{domain}"),
        slack_channel: format!("C0{}TEAM", name.to_uppercase()),
    };
    // The administrator closes quarters, so somebody else sees to how partners are paid.
    let id = partners::add(ctx, &staff.manager, &company).await.unwrap();
    partners::enrol(ctx, &staff.administrator, id, plan, "2026-01-01")
        .await
        .unwrap();
    let mut actors = Vec::new();
    for role in MemberRole::ALL {
        let person = demo::add_person(
            ctx,
            &format!("{name} {role}"),
            &format!("{role}@{domain}"),
            "en",
            None,
        )
        .await
        .unwrap();
        let mut tx = ctx.store.write().await.unwrap();
        people::add_member(&mut tx, id, person, *role, ctx.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        actors.push(Actor::Member {
            person,
            partner: id,
            role: *role,
            reach: Reach::All,
        });
    }
    TestPartner {
        id,
        owner: actors[0],
        sales: actors[1],
        finance: actors[2],
        reader: actors[3],
    }
}

//! Fields: what a form carries besides its own changes nothing, and what somebody may not read of a thing stands in no answer to it. The rules are `docs/fields.md`.
//! That server functions answer no field of any thing is looked at with the matrix, which calls all of them.

use std::iter;

use portal::demo;
use portal_domain::{
    access::{Actor, MemberRole, StaffRole},
    bill::BillState,
    calendar::Quarter,
    ids::{LeadId, LineId, PartnerId, StatementId},
    lead::LeadState,
    line::{LineKind, LineState},
    scope::Own,
    statement::InvoiceForm,
};
use portal_services::{bills, closing, exceptions, leads, lines, reach, statements};
use portal_store::{
    bills as stored_bills,
    leads::LeadFilter,
    lines::LineRecord,
    partners::{self, PartnerRecord},
    people,
};
use serde_json::json;

use crate::{
    browser::{Browser, english},
    leads::fields,
    portal::{TestPortal, lead_form},
    routes,
};

/// The id of nothing.
const NOBODY: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
/// An amount and an instant that nothing else has.
const PLANTED: &str = "98765431";

/// What a form is sent with beside its own fields: what the portal, a vendor or somebody else says of a thing, by the names that it has in the code, in the database and
/// at the vendors, with what would be worth having.
fn more(portal: &TestPortal, state: &str) -> Vec<(&'static str, String)> {
    let borealis = portal.borealis.id.to_string();
    let stranger = portal.staff.administrator.person().to_string();
    let planted: [(&[&'static str], &str); 12] = [
        (
            &[
                "id",
                "client_id",
                "deal_id",
                "lead_id",
                "statement_id",
                "bill_id",
                "plan_version_id",
                "corrects",
                "idempotency_key",
                "hubspot_deal_id",
                "xero_contact_id",
                "xero_invoice_id",
            ],
            NOBODY,
        ),
        (&["partner", "partner_id"], &borealis),
        (
            &[
                "submitted_by",
                "invited_by",
                "entered_by",
                "approved_by",
                "raised_by",
                "manager",
                "manager_id",
            ],
            &stranger,
        ),
        (
            &[
                "amount_minor",
                "base",
                "total",
                "total_minor",
                "tax_minor",
                "paid_minor",
                "position",
            ],
            PLANTED,
        ),
        (
            &[
                "created_at",
                "updated_at",
                "accepted_at",
                "approved_at",
                "actioned_at",
                "review_due_at",
                "expires_at",
                "disabled_at",
            ],
            PLANTED,
        ),
        (&["state"], state),
        (&["kind"], "scheduled"),
        (&["role"], "owner"),
        (&["staff_role"], "administrator"),
        (&["reach", "sales_reach"], "own"),
        (&["active", "two_persons"], "0"),
        (&["left_on"], "2026-01-01"),
    ];
    let each = planted.into_iter().flat_map(|(names, value)| {
        let value = value.to_owned();
        names.iter().map(move |name| (*name, value.clone()))
    });
    each.collect()
}

/// Sends a form with all of that, beside its fields and among them. `state` is the one that its thing is to be in.
async fn send(
    portal: &TestPortal,
    browser: &mut Browser,
    act: &str,
    own: &[(&str, &str)],
    state: &str,
) {
    let mut sent: Vec<(String, String)> = own
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let has_form = own.iter().any(|(name, _)| name.starts_with("form["));
    for (name, value) in more(portal, state) {
        let among = has_form.then(|| format!("form[{name}]"));
        for name in iter::once(name.to_owned()).chain(among) {
            // What the form itself asks for is said once.
            if sent.iter().all(|(known, _)| *known != name) {
                sent.push((name, value.clone()));
            }
        }
    }
    assert!(sent.len() > own.len() + 30, "{act} carries little");
    let sent: Vec<(&str, &str)> = sent
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let answer = browser.post(&format!("/api/{act}"), &sent).await;
    assert_eq!(answer.status, 200, "{act}: {}", answer.body);
}

async fn partner(portal: &TestPortal, id: PartnerId) -> PartnerRecord {
    let mut tx = portal.ctx.store.read().await.unwrap();
    partners::find(&mut tx, id).await.unwrap().unwrap()
}

async fn submit_a_lead(portal: &TestPortal) {
    let sales = &portal.aster.sales;
    let form = lead_form("Saltmarsh", "saltmarsh-logistics.com");
    let mut browser = portal.sign_in(sales).await;
    send(portal, &mut browser, "submit_lead", &fields(&form), "won").await;
    let of = async |actor: &Actor| {
        let found = leads::list_for_partner(&portal.ctx, actor, LeadFilter::default());
        found.await.unwrap()
    };
    let found = of(&portal.aster.owner).await;
    assert_eq!(found.len(), 1);
    let lead = &found[0];
    assert_eq!(
        (lead.partner, lead.submitted_by, lead.state),
        (portal.aster.id, sales.person(), LeadState::Accepted)
    );
    assert_ne!(lead.id.to_string(), NOBODY);
    assert_ne!(lead.client.to_string(), NOBODY);
    assert_ne!(lead.created_at.0.to_string(), PLANTED);
    assert_eq!((lead.review_due_at, lead.actioned_at), (None, None));
    assert_eq!(lead.hubspot_deal_id, None);
    assert!(of(&portal.borealis.owner).await.is_empty());
}

async fn invite_a_colleague(portal: &TestPortal, owner: &mut Browser) {
    let own = [
        ("form[email]", "new@aster-consulting.com"),
        ("form[role]", "sales"),
    ];
    send(portal, owner, "invite_member", &own, "accepted").await;
    let mut tx = portal.ctx.store.read().await.unwrap();
    let [aster, borealis] =
        [&portal.aster.owner, &portal.borealis.owner].map(|owner| Own::of(owner).unwrap());
    let open = people::list_open_invitations(&mut tx, aster).await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(
        (open[0].partner, open[0].role),
        (portal.aster.id, MemberRole::Sales)
    );
    assert_ne!(open[0].id.to_string(), NOBODY);
    assert_ne!(open[0].expires_at.0.to_string(), PLANTED);
    let theirs = people::list_open_invitations(&mut tx, borealis).await;
    assert!(theirs.unwrap().is_empty());
}

async fn change_the_company(portal: &TestPortal, owner: &mut Browser) {
    let (id, other) = (portal.aster.id, portal.borealis.id);
    let (before, theirs) = (partner(portal, id).await, partner(portal, other).await);
    let own = [
        ("form[name]", "Aster & Friends"),
        ("form[legal_name]", "Aster and Friends Ltd"),
        ("form[domain]", "aster-consulting.com"),
        ("form[street]", "2 Mill Lane"),
        ("form[postal_code]", "BA1 1AA"),
        ("form[city]", "Bath"),
        ("form[country]", "GB"),
        ("form[vat_number]", "GB999"),
        ("form[billing_email]", "bills@aster-consulting.com"),
        ("form[slack_channel]", ""),
    ];
    send(portal, owner, "update_company", &own, "inactive").await;
    let after = partner(portal, id).await;
    assert_eq!(after.company.name, "Aster & Friends");
    let of_others = |partner: &PartnerRecord| {
        (
            partner.active,
            partner.left_on,
            partner.sales_reach,
            partner.manager,
            partner.xero_contact_id.clone(),
            partner.created_at,
        )
    };
    assert_eq!(of_others(&after), of_others(&before));
    let left = partner(portal, other).await;
    assert_eq!(left.company, theirs.company);
    assert_eq!(of_others(&left), of_others(&theirs));
}

async fn change_roles(portal: &TestPortal, owner: &mut Browser) {
    let sales = portal.aster.sales.person();
    let id = sales.to_string();
    let own = [("person", id.as_str()), ("role", "finance")];
    send(portal, owner, "change_member_role", &own, "disabled").await;
    let operator = portal.staff.operator.person();
    let id = operator.to_string();
    let own = [("person", id.as_str()), ("role", "auditor")];
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    send(portal, &mut administrator, "change_role", &own, "disabled").await;
    let mut tx = portal.ctx.store.read().await.unwrap();
    let places = people::list_memberships(&mut tx, sales).await.unwrap();
    assert_eq!(places.len(), 1);
    assert_eq!(
        (places[0].partner, places[0].role),
        (portal.aster.id, MemberRole::Finance)
    );
    for (person, role) in [(sales, None), (operator, Some(StaffRole::Auditor))] {
        let found = people::find(&mut tx, person).await.unwrap().unwrap();
        assert_eq!((found.staff_role, found.disabled_at), (role, None));
    }
    let places = people::list_memberships(&mut tx, operator).await.unwrap();
    assert!(places.is_empty());
}

#[tokio::test]
async fn what_a_form_carries_besides_its_own_fields_changes_nothing_of_a_partner() {
    let portal = TestPortal::start().await;
    submit_a_lead(&portal).await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    invite_a_colleague(&portal, &mut owner).await;
    change_the_company(&portal, &mut owner).await;
    change_roles(&portal, &mut owner).await;
    portal.run_jobs().await;
    portal.finish().await;
}

async fn approve_lines(portal: &TestPortal, finance: &mut Browser, lead: LeadId) {
    let covered = portal.covered().await;
    let own: Vec<(String, String)> = covered
        .iter()
        .enumerate()
        .map(|(place, seen)| (format!("lines[{place}]"), seen.to_string()))
        .collect();
    let own: Vec<(&str, &str)> = own
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(own.len(), 3);
    send(portal, finance, "approve_lines", &own, "paid").await;
    for view in portal.lines(lead).await.iter().take(own.len()) {
        let line = &view.line;
        assert!(covered.contains(&line.seen()), "{line:?}");
        assert_eq!(
            (line.partner, line.state, line.approved_by),
            (
                portal.aster.id,
                LineState::Approved,
                Some(portal.staff.finance.person())
            )
        );
        let approved_at = line.approved_at.expect("an instant");
        assert_ne!(approved_at.0.to_string(), PLANTED);
        assert_eq!((line.statement, line.bill), (None, None));
    }
}

async fn enter_a_line(portal: &TestPortal, finance: &mut Browser, lead: LeadId) {
    let partner = portal.aster.id.to_string();
    let deal = portal.lines(lead).await[0].line.deal.to_string();
    let own = [
        ("partner", partner.as_str()),
        ("deal", deal.as_str()),
        ("form[direction]", "pay"),
        ("form[amount]", "12.34"),
        ("form[month]", "2026-08"),
        ("form[explanation]", "For the workshop"),
    ];
    send(portal, finance, "enter_line", &own, "paid").await;
    let all = portal.lines(lead).await;
    let entered: Vec<&LineRecord> = all
        .iter()
        .map(|view| &view.line)
        .filter(|line| line.kind == LineKind::Manual)
        .collect();
    assert_eq!(entered.len(), 1, "{entered:?}");
    let line = entered[0];
    assert_eq!((line.money.minor, line.state), (1_234, LineState::Covered));
    assert_eq!(line.partner, portal.aster.id);
    assert_eq!(line.entered_by, Some(portal.staff.finance.person()));
    assert_eq!((line.approved_by, line.approved_at), (None, None));
    assert_eq!(
        (line.statement, line.bill, line.corrects),
        (None, None, None)
    );
    assert_ne!(line.id.to_string(), NOBODY);
    assert_ne!(line.plan_version.to_string(), NOBODY);
}

async fn raise_an_invoice(portal: &TestPortal) {
    let aster = &portal.aster;
    let stated = statements::list_for_partner(&portal.ctx, &aster.owner).await;
    let statement = stated.unwrap().remove(0).record;
    let id = statement.id.to_string();
    let own = [
        ("form[statement]", id.as_str()),
        ("form[number]", "AST-1"),
        ("form[amount]", ""),
    ];
    let mut browser = portal.sign_in(&aster.finance).await;
    send(portal, &mut browser, "raise_invoice", &own, "paid").await;
    let mut tx = portal.ctx.store.read().await.unwrap();
    let found = stored_bills::list_of_statement(&mut tx, statement.id).await;
    let found = found.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    let bill = &found[0];
    assert_eq!(
        (bill.partner, bill.number.as_str(), bill.state),
        (aster.id, "AST-1", BillState::Raised)
    );
    assert_eq!(bill.total, statement.total);
    assert_eq!((bill.tax_minor, bill.paid_minor), (0, 0));
    assert_eq!(bill.xero_invoice_id, None);
    assert_ne!(bill.id.to_string(), NOBODY);
    assert_ne!(bill.idempotency_key, NOBODY);
    assert_ne!(bill.created_at.0.to_string(), PLANTED);
}

#[tokio::test]
async fn what_a_form_carries_besides_its_own_fields_moves_no_money() {
    let portal = TestPortal::start().await;
    let (lead, deal) = portal
        .won("Saltmarsh", "saltmarsh-logistics.com", "1000.00", "1")
        .await;
    let invoice = portal.invoice("Saltmarsh", &deal, "3000.00").await;
    portal.pay(&invoice, "3600.00").await;
    portal.advance_clock_to("2026-10-01T08:00:00Z").await;
    portal.run_jobs().await;
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    approve_lines(&portal, &mut finance, lead).await;
    enter_a_line(&portal, &mut finance, lead).await;
    close(&portal).await;
    raise_an_invoice(&portal).await;
    portal.run_jobs().await;
    portal.finish().await;
}

async fn close(portal: &TestPortal) {
    let quarter = Quarter::parse("2026Q3", 1).unwrap();
    closing::close_quarter(&portal.ctx, &portal.staff.administrator, quarter)
        .await
        .unwrap();
    portal.run_jobs().await;
}

/// What is not for everybody to read, and where those read it who may.
struct Hidden {
    what: &'static str,
    text: String,
    on: String,
}

impl Hidden {
    fn new(what: &'static str, text: impl Into<String>, on: impl Into<String>) -> Self {
        Self {
            what,
            text: text.into(),
            on: on.into(),
        }
    }
}

/// Staff's own words, each somewhere else.
const WAIVED_FOR: &str = "zq7-waived: they threatened to leave";
const DISABLED_FOR: &str = "zq7-disabled: took clients along";
const CHASED: &str = "zq7-chased@vendor.example";
/// What the partner reads.
const HELD_FOR: &str = "zq7-held: the client asked us to wait";
/// The partner's number of its invoice.
const INVOICE: &str = "AST-Q3-77";
/// An owner of the sandbox's HubSpot, and its address.
const MAYA: (&str, &str) = ("41629779", "maya.lindqvist@northwind.example");

/// What Aster has, and what of it is hidden from whom.
struct World {
    leads: Vec<LeadId>,
    /// Lines whose amounts are explained: a colleague's, one of a sales person, and one of that one's that is held.
    lines: [LineId; 3],
    statement: StatementId,
    number: String,
    of_staff: Vec<Hidden>,
}

async fn first_line(portal: &TestPortal, lead: LeadId) -> LineRecord {
    portal.lines(lead).await.remove(0).line
}

/// A lead by somebody whose client has paid for a quarter, of so much a month.
async fn paid(portal: &TestPortal, by: &Actor, client: &str, domain: &str, month: u32) -> LeadId {
    let amount = format!("{month}.00");
    let (lead, deal) = portal.won_by(by, client, domain, &amount, "1").await;
    let net = format!("{}.00", 3 * month);
    let invoice = portal.invoice(client, &deal, &net).await;
    portal.pay_rest(&invoice).await;
    lead
}

/// What staff say of a deal that nobody pays, of a month of another one, and of somebody who is out.
async fn say_among_staff(portal: &TestPortal, unpaid: LeadId, waived: LeadId) -> Vec<Hidden> {
    let (ctx, finance) = (&portal.ctx, &portal.staff.finance);
    let deal = first_line(portal, unpaid).await.deal;
    let open = exceptions::list_exceptions(ctx, finance, 100).await;
    let mut open = open.unwrap().into_iter();
    let case =
        open.find(|case| case.record.kind == "no_invoice_yet" && case.record.deal == Some(deal));
    let case = case.expect("a case").record.id;
    let letter = exceptions::ChaseForm {
        recipient: CHASED.to_owned(),
        subject: "Pier".to_owned(),
        text: "Please ask.".to_owned(),
    };
    exceptions::chase(ctx, finance, case, &letter)
        .await
        .unwrap();
    let line = first_line(portal, waived).await;
    exceptions::waive(ctx, finance, line.deal, line.month, WAIVED_FOR)
        .await
        .unwrap();
    portal.run_jobs().await;
    lines::hold(ctx, finance, &[line.id], HELD_FOR)
        .await
        .unwrap();
    let email = "gone@aster-consulting.com";
    let gone = demo::add_member(ctx, portal.aster.id, "Gone", email, MemberRole::Sales);
    let gone = gone.await.unwrap().person();
    let administrator = &portal.staff.administrator;
    portal_services::people::disable(ctx, administrator, gone, DISABLED_FOR)
        .await
        .unwrap();
    let case = format!("/staff/reconciliation/{case}");
    vec![
        Hidden::new("whom staff wrote to about a case", CHASED, case.as_str()),
        Hidden::new("whose the deal is", MAYA.1, format!("{case}/chase")),
        Hidden::new(
            "why a month was waived",
            WAIVED_FOR,
            format!("/staff/lines?list=all&line={}", line.id),
        ),
        Hidden::new(
            "why somebody was disabled",
            DISABLED_FOR,
            format!("/staff/people/{gone}"),
        ),
    ]
}

/// What is the vendor's, or another partner's.
async fn list_others(portal: &TestPortal, reviewed: LeadId) -> Vec<Hidden> {
    let aster = partner(portal, portal.aster.id).await;
    let contact = aster.xero_contact_id.expect("its bill is in Xero");
    let borealis = format!("/staff/partners/{}", portal.borealis.id);
    vec![
        Hidden::new(
            "why a lead is in review",
            english("lead-review-claimed_by_another"),
            format!("/staff/leads/{reviewed}"),
        ),
        Hidden::new(
            "its contact in Xero",
            contact,
            format!("/staff/partners/{}", portal.aster.id),
        ),
        Hidden::new(
            "another partner's people",
            "owner@borealis-partners.de",
            borealis.as_str(),
        ),
        Hidden::new("another partner", "Borealis Ltd", borealis.as_str()),
        Hidden::new(
            "the vendor's people",
            "finance@vendor.example",
            "/staff/audit.jsonl",
        ),
    ]
}

impl World {
    async fn build(portal: &TestPortal) -> Self {
        let (ctx, aster) = (&portal.ctx, &portal.aster);
        let (owner, sales) = (&aster.owner, &aster.sales);
        let colleagues = paid(portal, owner, "Saltmarsh", "saltmarsh-logistics.com", 1_111).await;
        let own = paid(portal, sales, "Quay", "quay-trading.com", 1_200).await;
        let (unpaid, deal) = portal
            .won_by(sales, "Pier", "pier-storage.com", "1000.00", "1")
            .await;
        let owned = json!({ "hubspot_owner_id": MAYA.0 });
        portal.change_deal(&deal, owned).await;
        let (waived, _) = portal
            .won_by(sales, "Jetty", "jetty-cranes.com", "1000.00", "1")
            .await;
        portal
            .submit(&portal.borealis.owner, "Fjord", "fjord-shipping.com")
            .await;
        portal.run_jobs().await;
        let reviewed = portal.submit(owner, "Fjord", "fjord-shipping.com").await;
        portal.advance_clock_to("2026-10-01T08:00:00Z").await;
        portal.run_jobs().await;
        lines::approve(ctx, &portal.staff.finance, &portal.covered().await)
            .await
            .unwrap();
        close(portal).await;
        let stated = statements::list_for_partner(ctx, owner).await;
        let statement = stated.unwrap().remove(0).record;
        let form = InvoiceForm {
            statement: statement.id.to_string(),
            number: INVOICE.to_owned(),
            ..InvoiceForm::default()
        };
        bills::raise(ctx, &aster.finance, &form, None)
            .await
            .unwrap();
        portal.run_jobs().await;
        let mut of_staff = say_among_staff(portal, unpaid, waived).await;
        of_staff.extend(list_others(portal, reviewed).await);
        Self {
            lines: [
                first_line(portal, colleagues).await.id,
                first_line(portal, own).await.id,
                first_line(portal, waived).await.id,
            ],
            leads: vec![colleagues, own, unpaid, waived, reviewed],
            statement: statement.id,
            number: statement.number,
            of_staff,
        }
    }

    /// Where a line is explained.
    fn why(line: LineId) -> String {
        format!("/commission?line={line}")
    }

    /// Every address that is not staff's, with Aster's things in their places. The text of a statement's PDF is that of its JSON (`documents.rs`).
    fn paths(&self) -> Vec<String> {
        let statement = self.statement.to_string();
        let leads: Vec<String> = self.leads.iter().map(ToString::to_string).collect();
        let mut paths: Vec<String> = self.lines.iter().copied().map(Self::why).collect();
        for route in routes::list() {
            if !route.is_get || route.path.starts_with("/staff") || route.path == "/events" {
                continue;
            }
            for lead in &leads {
                for format in ["csv", "json", "pdf"] {
                    let path = route.filled(&[
                        ("/leads/{id}", lead.as_str()),
                        ("/statements/{id}", statement.as_str()),
                        ("format", format),
                    ]);
                    if !paths.contains(&path) {
                        paths.push(path);
                    }
                }
            }
        }
        paths
    }

    /// Asks for all of that as somebody of Aster, and looks for what it may not read. Answers all that was said.
    async fn look(&self, portal: &TestPortal, actor: &Actor, hidden: &[&[Hidden]]) -> String {
        let mut browser = portal.sign_in(actor).await;
        let mut said = String::new();
        for path in self.paths() {
            let answer = browser.get(&path).await;
            assert!(answer.status < 500, "{path} is {}", answer.status);
            for hidden in hidden.iter().copied().flatten() {
                let is_told = answer.body.contains(&hidden.text);
                assert!(!is_told, "{path} tells {actor:?} {}", hidden.what);
            }
            said.push_str(&answer.body);
        }
        said
    }
}

/// Whoever may read it does, so that it would be found.
async fn check_shown(browser: &mut Browser, hidden: &[Hidden]) {
    for Hidden { what, text, on } in hidden {
        let answer = browser.get(on).await;
        let is_told = answer.status == 200 && answer.body.contains(text.as_str());
        assert!(is_told, "{on} does not tell {what}: {}", answer.body);
    }
}

#[tokio::test]
async fn what_is_staffs_or_another_partners_stands_in_no_answer_to_any_role_of_a_partner() {
    let portal = TestPortal::start().await;
    let world = World::build(&portal).await;
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    check_shown(&mut administrator, &world.of_staff).await;
    let aster = &portal.aster;
    for actor in [&aster.owner, &aster.sales, &aster.finance, &aster.reader] {
        let said = world.look(&portal, actor, &[&world.of_staff]).await;
        for told in [
            "Saltmarsh",
            "Quay",
            HELD_FOR,
            INVOICE,
            world.number.as_str(),
        ] {
            assert!(said.contains(told), "{actor:?} does not read `{told}`");
        }
    }
    portal.finish().await;
}

#[tokio::test]
async fn what_is_of_everybodys_leads_stands_in_no_answer_to_who_sees_its_own_alone() {
    let portal = TestPortal::start().await;
    let world = World::build(&portal).await;
    let why = World::why(world.lines[1]);
    let colleagues = format!("/leads/{}", world.leads[0]);
    // Three months of 111.10, and three of 120.00.
    let of_all = [
        Hidden::new("a colleague's client", "Saltmarsh", colleagues),
        Hidden::new(
            "the number of a statement",
            world.number.as_str(),
            why.as_str(),
        ),
        Hidden::new("the number of an invoice", INVOICE, why.as_str()),
        Hidden::new("what all come to", "£693.30", why.as_str()),
    ];
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    check_shown(&mut owner, &of_all).await;
    reach::set_of_sales(&portal.ctx, &portal.aster.owner, "own")
        .await
        .unwrap();
    let sales = &portal.aster.sales;
    let said = world
        .look(&portal, sales, &[&world.of_staff, &of_all])
        .await;
    for told in ["Quay", "£120.00", HELD_FOR] {
        assert!(said.contains(told), "its own `{told}` is not there");
    }
    let mut browser = portal.sign_in(sales).await;
    let own = browser.get(&why).await;
    assert_eq!(own.status, 200);
    let stated = english("line-state-invoiced");
    assert!(own.body.contains(&stated), "how far it is, it does read");
    portal.finish().await;
}

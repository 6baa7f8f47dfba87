//! Every way into the portal × everybody who may come × whose thing it is about: what each is answered stands in `matrix.txt`, and is asked anew here. The ways are
//! the list of routes and the server functions that the program itself knows, so that none is forgotten.
//!
//! `PORTAL_WRITE_MATRIX=1 cargo test -p portal --test portal -- matrix` writes the file as it is now; what a change does to it is read in its diff.
//!
//! Forms are sent so that whoever may send them is told what is wrong with them, or does what spoils nothing; all that counts is how far they come.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    time::Instant,
};

use leptos::server_fn::axum::server_fn_paths;
use portal_domain::{
    access::{Actor, MemberRole, Proof, Reach, StaffRole},
    statement::InvoiceForm,
};
use portal_services::{bills, closing, company, lines, reach, statements};
use portal_store::people;
use serde_json::Value;
use sqlx::Row;

use crate::{
    access::{begin_session, body_without_chance},
    browser::{Answer, Browser},
    portal::{TestPartner, TestPortal},
    routes::{self, Route},
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/matrix.txt");
/// The id of nothing.
const NOBODY: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";
/// What stands in the place of an id, by what it is the id of.
type Things = BTreeMap<&'static str, String>;
/// What a form is sent with; `{lead}` and the like are the ids of things.
type Fields = &'static [(&'static str, &'static str)];

/// Every server function, in the order in which they are asked, with what it is sent.
const ACTS: &[(&str, Fields)] = &[
    ("sign_in_as", &[("person", "x")]),
    ("request_link", &[("email", "")]),
    ("begin_sign_on", &[("provider", NOBODY)]),
    ("use_link", &[("token", "x")]),
    ("accept_invitation", &[("token", "x"), ("name", "x")]),
    ("prove", &[("code", "x")]),
    ("ask_for_passkey", &[("new", "false")]),
    ("answer_with_passkey", &[("token", "x"), ("answer", "x")]),
    ("remove_passkey", &[("passkey", "x")]),
    ("begin_authenticator", &[]),
    ("confirm_authenticator", &[("code", "x")]),
    ("remove_authenticator", &[]),
    ("renew_recovery_codes", &[]),
    ("keep_recovery_codes", &[]),
    ("set_language", &[("language", "x")]),
    ("set_theme", &[("theme", "x")]),
    ("choose_mails", &[("form[lead]", "x")]),
    ("update_company", COMPANY),
    ("invite_member", INVITATION),
    ("revoke_invitation", &[("invitation", "{invitation}")]),
    (
        "change_member_role",
        &[("person", "{person}"), ("role", "x")],
    ),
    ("remove_member", &[("person", "{person}")]),
    ("reset_member", &[("person", "{person}"), ("loss", "x")]),
    ("set_sales_reach", &[("reach", "x")]),
    ("test_slack", &[]),
    ("submit_lead", LEAD),
    ("withdraw_lead", &[("lead", "{lead}")]),
    (
        "raise_invoice",
        &[("form[statement]", "{statement}"), ("form[number]", "M-1")],
    ),
    ("add_bill_pdf", &[("bill", "{bill}")]),
    ("withdraw_invoice", &[("bill", "{bill}")]),
    (
        "open_dispute",
        &[("line", "{line}"), ("dispute", "Why is it so little?")],
    ),
    (
        "answer_dispute",
        &[("line", "{line}"), ("answer", "That is what was agreed.")],
    ),
    ("withdraw_dispute", &[("line", "{line}")]),
    (
        "resolve_dispute",
        &[("line", "{line}"), ("answer", "It is right.")],
    ),
    ("accept_lead", &[("lead", "{lead}")]),
    ("reject_lead", &[("lead", "{lead}"), ("reason", "x")]),
    ("update_partner", COMPANY_OF),
    ("add_partner", COMPANY),
    (
        "enrol_partner",
        &[
            ("partner", "{partner}"),
            ("plan", "x"),
            ("valid_from", "2026-10-01"),
        ],
    ),
    (
        "invite_for_partner",
        &[
            ("partner", "{partner}"),
            ("form[email]", ""),
            ("form[role]", ""),
        ],
    ),
    (
        "partner_leaves",
        &[("partner", "{partner}"), ("left_on", "")],
    ),
    (
        "set_partner_manager",
        &[("partner", "{partner}"), ("manager", "x")],
    ),
    ("set_manager_reach", &[("reach", "x")]),
    ("confirm_details", &[("partner", "{partner}")]),
    (
        "add_colleague",
        &[("form[name]", ""), ("form[email]", ""), ("form[role]", "x")],
    ),
    ("change_role", &[("person", "{person}"), ("role", "x")]),
    (
        "change_role_in_partner",
        &[
            ("person", "{person}"),
            ("partner", "{partner}"),
            ("role", "x"),
        ],
    ),
    ("reset_person", &[("person", "{person}"), ("loss", "x")]),
    ("disable_person", &[("person", "{person}"), ("reason", "")]),
    ("enable_person", &[("person", "{person}")]),
    ("set_two_persons", &[("persons", "x"), ("reason", "")]),
    ("set_retention", &[("lead_months", "x")]),
    ("erase_person", &[("email", ""), ("typed", "x")]),
    (
        "save_sign_on",
        &[
            ("form[name]", ""),
            ("form[domain]", ""),
            ("form[issuer]", ""),
            ("form[client]", ""),
        ],
    ),
    ("remove_sign_on", &[("provider", NOBODY)]),
    ("test_partner_slack", &[("partner", "{partner}")]),
    ("try_address_again", &[("address", "x@example.com")]),
    ("approve_lines", &[("lines[0]", "{line}:100:EUR")]),
    ("approve_shown_lines", &[("shown[0]", "{line}:100:EUR")]),
    ("withdraw_approvals", &[("lines[0]", "{line}:100:EUR")]),
    (
        "hold_lines",
        &[("lines[0]", "{line}:100:EUR"), ("reason", "x")],
    ),
    ("release_lines", &[("lines[0]", "{line}:100:EUR")]),
    (
        "enter_line",
        &[
            ("partner", "{partner}"),
            ("deal", "{deal}"),
            ("form[amount]", ""),
        ],
    ),
    ("adjust_line", &[("line", "{line}"), ("form[amount]", "")]),
    ("refuse_line", &[("line", "{line}"), ("refusal", "")]),
    ("let_line_stand", &[("line", "{line}")]),
    ("close_quarter", &[("quarter", "2031Q1")]),
    ("add_plan_version", &[("form[name]", "")]),
    ("link_document", &[("document", "x"), ("deal", "{deal}")]),
    (
        "split_document",
        &[
            ("document", "x"),
            ("deals[0]", "{deal}"),
            ("amounts[0]", "1"),
        ],
    ),
    ("say_no_deal", &[("document", "x")]),
    ("unlink_document", &[("document", "x")]),
    (
        "waive_month",
        &[("deal", "{deal}"), ("month", "2026-07"), ("reason", "")],
    ),
    (
        "take_back_waiver",
        &[("waiver", "{deal}.2026-07"), ("reason", "")],
    ),
    (
        "chase_exception",
        &[("exception", "{exception}"), ("recipient", "")],
    ),
    (
        "dismiss_exception",
        &[("exception", "{exception}"), ("reason", "")],
    ),
    (
        "confirm_gone",
        &[("exception", "{exception}"), ("reason", "")],
    ),
    (
        "decide_merger",
        &[
            ("exception", "{exception}"),
            ("decision", "other"),
            ("reason", ""),
        ],
    ),
    (
        "take_over_deal",
        &[("exception", "{exception}"), ("partner", "{partner}")],
    ),
    (
        "keep_unchanged",
        &[("exception", "{exception}"), ("reason", "")],
    ),
    ("follow_change", &[("exception", "{exception}")]),
    ("choose_bill_accounts", &[("account", ""), ("tax_type", "")]),
    ("read_accounts", &[]),
    (
        "set_channel",
        &[("event", "lead_new"), ("channel", "not a channel")],
    ),
    ("set_channel_language", &[("language", "x")]),
    ("test_channel", &[("event", "x")]),
    ("retry_job", &[("job", NOBODY)]),
    ("retry_all_jobs", &[("system", "hubspot")]),
    ("set_aside_job", &[("job", NOBODY), ("reason", "")]),
    (
        "set_aside_jobs",
        &[("system", "hubspot"), ("seen_at", "0"), ("reason", "")],
    ),
    ("sweep_now", &[]),
    ("compare_now", &[("system", "hubspot")]),
    ("pause_system", &[("system", "hubspot"), ("reason", "")]),
    ("resume_system", &[("system", "hubspot")]),
    ("replay_webhook", &[("note", NOBODY), ("system", "hubspot")]),
    ("set_up_hubspot", &[]),
    ("choose_first_stage", &[("pipeline", "x"), ("stage", "x")]),
    (
        "name_phase",
        &[("pipeline", "x"), ("stage", "x"), ("phase", "x")],
    ),
    ("choose_relay", &[("form[way]", "x")]),
    ("keep_relay_secret", &[("side", "inward"), ("secret", "x")]),
    ("drop_relay_secret", &[("side", "inward")]),
    ("test_relay", &[]),
    ("resend_lead", &[("lead", "{lead}")]),
    ("resend_leads", &[("from", "x"), ("until", "x")]),
    ("begin_consent", &[("system", "mail")]),
    ("connect_token", &[("system", "hubspot"), ("token", "")]),
    (
        "connect_app",
        &[
            ("system", "xero"),
            ("way", "client_credentials"),
            ("client_id", ""),
        ],
    ),
    ("connect_mail", &[("address", "")]),
    (
        "set_webhook_secrets",
        &[("system", "xero"), ("secrets", "")],
    ),
    ("choose_organisation", &[("organisation", "x")]),
    ("test_connection", &[("system", "hubspot")]),
    ("disconnect_system", &[("system", "hubspot")]),
    ("leave_books", &[("system", "xero"), ("account", "x")]),
    ("switch_partner", &[("partner", "{partner}")]),
    ("end_session", &[("session", "{session}")]),
    ("end_other_sessions", &[]),
    ("sign_out", &[]),
];
const INVITATION: Fields = &[("form[email]", ""), ("form[role]", "")];
const COMPANY: Fields = &[
    ("form[name]", ""),
    ("form[legal_name]", ""),
    ("form[domain]", ""),
    ("form[country]", ""),
    ("form[vat_number]", ""),
    ("form[billing_email]", ""),
];
const COMPANY_OF: Fields = &[
    ("partner", "{partner}"),
    ("form[name]", "x"),
    ("form[legal_name]", "x"),
    // Borealis's, or Aster's: nobody else's can be taken.
    ("form[domain]", "{other_domain}"),
    ("form[country]", "GB"),
    ("form[vat_number]", ""),
    ("form[billing_email]", "x@example.com"),
];
const LEAD: Fields = &[
    ("form[client_name]", ""),
    ("form[client_domain]", ""),
    ("form[contact_name]", ""),
    ("form[contact_email]", ""),
    ("form[need]", ""),
];

/// What stands in the places of routes that is no id of anything: the end of the path, and what is put there.
const FIXED: &[(&str, &str)] = &[
    ("/staff/integrations/{system}", "hubspot"),
    ("/staff/connections/{system}", "hubspot"),
    ("{format}", "json"),
    ("{name}", "statement"),
    ("{scheme}", "dark"),
];
/// Of what the place `{id}` of a route is the id, by how the route begins.
const PLACES: &[(&str, &str)] = &[
    ("/leads/", "lead"),
    ("/statements/", "statement"),
    ("/bills/", "bill"),
    ("/staff/leads/", "lead"),
    ("/staff/partners/", "partner"),
    ("/staff/people/", "person"),
    ("/staff/statements/", "statement"),
    ("/staff/bills/", "bill"),
    ("/staff/reconciliation/documents/", "document"),
    ("/staff/reconciliation/", "exception"),
];
/// What is asked for beside the routes: a thing in the query.
const QUERIES: [&str; 4] = [
    "/commission?line={line}",
    "/staff/lines?list=all&line={line}",
    "/staff/lines?list=all&partner={partner}",
    "/staff/leads?q={partner}",
];

/// Whose thing is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// It is about no thing.
    Nothing,
    Aster,
    Borealis,
    /// None is there.
    Nobody,
}

impl Whose {
    const fn word(self) -> &'static str {
        match self {
            Self::Nothing => "-",
            Self::Aster => "A's",
            Self::Borealis => "B's",
            Self::Nobody => "none",
        }
    }
}

/// Somebody who comes, in a browser of its own.
struct Person {
    name: String,
    browser: Browser,
    /// Whose things are its own.
    side: Option<Whose>,
    actor: Option<Actor>,
}

/// One row: a way in, and a thing.
#[derive(Clone)]
struct Asked {
    method: &'static str,
    path: String,
    fields: Fields,
    whose: Whose,
}

impl Asked {
    fn label(&self) -> String {
        format!(
            "{:<5}{:<66}{:<6}",
            self.method,
            self.path,
            self.whose.word()
        )
    }

    /// The rows of a way: one, or one for each whose thing it can be about.
    fn rows(method: &'static str, path: &str, fields: Fields) -> Vec<Self> {
        let mut texts = fields.iter().map(|(_, value)| *value).chain([path]);
        let is_about = texts.any(|text| text.contains('{'));
        let whose: &[Whose] = if is_about {
            &[Whose::Aster, Whose::Borealis, Whose::Nobody]
        } else {
            &[Whose::Nothing]
        };
        let row = |whose: &Whose| Self {
            method,
            path: path.to_owned(),
            fields,
            whose: *whose,
        };
        whose.iter().map(row).collect()
    }

    async fn ask(&self, browser: &mut Browser, things: &Things) -> Answer {
        let path = fill(&self.path, things);
        let fields: Vec<(&str, String)> = self
            .fields
            .iter()
            .map(|(name, value)| (*name, fill(value, things)))
            .collect();
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        match self.method {
            // Its answer does not end.
            "GET" if path == "/events" => browser.head_of_get(&path).await,
            "GET" => browser.get(&path).await,
            "FILE" => {
                let file = ("file", "bill.pdf", PDF);
                browser.post_file(&path, &fields, file).await
            }
            _ => browser.post(&path, &fields).await,
        }
    }
}

fn fill(text: &str, things: &Things) -> String {
    things.iter().fold(text.to_owned(), |text, (kind, id)| {
        text.replace(&format!("{{{kind}}}"), id)
    })
}

/// What the file says of an answer.
fn cell(answer: &Answer) -> String {
    match answer.status {
        303 if answer.location.starts_with("/sign-in") => "sign".to_owned(),
        status => status.to_string(),
    }
}

/// A route with what its places are the ids of.
fn named(route: &Route) -> String {
    let mut path = route.path.clone();
    for (end, value) in FIXED {
        if let Some(start) = path.find(end) {
            let place = start + end.rfind('{').expect("a place");
            path.replace_range(place..start + end.len(), value);
        }
    }
    let kind = PLACES.iter().find(|(start, _)| path.starts_with(start));
    match kind {
        Some((_, kind)) => path.replace("{id}", &format!("{{{kind}}}")),
        None => path
            .replace("{id}", NOBODY)
            .replace("{token}", "x")
            .replace("{system}", "xero"),
    }
}

/// Every row, in the order in which they are asked.
fn every_row() -> Vec<Asked> {
    let routes = routes::list();
    let mut rows = Vec::new();
    for route in &routes {
        if route.path == "/api/{function}" {
            continue;
        }
        let method = if route.is_get { "GET" } else { "POST" };
        rows.extend(Asked::rows(method, &named(route), &[]));
    }
    for query in QUERIES {
        rows.extend(Asked::rows("GET", query, &[]));
    }
    rows.extend(Asked::rows("POST", "/unsubscribe/x", &[]));
    let hand_in = &[("do", "add_bill_pdf"), ("bill", "{bill}")];
    rows.extend(Asked::rows("FILE", "/statements", hand_in));
    let known: BTreeSet<&str> = ACTS.iter().map(|(name, _)| *name).collect();
    for (path, _) in server_fn_paths() {
        let name = path.rsplit('/').next().expect("a name");
        assert!(
            known.contains(name),
            "the server function `{name}` stands in no row of the matrix: add it to ACTS in src/tests/matrix.rs with what reaches its permission and does no harm, \
             and write the file anew"
        );
    }
    for (name, fields) in ACTS {
        rows.extend(Asked::rows("POST", &format!("/api/{name}"), fields));
    }
    rows
}

/// Both partners with a lead that was won, its lines, a statement, and a bill for it.
async fn build(portal: &TestPortal) {
    let both = [
        (&portal.aster, "Harbour", "harbour-logistics.com"),
        (&portal.borealis, "Fjord", "fjord-shipping.com"),
    ];
    for (partner, client, domain) in both {
        let (_, deal) = portal
            .won_by(&partner.owner, client, domain, "1000.00", "1")
            .await;
        let invoice = portal.invoice(client, &deal, "3000.00").await;
        portal.pay(&invoice, "3600.00").await;
    }
    // One that nobody invoices: finance has a case.
    portal.won("Pier", "pier-storage.com", "1000.00", "1").await;
    portal.advance_clock_to("2026-10-01T08:00:00Z").await;
    portal.run_jobs().await;
    let (ctx, finance) = (&portal.ctx, &portal.staff.finance);
    lines::approve(ctx, finance, &portal.covered().await)
        .await
        .unwrap();
    let quarter = portal_domain::calendar::Quarter::parse("2026Q3", 1).unwrap();
    let closer = &portal.staff.administrator;
    closing::close_quarter(ctx, closer, quarter).await.unwrap();
    portal.run_jobs().await;
    for (partner, number) in [(&portal.aster, "A-1"), (&portal.borealis, "B-1")] {
        let statement = statements::list_for_partner(ctx, &partner.owner)
            .await
            .unwrap();
        let form = InvoiceForm {
            statement: statement[0].record.id.to_string(),
            number: number.to_owned(),
            ..InvoiceForm::default()
        };
        bills::raise(ctx, &partner.owner, &form, Some(PDF))
            .await
            .unwrap();
        let invitation = portal_domain::partner::InvitationForm {
            email: format!("new@{number}.example"),
            role: "sales".to_owned(),
        };
        company::invite(ctx, &partner.owner, &invitation)
            .await
            .unwrap();
    }
    portal.run_jobs().await;
    // Borealis's sales person has brought nothing, and is to see nothing.
    reach::set_of_sales(ctx, &portal.borealis.owner, "own")
        .await
        .unwrap();
}

async fn one(portal: &TestPortal, sql: &str) -> String {
    let rows = portal.database.rows(sql).await;
    let row = rows.first();
    row.map_or_else(|| panic!("nothing by {sql}"), |row| row.get(0))
}

/// The things of a partner.
async fn things_of(portal: &TestPortal, partner: &TestPartner, other_domain: &str) -> Things {
    let id = partner.id;
    let of = async |table: &str, order: &str| {
        one(
            portal,
            &format!("SELECT id FROM {table} WHERE partner_id = '{id}' ORDER BY {order} LIMIT 1"),
        )
        .await
    };
    let deal = of("deals", "id").await;
    let session = begin_session(&portal.ctx, &partner.owner, Proof::Passkey).await;
    let hash = portal_services::access::hash_token(&session);
    let sql = format!("SELECT id FROM sessions WHERE token_hash = '{hash}'");
    Things::from([
        ("partner", id.to_string()),
        ("lead", of("leads", "id").await),
        ("line", of("lines", "month, id").await),
        ("statement", of("statements", "id").await),
        ("bill", of("bills", "id").await),
        ("invitation", of("invitations", "id").await),
        ("session", one(portal, &sql).await),
        ("person", partner.owner.person().to_string()),
        (
            "document",
            one(
                portal,
                &format!("SELECT invoice_id FROM invoice_links WHERE deal_id = '{deal}'"),
            )
            .await,
        ),
        (
            "exception",
            one(portal, "SELECT id FROM exceptions ORDER BY id LIMIT 1").await,
        ),
        ("deal", deal),
        ("other_domain", other_domain.to_owned()),
    ])
}

fn nobodys_things(of: &Things) -> Things {
    let mut things: Things = of.keys().map(|kind| (*kind, NOBODY.to_owned())).collect();
    things.insert("other_domain", of["other_domain"].clone());
    things
}

/// Everybody who may come.
async fn people_of(portal: &TestPortal) -> Vec<Person> {
    let mut found = vec![Person {
        name: "nobody".to_owned(),
        browser: portal.browser(),
        side: None,
        actor: None,
    }];
    let mut tx = portal.ctx.store.read().await.unwrap();
    let members = people::list_members(&mut tx, portal.aster.id)
        .await
        .unwrap();
    let staff = people::list_staff(&mut tx).await.unwrap();
    drop(tx);
    let mut come = async |name: String, actor: Actor, side: Option<Whose>| {
        found.push(Person {
            name,
            browser: portal.sign_in(&actor).await,
            side,
            actor: Some(actor),
        });
    };
    for role in MemberRole::ALL {
        let member = members.iter().find(|member| member.role == *role);
        let actor = Actor::Member {
            person: member.expect("every role has its person in Aster").person,
            partner: portal.aster.id,
            role: *role,
            reach: Reach::All,
        };
        come(format!("A-{role}"), actor, Some(Whose::Aster)).await;
    }
    come(
        "B-owner".to_owned(),
        portal.borealis.owner,
        Some(Whose::Borealis),
    )
    .await;
    // Who sees its own leads alone, of which it has none: nothing of the partner's leads is its own.
    come(
        "B-own".to_owned(),
        portal.borealis.sales,
        Some(Whose::Borealis),
    )
    .await;
    for role in StaffRole::ALL {
        let person = staff.iter().find(|person| person.staff_role == Some(*role));
        let actor = Actor::Staff {
            person: person.expect("every role has its person").id,
            role: *role,
            reach: Reach::All,
        };
        come(role.to_string(), actor, None).await;
    }
    found.push(removed_member(portal).await);
    found
}

/// Somebody who was a member of Aster when it signed in.
async fn removed_member(portal: &TestPortal) -> Person {
    let ctx = &portal.ctx;
    let person = portal::demo::add_person(ctx, "Gone", "gone@aster-consulting.com", "en", None);
    let person = person.await.unwrap();
    let mut tx = ctx.store.write().await.unwrap();
    people::add_member(
        &mut tx,
        portal.aster.id,
        person,
        MemberRole::Owner,
        ctx.now(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let actor = Actor::Member {
        person,
        partner: portal.aster.id,
        role: MemberRole::Owner,
        reach: Reach::All,
    };
    let browser = portal.sign_in(&actor).await;
    company::remove_member(ctx, &portal.aster.owner, person)
        .await
        .unwrap();
    Person {
        name: "A-removed".to_owned(),
        browser,
        side: None,
        actor: None,
    }
}

/// Everybody who comes, and what they were told of things that are not their own.
struct Everybody {
    people: Vec<Person>,
    /// What was answered of another partner's thing, by who asked for what.
    others: BTreeMap<String, String>,
    /// Where that is not what is answered of a thing that is not there.
    told: Vec<String>,
}

/// A body without what differs in every answer and without the ids that were asked for.
fn without(things: &Things, answer: &Answer) -> String {
    let body = body_without_chance(answer);
    things
        .values()
        .fold(body, |body, id| body.replace(id.as_str(), "id"))
}

/// Where two answers part.
fn difference(one: &str, other: &str) -> String {
    let same = one
        .bytes()
        .zip(other.bytes())
        .take_while(|(one, other)| one == other)
        .count();
    let part = |text: &str| {
        let from = text.floor_char_boundary(same.saturating_sub(20));
        let until = text.floor_char_boundary((same + 60).min(text.len()));
        text[from..until].to_owned()
    };
    format!(
        "another partner's is `{}`, what is not there `{}`",
        part(one),
        part(other)
    )
}

/// What a server function may answer: where to go now, what a browser is asked for a passkey with, or why not.
const ANSWERED: [&str; 9] = [
    "go",
    "notice",
    "token",
    "options",
    "status",
    "message",
    "fields",
    "reference",
    "wait_seconds",
];

/// A server function tells nothing of the thing that it is about: what somebody may read stands on pages and in files.
fn check_answer(row: &Asked, answer: &Answer) {
    let told: BTreeMap<String, Value> = serde_json::from_str(&answer.body)
        .unwrap_or_else(|error| panic!("{}: {error}: {}", row.path, answer.body));
    for field in told.keys() {
        let is_known = ANSWERED.contains(&field.as_str());
        assert!(is_known, "{} answers `{field}`", row.path);
    }
}

/// Asks for a row as everybody, and holds what is another partner's against what is not there.
async fn ask_all(
    portal: &TestPortal,
    row: &Asked,
    asked: &mut Everybody,
    things: &BTreeMap<&'static str, Things>,
) -> Vec<String> {
    let mut cells = Vec::new();
    for person in &mut asked.people {
        let things = &things[row.whose.word()];
        let answer = if row.path == "/api/sign_out" {
            // In a browser that nobody needs any more.
            let mut browser = match &person.actor {
                Some(actor) => portal.sign_in(actor).await,
                None => person.browser.again(),
            };
            row.ask(&mut browser, things).await
        } else {
            row.ask(&mut person.browser, things).await
        };
        if row.path.starts_with("/api/") {
            check_answer(row, &answer);
        }
        cells.push(cell(&answer));
        let is_others = matches!(
            (person.side, row.whose),
            (Some(Whose::Aster), Whose::Borealis) | (Some(Whose::Borealis), Whose::Aster)
        );
        let key = format!("{} {} as {}", row.method, row.path, person.name);
        let said = format!("{} {}", answer.status, without(things, &answer));
        if is_others {
            asked.others.insert(key, said);
        } else if row.whose == Whose::Nobody
            && let Some(theirs) = asked.others.remove(&key)
            && theirs != said
        {
            asked
                .told
                .push(format!("{key}: {}", difference(&theirs, &said)));
        }
    }
    cells
}

fn write_file(people: &[String], rows: &[(String, Vec<String>)]) -> String {
    let mut text = String::from(
        "# What each way into the portal answers whom: a status; `sign`: it leads to signing in; 403: not its role; 404: not there, or not its own.\n\
         # Written by PORTAL_WRITE_MATRIX=1 cargo test -p portal --test portal -- matrix. Read what changes here as you would read code.\n",
    );
    let cell = |text: &str| format!("{text:<16}");
    let head: String = people.iter().map(|name| cell(name)).collect();
    let way = format!("{:<5}{:<66}{:<6}", "", "way", "whose");
    writeln!(text, "{}", format!("{way}{head}").trim_end()).unwrap();
    for (label, cells) in rows {
        let cells: String = cells.iter().map(|text| cell(text)).collect();
        writeln!(text, "{}", format!("{label}{cells}").trim_end()).unwrap();
    }
    text
}

#[tokio::test]
async fn every_way_into_the_portal_answers_everybody_as_the_matrix_says() {
    let portal = TestPortal::start().await;
    build(&portal).await;
    let aster = things_of(&portal, &portal.aster, "borealis-partners.de").await;
    let borealis = things_of(&portal, &portal.borealis, "aster-consulting.com").await;
    let things = BTreeMap::from([
        ("none", nobodys_things(&aster)),
        ("-", nobodys_things(&aster)),
        ("A's", aster),
        ("B's", borealis),
    ]);
    let mut asked = Everybody {
        people: people_of(&portal).await,
        others: BTreeMap::new(),
        told: Vec::new(),
    };
    let mut rows = Vec::new();
    for row in every_row() {
        let cells = ask_all(&portal, &row, &mut asked, &things).await;
        rows.push((row.label(), cells));
    }
    let count: usize = rows.iter().map(|(_, cells)| cells.len()).sum();
    assert!(count >= 2_000, "{count} cells");
    let names: Vec<String> = asked
        .people
        .iter()
        .map(|person| person.name.clone())
        .collect();
    let found = write_file(&names, &rows);
    #[expect(
        clippy::disallowed_methods,
        reason = "a test has no settings but what it is told on the command line"
    )]
    let is_written = std::env::var("PORTAL_WRITE_MATRIX").is_ok();
    if is_written {
        fs::write(FILE, &found).unwrap();
    }
    let expected = fs::read_to_string(FILE).unwrap_or_default();
    let differing: Vec<String> = differences(&expected, &found);
    assert!(
        differing.is_empty(),
        "the portal answers otherwise than src/tests/matrix.txt says. If that is meant, write it anew (PORTAL_WRITE_MATRIX=1) and read the diff:\n{}",
        differing.join("\n")
    );
    assert!(
        asked.told.is_empty(),
        "what is another partner's must look like what is not there:\n{}",
        asked.told.join("\n")
    );
    portal.finish_with_failed_jobs().await;
}

/// The rows that are not the same, as they were and as they are.
fn differences(expected: &str, found: &str) -> Vec<String> {
    let (before, after): (BTreeSet<&str>, BTreeSet<&str>) =
        (expected.lines().collect(), found.lines().collect());
    let gone = expected.lines().filter(|line| !after.contains(line));
    let new = found.lines().filter(|line| !before.contains(line));
    gone.map(|line| format!("- {line}"))
        .chain(new.map(|line| format!("+ {line}")))
        .collect()
}

/// Whether what is another's and what is not there take as long: medians of pairs, one after the other. The bound is wide, for a machine that does other things too.
#[tokio::test]
async fn another_partners_thing_takes_as_long_as_one_that_is_not_there() {
    const PAIRS: usize = 60;
    let portal = TestPortal::start().await;
    let lead = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    let mut browser = portal.sign_in(&portal.borealis.owner).await;
    let theirs = format!("/leads/{lead}");
    let nobodys = format!("/leads/{}", portal.ctx.new_id());
    let mut took = [Vec::new(), Vec::new()];
    for round in 0..PAIRS * 2 {
        let which = round % 2;
        let begun = Instant::now();
        let answer = browser.get([&theirs, &nobodys][which]).await;
        took[which].push(begun.elapsed());
        assert_eq!(answer.status, 404);
    }
    let [theirs, nobodys] = took.map(|mut took| {
        took.sort();
        took[PAIRS / 2]
    });
    println!("another partner's: {theirs:?}, nobody's: {nobodys:?}, medians of {PAIRS}");
    assert!(
        theirs < nobodys * 3 && nobodys < theirs * 3,
        "{theirs:?} and {nobodys:?}"
    );
    portal.finish().await;
}

//! What people type, and what stands in the vendors' systems, is text wherever it is shown: no element and no attribute comes out of it on a page, in a mail or in a
//! Slack message, and no formula in a file.

use portal::demo;
use portal_domain::{
    access::MemberRole, calendar::Quarter, lead::LeadForm, partner::CompanyForm, plan::PlanForm,
};
use portal_services::{closing, lines};
use portal_store::people;
use scraper::{Html, Node};
use serde_json::{Value, json};

use crate::{
    browser::{Answer, Browser},
    leads::send,
    portal::{TestPortal, lead_form},
    routes,
};

/// Stands in each payload where it would be something else than text: as a class, in a handler, in a script.
const MARK: &str = "zq7";

const PAYLOADS: [&str; 40] = [
    "<script>zq7()</script>",
    "\"><script>zq7()</script>",
    "'><script>zq7()</script>",
    "</title><script>zq7()</script>",
    "</textarea><script>zq7()</script>",
    "</select><img class=zq7 src=x onerror=zq7()>",
    "</option></select><svg class=zq7 onload=zq7()>",
    "</script><script>zq7()</script>",
    "</style><script>zq7()</script>",
    "</noscript><img class=zq7 src=x onerror=zq7()>",
    "--><img class=zq7 src=x onerror=zq7()>",
    "]]><img class=zq7 src=x onerror=zq7()>",
    "<img class=zq7 src=x onerror=zq7()>",
    "\"><img class=zq7 src=x onerror=zq7()>",
    "'><img class=zq7 src=x onerror=zq7()>",
    "`><img class=zq7 src=x onerror=zq7()>",
    "<svg/class=zq7 onload=zq7()>",
    "<svg><script>zq7()</script></svg>",
    "<math><mi class=zq7 xlink:href=\"data:x,zq7\">",
    "<iframe class=zq7 src=javascript:zq7()>",
    "<iframe class=zq7 srcdoc=\"<script>zq7()</script>\">",
    "<object class=zq7 data=javascript:zq7()>",
    "<embed class=zq7 src=javascript:zq7()>",
    "<a class=zq7 href=javascript:zq7()>go</a>",
    "<a class=zq7 href=\"java&#9;script:zq7()\">go</a>",
    "<form class=zq7 action=javascript:zq7()><button>go",
    "<button class=zq7 formaction=javascript:zq7()>go",
    "<input class=zq7 autofocus onfocus=zq7()>",
    "\" autofocus onfocus=zq7() class=zq7 x=\"",
    "' autofocus onfocus=zq7() class=zq7 x='",
    "x onmouseover=zq7() class=zq7",
    "<details class=zq7 open ontoggle=zq7()>",
    "<base class=zq7 href=//evil.example/>",
    "<meta class=zq7 http-equiv=refresh content=0;url=//evil.example>",
    "<link class=zq7 rel=stylesheet href=//evil.example/x.css>",
    "<style class=zq7>*{background:url(//evil.example/zq7)}</style>",
    "&lt;img class=zq7 src=x onerror=zq7()&gt;",
    "<!channel> <@U0zq7> <https://evil.example/zq7|Sign in>",
    "{{zq7()}} ${zq7()} <%= zq7() %> { $zq7 }",
    "<!-- zq7",
];

/// What a spreadsheet takes for a formula where it begins a cell.
const FORMULAS: [&str; 8] = [
    "=HYPERLINK(\"https://evil.example/zq7\";\"Go\")",
    "=cmd|'/C zq7'!A0",
    "+zq7()",
    "-zq7()",
    "@SUM(zq7)",
    "＝zq7()",
    "＋zq7()",
    "\"=zq7()\"",
];

fn all() -> impl Iterator<Item = &'static str> {
    PAYLOADS.into_iter().chain(FORMULAS)
}

/// Payloads together, as many as a field has room for: the ones after another until all had their turn.
fn together(length_max: usize) -> Vec<String> {
    let mut texts = vec![String::new()];
    for payload in all() {
        let last = texts.last_mut().expect("one to begin with");
        if last.chars().count() + payload.chars().count() < length_max {
            last.push_str(payload);
            last.push(' ');
        } else {
            texts.push(format!("{payload} "));
        }
    }
    texts
}

/// The elements that pages and mails of ours consist of.
const ELEMENTS: &str = " html head meta title link body header nav main section article aside footer div span p h1 h2 h3 h4 \
    ul ol li dl dt dd table caption thead tbody tfoot tr th td a button form input select option optgroup textarea label fieldset legend datalist \
    small strong em b i s del ins code pre kbd time figure figcaption svg path g circle rect line polyline text title details summary \
    leptos-island leptos-children script iframe template br wbr hr address blockquote output progress meter abbr ";

/// What in an answer is no text of ours or of anybody's, but came out of a payload.
fn faults(html: &str, is_mail: bool) -> Vec<String> {
    let mut faults = Vec::new();
    for node in Html::parse_document(html).tree.nodes() {
        match node.value() {
            Node::Comment(comment) if comment.contains(MARK) => {
                faults.push(format!("the comment {}", &**comment));
            }
            Node::Text(text) if text.contains(MARK) => {
                let parent = node
                    .parent()
                    .and_then(|parent| parent.value().as_element().cloned());
                if parent.is_some_and(|parent| matches!(parent.name(), "script" | "style")) {
                    faults.push(format!("the script {}", &**text));
                }
            }
            Node::Element(element) => {
                let name = element.name();
                let is_ours =
                    ELEMENTS.contains(&format!(" {name} ")) || (is_mail && name == "style");
                if !is_ours {
                    faults.push(format!("the element {name}"));
                }
                for (attribute, value) in element.attrs() {
                    if !is_harmless(name, attribute, value, is_mail) {
                        faults.push(format!("{attribute}=\"{value}\" of {name}"));
                    }
                }
            }
            _ => {}
        }
    }
    faults
}

/// Whether an attribute is none that does something by itself, and leads to nowhere but to addresses.
fn is_harmless(element: &str, attribute: &str, value: &str, is_mail: bool) -> bool {
    let address: String = value
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect::<String>()
        .to_lowercase();
    match attribute {
        "class" | "id" | "name" | "for" => !value.contains(MARK),
        "style" => is_mail && !value.contains(MARK),
        "srcdoc" | "formaction" | "background" | "ping" | "http-equiv" | "autofocus" => {
            is_mail && attribute == "http-equiv" && !value.contains("refresh")
        }
        "src" if element == "iframe" => address.starts_with("/staff/messages/"),
        "href" | "src" | "action" | "data" | "xlink:href" => {
            let runs = ["javascript:", "data:", "vbscript:", "//"];
            !runs.iter().any(|scheme| address.starts_with(scheme))
                && !address.starts_with("https://evil")
        }
        _ => !attribute.starts_with("on") && !attribute.contains(MARK),
    }
}

/// Looks at an answer as a browser would.
#[track_caller]
fn check(what: &str, answer: &Answer) {
    assert!(answer.status < 500, "{what} is {}", answer.status);
    let kind = answer.headers.get("content-type");
    let kind = kind.map_or("", |kind| kind.to_str().unwrap());
    if kind.starts_with("text/html") {
        let is_mail = what.starts_with("/staff/messages/templates/");
        let faults = faults(&answer.body, is_mail);
        assert!(faults.is_empty(), "{what}: {faults:#?}");
    } else if kind.starts_with("text/csv") {
        check_cells(what, &answer.body);
    }
}

/// No cell of a file begins as a formula does; numbers may be negative.
#[track_caller]
fn check_cells(what: &str, file: &str) {
    let file = file.trim_start_matches('\u{feff}');
    for cell in cells(file) {
        let begin = cell.chars().find(|c| !c.is_whitespace() && !c.is_control());
        let is_formula = begin.is_some_and(|c| "=+-@＝＋－＠".contains(c));
        let is_number = cell
            .trim()
            .trim_start_matches('-')
            .chars()
            .all(|c| c.is_ascii_digit() || c == '.');
        assert!(!is_formula || is_number, "{what}: {cell}");
        assert!(!cell.starts_with(['\t', '\r', '\n']), "{what}: {cell:?}");
    }
}

/// The cells of a file, without their quotation marks.
fn cells(file: &str) -> Vec<String> {
    let (mut cells, mut cell, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut characters = file.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                cell.push('"');
                characters.next();
            }
            '"' => is_quoted = !is_quoted,
            ',' | '\r' | '\n' if !is_quoted => cells.push(std::mem::take(&mut cell)),
            _ => cell.push(character),
        }
    }
    cells
}

/// Every text of a Slack message in which Slack looks for links and names.
fn marked_up<'a>(message: &'a Value, found: &mut Vec<&'a str>) {
    match message {
        Value::Object(fields) => {
            if fields.get("type").is_none_or(|kind| kind != "plain_text") {
                found.extend(fields.get("text").and_then(Value::as_str));
            }
            fields.values().for_each(|field| marked_up(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| marked_up(item, found)),
        _ => {}
    }
}

fn company(payload: &str, domain: &str) -> CompanyForm {
    let short: String = payload.chars().take(80).collect();
    CompanyForm {
        name: payload.to_owned(),
        legal_name: payload.to_owned(),
        domain: domain.to_owned(),
        street: payload.to_owned(),
        postal_code: "BS1 4XE".to_owned(),
        city: short,
        country: "GB".to_owned(),
        vat_number: "GB123456789".to_owned(),
        billing_email: format!("billing@{domain}"),
        slack_channel: String::new(),
    }
}

async fn send_company(browser: &mut Browser, page: &str, act: &str, form: &CompanyForm) -> Answer {
    let fields = [
        ("do", act),
        ("form[name]", &form.name),
        ("form[legal_name]", &form.legal_name),
        ("form[domain]", &form.domain),
        ("form[street]", &form.street),
        ("form[postal_code]", &form.postal_code),
        ("form[city]", &form.city),
        ("form[country]", &form.country),
        ("form[vat_number]", &form.vat_number),
        ("form[billing_email]", &form.billing_email),
        ("form[slack_channel]", &form.slack_channel),
    ];
    browser.post(page, &fields).await
}

/// A won deal of a client of a name, paid for a quarter.
async fn paid(portal: &TestPortal, client: &str, domain: &str) -> String {
    let (lead, deal) = portal.won(client, domain, "1000.00", "1").await;
    let invoice = portal.invoice(client, &deal, "3000.00").await;
    portal.pay(&invoice, "3600.00").await;
    lead.to_string()
}

/// A statement whose lines and their threads say payloads; its address.
async fn state(portal: &TestPortal, staff: &mut Browser, owner: &mut Browser) -> String {
    for (place, client) in [PAYLOADS[13], PAYLOADS[37], FORMULAS[0]]
        .into_iter()
        .enumerate()
    {
        paid(portal, client, &format!("paying-{place}.com")).await;
    }
    portal.advance_clock_to("2026-10-01T08:00:00Z").await;
    portal.run_jobs().await;
    let covered = portal.covered().await;
    let (asked, held) = (covered[0].to_string(), covered[1].to_string());
    let asked_id = asked.split(':').next().unwrap().to_owned();
    let line = ("line", asked_id.as_str());
    let texts = together(900);
    let ask = [("do", "open_dispute"), line, ("dispute", &texts[0])];
    assert_eq!(owner.post("/commission", &ask).await.status, 303);
    for text in &texts {
        let answer = [("do", "answer_dispute"), line, ("answer", text)];
        check("an answer", &staff.post("/staff/lines", &answer).await);
    }
    let partner = portal.aster.id.to_string();
    for text in together(190) {
        let hold = [
            ("do", "hold_lines"),
            ("lines[0]", held.as_str()),
            ("reason", &text),
        ];
        let _ = staff.post("/staff/lines", &hold).await;
        let enter = [
            ("do", "enter_line"),
            ("partner", partner.as_str()),
            ("form[direction]", "more"),
            ("form[amount]", "1.00"),
            ("form[month]", "2026-08"),
            ("form[explanation]", &text),
        ];
        let entered = staff
            .post(&format!("/staff/partners/{partner}"), &enter)
            .await;
        check("an entered line", &entered);
    }
    for line in portal.covered().await {
        // What is held or disputed stays where it is.
        let _ = lines::approve(&portal.ctx, &portal.staff.finance, &[line]).await;
    }
    let quarter = Quarter::parse("2026Q3", 1).unwrap();
    closing::close_quarter(&portal.ctx, &portal.staff.administrator, quarter)
        .await
        .unwrap();
    portal.run_jobs().await;
    let listed = portal_services::statements::list_for_partner(&portal.ctx, &portal.aster.owner);
    let id = listed.await.unwrap().remove(0).record.id.to_string();
    format!("/statements/{id}")
}

/// Says every payload in every field that is kept: as leads, partners, people, plans, deals, stages and invoices.
async fn say_all(portal: &TestPortal, staff: &mut Browser, owner: &mut Browser) -> Vec<String> {
    let mut leads = Vec::new();
    for (place, payload) in all().enumerate() {
        let form = LeadForm {
            client_name: payload.to_owned(),
            contact_name: payload.to_owned(),
            need: together(1_900).remove(0),
            ..lead_form("", &format!("client-{place}.com"))
        };
        let sent = send(owner, &form).await;
        assert_eq!(sent.status, 303, "{payload}: {}", sent.body);
        let path = sent.location.split('?').next().unwrap();
        leads.push(path.strip_prefix("/leads/").unwrap().to_owned());
        let form = company(payload, &format!("partner-{place}.com"));
        let added = send_company(staff, "/staff/partners", "add_partner", &form).await;
        assert_eq!(added.status, 303, "{payload}: {}", added.body);
        add_member(portal, payload, place).await;
        let plan = PlanForm {
            name: payload.chars().take(80).collect(),
            rate: "10".to_owned(),
            months: "12".to_owned(),
            ..PlanForm::default()
        };
        demo::publish(&portal.ctx, &portal.staff.administrator, plan, "2026-10-01")
            .await
            .unwrap();
        let invoice = json!({ "new_contact": payload, "reference": payload, "net": "100.00", "currency": "GBP", "tax_rate": "20" });
        portal.sandbox_act("xero/invoices", invoice).await;
    }
    portal.run_jobs().await;
    for (lead, payload) in leads.iter().zip(all()) {
        let deal = portal.lead(lead.parse().unwrap()).await.hubspot_deal_id;
        let named = json!({ "dealname": payload, "closed_lost_reason": payload });
        portal.change_deal(&deal.expect("registered"), named).await;
    }
    portal.run_jobs().await;
    for text in together(190) {
        let pause = [
            ("do", "pause_system"),
            ("system", "slack"),
            ("reason", &text),
        ];
        check(
            "a pause",
            &staff.post("/staff/integrations/slack", &pause).await,
        );
        let resume = [("do", "resume_system"), ("system", "slack")];
        check(
            "its end",
            &staff.post("/staff/integrations/slack", &resume).await,
        );
    }
    leads
}

async fn add_member(portal: &TestPortal, name: &str, place: usize) {
    let email = format!("member-{place}@aster-consulting.com");
    let person = demo::add_person(&portal.ctx, name, &email, "en", None)
        .await
        .unwrap();
    let mut tx = portal.ctx.store.write().await.unwrap();
    people::add_member(
        &mut tx,
        portal.aster.id,
        person,
        MemberRole::Sales,
        portal.ctx.now(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// Forms that are refused are shown again, and addresses may hold anything.
async fn reflect(browser: &mut Browser, pages: &[&str], form: (&str, &str)) {
    for payload in all() {
        let encoded: String = reqwest::Url::parse_with_params("http://x/", [("q", payload)])
            .unwrap()
            .query()
            .unwrap()
            .trim_start_matches("q=")
            .to_owned();
        for page in pages {
            let path = format!("{page}{encoded}");
            check(&path, &browser.get(&path).await);
        }
        let (page, act) = form;
        let wrong = CompanyForm {
            country: payload.to_owned(),
            billing_email: payload.to_owned(),
            ..company(payload, payload)
        };
        let refused = send_company(browser, page, act, &wrong).await;
        assert_eq!(refused.status, 422, "{payload}");
        assert!(refused.body.contains(MARK), "what was typed is still there");
        check(payload, &refused);
    }
}

#[test]
fn a_payload_that_got_through_would_be_seen() {
    for payload in PAYLOADS {
        let places = [
            format!("<p>{payload}</p>"),
            format!("<input value=\"{payload}\">"),
            format!("<input value='{payload}'>"),
            format!("<input value={payload}>"),
            format!("<title>{payload}</title>"),
            format!("<textarea>{payload}</textarea>"),
            format!("<script>let x = '{payload}';</script>"),
        ];
        let is_seen = places.iter().any(|place| !faults(place, false).is_empty());
        // Those two are nothing in a script-less page unless somebody takes them for a template, or decodes them once too often.
        let is_text = payload.starts_with("{{") || payload.starts_with("&lt;");
        assert!(is_seen || is_text, "{payload}");
    }
    for formula in FORMULAS {
        let cell = format!("a,{formula},b\r\n");
        let is_seen = std::panic::catch_unwind(|| check_cells("a file", &cell)).is_err();
        assert!(is_seen, "{formula}");
    }
}

#[tokio::test]
async fn nothing_that_is_typed_becomes_markup_a_link_or_a_formula_anywhere() {
    let portal = TestPortal::start().await;
    let mut staff = portal.sign_in(&portal.staff.administrator).await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let statement = state(&portal, &mut staff, &mut owner).await;
    let leads = say_all(&portal, &mut staff, &mut owner).await;
    let own = company(PAYLOADS[1], "aster-consulting.com");
    let updated = send_company(&mut owner, "/company", "update_company", &own).await;
    assert_eq!(updated.status, 303, "{}", updated.body);

    let (partner, id) = (
        portal.aster.id.to_string(),
        statement.strip_prefix("/statements/").unwrap(),
    );
    let things = [
        ("/partners/{id}", partner.as_str()),
        ("/statements/{id}", id),
        ("format", "csv"),
        ("system", "slack"),
        ("name", "statement"),
        ("scheme", "light"),
    ];
    let mut seen = String::new();
    for browser in [&mut staff, &mut owner] {
        for route in routes::list()
            .into_iter()
            .filter(|route| route.is_get && route.path != "/events")
        {
            let path = route.filled(&things);
            let answer = browser.get(&path).await;
            check(&path, &answer);
            seen.push_str(&answer.body);
        }
    }
    for lead in &leads {
        for (browser, path) in [
            (&mut staff, format!("/staff/leads/{lead}")),
            (&mut owner, format!("/leads/{lead}")),
        ] {
            let answer = browser.get(&path).await;
            assert!(answer.body.contains(MARK), "{path} says nothing of it");
            check(&path, &answer);
            seen.push_str(&answer.body);
        }
    }
    let shown = Html::parse_document(&seen);
    let text: String = shown.root_element().text().collect();
    for payload in all() {
        assert!(
            text.contains(payload) || seen.contains(&payload.replace('&', "&amp;")),
            "`{payload}` was shown nowhere"
        );
    }
    let of_staff = [
        "/staff/leads?q=",
        "/staff/ledger?q=",
        "/staff/reconciliation?partner=",
        "/staff/reconciliation/explorer?q=",
        "/staff/lines?list=",
        "/staff/partners?notice=",
        "/nowhere?",
    ];
    reflect(&mut staff, &of_staff, ("/staff/partners", "add_partner")).await;
    reflect(
        &mut owner,
        &["/leads?q=", "/commission?state=", "/leads?notice="],
        ("/company", "update_company"),
    )
    .await;
    for payload in all() {
        let encoded =
            reqwest::Url::parse_with_params("http://x/sign-in", [("next", payload)]).unwrap();
        let path = format!("/sign-in?{}", encoded.query().unwrap());
        check(&path, &portal.browser().get(&path).await);
    }
    check_messages(&portal).await;
    portal.finish_with_failed_jobs().await;
}

/// Mails and Slack messages, as whoever gets them sees them.
async fn check_messages(portal: &TestPortal) {
    let mails = portal.sandbox_read("mails").await;
    let mails = mails.as_array().unwrap();
    let html = || mails.iter().filter_map(|mail| mail["html"].as_str());
    assert!(html().filter(|html| html.contains(MARK)).count() > 10);
    for mail in html() {
        let faults = faults(mail, true);
        assert!(faults.is_empty(), "{faults:#?}\n{mail}");
    }
    let messages = portal.sandbox_read("slack/messages").await;
    let mut texts = Vec::new();
    marked_up(&messages, &mut texts);
    assert!(texts.iter().filter(|text| text.contains(MARK)).count() > 10);
    for text in texts {
        for link in ["<!channel", "<@U0", "<https://evil", "<img", "<script"] {
            assert!(!text.contains(link), "{text}");
        }
    }
}

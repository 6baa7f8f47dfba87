//! Statements as files, and the payout calendar, over HTTP: what is in them, and who gets them.

use portal_domain::{calendar::Quarter, ids::StatementId, statement::StatementBody};
use portal_services::{closing, lines, statements, statements::StatementView};
use portal_words::{Locale, Words};
use reqwest::header;
use ulid::Ulid;

use crate::{browser::Answer, portal::TestPortal};

const HASH: &str = "x-statement-sha256";

/// Aster's statement of the third quarter: July's commission for a client whose name a spreadsheet would compute.
async fn stated(portal: &TestPortal) -> StatementView {
    let (_, deal) = portal
        .won("=Harbour Ünlü", "harbour-logistics.com", "12000.00", "1")
        .await;
    let invoice = portal.invoice("=Harbour Ünlü", &deal, "12000.00").await;
    portal.pay(&invoice, "14400.00").await;
    portal.advance_clock_to("2026-10-05T08:00:00Z").await;
    portal.run_jobs().await;
    let covered = portal.covered().await;
    assert_eq!(covered.len(), 1);
    let finance = &portal.staff.finance;
    lines::approve(&portal.ctx, finance, &covered)
        .await
        .unwrap();
    let quarter = Quarter::parse("2026Q3", 1).unwrap();
    closing::close_quarter(&portal.ctx, &portal.staff.administrator, quarter)
        .await
        .unwrap();
    portal.run_jobs().await;
    let mut found = statements::list_for_partner(&portal.ctx, &portal.aster.owner)
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn header_of<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer
        .headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_statement_can_be_downloaded_in_every_format() {
    let portal = TestPortal::start().await;
    let view = stated(&portal).await;
    let (id, number) = (view.record.id, view.record.number.clone());
    for (actor, base) in [
        (&portal.aster.sales, "/statements"),
        (&portal.staff.operator, "/staff/statements"),
    ] {
        let mut browser = portal.sign_in(actor).await;
        let page = browser.get(&format!("{base}/{id}")).await;
        for (format, content_type) in [
            ("pdf", "application/pdf"),
            ("csv", "text/csv; charset=utf-8; header=present"),
            ("json", "application/json"),
        ] {
            let url = format!("{base}/{id}/{format}");
            assert!(page.body.contains(&format!("href=\"{url}\"")), "{url}");
            let answer = browser.get(&url).await;
            assert_eq!(answer.status, 200, "{url}");
            assert_eq!(header_of(&answer, "content-type"), content_type);
            assert_eq!(
                header_of(&answer, "content-disposition"),
                format!("attachment; filename=\"{number}.{format}\"")
            );
            assert_eq!(header_of(&answer, "cache-control"), "no-store");
            assert_eq!(header_of(&answer, "x-content-type-options"), "nosniff");
            assert_eq!(header_of(&answer, HASH), view.record.hash);
        }
        assert!(page.body.contains(&format!("sha256sum {number}.json")));
        let json = browser.get(&format!("{base}/{id}/json")).await.body;
        assert_eq!(json, view.record.body);
        assert_eq!(statements::hash(&json), view.record.hash);
        let csv = browser.get(&format!("{base}/{id}/csv")).await.body;
        let line = &view.body.lines[0];
        assert!(
            csv.ends_with(&format!(
                "{number},2026Q3,2026-07-01,2026-09-30,2026-10-05,2026-07,'=Harbour Ünlü,{},scheduled,,1200.00,GBP,{}\r\n",
                quoted(&line.deal_name), line.id
            )),
            "{csv}"
        );
    }
    portal.finish().await;
}

/// A cell that begins like a formula too, for the deal is called like its client.
fn quoted(deal_name: &str) -> String {
    assert!(deal_name.starts_with('='), "{deal_name}");
    format!("'{deal_name}")
}

#[tokio::test]
async fn the_pdf_is_made_of_the_frozen_statement_in_the_readers_language() {
    let portal = TestPortal::start().await;
    let view = stated(&portal).await;
    let url = format!("/statements/{}/pdf", view.record.id);
    let mut browser = portal.sign_in(&portal.aster.owner).await;
    let mut made = Vec::new();
    for locale in Locale::ALL {
        let language = [
            ("do", "set_language"),
            ("language", locale.as_str()),
            ("back", "/"),
        ];
        browser.post("/", &language).await;
        let answer = browser.open(&url).await.bytes().await.unwrap();
        let expected =
            portal_documents::pdf(&view.body, &view.record.hash, &Words::of(*locale)).unwrap();
        assert!(answer == expected, "{} differs", locale.as_str());
        made.push(answer);
    }
    assert!(made[0].starts_with(b"%PDF-1.7") && made[0] != made[1]);
    portal.finish().await;
}

#[tokio::test]
async fn a_statement_freezes_what_its_documents_need() {
    let portal = TestPortal::start().await;
    let body: StatementBody = stated(&portal).await.body;
    assert_eq!(body.vendor, portal.ctx.programme.vendor);
    assert_eq!(body.vendor.legal_name, "Northwind Software Ltd");
    assert_eq!(
        (
            body.partner.legal_name.as_str(),
            body.partner.country.as_str(),
            body.partner.vat_number.as_str(),
            body.partner.email.as_str()
        ),
        (
            "Aster Ltd",
            "GB",
            "GB123456789",
            "billing@aster-consulting.com"
        )
    );
    assert_eq!(body.partner.address, ["48 Quay Street", "Bristol BS1 4XE"]);
    let days = (body.from.unwrap().to_string(), body.to.unwrap().to_string());
    assert_eq!(days, ("2026-07-01".to_owned(), "2026-09-30".to_owned()));
    assert_eq!(body.payment_days, 30);
    assert_eq!(
        body.url,
        portal.ctx.url(&format!("/statements/{}", body.id))
    );
    assert!(body.lines[0].deal_name.contains("Harbour"));
    portal.finish().await;
}

#[tokio::test]
async fn a_new_address_stands_on_new_statements_and_on_no_old_one() {
    let portal = TestPortal::start().await;
    let before = stated(&portal).await;
    let partner = portal.aster.id.to_string();
    let mut manager = portal.sign_in(&portal.staff.manager).await;
    let page = format!("/staff/partners/{partner}");
    let fields = [
        ("do", "update_partner"),
        ("partner", partner.as_str()),
        ("form[name]", "Aster"),
        ("form[legal_name]", "Aster Ltd"),
        ("form[domain]", "aster-consulting.com"),
        ("form[street]", "2 Mill Lane"),
        ("form[postal_code]", "BA1 1AA"),
        ("form[city]", "Bath"),
        ("form[country]", "GB"),
        ("form[vat_number]", "GB123456789"),
        ("form[billing_email]", "billing@aster-consulting.com"),
    ];
    let saved = manager.post(&page, &fields).await;
    assert_eq!(saved.location, format!("{page}?notice=company-saved"));
    let shown = manager.get(&page).await.body;
    assert!(shown.contains("2 Mill Lane, Bath BA1 1AA"));
    let after = statements::find_for_partner(&portal.ctx, &portal.aster.owner, before.record.id)
        .await
        .unwrap();
    assert_eq!(after.record.body, before.record.body);
    assert_eq!(after.body.partner.address[1], "Bristol BS1 4XE");
    portal.finish().await;
}

#[tokio::test]
async fn somebody_elses_statement_is_not_there() {
    let portal = TestPortal::start().await;
    let view = stated(&portal).await;
    let unknown = StatementId::new(Ulid::from_parts(1, 1));
    let aster = [portal.aster.owner, portal.aster.sales, portal.aster.finance];
    let staff = [
        portal.staff.administrator,
        portal.staff.manager,
        portal.staff.finance,
        portal.staff.operator,
    ];
    for format in ["pdf", "csv", "json"] {
        let of = |base: &str, id: StatementId| format!("{base}/{id}/{format}");
        for actor in &aster {
            let mut browser = portal.sign_in(actor).await;
            let own = browser.open(&of("/statements", view.record.id)).await;
            assert_eq!(header_of_response(&own), view.record.hash);
            let as_staff = browser.get(&of("/staff/statements", view.record.id)).await;
            assert_eq!(as_staff.status, 403, "{actor:?}");
        }
        for actor in &staff {
            let mut browser = portal.sign_in(actor).await;
            browser.open(&of("/staff/statements", view.record.id)).await;
            let missing = browser.get(&of("/staff/statements", unknown)).await;
            assert_eq!(missing.status, 404);
            let as_member = browser.get(&of("/statements", view.record.id)).await;
            assert_eq!(as_member.status, 403, "{actor:?}");
        }
        let mut other = portal.sign_in(&portal.borealis.owner).await;
        let theirs = other.get(&of("/statements", view.record.id)).await;
        let nobodys = other.get(&of("/statements", unknown)).await;
        assert_eq!((theirs.status, nobodys.status), (404, 404));
        assert!(header_of(&theirs, HASH).is_empty());
        assert_eq!(without_secrets(&theirs), without_secrets(&nobodys));
        for base in ["/statements", "/staff/statements"] {
            let url = of(base, view.record.id);
            let answer = portal.browser().get(&url).await;
            assert_eq!(answer.status, 303, "{url}");
            assert!(answer.location.starts_with("/sign-in?next="), "{url}");
        }
    }
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    for url in [
        format!("/statements/{}/docx", view.record.id),
        format!("/statements/{}/PDF", view.record.id),
        "/statements/none/pdf".to_owned(),
        "/statements/calendar/pdf".to_owned(),
    ] {
        assert_eq!(owner.get(&url).await.status, 404, "{url}");
    }
    portal.finish().await;
}

fn header_of_response(answer: &reqwest::Response) -> &str {
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    answer.headers()[HASH].to_str().unwrap()
}

/// A page without what is new in every answer (the nonce, and when it was asked for), and without its own address.
fn without_secrets(answer: &Answer) -> String {
    let (_, after) = answer.body.split_once("nonce=\"").expect("a nonce");
    let (nonce, _) = after.split_once('"').expect("its end");
    assert!(nonce.len() > 20, "{nonce}");
    let text = answer.body.replace(nonce, "");
    let parts = text
        .split('"')
        .filter(|part| !part.starts_with("/statements/") && !part.contains("/events?since="));
    parts.collect::<Vec<_>>().join("\"")
}

#[tokio::test]
async fn the_payout_calendar_says_when_quarters_close_and_when_they_were_closed() {
    let portal = TestPortal::start().await;
    // 6 July: the second quarter has ended and closes on 10 July.
    let mut sales = portal.sign_in(&portal.aster.sales).await;
    let before = sales.get("/statements/calendar").await;
    assert_eq!(before.status, 200);
    for text in [
        "Q2 2026",
        "April, May, June 2026",
        "10 Jul 2026",
        "9 Aug 2026",
        "10 Oct 2026",
        "9 Nov 2026",
        "Q3 2027",
        "Europe/London",
    ] {
        assert!(before.body.contains(text), "{text}");
    }
    assert!(!before.body.contains("Due since"));
    assert!(before.body.contains("No quarter closed yet"));
    let view = stated(&portal).await;
    // 5 October: the third quarter is closed; the second never was, and is not waited for.
    let after = sales.get("/statements/calendar").await.body;
    assert!(after.contains(&format!("href=\"/statements/{}\"", view.record.id)));
    assert!(after.contains("5 Oct 2026") && !after.contains("Q2 2026"));
    assert!(after.contains("10 Jan 2027") && after.contains("9 Feb 2027"));
    let list = sales.get("/statements").await.body;
    assert!(list.contains("href=\"/statements/calendar\""));
    let home = sales.get("/").await.body;
    assert!(home.contains("Next statement: 10 Jan 2027"));
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = operator.get("/staff/statements/calendar").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("5 Oct 2026") && page.body.contains("quarter=2026Q3"));
    assert!(!page.body.contains(&view.record.number));
    for (browser, url) in [
        (&mut sales, "/staff/statements/calendar"),
        (&mut operator, "/statements/calendar"),
    ] {
        assert_eq!(browser.get(url).await.status, 403, "{url}");
    }
    let nobody = portal.browser().get("/statements/calendar").await;
    assert_eq!(nobody.status, 303);
    // 20 January: nobody has closed the fourth quarter; the first of the next year is closed without it.
    portal.advance_clock_to("2027-01-20T08:00:00Z").await;
    let late = sales.get("/statements/calendar").await.body;
    assert!(late.contains("Due since 10 Jan") && late.contains("30 days after the invoice"));
    assert!(!late.contains("Not closed by itself"));
    portal.advance_clock_to("2027-04-02T08:00:00Z").await;
    portal.run_jobs().await;
    let first = Quarter::parse("2027Q1", 1).unwrap();
    closing::close_quarter(&portal.ctx, &portal.staff.administrator, first)
        .await
        .unwrap();
    portal.run_jobs().await;
    let skipped = sales.get("/statements/calendar").await.body;
    assert!(skipped.contains("Q4 2026") && skipped.contains("Not closed by itself"));
    assert!(skipped.contains("2 Apr 2027") && skipped.contains("5 Oct 2026"));
    portal.finish().await;
}

#[tokio::test]
async fn the_mail_and_the_page_promise_the_same_day() {
    let portal = TestPortal::start().await;
    let view = stated(&portal).await;
    let mails = portal.mails_to("finance@aster-consulting.com").await;
    let mail = mails.last().expect("the statement's mail");
    assert!(mail.to_string().contains("within 30 days"), "{mail}");
    let mut finance = portal.sign_in(&portal.aster.finance).await;
    let url = format!("/statements/{}", view.record.id);
    assert!(finance.get(&url).await.body.contains("within 30 days"));
    let id = view.record.id.to_string();
    let fields = [
        ("do", "raise_invoice"),
        ("form[statement]", id.as_str()),
        ("form[number]", "A-1"),
    ];
    assert_eq!(finance.post(&url, &fields).await.status, 303);
    portal.run_jobs().await;
    let page = finance.get(&url).await.body;
    assert!(page.contains("The money is there by 4 Nov 2026"));
    portal.finish().await;
}

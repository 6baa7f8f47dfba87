//! The page on which plans are made, without scripts: what is typed is shown again and worked out, an impossible plan says what is wrong in which row,
//! a trial writes nothing, and what was looked at is what is published.

use portal_domain::{
    access::Actor,
    plan::{PlanForm, Share},
};
use portal_services::plans;
use portal_store::plans::PlanVersionRecord;

use crate::{
    browser::{Answer, Browser, english},
    portal::TestPortal,
};

const EDIT: &str = "/staff/plans/edit";

/// The next version of the tests' plan with some fields typed differently, or beside it.
fn typed<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("form[name]", "Referral"),
        ("form[rate]", "10"),
        ("form[months]", "12"),
        ("valid_from", "2026-07-01"),
    ];
    for (name, value) in changed {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

const TIERS: [(&str, &str); 9] = [
    ("form[currency]", "GBP"),
    ("form[tiers][0][from]", "0"),
    ("form[tiers][0][until]", "500"),
    ("form[tiers][0][rate]", "5"),
    ("form[tiers][1][from]", "500"),
    ("form[tiers][1][rate]", "20"),
    ("form[tiers][1][until]", ""),
    ("form[tiers][2][from]", ""),
    ("form[bonus]", "75"),
];

/// Opens the page with what is typed in its address, as its form does.
async fn open(browser: &mut Browser, fields: &[(&str, &str)]) -> Answer {
    let query: String = fields
        .iter()
        .map(|(name, value)| format!("{}={}&", escape(name), escape(value)))
        .collect();
    browser.get(&format!("{EDIT}?{query}")).await
}

fn escape(text: &str) -> String {
    let bytes = text.bytes();
    bytes.map(|byte| format!("%{byte:02X}")).collect()
}

async fn try_it(browser: &mut Browser, fields: &[(&str, &str)]) -> Answer {
    let mut fields = fields.to_vec();
    fields.push(("trial", "true"));
    open(browser, &fields).await
}

/// The hidden fields of the form that publishes.
fn hidden(page: &str) -> Vec<(String, String)> {
    let form = page.split("name=\"do\" value=\"add_plan_version\"");
    let form = form.last().expect("a form that publishes");
    let form = form.split("</form>").next().expect("its end");
    let inputs = form.split("<input type=\"hidden\" name=\"").skip(1);
    inputs
        .map(|input| {
            let (name, rest) = input.split_once("\" value=\"").expect("a value");
            let (value, _) = rest.split_once('"').expect("its end");
            (name.to_owned(), value.replace("&amp;", "&"))
        })
        .collect()
}

async fn publish(browser: &mut Browser, page: &str) -> Answer {
    let hidden = hidden(page);
    let mut fields = vec![("do", "add_plan_version")];
    fields.extend(
        hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    browser.post(EDIT, &fields).await
}

async fn newest(portal: &TestPortal) -> PlanVersionRecord {
    let administrator = &portal.staff.administrator;
    let mut versions = plans::list(&portal.ctx, administrator).await.unwrap();
    versions.remove(0)
}

#[track_caller]
fn assert_holds(page: &str, wanted: &str) {
    assert!(page.contains(wanted), "{wanted} is not in {page}");
}

#[tokio::test]
async fn an_impossible_plan_says_in_which_row_what_is_wrong_and_keeps_what_was_typed() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.staff.finance).await;
    let borealis = portal.borealis.id.to_string();
    let mut wrong = typed(&TIERS);
    wrong.extend([
        ("form[tiers][3][from]", "400"),
        ("form[tiers][3][until]", "\"><b>"),
        ("form[shares][0][partner]", borealis.as_str()),
        ("form[shares][0][share]", "40"),
        ("form[own_share]", "50"),
    ]);
    let answer = try_it(&mut browser, &wrong).await;
    assert_eq!(answer.status, 422);
    for (field, code) in [
        ("tiers.1.until", "error-tier-end-missing"),
        ("tiers.3.until", "error-tier-last-has-end"),
        ("tiers.3.rate", "error-rate-invalid"),
    ] {
        let beside = format!("id=\"{field}-error\" class=\"wrong\">{}", english(code));
        assert_holds(&answer.body, &beside);
        assert_holds(&answer.body, &format!("href=\"#{field}\""));
    }
    assert_holds(
        &answer.body,
        "name=\"form[tiers][3][from]\" type=\"text\" value=\"400\"",
    );
    assert_holds(&answer.body, "value=\"&quot;&gt;&lt;b&gt;\"");
    assert_holds(&answer.body, &format!("value=\"{borealis}\" selected"));
    assert!(
        !answer.body.contains("name=\"fingerprint\""),
        "nothing to publish"
    );
    assert_eq!(
        answer.body.matches("[from]\"").count(),
        6,
        "rows by default"
    );

    let mut shares = typed(&[("form[own_share]", "50")]);
    shares.push(("form[shares][0][partner]", &borealis));
    shares.push(("form[shares][0][share]", "40"));
    let answer = try_it(&mut browser, &shares).await;
    assert_holds(
        &answer.body,
        "id=\"shares\" class=\"wrong\">The shares come to 90",
    );
    portal.finish().await;
}

#[tokio::test]
async fn more_rows_come_while_the_ones_there_are_filled() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.staff.administrator).await;
    let new = browser.get(EDIT).await;
    assert_eq!(new.body.matches("[until]\"").count(), 6);
    assert_eq!(new.body.matches("[partner]\"").count(), 4);
    let sparse = [
        ("form[tiers][5][from]", "1"),
        ("form[shares][3][share]", "1"),
    ];
    let sparse = open(&mut browser, &sparse).await;
    assert_eq!(
        sparse.status, 200,
        "an index that leaves others out is no fault"
    );
    let names: Vec<String> = (0..6)
        .map(|place| format!("form[tiers][{place}][from]"))
        .collect();
    let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    let filled = open(&mut browser, &fields).await;
    assert_eq!(filled.body.matches("[until]\"").count(), 7);
    let hostile = [("form[tiers][99999999999][from]", "1"), ("all_deals", "x")];
    let hostile = open(&mut browser, &hostile).await;
    assert_eq!(hostile.status, 200);
    portal.finish().await;
}

#[tokio::test]
async fn the_example_is_computed_from_what_is_typed() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.staff.finance).await;
    let mut fields = typed(&TIERS);
    fields.extend([
        ("example[value]", "12000"),
        ("example[currency]", "GBP"),
        ("example[period]", "12"),
        ("example[standing]", "300"),
        ("form[cap]", "700"),
    ]);
    let borealis = portal.borealis.id.to_string();
    fields.push(("form[shares][0][partner]", &borealis));
    fields.push(("form[shares][0][share]", "25"));
    let answer = open(&mut browser, &fields).await;
    assert_eq!(answer.status, 200);
    // £200 lie below the border of £500, £800 above it: £10 and £160 a month, after a bonus of £75, until £700 are reached.
    for wanted in [
        "£200.00 × 5% + £800.00 × 20%",
        "£170.00",
        "£245.00",
        "£415.00",
        "£585.00",
        "£115.00",
        "Borealis: £42.50",
        "Borealis: £18.75",
        "£700.00",
    ] {
        assert_holds(&answer.body, wanted);
    }
    assert_holds(&answer.body, &english("plan-example-capped"));
    assert!(
        !answer.body.contains("name=\"fingerprint\""),
        "an example is no trial"
    );
    for (months, line) in [("6", "200.00"), ("18", "66.67")] {
        let fields = [
            ("form[name]", "New"),
            ("form[rate]", "10"),
            ("example[value]", "12000"),
            ("example[period]", months),
        ];
        let answer = open(&mut browser, &fields).await;
        let chosen = format!("<option value=\"{months}\" selected>every {months} months");
        assert_holds(&answer.body, &chosen);
        assert_holds(&answer.body, line);
    }
    let typing = typed(&[("form[tail_months]", "soon"), ("example[value]", "much")]);
    let wrong = open(&mut browser, &typing).await;
    assert_eq!(wrong.status, 200, "who is still typing did nothing wrong");
    assert_holds(&wrong.body, "href=\"#tail_months\"");
    assert_holds(&wrong.body, "href=\"#example-value\"");
    portal.finish().await;
}

#[tokio::test]
async fn what_was_looked_at_is_what_is_published_without_any_script() {
    let portal = TestPortal::start().await;
    let (lead, _) = portal.won("Harbour", "harbour.com", "1000", "1").await;
    let mut browser = portal.sign_in(&portal.staff.finance).await;
    let borealis = portal.borealis.id.to_string();
    let mut fields = typed(&TIERS);
    fields.push(("form[shares][0][partner]", &borealis));
    fields.push(("form[shares][0][share]", "25"));
    let later = [("valid_from", "2027-01-01")];
    let none = try_it(&mut browser, &typed(&later)).await;
    assert_holds(&none.body, &english("plan-trial-no-deals"));

    let trial = try_it(&mut browser, &fields).await;
    assert_eq!(trial.status, 200);
    assert_holds(&trial.body, "Harbour");
    assert_eq!(newest(&portal).await.version, 1, "a trial writes nothing");
    let before = portal.lines(lead).await.len();
    let sent = [&[("do", "add_plan_version")][..], &fields].concat();
    let untried = browser.post(EDIT, &sent).await;
    assert_eq!(untried.status, 409);
    assert_holds(&untried.body, &english("error-plan-not-tried"));

    let done = publish(&mut browser, &trial.body).await;
    assert_eq!(
        (done.status, done.location.as_str()),
        (303, "/staff/plans?notice=plan-published")
    );
    let version = newest(&portal).await;
    assert_eq!(version.version, 2);
    let steps = version
        .terms
        .tiers
        .as_ref()
        .map(|tiers| tiers.steps().len());
    assert_eq!(steps, Some(2));
    let others: Vec<&Share> = version
        .terms
        .split
        .iter()
        .filter(|share| share.partner.is_some())
        .collect();
    assert_eq!(others[0].partner, Some(portal.borealis.id));
    let list = browser.get(&done.location).await;
    assert_holds(&list.body, "Staff finance");
    assert_holds(&list.body, "5% from £0.00 · 20% from £500.00");
    assert_holds(&list.body, "25% of each line: Borealis");
    let form = PlanForm::of(&version.name, &version.terms);
    let next = browser.get(&format!("{EDIT}?plan={}", version.plan)).await;
    assert_holds(&next.body, &format!("value=\"{}\"", form.tiers[1].from));
    let plan = version.plan.to_string();
    let renamed = typed(&[("plan", &plan), ("form[name]", "Referrals")]);
    let renamed = try_it(&mut browser, &renamed).await;
    assert_holds(&renamed.body, "href=\"#name\"");
    assert!(
        !renamed.body.contains("name=\"fingerprint\""),
        "it is not published as a plan of its own"
    );
    portal.run_jobs().await;
    portal.verify().await;
    assert!(portal.lines(lead).await.len() >= before);

    let again = publish(&mut browser, &trial.body).await;
    assert_eq!(again.status, 409, "what was looked at is there already");
    assert_holds(&again.body, &english("error-plan-trial-changed"));
    assert_holds(&again.body, "name=\"fingerprint\"");
    assert_eq!(newest(&portal).await.version, 2);
    portal.finish().await;
}

#[tokio::test]
async fn who_may_not_edit_plans_sees_no_form_and_a_partner_no_other_partner() {
    let portal = TestPortal::start().await;
    let refused: [&Actor; 4] = [
        &portal.staff.manager,
        &portal.staff.operator,
        &portal.aster.owner,
        &portal.aster.finance,
    ];
    for actor in refused {
        let mut browser = portal.sign_in(actor).await;
        let answer = try_it(&mut browser, &typed(&[])).await;
        assert_eq!(answer.status, 403, "{actor:?}");
        let list = browser.get("/staff/plans").await;
        assert!(!list.body.contains(EDIT));
    }
    assert_eq!(portal.browser().get(EDIT).await.status, 303);
    let borealis = portal.borealis.id.to_string();
    let shared = typed(&[
        ("form[shares][0][partner]", borealis.as_str()),
        ("form[shares][0][share]", "25"),
    ]);
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let trial = try_it(&mut finance, &shared).await;
    assert_eq!(publish(&mut finance, &trial.body).await.status, 303);
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let company = owner.get("/company").await;
    assert_holds(&company.body, "Your part of each line of your deals: 75%");
    assert!(!company.body.contains("Borealis"), "{}", company.body);
    portal.finish().await;
}

//! Forms without WASM: a form that is refused comes back with everything that was typed and what is wrong beside each field; one that is taken leads on.

use portal_domain::lead::LeadForm;
use portal_words::{Locale, Words};
use serde_json::Value;

use crate::{
    browser::english,
    leads::send,
    portal::{TestPortal, lead_form},
};

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed_and_what_is_wrong_beside_each_field() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.aster.owner).await;
    let form = LeadForm {
        client_name: String::new(),
        contact_email: "mia at harbour".to_owned(),
        contact_phone: "020 7946".to_owned(),
        need: "First line\nsecond \"line\" <b>".to_owned(),
        value: "eighteen".to_owned(),
        currency: "EUR".to_owned(),
        submission_key: "the-key".to_owned(),
        ..lead_form("", "harbour.com")
    };
    let answer = send(&mut browser, &form).await;
    assert_eq!(answer.status, 422);
    for (field, code) in [
        ("client_name", "error-required"),
        ("contact_email", "error-email-invalid"),
        ("contact_phone", "error-phone-invalid"),
        ("value", "error-amount-invalid"),
    ] {
        let beside = format!("id=\"{field}-error\" class=\"wrong\">{}", english(code));
        assert!(
            answer.body.contains(&beside),
            "{beside} is not in {}",
            answer.body
        );
        assert!(
            answer.body.contains(&format!("href=\"#{field}\"")),
            "a way to {field}"
        );
    }
    for kept in [
        "value=\"harbour.com\"",
        "value=\"mia at harbour\"",
        "value=\"020 7946\"",
        "value=\"eighteen\"",
        "value=\"the-key\"",
    ] {
        assert!(
            answer.body.contains(kept),
            "{kept} is not in {}",
            answer.body
        );
    }
    assert!(
        answer
            .body
            .contains("First line\nsecond \"line\" &lt;b&gt;"),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("4 answers need another look"));
    assert!(
        answer.body.contains("<option value=\"EUR\" selected"),
        "the currency stays"
    );
    assert_eq!(answer.body.matches("aria-invalid=\"true\"").count(), 4);
    portal.finish().await;
}

#[tokio::test]
async fn a_form_that_is_taken_leads_on() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.aster.owner).await;
    let answer = send(&mut browser, &lead_form("Harbour", "harbour.com")).await;
    assert_eq!(answer.status, 303);
    let next = browser.get(&answer.location).await;
    assert!(next.status == 200 && next.body.contains(&english("notice-lead-received")));
    let fields = [
        ("do", "update_company"),
        ("form[name]", "Aster & Söhne"),
        ("form[legal_name]", "Aster <Ltd>"),
        ("form[domain]", "aster-consulting.com"),
        ("form[street]", "Mill House\r\n2 Mill Lane"),
        ("form[postal_code]", "ba1 1aa"),
        ("form[country]", "gb"),
        ("form[vat_number]", "gb 999"),
        ("form[billing_email]", "Billing@aster-consulting.com"),
        ("form[slack_channel]", ""),
    ];
    let half = browser.post("/company", &fields).await;
    assert_eq!(half.status, 422, "an address without its city");
    assert!(half.body.contains("2 Mill Lane") && half.body.contains(&english("error-required")));
    let fields = [&fields[..], &[("form[city]", "Bath")]].concat();
    let answer = browser.post("/company", &fields).await;
    assert_eq!(
        (answer.status, answer.location.as_str()),
        (303, "/company?notice=company-saved")
    );
    let next = browser.get(&answer.location).await;
    assert!(
        next.body.contains("value=\"Aster &amp; Söhne\"")
            && next.body.contains("value=\"GB999\"")
            && next.body.contains("Mill House\n2 Mill Lane")
            && next.body.contains("value=\"BA1 1AA\""),
        "{}",
        next.body
    );
    portal.finish().await;
}

#[tokio::test]
async fn what_people_type_is_text_and_never_markup() {
    let portal = TestPortal::start().await;
    let evil = "\"><script>alert(1)</script>";
    let form = LeadForm {
        client_name: evil.to_owned(),
        need: evil.to_owned(),
        ..lead_form("", "harbour.com")
    };
    let mut browser = portal.sign_in(&portal.aster.owner).await;
    let wrong = send(
        &mut browser,
        &LeadForm {
            contact_email: evil.to_owned(),
            ..form.clone()
        },
    )
    .await;
    assert_eq!(wrong.status, 422);
    let taken = send(&mut browser, &form).await;
    let mut seen = vec![wrong.body, browser.get(&taken.location).await.body];
    for path in [
        "/",
        "/leads",
        "/leads?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "/nowhere?%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    ] {
        seen.push(browser.get(path).await.body);
    }
    let mut staff = portal.sign_in(&portal.staff.administrator).await;
    for path in [
        "/staff",
        "/staff/leads",
        "/staff/audit",
        "/staff/leads?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    ] {
        seen.push(staff.get(path).await.body);
    }
    portal.run_jobs().await;
    let mails = portal.mails_to("owner@aster-consulting.com").await;
    seen.push(mails[0]["html"].as_str().unwrap().to_owned());
    for page in seen {
        // Within quotation marks that they cannot end, angle brackets are text.
        assert!(!page.contains("\"><script>alert"), "{page}");
    }
    portal.finish().await;
}

#[tokio::test]
async fn a_form_that_names_no_function_of_ours_is_refused() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.aster.owner).await;
    for fields in [
        vec![("do", "no_such_function")],
        vec![("do", "../webhooks/hubspot")],
        vec![("do", "Submit_Lead")],
        vec![("name", "value")],
        vec![("do", "submit_lead"), ("form[client_name]", "only this")],
        vec![("do", "withdraw_lead"), ("lead", "no id")],
    ] {
        let answer = browser.post("/leads/new", &fields).await;
        assert!(
            (400..500).contains(&answer.status),
            "{fields:?} is {}",
            answer.status
        );
    }
    let large = "x".repeat(600 * 1024);
    assert_eq!(
        browser
            .post(
                "/leads/new",
                &[("do", "submit_lead"), ("form[need]", &large)]
            )
            .await
            .status,
        413
    );
    portal.finish().await;
}

#[tokio::test]
async fn an_island_hears_the_same_as_a_form() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.aster.owner).await;
    let fields = [
        ("form[client_name]", ""),
        ("form[client_domain]", "gmail.com"),
        ("form[contact_name]", "M"),
        ("form[contact_email]", "m@x.com"),
        ("form[need]", "n"),
    ];
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("accept", "application/json"),
    ];
    let answer = browser
        .post_from("/api/submit_lead", &fields, &headers)
        .await;
    assert!(answer.status >= 400, "{}", answer.body);
    let error: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(error["status"], 422);
    assert_eq!(error["fields"][0]["field"], "client_name");
    assert_eq!(error["fields"][0]["message"], english("error-required"));
    portal.finish().await;
}

#[tokio::test]
async fn pages_speak_the_readers_language() {
    let portal = TestPortal::start().await;
    let mut browser = portal.sign_in(&portal.aster.owner).await;
    let page = browser.get("/leads").await;
    assert!(page.body.contains("<html lang=\"en\""));
    let choose = |back| [("do", "set_language"), ("language", "de"), ("back", back)];
    let answer = browser.post("/leads", &choose("/leads")).await;
    assert_eq!((answer.status, answer.location.as_str()), (303, "/leads"));
    let page = browser.get("/leads").await;
    let title = Words::of(Locale::De).text("lead-list-title");
    assert!(page.body.contains("<html lang=\"de\"") && page.body.contains(&title));
    for away in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        assert_eq!(
            browser.post("/leads", &choose(away)).await.location,
            "/",
            "{away}"
        );
    }
    portal.finish().await;
}

#[tokio::test]
async fn answers_forbid_browsers_what_the_pages_do_not_need() {
    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let operator = portal.staff.operator.person().to_string();
    let fields = [("do", "sign_in_as"), ("person", operator.as_str())];
    let session = browser.post("/sign-in", &fields).await;
    let cookie = session.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let headers = browser.get("/staff").await.headers;
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert!(
        !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
        "{policy}"
    );
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["x-frame-options"], "DENY");
    portal.finish().await;
}

#[tokio::test]
async fn staff_add_a_partner_put_it_on_a_plan_and_invite_its_owner() {
    let portal = TestPortal::start().await;
    let mut manager = portal.sign_in(&portal.staff.manager).await;
    let company = |domain: &'static str| {
        [
            ("do", "add_partner"),
            ("form[name]", "Cirrus"),
            ("form[legal_name]", "Cirrus BV"),
            ("form[domain]", domain),
            ("form[country]", "NL"),
            ("form[vat_number]", ""),
            ("form[billing_email]", "billing@cirrus.nl"),
        ]
    };
    let taken = manager
        .post("/staff/partners", &company("aster-consulting.com"))
        .await;
    assert_eq!(taken.status, 422);
    assert!(taken.body.contains(&english("error-domain-taken")));
    let answer = manager.post("/staff/partners", &company("cirrus.nl")).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let page = answer.location.split('?').next().unwrap().to_owned();
    let partner = page
        .strip_prefix("/staff/partners/")
        .expect("the partner's page")
        .to_owned();
    let plans = portal_services::plans::list(&portal.ctx, &portal.staff.manager)
        .await
        .unwrap();
    let plan = plans[0].plan.to_string();
    let early = [
        ("do", "enrol_partner"),
        ("partner", partner.as_str()),
        ("plan", plan.as_str()),
        ("valid_from", "2025-01-01"),
    ];
    let answer = manager.post(&page, &early).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains(&english("error-plan-not-valid-then")));
    let enrol = [
        ("do", "enrol_partner"),
        ("partner", partner.as_str()),
        ("plan", plan.as_str()),
        ("valid_from", "2026-07-01"),
    ];
    assert_eq!(
        manager.post(&page, &enrol).await.location,
        format!("{page}?notice=partner-enrolled")
    );
    let invite = [
        ("do", "invite_for_partner"),
        ("partner", partner.as_str()),
        ("form[email]", "eva@cirrus.nl"),
        ("form[role]", "owner"),
    ];
    assert_eq!(
        manager.post(&page, &invite).await.location,
        format!("{page}?notice=member-invited")
    );
    portal.run_jobs().await;
    assert_eq!(portal.mails_to("eva@cirrus.nl").await.len(), 1);
    let shown = manager.get(&page).await;
    assert!(shown.body.contains("Cirrus") && shown.body.contains("Referral"));
    portal.finish().await;
}

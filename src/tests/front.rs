//! What stands in front of every request: what browsers are told about every answer, who may ask how often, and what is answered to what is no request of ours.

use crate::{access::stated, browser::Answer, portal::TestPortal, routes};

/// What every answer says to a browser, if it says nothing else of itself.
#[track_caller]
fn check_headers(what: &str, answer: &Answer) {
    let said = |name: &str| {
        let value = answer.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    };
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(said(name), value, "{name} of {what}");
    }
    assert!(said("permissions-policy").contains("camera=()"), "{what}");
    let is_frame = said("x-frame-options") == "SAMEORIGIN" && what.contains("/messages/templates/");
    assert!(is_frame || said("x-frame-options") == "DENY", "{what}");
    let policy = said("content-security-policy");
    let ancestors = if is_frame { "'self'" } else { "'none'" };
    assert!(
        policy.contains("default-src 'none'")
            && policy.contains(&format!("frame-ancestors {ancestors}")),
        "{what}: {policy}"
    );
    let is_page = policy.contains("'nonce-");
    assert!(is_page || policy.contains("sandbox"), "{what}: {policy}");
    assert!(
        !policy.contains("'unsafe-eval'") && (is_frame || !policy.contains("'unsafe-inline'")),
        "{what}: {policy}"
    );
    let kept = said("cache-control");
    let is_stream = said("content-type") == "text/event-stream" && kept == "no-cache";
    assert!(
        kept == "no-store" || is_stream,
        "cache-control of {what}: {kept}"
    );
}

#[tokio::test]
async fn every_answer_tells_browsers_what_it_may_do_and_that_nobody_keeps_it() {
    let portal = TestPortal::start().await;
    let (lead, statement) = stated(&portal).await;
    let (lead, statement) = (lead.to_string(), statement.to_string());
    let partner = portal.aster.id.to_string();
    let things = [
        ("/leads/{id}", lead.as_str()),
        ("/partners/{id}", &partner),
        ("/statements/{id}", &statement),
        ("format", "csv"),
        ("system", "xero"),
        ("name", "statement"),
        ("scheme", "light"),
        ("function", "set_theme"),
    ];
    let mut browsers = vec![portal.browser()];
    for actor in [
        portal.aster.owner,
        portal.staff.administrator,
        portal.staff.finance,
    ] {
        browsers.push(portal.sign_in(&actor).await);
    }
    let mut statuses = std::collections::BTreeSet::new();
    for route in routes::list() {
        let path = route.filled(&things);
        for browser in &mut browsers {
            let got = browser.head_of_get(&path).await;
            check_headers(&format!("GET {path}"), &got);
            assert_eq!(got.status == 405, !route.is_get, "GET {path}");
            let posted = browser.post(&path, &[("theme", "dark")]).await;
            check_headers(&format!("POST {path}"), &posted);
            let elsewhere = [("sec-fetch-site", "cross-site")];
            let forged = browser.post_from(&path, &[], &elsewhere).await;
            check_headers(&format!("POST {path} from elsewhere"), &forged);
            statuses.extend([got.status, posted.status, forged.status]);
        }
    }
    for path in ["/nowhere", "/pkg/nowhere.js", "/leads/../../etc/passwd"] {
        let got = browsers[0].head_of_get(path).await;
        check_headers(&format!("GET {path}"), &got);
    }
    let formats = ["pdf", "csv", "json"];
    for format in formats {
        let path = format!("/statements/{statement}/{format}");
        let file = browsers[1].head_of_get(&path).await;
        let disposition = file.headers["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment"), "{path}");
        let policy = file.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("sandbox"), "{path}: {policy}");
    }
    for status in [200, 204, 303, 401, 403, 404, 405] {
        assert!(
            statuses.contains(&status),
            "no {status} was looked at: {statuses:?}"
        );
    }
    portal.finish().await;
}

#[tokio::test]
async fn browsers_are_told_to_come_over_tls_alone_where_the_portal_has_it() {
    let portal = TestPortal::start().await;
    let plain = portal.browser().get("/sign-in").await;
    assert!(!plain.headers.contains_key("strict-transport-security"));
    portal.finish().await;
    let portal = TestPortal::start_with(&[("PORTAL_URL", "https://portal.example")]).await;
    let mut browser = portal.browser();
    for path in ["/sign-in", "/leads", "/nowhere", "/health", "/favicon.svg"] {
        let answer = browser.get(path).await;
        let said = answer.headers["strict-transport-security"]
            .to_str()
            .unwrap();
        assert!(
            said.starts_with("max-age=63072000"),
            "{path}: a year at least"
        );
    }
    portal.finish().await;
}

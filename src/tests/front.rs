//! What stands in front of every request: what browsers are told about every answer, who may ask how often, and what is answered to what is no request of ours.

use std::{
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use leptos::prelude::LeptosOptions;
use portal::{
    log::Lines,
    ui::api::UiError,
    web::{Assets, calls, files},
};
use portal_services::{
    audit::{self, Head},
    verify,
};
use serde_json::json;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tower::ServiceExt;

use crate::{
    access::stated,
    browser::{Answer, Browser, english},
    portal::TestPortal,
    routes,
};

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
    // It changes with a release alone.
    let is_description = what == "GET /openapi.json" && kept == "public, max-age=3600";
    assert!(
        kept == "no-store" || is_stream || is_description,
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

/// What whoever takes these encodings gets of a file: the status, how it is encoded, and what is in it.
async fn get_file(files: &Router, path: &str, accepted: Option<&str>) -> (u16, String, String) {
    let mut request = Request::get(path);
    if let Some(accepted) = accepted {
        request = request.header(header::ACCEPT_ENCODING, accepted);
    }
    let request = request.body(Body::empty()).unwrap();
    let answer = files.clone().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let encoding = answer.headers().get(header::CONTENT_ENCODING);
    let encoding = encoding.map_or("", |encoding| encoding.to_str().unwrap());
    let encoding = encoding.to_owned();
    let content = to_bytes(answer.into_body(), 1_000).await.unwrap();
    (status, encoding, String::from_utf8(content.into()).unwrap())
}

#[tokio::test]
async fn a_file_of_the_site_is_there_under_its_own_name_alone_whatever_encodings_are_accepted() {
    let folder = TempDir::new().unwrap();
    let built = folder.path().join("pkg");
    std::fs::create_dir(&built).unwrap();
    for (name, content) in [
        ("portal.js", "plain"),
        ("portal.js.br", "of brotli"),
        ("portal.js.gz", "of gzip"),
    ] {
        std::fs::write(built.join(name), content).unwrap();
    }
    let options = LeptosOptions::builder()
        .output_name("portal")
        .site_root(folder.path().display().to_string())
        .build();
    let files = files::router(&Assets::new(options));
    for (accepted, encoding, content) in [
        (None, "", "plain"),
        (Some(""), "", "plain"),
        (Some("identity"), "", "plain"),
        (Some("Identity;q=0.8, deflate"), "", "plain"),
        (Some("br"), "br", "of brotli"),
        (Some("gzip"), "gzip", "of gzip"),
        (Some("gzip, identity;q=0.5"), "gzip", "of gzip"),
        (Some("identity, gzip, br"), "br", "of brotli"),
    ] {
        let found = get_file(&files, "/pkg/portal.js", accepted).await;
        let expected = (200, encoding.to_owned(), content.to_owned());
        assert_eq!(found, expected, "{accepted:?}");
        let missing = get_file(&files, "/pkg/nowhere.js", accepted).await;
        assert_eq!(missing.0, 404, "{accepted:?}");
        for invented in ["/pkg/portal.js.map", "/pkg/portal.js.a.b", "/pkg/portal."] {
            let answered = get_file(&files, invented, accepted).await;
            assert_eq!(answered, missing, "{invented} {accepted:?}");
        }
    }
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

/// Ends a session in some way, and waits for its stream to end, in which nothing else happens.
async fn ends_within_seconds(what: &str, mut stream: reqwest::Response) {
    let ended = tokio::time::timeout(Duration::from_secs(3), async {
        while let Ok(Some(_)) = stream.chunk().await {}
    });
    assert!(ended.await.is_ok(), "the stream outlives {what}");
}

#[tokio::test]
async fn an_open_stream_ends_with_its_session_even_if_nothing_changes() {
    let portal = TestPortal::start().await;
    let mut innocent = portal.sign_in(&portal.aster.owner).await;
    let mut innocents = innocent.open("/events").await;

    let mut sales = portal.sign_in(&portal.aster.sales).await;
    let stream = sales.open("/events").await;
    sales.again().post("/leads", &[("do", "sign_out")]).await;
    ends_within_seconds("a sign-out elsewhere", stream).await;

    let person = portal.borealis.owner.person();
    let session = format!("person_id = '{person}'");
    for (what, sql) in [
        (
            "its end",
            format!("UPDATE sessions SET expires_at = 1 WHERE {session}"),
        ),
        (
            "another role",
            format!("UPDATE members SET role = 'finance' WHERE {session}"),
        ),
        (
            "the membership",
            format!("UPDATE members SET removed_at = 1 WHERE {session}"),
        ),
    ] {
        let mut owner = portal.sign_in(&portal.borealis.owner).await;
        let stream = owner.open("/events").await;
        portal.database.execute(&sql).await.unwrap();
        ends_within_seconds(what, stream).await;
        let open = owner.head_of_get("/events").await;
        let is_other_role = what == "another role";
        assert_eq!(open.status == 200, is_other_role, "{what}");
    }

    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let stream = operator.open("/events").await;
    let person = portal.staff.operator.person();
    let sql = format!("UPDATE people SET disabled_at = 1 WHERE id = '{person}'");
    portal.database.execute(&sql).await.unwrap();
    ends_within_seconds("the person's access", stream).await;

    let mut sales = portal.sign_in(&portal.aster.sales).await;
    let stream = sales.open("/events").await;
    let person = portal.aster.sales.person().to_string();
    let remove = [("do", "remove_member"), ("person", person.as_str())];
    assert_eq!(innocent.post("/company", &remove).await.status, 303);
    ends_within_seconds("the removal from the team", stream).await;

    let still_open = tokio::time::timeout(Duration::from_millis(100), async {
        while innocents.chunk().await.unwrap().is_some() {}
    });
    assert!(still_open.await.is_err(), "somebody else's stream ended");
    drop(innocents);
    portal.finish().await;
}

/// What a server function answers: its status, and why not.
async fn call(browser: &mut Browser, function: &str, fields: &[(&str, &str)]) -> (u16, UiError) {
    let answer = browser.post(&format!("/api/{function}"), fields).await;
    let is_done = (200..300).contains(&answer.status);
    let said = match is_done {
        true => UiError::default(),
        false => serde_json::from_str(&answer.body).expect(&answer.body),
    };
    (answer.status, said)
}

#[tokio::test]
async fn a_call_that_is_no_call_of_ours_is_answered_in_our_words() {
    let portal = TestPortal::start().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    operator.say("accept", "text/html");
    operator.say("referer", "https://elsewhere.example/page");
    for (function, fields, status, key) in [
        ("nothing_of_ours", &[][..], 404, "error-not-found"),
        ("retry_job", &[("other", "x")][..], 400, "error-unreadable"),
        (
            "set_aside_jobs",
            &[("seen_at", "x")][..],
            400,
            "error-unreadable",
        ),
    ] {
        let (answered, error) = call(&mut operator, function, fields).await;
        assert_eq!((answered, error.status), (status, status), "{function}");
        assert_eq!(error.message, english(key), "{function}");
    }
    let (status, _) = call(&mut operator, "approve_lines", &[("lines[0]", "x:1:EUR")]).await;
    assert!((400..500).contains(&status), "{status}");
    let json = operator.send_json("/api/retry_job", "{", &[("sec-fetch-site", "same-origin")]);
    assert_eq!(json.await.status, 400);
    portal.finish().await;
}

#[tokio::test]
async fn nothing_is_read_of_whoever_is_not_signed_in_but_what_signs_in() {
    let portal = TestPortal::start().await;
    let mut nobody = portal.browser();
    let mut functions = 0;
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        assert_eq!(method, "POST", "{path} would change something by a look");
        let function = path.strip_prefix("/api/").expect("below /api");
        let (status, error) = call(&mut nobody, function, &[("nonsense", "x")]).await;
        functions += 1;
        if calls::FOR_STRANGERS.contains(&function) {
            assert_ne!(status, 401, "{function}");
        } else {
            assert_eq!(
                (status, error.message),
                (401, english("error-signed-out")),
                "{function}"
            );
        }
    }
    assert!(functions > 60, "{functions}");
    let host = portal.url.strip_prefix("http://").unwrap();
    let mut stranger = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "POST /statements HTTP/1.1\r\nhost: {host}\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: 30000000\r\n\r\n"
    );
    stranger.write_all(head.as_bytes()).await.unwrap();
    let mut begun = vec![0; 12];
    let answer = tokio::time::timeout(Duration::from_secs(3), stranger.read_exact(&mut begun));
    answer.await.expect("no file is waited for").unwrap();
    assert_eq!(String::from_utf8(begun).unwrap(), "HTTP/1.1 303");
    portal.finish().await;
}

/// What was logged while it was held.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// What writes into it as the portal writes its own.
    fn subscriber(&self) -> impl tracing::Subscriber + Send + Sync + use<> {
        let written = self.clone();
        tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || Lines(written.clone()))
            .finish()
    }
}

impl Write for Log {
    fn write(&mut self, written: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(written);
        Ok(written.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The one reference of ours that a text names which the log has as well: the line that it leads to.
fn line_of(log: &Log, shown: &str) -> String {
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let words = shown.split(|c: char| !c.is_ascii_alphanumeric());
    let mut found = words.filter_map(|word| {
        let is_reference = word.len() == 26 && word.parse::<ulid::Ulid>().is_ok();
        let named = format!("reference {word}");
        is_reference.then(|| log.lines().find(|line| line.contains(&named)))?
    });
    found
        .next()
        .unwrap_or_else(|| panic!("no reference leads to the log: {shown}\n{log}"))
        .to_owned()
}

#[test]
fn an_event_is_one_line_of_the_log_whatever_a_vendor_says() {
    let log = Log::default();
    tracing::subscriber::with_default(log.subscriber(), || {
        let said = "no event `x\r\n2026-07-01 WARN portal: forged`";
        tracing::warn!(said, "Gave up: {said}");
    });
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.ends_with('\n') && log.contains("forged"), "{log}");
}

#[tokio::test]
async fn every_act_is_told_in_the_log_with_a_head_that_proves_it_and_not_what_it_was_about() {
    let portal = TestPortal::start().await;
    let administrator = portal.staff.administrator.person();
    let log = Log::default();
    let held = tracing::subscriber::set_default(log.subscriber());
    for act in ["export_ledger", "export_audit"] {
        let facts = json!({ "name": "planted" });
        audit::note(
            &portal.ctx,
            administrator,
            act,
            "planted@example.com",
            &facts,
        )
        .await
        .unwrap();
    }
    drop(held);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let told: Vec<&str> = log
        .lines()
        .filter(|line| line.contains(" audit: "))
        .collect();
    assert_eq!(told.len(), 2, "{log}");
    assert!(told[0].contains("act=\"export_ledger\"") && told[1].contains("act=\"export_audit\""));
    assert!(
        told[0].contains(&format!("person={administrator}")),
        "{log}"
    );
    assert!(!log.contains("planted"), "{log}");
    let heads = told.iter().filter_map(|line| line.split_once("head="));
    let heads: Vec<Head> = heads
        .map(|(_, head)| head.trim().parse().unwrap())
        .collect();
    assert_eq!(
        heads.last(),
        Some(&audit::find_head(&portal.ctx).await.unwrap())
    );
    for head in heads {
        let proof = verify::verify_since(&portal.ctx, Some(head)).await.unwrap();
        assert!(proof.holds(), "{proof:?}");
    }
    portal.finish().await;
}

#[tokio::test]
async fn the_reference_that_is_shown_leads_to_the_cause_and_the_cause_is_not_shown() {
    let portal = TestPortal::start().await;
    let (lead, _) = portal.registered("Harbour", "harbour-logistics.com").await;
    let fresh = portal
        .submit(&portal.aster.owner, "Quay", "quay-foods.com")
        .await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let log = Log::default();
    let held = tracing::subscriber::set_default(log.subscriber());
    portal
        .database
        .execute("ALTER TABLE lead_events RENAME TO gone")
        .await
        .unwrap();
    let fresh = fresh.to_string();
    let fields = [("do", "withdraw_lead"), ("lead", fresh.as_str())];
    let answers = [
        ("/leads/{id}", owner.get(&format!("/leads/{lead}")).await),
        (
            "/api/withdraw_lead",
            owner.post("/leads/new", &fields).await,
        ),
        (
            "/api/withdraw_lead",
            owner.post("/api/withdraw_lead", &fields[1..]).await,
        ),
    ];
    portal
        .database
        .execute("ALTER TABLE gone RENAME TO lead_events")
        .await
        .unwrap();
    for (route, answer) in answers {
        assert_eq!(answer.status, 500, "{route}");
        let line = line_of(&log, &answer.body);
        assert!(
            line.contains(route) && line.contains("lead_events"),
            "{line}"
        );
        assert!(!answer.body.contains("lead_events"), "{}", answer.body);
    }
    drop(held);
    portal.run_jobs().await;
    portal.finish_with_failed_jobs().await;
}

//! Who may ask how often, and from where: counts that forget and never grow without end, addresses that only a named proxy may write, and clients that take their
//! time.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, HeaderValue},
    routing::post,
};
use ipnet::IpNet;
use portal::web::{
    client,
    limits::{KEYS_MAX, Meter, Rate, STREAMS_MAX, TooSoon},
    listen::{self, Patience},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::timeout,
};

use crate::{
    access::stated,
    browser::{Answer, Browser, english},
    portal::TestPortal,
};

/// What the proxy of the tests says of a request is believed, and a person may ask once a second: files are counted down from 3, forms from 12.
const FEW: [(&str, &str); 2] = [
    ("PORTAL_TRUSTED_PROXIES", "127.0.0.1"),
    ("PORTAL_REQUESTS_PER_MINUTE", "60"),
];
const FORWARDED: &str = "x-forwarded-for";
const OFFICE: &str = "198.51.100.7";

/// That somebody is told to wait, and how long.
#[track_caller]
fn assert_refused(answer: &Answer) {
    assert_eq!(answer.status, 429, "{}", answer.body);
    let wait: u64 = answer.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=600).contains(&wait), "{wait}");
}

#[test]
fn a_share_is_taken_at_once_and_comes_back_by_and_by() {
    let meter = Meter::new(Rate {
        at_once: 3,
        every: Duration::from_secs(10),
    });
    let begun = Instant::now();
    let after = |seconds| begun + Duration::from_secs(seconds);
    for _ in 0..3 {
        assert_eq!(meter.take("one", begun), Ok(()));
    }
    let wait = TooSoon(Duration::from_secs(10));
    assert_eq!(meter.take("one", begun), Err(wait));
    assert_eq!(meter.take("other", begun), Ok(()), "each has its own");
    assert_eq!(
        meter.take("one", after(9)).map_err(TooSoon::seconds),
        Err(1)
    );
    assert_eq!(meter.peek("one", after(10)), Ok(()));
    assert_eq!(meter.take("one", after(10)), Ok(()));
    assert!(
        meter.take("one", after(10)).is_err(),
        "who was refused waits no longer for it"
    );
    for _ in 0..3 {
        assert_eq!(meter.take("one", after(100)), Ok(()));
    }
    assert!(
        meter.take("one", after(100)).is_err(),
        "nothing is saved up"
    );
}

#[test]
fn a_count_never_remembers_more_than_it_has_room_for() {
    let meter = Meter::new(Rate {
        at_once: 2,
        every: Duration::from_secs(60),
    });
    let now = Instant::now();
    let mut refused = 0;
    for one in 0..KEYS_MAX * 2 {
        refused += usize::from(meter.take(one, now).is_err());
    }
    assert!(meter.len() <= KEYS_MAX + 1, "{}", meter.len());
    assert_eq!(refused, KEYS_MAX - 2, "those without room share one count");
    assert_eq!(
        meter.take(0, now),
        Ok(()),
        "whoever was there keeps its own"
    );
    let later = now + Duration::from_secs(200);
    assert_eq!(meter.take(KEYS_MAX * 3, later), Ok(()));
    assert!(
        meter.len() < 10,
        "who has its full share again is forgotten"
    );
}

/// Who is at the other end, what it says of where a request comes from, whom we believe, and whom the request is counted as.
type Case = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    Option<&'static str>,
);

/// The address that a request is counted under.
#[track_caller]
fn check(peer: &str, forwarded: &[&'static str], trusted: &[&str]) -> Option<String> {
    let mut headers = HeaderMap::new();
    for value in forwarded {
        headers.append(FORWARDED, HeaderValue::from_static(value));
    }
    let trusted: Vec<IpNet> = trusted
        .iter()
        .map(|network| network.parse().expect("a network"))
        .collect();
    let found = client::find(peer.parse().unwrap(), &headers, &trusted)?;
    Some(client::counted(found).to_string())
}

#[test]
fn only_a_named_proxy_says_where_a_request_comes_from() {
    const PROXIES: &[&str] = &["127.0.0.1/32", "10.0.0.0/8"];
    let cases: [Case; 15] = [
        ("203.0.113.9", &[], &[], Some("203.0.113.9")),
        ("203.0.113.9", &["1.1.1.1"], &[], Some("203.0.113.9")),
        ("203.0.113.9", &["1.1.1.1"], PROXIES, Some("203.0.113.9")),
        ("127.0.0.1", &["1.1.1.1"], &[], None),
        ("::1", &[], &[], None),
        ("127.0.0.1", &["1.1.1.1"], PROXIES, Some("1.1.1.1")),
        ("::ffff:127.0.0.1", &["1.1.1.1"], PROXIES, Some("1.1.1.1")),
        ("10.1.2.3", &["6.6.6.6, 1.1.1.1"], PROXIES, Some("1.1.1.1")),
        (
            "10.1.2.3",
            &["6.6.6.6", "1.1.1.1"],
            PROXIES,
            Some("1.1.1.1"),
        ),
        (
            "10.1.2.3",
            &["6.6.6.6, 1.1.1.1, 10.9.9.9"],
            PROXIES,
            Some("1.1.1.1"),
        ),
        (
            "10.1.2.3",
            &["1.1.1.1, nonsense"],
            PROXIES,
            Some("10.1.2.3"),
        ),
        (
            "10.1.2.3",
            &["1.1.1.1, nonsense, 10.9.9.9"],
            PROXIES,
            Some("10.9.9.9"),
        ),
        ("10.1.2.3", &["1.1.1.1:4711"], PROXIES, Some("1.1.1.1")),
        (
            "10.1.2.3",
            &["[2001:db8:1:2:3:4:5:6]:4711"],
            PROXIES,
            Some("2001:db8:1:2::"),
        ),
        ("10.1.2.3", &[], PROXIES, Some("10.1.2.3")),
    ];
    for (peer, forwarded, trusted, expected) in cases {
        let found = check(peer, forwarded, trusted);
        assert_eq!(
            found.as_deref(),
            expected,
            "{peer} {forwarded:?} {trusted:?}"
        );
    }
    let other: IpAddr = "2001:db8:1:3::1".parse().unwrap();
    assert_ne!(client::counted(other).to_string(), "2001:db8:1:2::");
}

#[tokio::test]
async fn a_person_who_asks_too_often_is_told_when_to_come_again_and_nobody_else_is() {
    let portal = TestPortal::start_with(&FEW).await;
    let mut sales = portal.sign_in(&portal.aster.sales).await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let mut stranger = portal.sign_in(&portal.borealis.sales).await;
    sales.say("accept", "text/html,*/*");
    let mut asked = 0;
    let refused = loop {
        let answer = sales.get("/preferences").await;
        if answer.status != 200 {
            break answer;
        }
        asked += 1;
    };
    assert!((55..=75).contains(&asked), "{asked} in a minute's share");
    assert_refused(&refused);
    assert!(
        refused.body.contains("<html")
            && refused.body.contains(&english("error-page-too-many-title"))
    );
    sales.say("accept", "text/csv");
    let refused = sales.get("/leads").await;
    assert_refused(&refused);
    assert_eq!(refused.headers["content-type"], "text/plain; charset=utf-8");
    let refused = sales.post("/api/set_theme", &[("theme", "dark")]).await;
    assert_refused(&refused);
    assert!(refused.body.starts_with('{'), "{}", refused.body);
    for other in [&mut owner, &mut stranger] {
        assert_eq!(other.get("/preferences").await.status, 200);
    }
    portal.finish().await;
}

#[tokio::test]
async fn a_form_that_is_sent_too_often_comes_back_with_what_was_typed() {
    let portal = TestPortal::start_with(&FEW).await;
    let mut manager = portal.sign_in(&portal.staff.manager).await;
    let form = [
        ("do", "add_partner"),
        ("form[name]", "Cirrus of many"),
        ("form[legal_name]", "Cirrus BV"),
        ("form[domain]", ""),
        ("form[country]", "NL"),
        ("form[vat_number]", ""),
        ("form[billing_email]", "billing@cirrus.nl"),
    ];
    let mut sent = 0;
    let refused = loop {
        let answer = manager.post("/staff/partners", &form).await;
        if answer.status != 422 {
            break answer;
        }
        sent += 1;
    };
    assert!((10..=16).contains(&sent), "{sent}");
    assert_refused(&refused);
    assert!(refused.body.contains("Cirrus of many"), "{}", refused.body);
    let file = ("file", "x.pdf", &b"%PDF-1.7"[..]);
    let refused = manager
        .post_file("/staff", &[("do", "add_bill_pdf")], file)
        .await;
    assert_refused(&refused);
    portal.finish().await;
}

#[tokio::test]
async fn whole_lists_are_not_downloaded_again_and_again() {
    let portal = TestPortal::start_with(&FEW).await;
    let (_, statement) = stated(&portal).await;
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let paths = [
        "/staff/ledger.csv".to_owned(),
        "/staff/reconciliation/explorer.csv".to_owned(),
        format!("/staff/statements/{statement}/json"),
    ];
    for path in &paths {
        assert_eq!(finance.get(path).await.status, 200, "{path}");
    }
    for path in &paths {
        assert_refused(&finance.get(path).await);
    }
    assert_eq!(
        finance.get("/staff/ledger").await.status,
        200,
        "a look is no download"
    );
    portal.finish().await;
}

async fn ask_for_link(browser: &mut Browser, email: &str) -> Answer {
    let form = [("do", "request_link"), ("email", email)];
    browser.post("/sign-in", &form).await
}

#[tokio::test]
async fn nobody_fills_an_inbox_with_links_and_the_limit_does_not_tell_who_is_known() {
    let portal = TestPortal::start_with(&FEW[..1]).await;
    let mut answers = Vec::new();
    for email in ["sales@aster-consulting.com", "nobody@nowhere.com"] {
        let mut answered = Vec::new();
        for place in 0..5 {
            let mut browser = portal.browser();
            browser.say(FORWARDED, &format!("198.51.100.{place}"));
            let spelled = if place % 2 == 0 {
                email.to_owned()
            } else {
                format!(" {} ", email.to_uppercase())
            };
            let answer = ask_for_link(&mut browser, &spelled).await;
            answered.push(answer.status);
        }
        answers.push(answered);
    }
    assert_eq!(answers[0], [303; 5]);
    assert_eq!(answers[0], answers[1]);
    portal.run_jobs().await;
    let mails = portal.mails_to("sales@aster-consulting.com").await;
    assert_eq!(mails.len(), 3, "so many in ten minutes, and no more");
    let mut office = portal.browser();
    office.say(FORWARDED, OFFICE);
    for one in 0..20 {
        let answer = ask_for_link(&mut office, &format!("somebody{one}@nowhere.com")).await;
        assert_eq!(answer.status, 303);
    }
    assert_refused(&ask_for_link(&mut office, "another@nowhere.com").await);
    office.say(FORWARDED, &format!("{OFFICE}, 198.51.100.8"));
    let elsewhere = ask_for_link(&mut office, "another@nowhere.com").await;
    assert_eq!(
        elsewhere.status, 303,
        "what stands further left is nobody's word"
    );
    portal.finish().await;
}

#[tokio::test]
async fn whoever_forges_webhooks_is_not_listened_to_for_a_while() {
    let portal = TestPortal::start_with(&FEW[..1]).await;
    let mut forger = portal.browser();
    forger.say(FORWARDED, OFFICE);
    let mut heard = 0;
    let refused = loop {
        let answer = forger
            .send_json("/webhooks/xero", "{}", &[("x-xero-signature", "x")])
            .await;
        if answer.status != 401 {
            break answer;
        }
        heard += 1;
    };
    assert!((60..=70).contains(&heard), "{heard}");
    assert_refused(&refused);
    let mut other = portal.browser();
    other.say(FORWARDED, "198.51.100.8");
    let answer = other
        .send_json("/webhooks/xero", "{}", &[("x-xero-signature", "x")])
        .await;
    assert_eq!(answer.status, 401);
    portal.refusals_are_counted().await;
    portal.finish().await;
}

#[tokio::test]
async fn a_session_has_only_so_many_streams_open() {
    let portal = TestPortal::start().await;
    let mut sales = portal.sign_in(&portal.aster.sales).await;
    let mut streams = Vec::new();
    for _ in 0..STREAMS_MAX {
        streams.push(sales.open("/events").await);
    }
    assert_refused(&sales.head_of_get("/events").await);
    let mut again = portal.sign_in(&portal.aster.sales).await;
    drop(again.open("/events").await);
    streams.pop();
    let freed = timeout(Duration::from_secs(5), async {
        while sales.head_of_get("/events").await.status == 429 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    freed.await.expect("a window that was closed makes room");
    drop(streams);
    portal.finish().await;
}

/// A site with little patience, and what a client that sends this and nothing else hears until it is hung up on.
async fn hears(sent: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let whole = |body: Bytes| async move { format!("{} bytes", body.len()) };
    let patience = Patience {
        handshake: Duration::from_millis(300),
        head: Duration::from_millis(300),
        body: Duration::from_millis(300),
    };
    let (stop, stopped) = watch::channel(false);
    let site = Router::new().route("/", post(whole));
    let serving = tokio::spawn(listen::serve(listener, None, site, patience, stopped));
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(sent.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    let read = client.read_to_end(&mut heard);
    let read = timeout(Duration::from_secs(5), read).await;
    read.expect("the site hangs up").unwrap();
    stop.send_replace(true);
    serving.await.unwrap();
    String::from_utf8(heard).unwrap()
}

#[tokio::test]
async fn a_client_that_takes_its_time_is_hung_up_on() {
    let head = "POST / HTTP/1.1\r\nhost: portal\r\ncontent-length: 10\r\n";
    let whole = hears(&format!("{head}\r\n0123456789")).await;
    assert!(
        whole.contains("200 OK") && whole.ends_with("10 bytes"),
        "{whole}"
    );
    let slow_head = hears(head).await;
    assert!(!slow_head.contains("200 OK"), "{slow_head}");
    let slow_body = hears(&format!("{head}\r\n012")).await;
    assert!(
        slow_body.contains(" 4") && !slow_body.contains("bytes\r"),
        "{slow_body}"
    );
    assert!(
        !slow_body.contains("200 OK"),
        "what came so far is not all: {slow_body}"
    );
}

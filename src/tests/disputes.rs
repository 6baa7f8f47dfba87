//! What people decide about single lines, through the site's forms: questions and their answers, lines entered by hand and refused, a partner that leaves.
//! Whose line it is not finds nothing there.

use portal_domain::{
    access::Actor,
    ids::{DealId, LineId},
    line::LineState,
};

use crate::{browser::Browser, portal::TestPortal};

const QUESTION: &str = "July should be <120.00>: the client added a site.";

/// A line of Aster that the client has paid for, and its deal.
pub async fn covered_line(portal: &TestPortal) -> (LineId, DealId) {
    let (lead, deal) = portal
        .won("Harbour", "harbour-logistics.com", "1000.00", "1")
        .await;
    let invoice = portal.invoice("Harbour", &deal, "1000.00").await;
    portal.pay(&invoice, "1200.00").await;
    portal.advance_clock_to("2026-08-03T08:00:00Z").await;
    portal.run_jobs().await;
    let line = portal.lines(lead).await.remove(0).line;
    assert_eq!(line.state, LineState::Covered);
    (line.id, line.deal)
}

/// Sends a form from a page, and answers the notice of the page that it leads to.
async fn done(browser: &mut Browser, page: &str, fields: &[(&str, &str)]) -> String {
    let answer = browser.post(page, fields).await;
    assert_eq!(answer.status, 303, "{fields:?}: {}", answer.body);
    assert_eq!(browser.get(&answer.location).await.status, 200);
    let (_, notice) = answer.location.split_once("notice=").expect("a notice");
    notice.to_owned()
}

#[tokio::test]
async fn a_question_about_a_line_is_asked_answered_and_settled_without_a_script() {
    let portal = TestPortal::start().await;
    let (line, _) = covered_line(&portal).await;
    let id = line.to_string();
    let (theirs, ours) = (
        format!("/commission?line={id}"),
        format!("/staff/lines?list=all&line={id}"),
    );
    let mut partner = portal.sign_in(&portal.aster.sales).await;
    let ask = |text| [("do", "open_dispute"), ("line", &id), ("dispute", text)];
    let short = partner.post(&theirs, &ask("<short>")).await;
    assert_eq!(short.status, 422);
    assert!(short.body.contains("use at least 10 characters"));
    assert!(short.body.contains("&lt;short&gt;"), "it is typed still");
    for _ in 0..2 {
        let notice = done(&mut partner, &theirs, &ask(QUESTION)).await;
        assert_eq!(notice, "dispute-opened");
    }
    portal.run_jobs().await;
    let shown = partner.get(&theirs).await.body;
    assert!(shown.contains("July should be &lt;120.00&gt;"));
    assert!(shown.contains("data-state=\"disputed\""));
    assert_eq!(shown.matches("Aster sales, Aster").count(), 1, "asked once");
    let listed = partner.get("/commission?state=disputed").await.body;
    assert!(listed.contains("Harbour"));

    let said = portal
        .slack_messages(&portal.ctx.programme.staff_channel)
        .await;
    let told = said
        .iter()
        .filter(|said| said.to_string().contains("Disputed line"));
    let told: Vec<String> = told.map(ToString::to_string).collect();
    assert_eq!(told.len(), 1, "{said:?}");
    assert!(told[0].contains("Aster") && told[0].contains("July 2026"));

    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let today = finance.get("/staff").await.body;
    assert!(today.contains("/staff/lines?list=disputed") && today.contains("Harbour"));
    assert!(
        finance
            .get(&ours)
            .await
            .body
            .contains("July should be &lt;120.00&gt;")
    );
    let answer = |act, text| [("do", act), ("line", id.as_str()), ("answer", text)];
    let notice = done(
        &mut finance,
        &ours,
        &answer("answer_dispute", "Since which day?"),
    )
    .await;
    assert_eq!(notice, "dispute-answered");
    let empty = finance.post(&ours, &answer("resolve_dispute", " ")).await;
    assert_eq!(empty.status, 422);
    let notice = done(
        &mut finance,
        &ours,
        &answer("resolve_dispute", "August makes up for it."),
    )
    .await;
    assert_eq!(notice, "dispute-resolved");
    portal.run_jobs().await;
    let mails = portal.mails_to("sales@aster-consulting.com").await;
    let subjects: Vec<&str> = mails
        .iter()
        .filter_map(|mail| mail["subject"].as_str())
        .collect();
    assert_eq!(
        subjects[subjects.len() - 2..],
        [
            "An answer about Harbour, July 2026",
            "Settled: Harbour, July 2026"
        ]
    );
    let text = mails.last().expect("a mail")["text"].to_string();
    assert!(text.contains("August makes up for it.") && text.contains(&theirs));
    let shown = partner.get(&theirs).await.body;
    assert!(shown.contains("August makes up for it.") && shown.contains("Ask again"));
    portal.finish().await;
}

#[tokio::test]
async fn another_partners_line_is_not_there() {
    let portal = TestPortal::start().await;
    let (line, _) = covered_line(&portal).await;
    let nowhere = portal.ctx.new_id().to_string();
    let mut browser = portal.sign_in(&portal.borealis.owner).await;
    for id in [line.to_string(), nowhere] {
        let page = browser.get(&format!("/commission?line={id}")).await;
        assert_eq!(page.status, 404, "{id}");
        for act in ["open_dispute", "answer_dispute", "withdraw_dispute"] {
            let fields = [
                ("do", act),
                ("line", &id),
                ("dispute", QUESTION),
                ("answer", QUESTION),
            ];
            let answer = browser.post("/commission", &fields).await;
            assert_eq!(answer.status, 404, "{act} {id}");
            assert!(!answer.body.contains("Harbour"), "{act}");
        }
    }
    portal.finish().await;
}

#[tokio::test]
async fn only_those_who_decide_on_lines_settle_enter_or_refuse_them() {
    let portal = TestPortal::start().await;
    let (line, deal) = covered_line(&portal).await;
    let (line, deal) = (line.to_string(), deal.to_string());
    let partner = portal.aster.id.to_string();
    let fields = |act| {
        [
            ("do", act),
            ("line", line.as_str()),
            ("partner", partner.as_str()),
            ("deal", deal.as_str()),
            ("left_on", "2026-09-01"),
            ("refusal", "No"),
            ("answer", "Settled."),
            ("form[direction]", "pay"),
            ("form[amount]", "10"),
            ("form[month]", "2026-07"),
            ("form[explanation]", "Because"),
        ]
    };
    let acts = [
        "resolve_dispute",
        "enter_line",
        "adjust_line",
        "refuse_line",
        "let_line_stand",
    ];
    for actor in [
        portal.aster.owner,
        portal.borealis.owner,
        portal.staff.manager,
        portal.staff.operator,
    ] {
        let mut browser = portal.sign_in(&actor).await;
        let page = match actor {
            Actor::Staff { .. } => format!("/staff/lines?list=all&line={line}"),
            Actor::Member { .. } => "/commission".to_owned(),
        };
        for act in acts {
            let answer = browser.post(&page, &fields(act)).await;
            assert_eq!(answer.status, 403, "{act} as {actor:?}");
        }
        let shown = browser.get(&page).await.body;
        for act in acts {
            assert!(!shown.contains(act), "{act} is offered to {actor:?}");
        }
    }
    for actor in [
        portal.aster.owner,
        portal.staff.finance,
        portal.staff.operator,
    ] {
        let mut browser = portal.sign_in(&actor).await;
        let page = if matches!(actor, Actor::Staff { .. }) {
            "/staff"
        } else {
            "/company"
        };
        let answer = browser.post(page, &fields("partner_leaves")).await;
        assert_eq!(answer.status, 403, "{actor:?}");
    }
    portal.finish().await;
}

#[tokio::test]
async fn staff_enter_correct_and_refuse_lines_and_end_a_partners_time() {
    let portal = TestPortal::start().await;
    let (line, deal) = covered_line(&portal).await;
    let (line, deal) = (line.to_string(), deal.to_string());
    let aster = portal.aster.id.to_string();
    let page = format!("/staff/partners/{aster}");
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let shown = finance.get(&page).await.body;
    assert!(shown.contains(&deal) && shown.contains("enter_line"));
    let enter = [
        ("do", "enter_line"),
        ("partner", aster.as_str()),
        ("deal", deal.as_str()),
        ("form[direction]", "take_back"),
        ("form[amount]", "25.50"),
        ("form[month]", "2026-07"),
        ("form[explanation]", "The <second> site was ours"),
    ];
    let mut wrong = enter;
    wrong[4].1 = "-25.50";
    let answer = finance.post(&page, &wrong).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("This is no amount") && answer.body.contains("-25.50"));
    assert_eq!(done(&mut finance, &page, &enter).await, "line-entered");
    assert_eq!(done(&mut finance, &page, &enter).await, "nothing-changed");
    let adjust = [
        ("do", "adjust_line"),
        ("line", line.as_str()),
        ("form[direction]", "pay"),
        ("form[amount]", "5"),
        ("form[explanation]", "Rounding"),
    ];
    let ours = format!("/staff/lines?list=all&line={line}");
    assert_eq!(done(&mut finance, &ours, &adjust).await, "line-entered");
    portal.run_jobs().await;
    assert_eq!(portal.figures().await[0], 10_000 - 2_550 + 500);
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let told = owner.get("/commission").await.body;
    assert!(told.contains("Manual line") && told.contains("Adjustment"));

    let refuse = [
        ("do", "refuse_line"),
        ("line", line.as_str()),
        ("refusal", "Agreed"),
    ];
    assert_eq!(done(&mut finance, &ours, &refuse).await, "line-refused");
    portal.run_jobs().await;
    assert!(
        owner
            .get("/commission")
            .await
            .body
            .contains("Refused: Agreed")
    );
    let stand = [("do", "let_line_stand"), ("line", line.as_str())];
    assert_eq!(done(&mut finance, &ours, &stand).await, "line-stands");
    portal.run_jobs().await;
    assert_eq!(portal.figures().await[0], 10_000 - 2_550 + 500);

    let mut manager = portal.sign_in(&portal.staff.manager).await;
    let leaves = [
        ("do", "partner_leaves"),
        ("partner", aster.as_str()),
        ("left_on", "2026-08-03"),
    ];
    assert_eq!(done(&mut manager, &page, &leaves).await, "partner-leaves");
    portal.run_jobs().await;
    assert!(
        manager
            .get(&page)
            .await
            .body
            .contains("Left the programme on")
    );
    for path in ["/", "/commission", "/statements", "/company"] {
        assert_eq!(owner.get(path).await.status, 200, "{path}");
    }
    assert!(
        owner
            .get("/company")
            .await
            .body
            .contains("left the programme on")
    );
    portal.finish().await;
}

//! Who may sign in and as what: the pages that say it, and what happens to open browsers when it changes.

use std::time::Duration;

use portal_domain::access::{Action, Actor, MemberRole, Reach, StaffRole};
use portal_services::{ServiceError, disputes, people};
use portal_store::directory;
use serde_json::Value;
use sqlx::Row;

use crate::{
    access::stated,
    browser::{Answer, Browser, english},
    portal::TestPortal,
    routes,
};

/// Waits for a stream to end in which nothing else happens.
pub async fn ends_within_seconds(mut stream: reqwest::Response) {
    let ended = tokio::time::timeout(Duration::from_secs(3), async {
        while let Ok(Some(_)) = stream.chunk().await {}
    });
    assert!(ended.await.is_ok(), "the stream goes on");
}

/// What the log says of the last act of a kind.
pub async fn last_facts(portal: &TestPortal, act: &str) -> Value {
    let sql = format!("SELECT facts FROM audit WHERE act = '{act}' ORDER BY position DESC");
    let rows = portal.database.rows(&sql).await;
    let facts: String = rows.first().expect("an entry").get("facts");
    serde_json::from_str(&facts).unwrap()
}

async fn act_on(browser: &mut Browser, person: &Actor, act: &str, more: (&str, &str)) -> Answer {
    let person = person.person().to_string();
    let path = format!("/staff/people/{person}");
    let fields = [("do", act), ("person", person.as_str()), more];
    browser.post(&path, &fields).await
}

#[tokio::test]
async fn whoever_is_disabled_is_out_at_once_and_comes_back_with_the_same_role() {
    let portal = TestPortal::start().await;
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    for (actor, page, form) in [
        (portal.staff.operator, "/staff", "sweep_now"),
        (portal.aster.sales, "/leads", "switch_partner"),
    ] {
        let mut browser = portal.sign_in(&actor).await;
        assert_eq!(browser.get(page).await.status, 200);
        let stream = browser.open("/events").await;
        let without = act_on(&mut administrator, &actor, "disable_person", ("reason", "")).await;
        assert_eq!(without.status, 422, "it says why");
        let reason = ("reason", "Left us");
        let done = act_on(&mut administrator, &actor, "disable_person", reason).await;
        assert_eq!(done.status, 303, "{}", done.body);
        ends_within_seconds(stream).await;
        let next = browser.post(page, &[("do", form)]).await;
        assert_eq!(
            (next.status, next.location.as_str()),
            (303, "/sign-in"),
            "the open page's next call"
        );
        let called = browser.post(&format!("/api/{form}"), &[]).await;
        assert_eq!(called.status, 401);
        let facts = last_facts(&portal, "disable_person").await;
        assert_eq!(
            (facts["before"].as_str(), facts["after"].as_str()),
            (Some("enabled"), Some("disabled"))
        );
        assert_eq!(facts["reason"], "Left us");
        let seen = administrator.get(&done.location).await.body;
        assert!(seen.contains("Left us") && seen.contains(&english("people-disabled")));
        let back = act_on(&mut administrator, &actor, "enable_person", ("x", "")).await;
        assert_eq!(back.status, 303, "{}", back.body);
        let old = browser.get(page).await.status;
        assert_eq!(old, 303, "what was ended stays ended");
        let mut anew = portal.sign_in(&actor).await;
        assert_eq!(anew.get(page).await.status, 200);
    }
    portal.finish().await;
}

#[tokio::test]
async fn another_role_ends_all_sessions_of_its_person_and_of_nobody_else() {
    let portal = TestPortal::start().await;
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    let operator = portal.staff.operator;
    let mut here = portal.sign_in(&operator).await;
    let mut there = portal.sign_in(&operator).await;
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    let stream = there.open("/events").await;
    let same = act_on(
        &mut administrator,
        &operator,
        "change_role",
        ("role", "operator"),
    )
    .await;
    assert_eq!(same.status, 303);
    assert_eq!(here.get("/staff").await.status, 200, "no change");
    let changed = act_on(
        &mut administrator,
        &operator,
        "change_role",
        ("role", "auditor"),
    )
    .await;
    assert_eq!(changed.status, 303, "{}", changed.body);
    ends_within_seconds(stream).await;
    for browser in [&mut here, &mut there] {
        let next = browser.get("/staff").await.location;
        assert!(next.starts_with("/sign-in"), "{next}");
    }
    assert_eq!(finance.get("/staff").await.status, 200);
    let facts = last_facts(&portal, "change_role").await;
    assert_eq!(
        (facts["before"].as_str(), facts["after"].as_str()),
        (Some("operator"), Some("auditor"))
    );
    let mut anew = portal.sign_in(&operator).await;
    let sweep = anew.post("/staff", &[("do", "sweep_now")]).await;
    assert_eq!(sweep.status, 403, "an auditor changes nothing");
    portal.finish().await;
}

#[tokio::test]
async fn the_last_administrator_stays_and_nobody_disables_itself() {
    let portal = TestPortal::start().await;
    let (first, manager) = (portal.staff.administrator, portal.staff.manager);
    let ctx = &portal.ctx;
    let demoted = people::change_role(ctx, &first, first.person(), "auditor").await;
    assert!(matches!(
        demoted,
        Err(ServiceError::Conflict("last-administrator"))
    ));
    let itself = people::disable(ctx, &first, first.person(), "Enough").await;
    assert!(matches!(
        itself,
        Err(ServiceError::Conflict("not-yourself"))
    ));
    people::change_role(ctx, &first, manager.person(), "administrator")
        .await
        .unwrap();
    let second = Actor::Staff {
        person: manager.person(),
        role: StaffRole::Administrator,
        reach: Reach::All,
    };
    // Both take the other's role away at the same time: one of them is too late.
    let (one, other) = tokio::join!(
        people::change_role(ctx, &first, second.person(), "auditor"),
        people::change_role(ctx, &second, first.person(), "auditor"),
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let mut tx = ctx.store.read().await.unwrap();
    let staff = directory::list_staff(&mut tx).await.unwrap();
    let administrators = staff
        .iter()
        .filter(|entry| entry.staff_role == Some(StaffRole::Administrator));
    assert_eq!(administrators.count(), 1);
    drop(tx);
    portal.finish().await;
}

#[tokio::test]
async fn a_new_colleague_is_told_where_to_sign_in_and_the_mail_holds_no_secret() {
    let portal = TestPortal::start().await;
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    let add = [
        ("do", "add_colleague"),
        ("form[name]", "Nora Berg"),
        ("form[email]", "Nora@vendor.example"),
        ("form[role]", "auditor"),
    ];
    let added = administrator.post("/staff/people", &add).await;
    assert!(
        added.location.ends_with("?notice=person-added"),
        "{added:?}"
    );
    let again = administrator.post("/staff/people", &add).await;
    assert!(again.status == 422 && again.body.contains(&english("error-person-known")));
    portal.run_jobs().await;
    let mails = portal.mails_to("nora@vendor.example").await;
    assert_eq!(mails.len(), 1);
    let text = mails[0]["text"].as_str().unwrap();
    assert!(text.contains("/sign-in"), "{text}");
    assert!(
        !text.contains("/sign-in/"),
        "a link that anybody could use: {text}"
    );
    let ask = [("do", "request_link"), ("email", "nora@vendor.example")];
    let mut browser = portal.browser();
    browser.post("/sign-in", &ask).await;
    let path = portal.mailed_path("nora@vendor.example").await;
    let token = path.strip_prefix("/sign-in/").expect("a link of her own");
    let used = browser
        .post(&path, &[("do", "use_link"), ("token", token)])
        .await;
    assert_eq!(used.location, "/sign-in");
    portal.finish().await;
}

#[tokio::test]
async fn the_directory_shows_all_staff_and_members_only_to_whoever_looks_for_them() {
    let portal = TestPortal::start().await;
    let mut auditor = portal.sign_in(&portal.staff.auditor).await;
    let page = auditor.get("/staff/people").await.body;
    for role in StaffRole::ALL {
        assert!(page.contains(&format!("Staff {role}")), "{role}");
    }
    assert!(!page.contains("Aster sales"));
    for (search, found, other) in [
        ("sales@aster", "Aster sales", "Borealis sales"),
        ("BOREALIS", "Borealis owner", "Aster owner"),
        ("Aster read", "Aster read_only", "Aster owner"),
    ] {
        let path = format!("/staff/people?q={}", search.replace(' ', "+"));
        let page = auditor.get(&path).await.body;
        assert!(page.contains(found) && !page.contains(other), "{search}");
    }
    let nobody = auditor.get("/staff/people?q=%25").await.body;
    assert!(
        !nobody.contains("Aster owner"),
        "what is typed is no pattern"
    );
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let person = portal.staff.finance.person();
    for path in ["/staff/people", "/staff/people/roles"] {
        assert_eq!(owner.get(path).await.status, 403, "{path}");
    }
    let path = format!("/staff/people/{person}");
    assert_eq!(owner.get(&path).await.status, 403);
    portal.finish().await;
}

#[tokio::test]
async fn the_table_of_permissions_is_shown_whole_to_staff_and_half_to_members() {
    let portal = TestPortal::start().await;
    let mut auditor = portal.sign_in(&portal.staff.auditor).await;
    let page = auditor.get("/staff/people/roles").await.body;
    let yes = StaffRole::ALL
        .iter()
        .map(|role| {
            Action::ALL
                .iter()
                .filter(|action| role.may(**action))
                .count()
        })
        .sum::<usize>()
        + MemberRole::ALL
            .iter()
            .map(|role| {
                Action::ALL
                    .iter()
                    .filter(|action| role.may(**action))
                    .count()
            })
            .sum::<usize>();
    let mark = format!("<span class=\"vh\">{}<", english("roles-may"));
    assert_eq!(page.matches(&mark).count(), yes);
    for action in Action::ALL {
        assert!(
            page.contains(&english(&format!("action-{action}"))),
            "{action}"
        );
    }
    let mut reader = portal.sign_in(&portal.aster.reader).await;
    let half = reader.get("/company/roles").await.body;
    assert!(half.contains(&english("action-manage_team")));
    assert!(!half.contains(&english("action-close_quarter")));
    assert_eq!(auditor.get("/company/roles").await.status, 403);
    portal.finish().await;
}

#[tokio::test]
async fn an_auditor_reads_every_page_of_staff_and_finds_no_button_on_it() {
    let portal = TestPortal::start().await;
    let (lead, statement) = stated(&portal).await;
    let mut auditor = portal.sign_in(&portal.staff.auditor).await;
    let (lead, statement) = (lead.to_string(), statement.to_string());
    let (partner, person) = (
        portal.aster.id.to_string(),
        portal.aster.owner.person().to_string(),
    );
    let things = [
        ("/leads/{id}", lead.as_str()),
        ("/partners/{id}", &partner),
        ("/people/{id}", &person),
        ("/statements/{id}", &statement),
        ("format", "json"),
        ("system", "xero"),
        ("name", "statement"),
        ("scheme", "dark"),
    ];
    let of_everybody = ["set_theme", "set_language", "sign_out"];
    let mut read = 0;
    for route in routes::list() {
        if !route.is_get || !route.path.starts_with("/staff") {
            continue;
        }
        let path = route.filled(&things);
        let answer = auditor.get(&path).await;
        // What only those may open who connect systems or write plans, and what is not there in this story.
        if matches!(answer.status, 403 | 404) {
            continue;
        }
        assert!(answer.status < 400, "{path} is {}", answer.status);
        read += 1;
        let asked = answer.body.split("name=\"do\" value=\"").skip(1);
        for act in asked.map(|rest| rest.split('"').next().unwrap()) {
            assert!(of_everybody.contains(&act), "{path} offers {act}");
        }
    }
    assert!(read > 25, "{read} pages");
    portal.finish().await;
}

#[tokio::test]
async fn a_read_only_member_sees_leads_and_money_and_disputes_nothing() {
    let portal = TestPortal::start().await;
    let (lead, _) = stated(&portal).await;
    let mut reader = portal.sign_in(&portal.aster.reader).await;
    let line = portal.lines(lead).await[0].line.id;
    let paths = [
        "/".to_owned(),
        "/leads".to_owned(),
        format!("/leads/{lead}"),
        format!("/commission?line={line}"),
        "/statements".to_owned(),
        "/company".to_owned(),
    ];
    let of_everybody = ["set_theme", "set_language", "sign_out"];
    for path in paths {
        let page = reader.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        let asked = page.body.split("name=\"do\" value=\"").skip(1);
        for act in asked.map(|rest| rest.split('"').next().unwrap()) {
            assert!(of_everybody.contains(&act), "{path} offers {act}");
        }
    }
    let text = "July should be more than this.";
    let asked = disputes::open(&portal.ctx, &portal.aster.reader, line, text).await;
    assert!(matches!(asked, Err(ServiceError::Forbidden)));
    portal.finish().await;
}

#[tokio::test]
async fn an_owner_changes_a_colleagues_role_and_the_last_owner_stays_one() {
    let portal = TestPortal::start().await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let mut sales = portal.sign_in(&portal.aster.sales).await;
    let stream = sales.open("/events").await;
    let person = portal.aster.sales.person().to_string();
    let change = |role| {
        [
            ("do", "change_member_role"),
            ("person", person.as_str()),
            ("role", role),
        ]
    };
    let unknown = owner.post("/company", &change("administrator")).await;
    assert_eq!(unknown.status, 422);
    let changed = owner.post("/company", &change("read_only")).await;
    assert_eq!(changed.location, "/company?notice=role-changed");
    ends_within_seconds(stream).await;
    let next = sales.get("/leads").await.location;
    assert!(next.starts_with("/sign-in"), "{next}");
    let facts = last_facts(&portal, "change_member_role").await;
    assert_eq!(
        (facts["before"].as_str(), facts["after"].as_str()),
        (Some("sales"), Some("read_only"))
    );
    let mut stranger = portal.sign_in(&portal.borealis.owner).await;
    let theirs = stranger.post("/company", &change("sales")).await;
    assert_eq!(theirs.status, 404, "another partner's member is not there");
    let own = portal.aster.owner.person().to_string();
    let step_down = [
        ("do", "change_member_role"),
        ("person", own.as_str()),
        ("role", "finance"),
    ];
    let last = owner.post("/company", &step_down).await;
    assert!(last.status == 409 && last.body.contains(&english("error-last-owner")));
    let mut administrator = portal.sign_in(&portal.staff.administrator).await;
    let partner = portal.aster.id.to_string();
    let fields = [
        ("do", "change_role_in_partner"),
        ("person", person.as_str()),
        ("partner", partner.as_str()),
        ("role", "owner"),
    ];
    let raised = administrator
        .post(&format!("/staff/people/{person}"), &fields)
        .await;
    assert_eq!(raised.status, 303, "{}", raised.body);
    let now = owner.post("/company", &step_down).await;
    assert_eq!(now.status, 303, "there is another owner");
    let next = owner.get("/company").await.location;
    assert!(next.starts_with("/sign-in"), "{next}");
    portal.finish().await;
}

#[tokio::test]
async fn an_owner_cannot_take_another_domain_nor_learn_whose_it_is() {
    let portal = TestPortal::start().await;
    let mut owner = portal.sign_in(&portal.aster.owner).await;
    let page = owner.get("/company").await.body;
    assert!(page.contains(&english("company-domain-by-staff")));
    let with = |domain| {
        [
            ("do", "update_company"),
            ("form[name]", "Aster"),
            ("form[legal_name]", "Aster Ltd"),
            ("form[domain]", domain),
            ("form[country]", "GB"),
            ("form[vat_number]", ""),
            ("form[billing_email]", "billing@aster-consulting.com"),
        ]
    };
    let mut said = Vec::new();
    for domain in ["borealis-partners.de", "nobodys-domain.com"] {
        let answer = owner.post("/company", &with(domain)).await;
        assert_eq!(answer.status, 422, "{domain}");
        assert!(answer.body.contains(&english("error-domain-by-staff")));
        said.push(answer.body.contains(&english("error-domain-taken")));
    }
    assert_eq!(said, [false, false]);
    let own = owner.post("/company", &with("aster-consulting.com")).await;
    assert_eq!(own.status, 303, "{}", own.body);
    let mut manager = portal.sign_in(&portal.staff.manager).await;
    let partner = portal.aster.id.to_string();
    let path = format!("/staff/partners/{partner}");
    let mut fields = with("aster-group.com").to_vec();
    fields[0] = ("do", "update_partner");
    fields.push(("partner", &partner));
    let moved = manager.post(&path, &fields).await;
    assert_eq!(moved.status, 303, "{}", moved.body);
    assert!(owner.get("/company").await.body.contains("aster-group.com"));
    portal.finish().await;
}

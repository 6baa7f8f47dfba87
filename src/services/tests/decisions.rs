//! What people decide about single lines, and about a partner: disputes and their threads, lines that are entered by hand or refused, leaving the programme
//! and coming back. The world, and the proof after each step, are those of the way of money.

use LineKind::{Adjustment, Clawback, Manual};
use LineState::{Approved, Awaiting, Cancelled, Covered, Paid, Stated, Upcoming};
use portal_domain::{
    access::{Actor, MemberRole, Reach, StaffRole},
    calendar::Quarter,
    correction::EntryForm,
    deal::DealState,
    ids::{DealId, LeadId, LineId, PersonId},
    lead::LeadForm,
    line::{DisputeStep, LineKind, LineState},
    partner::CompanyForm,
    plan::PlanForm,
    scope::Scope,
};
use portal_services::{
    ServiceError, bills,
    corrections::{self, Entry},
    disputes, figures, leads, lines, links, partners, plans, quarters, statements, two_persons,
    why,
};
use portal_store::{
    audit, jobs, lines as line_rows, lines::LineRecord, partners as partner_rows, people,
};

use crate::world::{World, add_person, company, databases, publish};
use crate::{
    midterm::{self, publish_for},
    plans::{add_other_partner, share},
};

const QUESTION: &str = "February should be 120.00: the client added a site.";

/// Somebody else at the vendor.
pub async fn colleague(world: &World) -> Actor {
    let id = PersonId::new(world.ctx.new_id());
    let person = people::PersonRecord {
        id,
        email: "second@vendor.test".to_owned(),
        name: "Second".to_owned(),
        locale: "en".to_owned(),
        staff_role: Some(StaffRole::Finance),
        disabled_at: None,
    };
    let mut tx = world.ctx.store.write().await.unwrap();
    people::add(&mut tx, &person, world.ctx.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    Actor::Staff {
        person: id,
        role: StaffRole::Finance,
        reach: Reach::All,
    }
}

/// A member of another partner.
async fn stranger(world: &World) -> Actor {
    let other = CompanyForm {
        name: "Other".to_owned(),
        domain: "other-company.com".to_owned(),
        ..company()
    };
    let partner = partners::add(&world.ctx, &world.staff, &other)
        .await
        .expect("a partner");
    Actor::Member {
        person: add_person(&world.ctx, "owner@other.test").await,
        partner,
        role: MemberRole::Owner,
        reach: Reach::All,
    }
}

/// The newest acts, oldest first.
async fn acts(world: &World, count: i64) -> Vec<String> {
    let mut tx = world.ctx.store.read().await.unwrap();
    let found = audit::list(&mut tx, &audit::AuditFilter::default(), i64::MAX, count)
        .await
        .unwrap();
    found.into_iter().rev().map(|record| record.act).collect()
}

/// How many messages wait in a lane; nothing here sends any.
async fn messages_of(world: &World, lane: &str) -> i64 {
    let mut tx = world.ctx.store.read().await.unwrap();
    let backlogs = jobs::list_backlogs(&mut tx).await.unwrap();
    let of_lane = backlogs.iter().find(|backlog| backlog.lane == lane);
    of_lane.map_or(0, |backlog| backlog.waiting)
}

async fn thread(world: &World, line: LineId) -> Vec<(DisputeStep, bool, String)> {
    let why = why::explain(&world.ctx, &world.member, line)
        .await
        .expect("an explanation");
    why.thread
        .into_iter()
        .map(|said| (said.step, said.by_staff, said.text))
        .collect()
}

fn conflict<T: std::fmt::Debug>(answer: Result<T, ServiceError>) -> &'static str {
    match answer {
        Err(ServiceError::Conflict(code)) => code,
        other => panic!("{other:?}"),
    }
}

/// The field and the code of the one fault.
fn fault<T: std::fmt::Debug>(answer: Result<T, ServiceError>) -> (String, String) {
    match answer {
        Err(ServiceError::Invalid(errors)) if errors.0.len() == 1 => {
            (errors.0[0].field.clone(), errors.0[0].code.clone())
        }
        other => panic!("{other:?}"),
    }
}

async fn approve(world: &World, actor: &Actor, line: LineId) -> Vec<(LineId, &'static str)> {
    let mut tx = world.ctx.store.read().await.expect("the database");
    let found = line_rows::find_in(&mut tx, Scope::EVERYBODY, line)
        .await
        .expect("the database");
    drop(tx);
    let seen = found.expect("the line").seen();
    let approved = lines::approve(&world.ctx, actor, &[seen])
        .await
        .expect("an answer");
    world.work().await;
    approved.skipped
}

/// Three months that have ended, of which the client paid two.
async fn two_covered(world: &World) -> Vec<LineRecord> {
    world.win("1000.00", "1").await;
    world.accrue("2026-04-02").await;
    world.invoice("INV-1", 200_000, 238_000).await;
    world.lines().await
}

#[tokio::test]
async fn a_dispute_stops_its_line_alone_until_it_is_settled() {
    for url in databases().await {
        let world = World::new(&url).await;
        let staff = colleague(&world).await;
        let found = two_covered(&world).await;
        let line = found[1].id;
        let open = |text| disputes::open(&world.ctx, &world.member, line, text);
        assert_eq!(
            fault(open(" 2 short ").await),
            ("dispute".to_owned(), "too-short".to_owned())
        );
        let told = messages_of(&world, "slack").await;
        let (one, other) = tokio::join!(open(QUESTION), open(QUESTION));
        one.and(other).expect("sent twice, asked once");
        assert_eq!(messages_of(&world, "slack").await, told + 1);
        assert_eq!(
            conflict(open("Something else is wrong.").await),
            "dispute-already-open"
        );
        assert_eq!(
            lines::approve(&world.ctx, &staff, &[found[0].seen(), found[1].seen()])
                .await
                .expect("approved")
                .skipped,
            [(line, "line-disputed")]
        );
        let view = lines::list_of_lead(&world.ctx, &world.member, found[1].lead)
            .await
            .expect("lines");
        assert_eq!(view[1].waits_for, Some(lines::WaitsFor::Dispute));
        let counts = figures::for_staff(&world.ctx, &world.staff)
            .await
            .expect("counts");
        assert_eq!((counts.disputed, counts.covered_to_approve), (1, 0));
        assert_eq!(world.close("2026Q1").await.created, 1);
        assert_eq!(world.states().await[..2], [Stated, Covered]);

        let mails = messages_of(&world, "mail").await;
        for _ in 0..2 {
            disputes::answer(&world.ctx, &staff, line, "Since which day?")
                .await
                .expect("answered, however often it is sent");
        }
        assert_eq!(messages_of(&world, "mail").await, mails + 1);
        disputes::answer(&world.ctx, &world.member, line, "Since 3 February.")
            .await
            .expect("answered");
        for _ in 0..2 {
            disputes::resolve(&world.ctx, &staff, line, "Corrected with March.")
                .await
                .expect("settled, however often it is sent");
        }
        assert_eq!(messages_of(&world, "mail").await, mails + 2);
        let late = disputes::answer(&world.ctx, &world.member, line, "Thank you").await;
        assert_eq!(conflict(late), "dispute-not-open");
        let said = [
            (DisputeStep::Opened, false, QUESTION),
            (DisputeStep::Answered, true, "Since which day?"),
            (DisputeStep::Answered, false, "Since 3 February."),
            (DisputeStep::Resolved, true, "Corrected with March."),
        ];
        let said = said.map(|(step, by_staff, text)| (step, by_staff, text.to_owned()));
        assert_eq!(thread(&world, line).await, said);
        let disputed = acts(&world, 100).await.into_iter();
        let disputed = disputed.filter(|act| act.ends_with("_dispute"));
        assert_eq!(
            disputed.collect::<Vec<_>>(),
            [
                "open_dispute",
                "answer_dispute",
                "answer_dispute",
                "resolve_dispute"
            ]
        );
        assert_eq!(approve(&world, &staff, line).await, []);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_dispute_of_a_stated_line_stops_no_bill_and_a_partner_can_withdraw_it() {
    for url in databases().await {
        let world = World::new(&url).await;
        let found = two_covered(&world).await;
        world.approve_all().await;
        world.close("2026Q1").await;
        let line = found[0].id;
        disputes::open(&world.ctx, &world.member, line, QUESTION)
            .await
            .expect("asked");
        settle_a_bill(&world).await;
        assert_eq!(world.states().await[..2], [Paid, Paid]);
        for _ in 0..2 {
            disputes::withdraw(&world.ctx, &world.member, line)
                .await
                .expect("withdrawn, however often it is sent");
        }
        let steps = thread(&world, line).await.into_iter().map(|said| said.0);
        assert_eq!(
            steps.collect::<Vec<_>>(),
            [DisputeStep::Opened, DisputeStep::Withdrawn]
        );
        disputes::open(&world.ctx, &world.member, line, QUESTION)
            .await
            .expect("asked again");
        world.work().await;
        world.ctx.store.close().await;
    }
}

/// The statement's bill, paid in full.
async fn settle_a_bill(world: &World) {
    let statement = statements::list_for_partner(&world.ctx, &world.member)
        .await
        .unwrap()
        .remove(0)
        .record;
    bills::partner_contact_found(&world.ctx, world.partner, "contact-partner")
        .await
        .expect("remembered");
    let total = statement.total.minor;
    let bill = world
        .bill(
            "bill-1",
            &statement.number,
            total,
            total + total * 19 / 100,
            "PAID",
        )
        .await;
    links::apply_invoice(&world.ctx, &bill)
        .await
        .expect("applied");
    world.work().await;
}

#[tokio::test]
async fn whose_a_line_is_not_can_do_nothing_about_it() {
    for url in databases().await {
        let world = World::new(&url).await;
        let line = two_covered(&world).await[0].id;
        let other = stranger(&world).await;
        for answer in [
            disputes::open(&world.ctx, &other, line, QUESTION).await,
            disputes::answer(&world.ctx, &other, line, QUESTION).await,
            disputes::withdraw(&world.ctx, &other, line).await,
        ] {
            assert!(matches!(answer, Err(ServiceError::NotFound)), "{answer:?}");
        }
        let manager = Actor::Staff {
            person: world.staff.person(),
            role: StaffRole::PartnerManager,
            reach: Reach::All,
        };
        for actor in [&world.member, &manager] {
            for answer in [
                disputes::resolve(&world.ctx, actor, line, "Settled.").await,
                corrections::refuse(&world.ctx, actor, line, "No").await,
                corrections::let_stand(&world.ctx, actor, line).await,
                corrections::adjust_line(&world.ctx, actor, line, &entry("pay", "1"))
                    .await
                    .map(|_| ()),
            ] {
                assert!(matches!(answer, Err(ServiceError::Forbidden)), "{answer:?}");
            }
        }
        for answer in [
            disputes::open(&world.ctx, &world.staff, line, QUESTION).await,
            disputes::withdraw(&world.ctx, &world.staff, line).await,
            disputes::answer(&world.ctx, &manager, line, QUESTION).await,
            partners::leave(&world.ctx, &world.member, world.partner, "2026-05-01").await,
        ] {
            assert!(matches!(answer, Err(ServiceError::Forbidden)), "{answer:?}");
        }
        assert_eq!(thread(&world, line).await, []);
        world.ctx.store.close().await;
    }
}

pub fn entry(direction: &str, amount: &str) -> EntryForm {
    EntryForm {
        direction: direction.to_owned(),
        amount: amount.to_owned(),
        month: "2026-02".to_owned(),
        explanation: "For the workshop".to_owned(),
    }
}

pub async fn enter(world: &World, form: &EntryForm) -> Result<Entry, ServiceError> {
    let deal = world.lines().await[0].deal;
    enter_for(world, deal, form).await
}

async fn enter_for(world: &World, deal: DealId, form: &EntryForm) -> Result<Entry, ServiceError> {
    let (partner, deal) = (world.partner, deal.to_string());
    corrections::enter_line(&world.ctx, &world.staff, partner, &deal, form).await
}

#[tokio::test]
async fn a_line_that_a_person_entered_waits_for_somebody_else() {
    for url in databases().await {
        let world = World::new(&url).await;
        let staff = colleague(&world).await;
        world.need_two_persons().await;
        two_persons::confirm_details(&world.ctx, &staff, world.partner)
            .await
            .expect("seen by somebody else");
        let found = two_covered(&world).await;
        let form = entry("pay", "250.00");
        let entered = enter(&world, &form).await.expect("entered");
        assert!(matches!(entered, Entry::Made(_)));
        let again = enter(&world, &form).await.expect("known");
        assert_eq!(again, Entry::Known(entered.line()));
        world.work().await;
        let line = entered.line();
        assert_eq!(
            approve(&world, &world.staff, line).await,
            [(line, "line-entered-by-you")]
        );
        assert_eq!(approve(&world, &staff, line).await, []);

        let adjust = |form| corrections::adjust_line(&world.ctx, &world.staff, found[0].id, form);
        let back = entry("take_back", "30.00");
        let adjusted = adjust(&back).await.expect("adjusted").line();
        assert_eq!(adjust(&back).await.expect("known"), Entry::Known(adjusted));
        world.work().await;
        let expected = [
            (Adjustment, 1, Covered, -3_000),
            (Manual, 2, Approved, 25_000),
        ];
        assert_eq!(world.special().await, expected);
        // Neither follows the client's money, nor does the deal take the adjustment for its own.
        world.invoice("INV-1", 200_000, 0).await;
        assert_eq!(world.special().await, expected);
        world.invoice("INV-1", 200_000, 238_000).await;
        approve(&world, &staff, adjusted).await;
        lines::approve(&world.ctx, &staff, &[found[0].seen()])
            .await
            .expect("approved");
        assert_eq!(world.close("2026Q1").await.created, 1);
        let stated = statements::list_for_partner(&world.ctx, &world.member)
            .await
            .unwrap()
            .remove(0);
        assert_eq!(stated.record.total.minor, 10_000 + 25_000 - 3_000);
        let why = why::explain(&world.ctx, &world.member, found[0].id)
            .await
            .expect("an explanation");
        assert_eq!(why.corrected_by[0].id, adjusted);
        assert_eq!(
            why.corrected_by[0].reason.as_deref(),
            Some("For the workshop")
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_cannot_be_entered_is_refused_by_its_field() {
    for url in databases().await {
        let world = World::new(&url).await;
        two_covered(&world).await;
        for (form, field, code) in [
            (entry("pay", "0"), "amount", "amount-not-positive"),
            (entry("pay", "-1"), "amount", "amount-invalid"),
            (
                entry("pay", "92233720368547758.08"),
                "amount",
                "amount-too-large",
            ),
            (
                entry("pay", "92233720368547758.07"),
                "amount",
                "amount-too-large",
            ),
            (entry("give", "1"), "direction", "choose-one"),
            (
                EntryForm {
                    month: "2025-12".to_owned(),
                    ..entry("pay", "1")
                },
                "month",
                "month-before-deal",
            ),
            (
                EntryForm {
                    month: "2026-05".to_owned(),
                    ..entry("pay", "1")
                },
                "month",
                "month-not-begun",
            ),
            (
                EntryForm {
                    explanation: " ".to_owned(),
                    ..entry("pay", "1")
                },
                "explanation",
                "required",
            ),
        ] {
            let expected = (field.to_owned(), code.to_owned());
            assert_eq!(fault(enter(&world, &form).await), expected, "{form:?}");
        }
        let nowhere = DealId::new(world.ctx.new_id());
        let expected = ("deal".to_owned(), "deal-without-plan".to_owned());
        assert_eq!(
            fault(enter_for(&world, nowhere, &entry("pay", "1")).await),
            expected
        );
        let deal = world.lines().await[0].deal.to_string();
        let Actor::Member { partner, .. } = stranger(&world).await else {
            unreachable!("a member")
        };
        let form = entry("pay", "1");
        assert_eq!(
            fault(corrections::enter_line(&world.ctx, &world.staff, partner, &deal, &form).await),
            expected,
            "the deal is another partner's"
        );
        assert_eq!(world.special().await, []);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_line_can_be_entered_for_a_partner_that_only_shares_the_deal() {
    for url in databases().await {
        let world = World::new(&url).await;
        let other = add_other_partner(&world).await;
        let shared = midterm::plan(|form| share(form, other, "30"));
        publish_for(&world, shared, "2026-01-01", false).await;
        world.win("1000.00", "1").await;
        world.accrue("2026-04-02").await;
        let deal = world.lines().await[0].deal.to_string();
        let deals = corrections::list_deals(&world.ctx, &world.staff, other).await;
        assert_eq!(deals.expect("deals").len(), 1);
        let form = entry("pay", "250.00");
        let entered = corrections::enter_line(&world.ctx, &world.staff, other, &deal, &form).await;
        assert!(matches!(entered, Ok(Entry::Made(_))));
        let special = world.special().await;
        assert_eq!(special.len(), 1);
        world.prove().await;
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_refused_line_stays_cancelled_and_its_month_still_takes_the_clients_money() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.win("1000.00", "1").await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 200_000, 238_000).await;
        let line = world.lines().await[0].id;
        world.approve_all().await;
        let refuse = || corrections::refuse(&world.ctx, &world.staff, line, "Agreed with Partner");
        for _ in 0..2 {
            refuse().await.expect("refused, however often it is sent");
            world.work().await;
        }
        let states = [Cancelled, Approved, Awaiting];
        assert_eq!(world.states().await[..3], states);
        world
            .read(&world.deal(lead, DealState::Won, "900.00", "1"))
            .await;
        assert_eq!(world.states().await[..3], states, "the deal has changed");
        world.accrue("2026-05-02").await;
        assert_eq!(world.states().await[..3], states, "time has passed");
        assert_eq!(
            conflict(
                corrections::adjust_line(&world.ctx, &world.staff, line, &entry("pay", "1")).await
            ),
            "line-not-correctable"
        );
        let stand = || corrections::let_stand(&world.ctx, &world.staff, line);
        stand().await.expect("it stands again");
        world.work().await;
        assert_eq!(world.states().await[..3], [Covered, Approved, Awaiting]);
        assert_eq!(conflict(stand().await), "line-not-refused");

        world.approve_all().await;
        world.close("2026Q1").await;
        assert_eq!(conflict(refuse().await), "line-not-refusable");
        world.invoice("INV-1", 200_000, 0).await;
        let clawback = world.lines().await;
        let clawback = clawback.iter().find(|line| line.kind == Clawback);
        let clawback = clawback.expect("a clawback").id;
        assert_eq!(
            conflict(corrections::refuse(&world.ctx, &world.staff, clawback, "No").await),
            "line-follows-another"
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_a_refused_month_takes_follows_the_deal() {
    for url in databases().await {
        let world = World::new(&url).await;
        let lead = world.win("1000.00", "1").await;
        let line = world.lines().await[0].id;
        corrections::refuse(&world.ctx, &world.staff, line, "Agreed with Partner")
            .await
            .expect("refused");
        world.work().await;
        world
            .read(&world.deal(lead, DealState::Won, "500.00", "1"))
            .await;
        world.accrue("2026-03-02").await;
        world.invoice("INV-1", 100_000, 119_000).await;
        assert_eq!(
            world.states().await[..3],
            [Cancelled, Covered, Upcoming],
            "two months of the smaller deal are paid"
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_line_entered_by_hand_is_refused_for_good() {
    for url in databases().await {
        let world = World::new(&url).await;
        two_covered(&world).await;
        let form = entry("pay", "250.00");
        let line = enter(&world, &form).await.expect("entered").line();
        corrections::refuse(&world.ctx, &world.staff, line, "A typing error")
            .await
            .expect("refused");
        world.work().await;
        assert_eq!(world.special().await, []);
        assert_eq!(
            conflict(corrections::let_stand(&world.ctx, &world.staff, line).await),
            "line-entered-by-hand"
        );
        let anew = enter(&world, &form).await.expect("entered anew");
        assert!(matches!(anew, Entry::Made(_)) && anew.line() != line);
        world.work().await;
        world.ctx.store.close().await;
    }
}

/// A won deal on a plan that pays so many months after leaving.
async fn with_tail(url: &str, tail_months: &str) -> (World, LeadId) {
    let world = World::new(url).await;
    let plan = PlanForm {
        name: "With a tail".to_owned(),
        rate: "10".to_owned(),
        months: "12".to_owned(),
        tail_months: tail_months.to_owned(),
        ..PlanForm::default()
    };
    let plan = publish(&world.ctx, &world.staff, plan, "2026-01-01").await;
    let plan = plan.to_string();
    partners::enrol(&world.ctx, &world.staff, world.partner, &plan, "2026-01-01")
        .await
        .expect("an enrolment");
    let lead = world.win("300.00", "1").await;
    (world, lead)
}

async fn leave(world: &World, day: &str) {
    partners::leave(&world.ctx, &world.staff, world.partner, day)
        .await
        .expect(day);
    world.work().await;
}

/// The last month of a line that is not cancelled.
async fn last_month(world: &World) -> u32 {
    let shape = world.shape().await;
    shape.iter().map(|line| line.1).max().expect("lines")
}

#[tokio::test]
async fn a_partner_that_leaves_is_paid_for_its_plans_tail_and_brings_no_leads() {
    for url in databases().await {
        let (world, _) = with_tail(&url, "2").await;
        assert_eq!(last_month(&world).await, 12);
        leave(&world, "2026-07-01").await;
        assert_eq!(last_month(&world).await, 8, "June, and two months");
        world.submit("Beta", "beta.com").await;
        leave(&world, "2026-04-15").await;
        assert_eq!(last_month(&world).await, 6, "moved to an earlier day");
        leave(&world, "2026-06-01").await;
        assert_eq!(last_month(&world).await, 7, "and to a later one");
        world.accrue("2026-05-31").await;
        world.submit("Gamma", "gamma.com").await;
        world.accrue("2026-06-01").await;
        let late = LeadForm {
            client_name: "Delta".to_owned(),
            client_domain: "delta.com".to_owned(),
            contact_name: "Ada".to_owned(),
            contact_email: "ada@delta.com".to_owned(),
            need: "A portal".to_owned(),
            lawful_basis: "contract".to_owned(),
            submission_key: "delta".to_owned(),
            ..LeadForm::default()
        };
        let submit = || leads::submit(&world.ctx, &world.member, &late);
        assert_eq!(conflict(submit().await), "not-enrolled");
        let line = world.lines().await[0].id;
        disputes::open(&world.ctx, &world.member, line, QUESTION)
            .await
            .expect("it can still ask");

        let plan = plans::list(&world.ctx, &world.staff).await.expect("plans");
        let plan = plan[0].plan.to_string();
        partners::enrol(&world.ctx, &world.staff, world.partner, &plan, "2026-06-01")
            .await
            .expect("back again");
        world.work().await;
        assert_eq!(last_month(&world).await, 12);
        submit().await.expect("a lead again");
        let mut tx = world.ctx.store.read().await.unwrap();
        let partner = partner_rows::find(&mut tx, world.partner).await.unwrap();
        assert_eq!(partner.expect("the partner").left_on, None);
        drop(tx);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn nobody_leaves_before_they_came() {
    for url in databases().await {
        let world = World::new(&url).await;
        for (day, code) in [
            ("2026-01-01", "not-enrolled-before"),
            ("2025-06-01", "not-enrolled-before"),
            ("tomorrow", "date-invalid"),
            ("", "date-invalid"),
        ] {
            let answer = partners::leave(&world.ctx, &world.staff, world.partner, day).await;
            let expected = ("left_on".to_owned(), code.to_owned());
            assert_eq!(fault(answer), expected, "{day:?}");
        }
        leave(&world, "2026-01-02").await;
        leave(&world, "2026-01-02").await;
        let written = acts(&world, 1).await;
        assert_eq!(written, ["partner_leaves"]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn the_last_statement_of_a_partner_that_left_knows_no_minimum() {
    for url in databases().await {
        let (world, _) = with_tail(&url, "0").await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 30_000, 35_700).await;
        world.approve_all().await;
        let quarter = Quarter::parse("2026Q1", 1).unwrap();
        let preview = async || {
            quarters::preview(&world.ctx, &world.staff, quarter)
                .await
                .expect("a preview")
        };
        assert_eq!(preview().await.carried[0].code, "below_minimum");
        leave(&world, "2026-05-01").await;
        assert_eq!(
            preview().await.carried[0].code,
            "below_minimum",
            "it has not left yet, and April is to come"
        );
        leave(&world, "2026-04-01").await;
        let last = preview().await;
        assert!(last.carried.is_empty());
        assert_eq!(
            (last.statements[0].money.minor, last.statements[0].is_last),
            (3_000, true)
        );
        let figures = figures::for_partner(&world.ctx, &world.member)
            .await
            .expect("figures");
        assert!(!figures[0].is_carried_over());
        assert_eq!(world.close("2026Q1").await.created, 1);
        assert_eq!(world.states().await[0], Stated);
        settle_a_bill(&world).await;
        assert_eq!(world.states().await[0], Paid);
        world.ctx.store.close().await;
    }
}

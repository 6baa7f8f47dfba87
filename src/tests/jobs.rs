//! The outbox: work that is never lost, never done by two at once, tried again later, and kept for a person after its last try.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use portal_domain::{
    calendar::Timestamp,
    failure::Failure,
    ids::{InboxId, JobId, LeadId},
    lead::LeadState,
};
use portal_jobs::{JobError, Worker};
use portal_services::{
    Ctx, operations, outbox,
    outbox::{Job, LinkRequest},
};
use portal_store::{
    StoreError, Tx, jobs,
    jobs::{ClaimedJob, Ending, JobRecord, NewJob, Order, Priority},
    vendors::{self, Standing},
};
use serde_json::json;
use sqlx::Row;

use crate::portal::TestPortal;

/// A lane that no worker of the portal works in.
const LANE: &str = "test";
const LEASE_MS: i64 = 8_000;

async fn add(portal: &TestPortal, key: Option<&str>) {
    let mut tx = portal.ctx.store.write().await.unwrap();
    add_in(&mut tx, &portal.ctx, key).await;
    tx.commit().await.unwrap();
}

async fn add_in(tx: &mut Tx, ctx: &Ctx, key: Option<&str>) {
    let now = ctx.now();
    let job = NewJob {
        id: JobId::new(ctx.new_id()),
        lane: LANE,
        kind: "test",
        payload: "{}".to_owned(),
        dedupe_key: key.map(str::to_owned),
        priority: Priority::Usual,
        run_at: now,
    };
    jobs::add_all(tx, &[job], now).await.unwrap();
}

/// Claims as a worker would that looks so many milliseconds from now.
async fn claim(portal: &TestPortal, after_ms: i64) -> Option<ClaimedJob> {
    let at = portal.ctx.now().plus_ms(after_ms);
    let mut tx = portal.ctx.store.write().await.unwrap();
    for silent in jobs::list_silent(&mut tx, LANE, at).await.unwrap() {
        let (ending, failure) = (Ending::Lost, Failure::Broke);
        let taken_back = jobs::end_try(&mut tx, &silent, ending, failure, "silent", Some(at), at);
        assert!(taken_back.await.unwrap());
    }
    let claimed = claim_in(&mut tx, LANE, Order::Priority, at).await;
    tx.commit().await.unwrap();
    claimed
}

/// Claims one job of a lane.
async fn claim_in(tx: &mut Tx, lane: &str, order: Order, at: Timestamp) -> Option<ClaimedJob> {
    let claimed = jobs::claim(tx, lane, order, 1, at, at.plus_ms(LEASE_MS)).await;
    claimed.unwrap().pop()
}

async fn finish(portal: &TestPortal, job: &ClaimedJob) -> Result<bool, StoreError> {
    let mut tx = portal.ctx.store.write().await?;
    let done = jobs::finish(&mut tx, &[job], portal.ctx.now()).await?;
    tx.commit().await?;
    Ok(done == 1)
}

#[tokio::test]
async fn a_job_whose_worker_died_is_taken_over_and_the_stale_one_can_no_longer_write() {
    let portal = TestPortal::start().await;
    add(&portal, None).await;
    let stale = claim(&portal, 0).await.expect("due at once");
    assert_eq!(
        (stale.attempt, claim(&portal, 0).await.is_none()),
        (1, true)
    );
    assert!(
        claim(&portal, LEASE_MS - 1_000).await.is_none(),
        "its lease holds"
    );
    let fresh = claim(&portal, LEASE_MS + 1_000)
        .await
        .expect("its lease has run out");
    assert_eq!((fresh.id, fresh.attempt), (stale.id, 2));
    assert!(fresh.fence > stale.fence);
    assert!(!finish(&portal, &stale).await.unwrap());
    let now = portal.ctx.now();
    let mut tx = portal.ctx.store.write().await.unwrap();
    assert!(
        !jobs::end_try(
            &mut tx,
            &stale,
            Ending::Failed,
            Failure::Ours,
            "too late",
            None,
            now
        )
        .await
        .unwrap()
    );
    assert!(
        !jobs::prolong(&mut tx, &stale, now.plus_ms(LEASE_MS))
            .await
            .unwrap()
    );
    assert!(
        jobs::prolong(&mut tx, &fresh, now.plus_ms(2 * LEASE_MS))
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    assert!(finish(&portal, &fresh).await.unwrap());
    assert!(!finish(&portal, &fresh).await.unwrap(), "done is done");
    portal.finish().await;
}

#[tokio::test]
async fn the_worker_takes_a_dead_ones_registration_over() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let id = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    let now = portal.ctx.now();
    let mut tx = portal.ctx.store.write().await.unwrap();
    let claimed = claim_in(&mut tx, "hubspot", Order::Priority, now).await;
    claimed.expect("the delivery");
    tx.commit().await.unwrap();
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Accepted);
    portal.advance_clock_by(1).await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Registered);
    portal.finish().await;
}

#[tokio::test]
async fn many_workers_at_once_each_get_another_job() {
    let portal = TestPortal::start().await;
    for _ in 0..8 {
        add(&portal, None).await;
    }
    let claimed = futures::future::join_all((0..12).map(|_| claim(&portal, 0))).await;
    let mut ids: Vec<String> = claimed
        .iter()
        .flatten()
        .map(|job| job.id.to_string())
        .collect();
    ids.sort();
    ids.dedup();
    // On PostgreSQL a worker passes over what another one is just claiming, so some may find nothing this time.
    let total = claimed.iter().flatten().count();
    assert_eq!(ids.len(), total, "no job twice");
    let mut left = 0;
    while claim(&portal, 0).await.is_some() {
        left += 1;
    }
    assert_eq!(total + left, 8);
    portal.finish().await;
}

#[tokio::test]
async fn three_instances_that_work_at_once_do_everything_once() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let mut submitted = Vec::new();
    for number in 0..6 {
        let domain = format!("client-{number}.com");
        submitted.push(portal.submit(&portal.aster.owner, "Client", &domain).await);
    }
    let instances = [portal.worker(), portal.worker(), portal.worker()];
    let ran = futures::future::join_all(instances.iter().map(|worker| worker.run_due())).await;
    assert!(
        ran.into_iter().map(Result::unwrap).sum::<usize>() >= 18,
        "six leads, mails, messages"
    );
    portal.run_jobs().await;
    let truth = portal.sandbox_read("truth").await;
    for lead in submitted {
        assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
        let deals = truth["deals_by_lead"][lead.to_string()].as_array().unwrap();
        assert_eq!(deals.len(), 1);
    }
    assert_eq!(portal.mails_to("owner@aster-consulting.com").await.len(), 6);
    assert_eq!(portal.slack_messages("#partners-internal").await.len(), 6);
    portal.finish().await;
}

#[tokio::test]
async fn two_waiting_jobs_with_one_key_are_one_and_a_running_one_leaves_room_for_the_next() {
    let portal = TestPortal::start().await;
    add(&portal, Some("one")).await;
    add(&portal, Some("one")).await;
    let first = claim(&portal, 0).await.expect("one");
    add(&portal, Some("other")).await;
    add(&portal, Some("one")).await;
    add(&portal, Some("one")).await;
    assert!(
        claim(&portal, 0).await.is_some() && claim(&portal, 0).await.is_some(),
        "the other, and one again"
    );
    assert!(claim(&portal, 0).await.is_none());
    assert!(finish(&portal, &first).await.unwrap());
    let mut tx = portal.ctx.store.write().await.unwrap();
    for _ in 0..3 {
        outbox::add(&portal.ctx, &mut tx, &Job::SweepDeals)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let waiting = portal.database.rows("SELECT CAST(COUNT(*) AS BIGINT) AS how_many FROM jobs WHERE kind = 'sweep_deals' AND state = 'waiting'").await;
    assert_eq!(waiting[0].get::<i64, _>("how_many"), 1);
    portal.finish().await;
}

/// The one job that fails.
async fn failing(portal: &TestPortal) -> JobRecord {
    let health = operations::read_health(&portal.ctx, &portal.staff.operator)
        .await
        .unwrap();
    assert_eq!(health.failing.len(), 1, "{:?}", health.failing);
    health.failing.into_iter().next().expect("just counted").job
}

#[tokio::test]
async fn a_job_that_keeps_failing_is_tried_later_each_time_and_ends_with_the_dead() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    portal
        .sandbox_act("faults", json!({ "mail": { "refuse_for_now": 14 } }))
        .await;
    portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    for attempt in 1..=14 {
        portal.run_jobs().await;
        let job = failing(&portal).await;
        let expected = if attempt < 14 { "waiting" } else { "dead" };
        assert_eq!((job.attempts, job.state.as_str()), (attempt, expected));
        let wait_ms = job.run_at.0 - portal.ctx.now().0;
        assert!(
            wait_ms <= 20 * 60_000,
            "attempt {attempt} waits {wait_ms} ms"
        );
        portal.run_jobs().await;
        assert_eq!(
            failing(&portal).await.attempts,
            attempt,
            "not before its time"
        );
        portal.advance_clock_by(20).await;
    }
    assert_eq!(endings(&portal).await, ["failed"; 14], "every try is kept");
    portal.finish_with_failed_jobs().await;
}

/// How the tries of all jobs ended, oldest first; each says why.
async fn endings(portal: &TestPortal) -> Vec<String> {
    let sql = "SELECT ending, error FROM job_tries ORDER BY job_id, fence";
    let tries = portal.database.rows(sql).await;
    assert!(
        tries
            .iter()
            .all(|row| !row.get::<String, _>("error").is_empty())
    );
    tries.iter().map(|row| row.get("ending")).collect()
}

/// Claims the next job of a lane as a worker that dies over it.
async fn die_over_a_job(portal: &TestPortal, lane: &str) {
    let now = portal.ctx.now();
    let mut tx = portal.ctx.store.write().await.unwrap();
    let claimed = claim_in(&mut tx, lane, Order::Priority, now).await;
    tx.commit().await.unwrap();
    claimed.expect("a job that waits");
}

#[tokio::test]
async fn a_job_that_ends_its_worker_again_and_again_is_given_up_and_each_loss_is_kept() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    die_over_a_job(&portal, "mail").await;
    let once_before = "UPDATE jobs SET losses = 1 WHERE state = 'running'";
    portal.database.execute(once_before).await.unwrap();
    for _ in 2..5 {
        portal.advance_clock_by(1).await;
        portal.run_jobs().await;
        portal.advance_clock_by(1).await;
        die_over_a_job(&portal, "mail").await;
    }
    portal.advance_clock_by(1).await;
    portal.run_jobs().await;
    let job = failing(&portal).await;
    assert_eq!(
        (job.kind.as_str(), job.state.as_str()),
        ("send_mail", "dead")
    );
    assert_eq!(endings(&portal).await, ["lost"; 4]);
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn a_dead_job_that_a_person_revives_has_all_its_tries_again_and_keeps_its_history() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let fault = json!({ "mail": { "refuse_for_now": 15 } });
    portal.sandbox_act("faults", fault).await;
    portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    for _ in 1..=14 {
        portal.run_jobs().await;
        portal.advance_clock_by(20).await;
    }
    let dead = failing(&portal).await;
    assert_eq!((dead.attempts, dead.state.as_str()), (14, "dead"));
    operations::retry_job(&portal.ctx, &portal.staff.operator, dead.id)
        .await
        .unwrap();
    portal.run_jobs().await;
    let revived = failing(&portal).await;
    assert_eq!((revived.attempts, revived.state.as_str()), (1, "waiting"));
    assert_eq!(endings(&portal).await, ["failed"; 15]);
    portal.advance_clock_by(20).await;
    portal.run_jobs().await;
    portal.finish().await;
}

/// Nobody else writes to the jobs that run, or on SQLite to anything, for eight seconds.
async fn hold_running_jobs(portal: &TestPortal) {
    if portal.database.is_postgres() {
        let sql = "UPDATE jobs SET kind = kind WHERE state = 'running'; SELECT pg_sleep(8)";
        portal.database.execute(sql).await.unwrap();
    } else {
        let _only_writer = portal.ctx.store.write().await.unwrap();
        tokio::time::sleep(Duration::from_secs(8)).await;
    }
}

#[tokio::test]
async fn a_worker_that_cannot_prolong_its_lease_stops_the_work_before_another_one_may_begin_it() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let id = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    let slow = json!({ "hubspot": { "latency_ms": 60_000 } });
    portal.sandbox_act("faults", slow).await;
    let begun = Instant::now();
    let worker = portal.worker();
    let work = async { worker.run_due().await.unwrap() };
    let deaf = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        hold_running_jobs(&portal).await;
    };
    futures::future::join(work, deaf).await;
    let waited = begun.elapsed().as_secs();
    assert!(
        (6..30).contains(&waited),
        "it waited {waited} s for HubSpot"
    );
    let fast = json!({ "hubspot": { "latency_ms": 0 } });
    portal.sandbox_act("faults", fast).await;
    portal.advance_clock_by(1).await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Registered);
    assert!(endings(&portal).await.contains(&"lost".to_owned()));
    portal.finish().await;
}

#[tokio::test]
async fn a_worker_that_has_slept_over_its_lease_makes_no_more_calls() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let id = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    let slow = json!({ "hubspot": { "latency_ms": 200 } });
    portal.sandbox_act("faults", slow).await;
    let before = portal.ctx.now();
    let worker = portal.worker();
    let work = async { worker.run_due().await.unwrap() };
    let sleep = async {
        while calls_since(&portal, before).await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // As it is for a machine that was stopped and goes on.
        portal.advance_clock_by(1).await;
        portal.ctx.now()
    };
    let (_, woken) = futures::future::join(work, sleep).await;
    // The one that was out when it fell asleep.
    assert!(calls_since(&portal, woken).await <= 1);
    assert_eq!(portal.lead(id).await.state, LeadState::Accepted);
    let fast = json!({ "hubspot": { "latency_ms": 0 } });
    portal.sandbox_act("faults", fast).await;
    portal.advance_clock_by(1).await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Registered);
    portal.finish().await;
}

#[tokio::test]
async fn a_person_who_operates_revives_a_dead_job() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    portal
        .sandbox_act("faults", json!({ "mail": { "refuse_content": 1 } }))
        .await;
    portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    let (page, job) = ("/staff/integrations", failing(&portal).await.id.to_string());
    let retry = [("do", "retry_job"), ("job", job.as_str())];
    let mut finance = portal.sign_in(&portal.staff.finance).await;
    assert_eq!(finance.post(page, &retry).await.status, 403);
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    assert!(operator.get(page).await.body.contains(&job));
    let answer = operator.post(page, &retry).await;
    assert_eq!(answer.location, format!("{page}?notice=job-retried"));
    assert_eq!(
        operator.post(page, &retry).await.status,
        409,
        "it is being tried already"
    );
    portal.run_jobs().await;
    assert_eq!(portal.mails_to("owner@aster-consulting.com").await.len(), 1);
    portal.finish().await;
}

#[tokio::test]
async fn what_time_does_not_help_is_not_tried_again() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    portal
        .sandbox_act("faults", json!({ "mail": { "refuse_content": 1 } }))
        .await;
    portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    let health = operations::read_health(&portal.ctx, &portal.staff.operator)
        .await
        .unwrap();
    let failing: Vec<_> = health
        .failing
        .iter()
        .map(|failing| &failing.job)
        .map(|job| (job.kind.as_str(), job.state.as_str(), job.attempts))
        .collect();
    assert_eq!(failing, [("send_mail", "dead", 1)]);
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn a_schedules_turn_is_taken_by_one_of_all_who_ask() {
    let portal = TestPortal::start().await;
    let now = portal.ctx.now();
    let take = |at_ms: i64| {
        let ctx = portal.ctx.clone();
        async move {
            let at = now.plus_ms(at_ms);
            let mut tx = ctx.store.write().await.unwrap();
            let taken = jobs::take_turn(&mut tx, "test", at, at.plus_ms(60_000))
                .await
                .unwrap();
            tx.commit().await.unwrap();
            taken
        }
    };
    for at_ms in [0, 60_000] {
        let taken = futures::future::join_all((0..6).map(|_| take(at_ms))).await;
        assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
    }
    portal.finish().await;
}

#[tokio::test]
async fn the_great_rereadings_are_made_at_night_where_the_programme_is_and_once_by_all_instances() {
    let portal = TestPortal::start().await;
    let made = Arc::new(AtomicUsize::new(0));
    let instance = || {
        let made = Arc::clone(&made);
        portal.worker().with_work(move |job| {
            if matches!(job, Job::CheckDeals) {
                made.fetch_add(1, Ordering::Relaxed);
            }
            std::future::ready(Ok(()))
        })
    };
    instance().run_due().await.unwrap();
    let at_first = made.load(Ordering::Relaxed);
    assert_eq!(at_first, 1, "as none was made yet");
    let zone = portal.ctx.programme.time_zone;
    for (local, expected) in [
        ("23:30", 1),
        ("02:05", 1),
        ("02:15", 2),
        ("23:00", 2),
        ("02:20", 3),
    ] {
        let time = chrono::NaiveTime::parse_from_str(local, "%H:%M").unwrap();
        let mut at = portal.ctx.today().and_time(time);
        if at.and_local_timezone(zone).unwrap().timestamp_millis() < portal.ctx.now().0 {
            at = at + chrono::Days::new(1);
        }
        let at = at.and_local_timezone(zone).unwrap();
        portal.advance_clock_to(&at.to_rfc3339()).await;
        let instances = [instance(), instance(), instance()];
        let ran = futures::future::join_all(instances.iter().map(|worker| worker.run_due())).await;
        ran.into_iter().for_each(|ran| assert!(ran.is_ok()));
        assert_eq!(made.load(Ordering::Relaxed), expected, "at {local}");
    }
    portal.finish().await;
}

#[tokio::test]
async fn one_failing_vendor_holds_up_nobody_else() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    portal
        .sandbox_act(
            "faults",
            json!({ "hubspot": { "error_percent": 100 }, "slack": { "token_revoked": true } }),
        )
        .await;
    let id = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    assert_eq!(portal.mails_to("owner@aster-consulting.com").await.len(), 1);
    portal
        .sandbox_act(
            "faults",
            json!({ "hubspot": { "error_percent": 0 }, "slack": { "token_revoked": false } }),
        )
        .await;
    portal.advance_clock_by(6).await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Registered);
    portal.finish_with_failed_jobs().await;
}

/// The portal with a lead that is to be registered, while HubSpot does not work as these faults say.
async fn with_troubled_hubspot(faults: serde_json::Value) -> (TestPortal, LeadId) {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    trouble(&portal, faults).await;
    let id = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    portal.run_jobs().await;
    (portal, id)
}

async fn trouble(portal: &TestPortal, faults: serde_json::Value) {
    portal
        .sandbox_act("faults", json!({ "hubspot": faults }))
        .await;
}

/// How HubSpot stands with us.
async fn standing(portal: &TestPortal) -> Standing {
    let mut tx = portal.ctx.store.read().await.unwrap();
    vendors::find_standing(&mut tx, "hubspot").await.unwrap()
}

/// How many tries the lead's registration has used up.
async fn tries_used(portal: &TestPortal) -> i64 {
    let sql = "SELECT attempts FROM jobs WHERE kind = 'register_lead'";
    portal.database.rows(sql).await[0].get("attempts")
}

/// How often HubSpot was called since an instant.
async fn calls_since(portal: &TestPortal, since: Timestamp) -> usize {
    let log = portal.sandbox_read("log").await;
    let is_call = |exchange: &serde_json::Value| {
        let target = exchange["target"].as_str().unwrap_or_default();
        target.starts_with("/crm") && exchange["at_ms"].as_i64() >= Some(since.0)
    };
    let log = log.as_array().unwrap();
    log.iter().filter(|exchange| is_call(exchange)).count()
}

#[tokio::test]
async fn a_revoked_token_holds_everything_back_and_all_goes_out_by_itself_once_it_is_mended() {
    let (portal, id) = with_troubled_hubspot(json!({ "token_revoked": true })).await;
    let other = portal
        .submit(&portal.aster.owner, "Quayside", "quayside-foods.com")
        .await;
    for _ in 0..20 {
        portal.advance_clock_by(6).await;
        portal.run_jobs().await;
    }
    assert!(standing(&portal).await.held_at.is_some());
    assert_eq!(
        tries_used(&portal).await,
        0,
        "two hours of waiting are no tries"
    );
    trouble(&portal, json!({ "token_revoked": false })).await;
    portal.advance_clock_by(2).await;
    portal.run_jobs().await;
    portal.advance_clock_by(2).await;
    portal.run_jobs().await;
    for lead in [id, other] {
        assert_eq!(portal.lead(lead).await.state, LeadState::Registered);
    }
    assert_eq!(standing(&portal).await, Standing::default());
    portal.finish().await;
}

#[tokio::test]
async fn an_operator_who_mended_the_connection_need_not_wait_for_the_next_probe() {
    let (portal, id) = with_troubled_hubspot(json!({ "token_revoked": true })).await;
    trouble(&portal, json!({ "token_revoked": false })).await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Accepted);
    let (ctx, operator) = (&portal.ctx, &portal.staff.operator);
    operations::resume(ctx, operator, "hubspot").await.unwrap();
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Registered);
    assert!(operations::resume(ctx, operator, "hubspot").await.is_err());
    portal.finish().await;
}

#[tokio::test]
async fn a_vendor_that_is_down_for_half_a_day_costs_no_lead_and_is_asked_once_a_minute() {
    let (portal, id) = with_troubled_hubspot(json!({ "error_percent": 100 })).await;
    for _ in 0..6 {
        portal.advance_clock_by(10).await;
        portal.run_jobs().await;
    }
    assert!(standing(&portal).await.down_at.is_some());
    let used = tries_used(&portal).await;
    for _ in 0..12 {
        portal.advance_clock_by(60).await;
        let before = portal.ctx.now();
        let instances = [portal.worker(), portal.worker(), portal.worker()];
        let ran = futures::future::join_all(instances.iter().map(|worker| worker.run_due())).await;
        ran.into_iter().for_each(|ran| assert!(ran.is_ok()));
        let called = calls_since(&portal, before).await;
        assert_eq!(called, 1, "within a minute");
    }
    assert_eq!(tries_used(&portal).await, used);
    trouble(&portal, json!({ "error_percent": 0 })).await;
    portal.advance_clock_by(2).await;
    portal.run_jobs().await;
    portal.advance_clock_by(20).await;
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Registered);
    assert_eq!(standing(&portal).await, Standing::default());
    portal.finish().await;
}

#[tokio::test]
async fn a_vendor_that_asks_for_fewer_calls_is_left_alone_by_all_jobs_and_none_loses_a_try() {
    let faults = json!({ "too_many_requests": 3, "too_many_kind": "daily" });
    let (portal, id) = with_troubled_hubspot(faults).await;
    let before = portal.ctx.now();
    portal.advance_clock_by(10).await;
    portal.run_jobs().await;
    assert_eq!(calls_since(&portal, before).await, 0, "the day is not over");
    for _ in 0..4 {
        portal.advance_clock_by(24 * 60).await;
        portal.run_jobs().await;
    }
    assert_eq!(portal.lead(id).await.state, LeadState::Registered);
    assert_eq!(tries_used(&portal).await, 1, "the one that did it");
    portal.finish().await;
}

#[tokio::test]
async fn nothing_is_sent_to_a_system_that_a_person_has_paused() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let (ctx, operator) = (&portal.ctx, &portal.staff.operator);
    assert!(
        operations::pause(ctx, operator, "hubspot", " ")
            .await
            .is_err()
    );
    operations::pause(ctx, operator, "hubspot", "Moving house")
        .await
        .unwrap();
    let id = portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    let before = portal.ctx.now();
    portal.advance_clock_by(60).await;
    portal.run_jobs().await;
    assert_eq!(calls_since(&portal, before).await, 0);
    assert_eq!(portal.mails_to("owner@aster-consulting.com").await.len(), 1);
    operations::resume(ctx, operator, "hubspot").await.unwrap();
    portal.run_jobs().await;
    assert_eq!(portal.lead(id).await.state, LeadState::Registered);
    portal.finish().await;
}

#[tokio::test]
async fn a_link_to_sign_in_with_goes_before_all_other_mails() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    for number in 0..5 {
        let domain = format!("client-{number}.com");
        portal.submit(&portal.aster.owner, "Client", &domain).await;
    }
    portal.advance_clock_by(1).await;
    let asked = LinkRequest {
        email: "finance@vendor.example".to_owned(),
        browser: "browser".to_owned(),
        known: None,
    };
    portal_services::access::links::mail_link(&portal.ctx, &asked)
        .await
        .unwrap();
    let now = portal.ctx.now();
    let mut tx = portal.ctx.store.write().await.unwrap();
    let claimed = claim_in(&mut tx, "mail", Order::Priority, now).await;
    let claimed = claimed.expect("six mails wait");
    let Job::SendMail { mail } = serde_json::from_str(&claimed.payload).unwrap() else {
        panic!("{}", claimed.kind);
    };
    let mail = portal_store::mails::find(&mut tx, mail).await.unwrap();
    assert_eq!(mail.unwrap().recipient, "finance@vendor.example");
    drop(tx);
    portal.run_jobs().await;
    portal.finish().await;
}

/// Claims the next job of a lane in an order; its kind.
async fn next_kind(portal: &TestPortal, lane: &str, order: Order) -> String {
    let now = portal.ctx.now();
    let mut tx = portal.ctx.store.write().await.unwrap();
    let claimed = claim_in(&mut tx, lane, order, now).await;
    claimed.expect("a job that waits").kind
}

#[tokio::test]
async fn a_new_lead_goes_before_hundreds_of_readings_and_they_are_not_forgotten() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let mut tx = portal.ctx.store.write().await.unwrap();
    outbox::add(&portal.ctx, &mut tx, &Job::SweepDeals)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    portal.advance_clock_by(1).await;
    let mut tx = portal.ctx.store.write().await.unwrap();
    let readings = (0..300).map(|number| Job::ReadDeal {
        hubspot_id: number.to_string(),
    });
    outbox::add_all(&portal.ctx, &mut tx, readings)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    portal
        .submit(&portal.aster.owner, "Harbour", "harbour-logistics.com")
        .await;
    // None is claimed for good: each look takes itself back.
    let kind = |order| next_kind(&portal, "hubspot", order);
    assert_eq!(kind(Order::Priority).await, "register_lead");
    assert_eq!(kind(Order::Age).await, "sweep_deals", "every fourth claim");
    portal.run_jobs().await;
    portal.finish_with_failed_jobs().await;
}

/// Adds jobs of our own books, told apart by their positions.
async fn add_events(portal: &TestPortal, positions: std::ops::Range<u32>) {
    let inbox = InboxId::new(portal.ctx.new_id());
    let events = positions.map(|position| Job::WorkEvent { inbox, position });
    let mut tx = portal.ctx.store.write().await.unwrap();
    outbox::add_all(&portal.ctx, &mut tx, events).await.unwrap();
    tx.commit().await.unwrap();
}

/// A worker that sleeps over the event at position 0, and notes which events it has done.
fn noting_worker(portal: &TestPortal, slow: Duration) -> (Worker, Arc<Mutex<Vec<u32>>>) {
    let done = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&done);
    let worker = portal.worker().with_work(move |job| {
        let noted = Arc::clone(&noted);
        async move {
            if let Job::WorkEvent { position, .. } = job {
                if position == 0 {
                    tokio::time::sleep(slow).await;
                }
                noted.lock().unwrap().push(position);
            }
            Ok(())
        }
    });
    (worker, done)
}

#[tokio::test]
async fn what_was_claimed_together_with_a_slow_job_is_left_to_workers_that_have_nothing_to_do() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let (busy, done_by_busy) = noting_worker(&portal, Duration::from_secs(5));
    let (idle, done_by_idle) = noting_worker(&portal, Duration::ZERO);
    // After some quick ones it takes several at once.
    add_events(&portal, 100..150).await;
    assert_eq!(busy.run_due().await.unwrap(), 50);
    add_events(&portal, 0..1).await;
    portal.advance_clock_by(1).await;
    add_events(&portal, 1..6).await;
    let begun = Instant::now();
    let is_ours = async || -> usize {
        let sql = "SELECT id FROM jobs WHERE state = 'running' AND kind = 'work_event'";
        portal.database.rows(sql).await.len()
    };
    let others = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(is_ours().await, 6, "claimed together");
        while done_by_idle.lock().unwrap().len() < 5 {
            idle.run_due().await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        begun.elapsed()
    };
    let (ran, waited) = futures::future::join(busy.run_due(), others).await;
    ran.unwrap();
    assert!(
        waited < Duration::from_secs(5),
        "not only when the slow one was done"
    );
    assert_eq!(done_by_busy.lock().unwrap().last(), Some(&0));
    let mut left = done_by_idle.lock().unwrap().clone();
    left.sort_unstable();
    assert_eq!(left, [1, 2, 3, 4, 5]);
    let sql =
        "SELECT id FROM jobs WHERE kind = 'work_event' AND (state <> 'done' OR attempts <> 1)";
    assert!(portal.database.rows(sql).await.is_empty(), "each once");
    assert!(endings(&portal).await.is_empty());
    portal.finish().await;
}

/// Waits until the lease of the one event that is being done ends at another time than it did.
async fn next_lease_end(portal: &TestPortal, before: i64) -> i64 {
    let sql = "SELECT lease_until FROM jobs WHERE kind = 'work_event' AND state = 'running'";
    for _ in 0..1_000 {
        let running = portal.database.rows(sql).await;
        let ends: Vec<i64> = running.iter().map(|row| row.get("lease_until")).collect();
        if let [end] = ends[..]
            && end != before
        {
            return end;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody does it, or prolongs its lease");
}

#[tokio::test]
async fn the_job_of_a_worker_that_is_killed_is_begun_by_another_one_within_ten_seconds() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let (doomed, done_by_doomed) = noting_worker(&portal, Duration::from_secs(3_600));
    let (other, done_by_other) = noting_worker(&portal, Duration::ZERO);
    add_events(&portal, 0..1).await;
    let doomed = tokio::spawn(async move { doomed.run_due().await });
    let claimed = next_lease_end(&portal, 0).await;
    let stop = tokio::sync::watch::Sender::new(false);
    let running = tokio::spawn(other.run(stop.subscribe()));
    // Just after its heartbeat, when its lease is as long as it ever is.
    next_lease_end(&portal, claimed).await;
    let killed = tokio::time::Instant::now();
    doomed.abort();
    assert!(doomed.await.unwrap_err().is_cancelled());
    let is_begun = || !done_by_other.lock().unwrap().is_empty();
    while !is_begun() && killed.elapsed() < Duration::from_secs(30) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let waited = killed.elapsed();
    stop.send_replace(true);
    running.await.unwrap();
    assert!(
        is_begun() && waited < Duration::from_secs(10),
        "it waited {waited:?} for another worker"
    );
    assert!(done_by_doomed.lock().unwrap().is_empty());
    assert_eq!(endings(&portal).await, ["lost"]);
    portal.finish().await;
}

/// A worker that fails at every event, and does all else.
fn hopeless_worker(portal: &TestPortal) -> Worker {
    portal.worker().with_work(|job| {
        std::future::ready(match job {
            Job::WorkEvent { .. } => Err(JobError::retry("not today")),
            _ => Ok(()),
        })
    })
}

#[tokio::test]
async fn what_keeps_failing_waits_twice_as_long_each_time_up_to_15_minutes_and_not_in_step() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    add_events(&portal, 0..2).await;
    let worker = hopeless_worker(&portal);
    let last_tries = "SELECT jobs.attempts, jobs.run_at, job_tries.ended_at
        FROM jobs JOIN job_tries ON job_tries.job_id = jobs.id AND job_tries.fence = jobs.fence
        WHERE jobs.kind = 'work_event' ORDER BY jobs.id";
    let mut waits = [Vec::new(), Vec::new()];
    for tries in 1..=12 {
        worker.run_due().await.unwrap();
        let tried = portal.database.rows(last_tries).await;
        assert_eq!(tried.len(), 2);
        for (row, waits) in tried.iter().zip(&mut waits) {
            let attempt: i64 = row.get("attempts");
            assert!(attempt >= tries, "{attempt} tries after {tries}");
            let wait_ms = row.get::<i64, _>("run_at") - row.get::<i64, _>("ended_at");
            let least_ms = (2_000_i64 << (attempt - 1)).min(15 * 60_000);
            assert!(
                (least_ms..least_ms * 5 / 4).contains(&wait_ms),
                "after try {attempt} it waits {wait_ms} ms"
            );
            waits.push(wait_ms);
        }
        portal.advance_clock_by(20).await;
    }
    assert_ne!(waits[0], waits[1], "they failed together each time");
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn a_job_over_which_a_worker_went_silent_takes_no_others_along() {
    let portal = TestPortal::start().await;
    for _ in 0..5 {
        add(&portal, None).await;
    }
    let suspect = claim(&portal, 0).await.unwrap();
    let at = portal.ctx.now().plus_ms(LEASE_MS + 1_000);
    let mut tx = portal.ctx.store.write().await.unwrap();
    let (ending, failure) = (Ending::Lost, Failure::Broke);
    jobs::end_try(&mut tx, &suspect, ending, failure, "silent", Some(at), at)
        .await
        .unwrap();
    let mut claimed = Vec::new();
    for _ in 0..3 {
        let until = at.plus_ms(LEASE_MS);
        let some = jobs::claim(&mut tx, LANE, Order::Priority, 10, at, until).await;
        claimed.push(some.unwrap());
    }
    tx.commit().await.unwrap();
    assert_eq!(claimed[0].len(), 4, "all others at once");
    let alone: Vec<JobId> = claimed[1].iter().map(|job| job.id).collect();
    assert_eq!(alone, [suspect.id]);
    assert!(claimed[2].is_empty());
    portal.finish_with_failed_jobs().await;
}

#[tokio::test]
async fn what_is_added_while_a_worker_looks_is_begun_at_once() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let (worker, done) = noting_worker(&portal, Duration::ZERO);
    let stop = tokio::sync::watch::Sender::new(false);
    let running = tokio::spawn(worker.run(stop.subscribe()));
    let begun = Instant::now();
    for position in 1..=200 {
        add_events(&portal, position..position + 1).await;
        while done.lock().unwrap().len() < position as usize {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    // One look in 400 ms would find each of them too, and take 80 s for all.
    assert!(begun.elapsed() < Duration::from_secs(40), "{begun:?}");
    stop.send_replace(true);
    running.await.unwrap();
    portal.finish().await;
}

#[tokio::test]
async fn a_cause_that_commits_after_its_waiting_twin_was_done_is_done_once_more() {
    let portal = TestPortal::start().await;
    // On SQLite nobody can claim while somebody else writes.
    if portal.database.is_postgres() {
        add(&portal, Some("twin")).await;
        let mut cause = portal.ctx.store.write().await.unwrap();
        add_in(&mut cause, &portal.ctx, Some("twin")).await;
        let twin = claim(&portal, 0).await.expect("it waits");
        assert!(finish(&portal, &twin).await.unwrap());
        cause.commit().await.unwrap();
        let again = claim(&portal, 0).await.expect("the new cause");
        assert!(finish(&portal, &again).await.unwrap());
    }
    portal.finish().await;
}

#[tokio::test]
async fn one_job_of_a_key_waits_however_often_a_transaction_adds_it() {
    let portal = TestPortal::start().await;
    let mut tx = portal.ctx.store.write().await.unwrap();
    for key in ["one", "other", "one"] {
        add_in(&mut tx, &portal.ctx, Some(key)).await;
    }
    tx.commit().await.unwrap();
    add(&portal, Some("other")).await;
    let claimed = [claim(&portal, 0).await, claim(&portal, 0).await];
    for job in claimed {
        assert!(finish(&portal, &job.expect("two")).await.unwrap());
    }
    assert!(claim(&portal, 0).await.is_none());
    portal.finish().await;
}

#[tokio::test]
async fn whoever_adds_the_same_jobs_in_another_order_waits_and_neither_for_ever() {
    let portal = TestPortal::start().await;
    let orders = [["a", "b", "c"], ["c", "b", "a"], ["b", "a", "c"]];
    let adders = orders.map(|keys| {
        let ctx = portal.ctx.clone();
        tokio::spawn(async move {
            for _ in 0..100 {
                let mut tx = ctx.store.write().await.unwrap();
                for key in keys {
                    add_in(&mut tx, &ctx, Some(key)).await;
                    tokio::task::yield_now().await;
                }
                tx.commit().await.unwrap();
            }
        })
    });
    for adder in adders {
        adder.await.unwrap();
    }
    for _ in 0..3 {
        let job = claim(&portal, 0).await.expect("three");
        assert!(finish(&portal, &job).await.unwrap());
    }
    assert!(claim(&portal, 0).await.is_none());
    portal.finish().await;
}

//! The outbox: work that is never lost, never done by two at once, tried again later, and kept for a person after its last try.

use std::time::{Duration, Instant};

use portal_domain::{ids::JobId, lead::LeadState};
use portal_services::{operations, outbox, outbox::Job};
use portal_store::{
    StoreError, jobs,
    jobs::{ClaimedJob, Ending, JobRecord, NewJob},
};
use serde_json::json;
use sqlx::Row;

use crate::portal::TestPortal;

/// A lane that no worker of the portal works in.
const LANE: &str = "test";
const LEASE_MS: i64 = 8_000;

async fn add(portal: &TestPortal, key: Option<&str>) {
    let now = portal.ctx.now();
    let job = NewJob {
        id: JobId::new(portal.ctx.new_id()),
        lane: LANE,
        kind: "test",
        payload: "{}".to_owned(),
        dedupe_key: key.map(str::to_owned),
        run_at: now,
    };
    let mut tx = portal.ctx.store.write().await.unwrap();
    jobs::add_all(&mut tx, &[job], now).await.unwrap();
    tx.commit().await.unwrap();
}

/// Claims as a worker would that looks so many milliseconds from now.
async fn claim(portal: &TestPortal, after_ms: i64) -> Option<ClaimedJob> {
    let at = portal.ctx.now().plus_ms(after_ms);
    let mut tx = portal.ctx.store.write().await.unwrap();
    for silent in jobs::list_silent(&mut tx, LANE, at).await.unwrap() {
        let taken_back = jobs::end_try(&mut tx, &silent, Ending::Lost, "silent", Some(at), at);
        assert!(taken_back.await.unwrap());
    }
    let claimed = jobs::claim(&mut tx, LANE, at, at.plus_ms(LEASE_MS))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    claimed
}

async fn finish(portal: &TestPortal, job: &ClaimedJob) -> Result<bool, StoreError> {
    let mut tx = portal.ctx.store.write().await?;
    let done = jobs::finish(&mut tx, job, portal.ctx.now()).await?;
    tx.commit().await?;
    Ok(done)
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
        !jobs::end_try(&mut tx, &stale, Ending::Failed, "too late", None, now)
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
    jobs::claim(&mut tx, "hubspot", now, now.plus_ms(LEASE_MS))
        .await
        .unwrap()
        .expect("the delivery");
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
    health.failing.into_iter().next().expect("just counted")
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
    let claimed = jobs::claim(&mut tx, lane, now, now.plus_ms(LEASE_MS)).await;
    tx.commit().await.unwrap();
    claimed.unwrap().expect("a job that waits");
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
async fn a_person_who_operates_revives_a_dead_job() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    portal
        .sandbox_act("faults", json!({ "mail": { "refuse_for_good": 1 } }))
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
        .sandbox_act("faults", json!({ "mail": { "refuse_for_good": 1 } }))
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

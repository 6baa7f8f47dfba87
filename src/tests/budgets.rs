//! How fast vendors are called: as fast as their accounts allow and no faster, by however many workers, and what matters first when little is left.

use std::time::Duration;

use portal_domain::ids::{ClientId, SlackMessageId};
use portal_jobs::{Budgets, Rate, Worker};
use portal_services::outbox::{self, Job};
use portal_store::{
    clients,
    slack_messages::{self, SlackMessageRecord},
};
use serde_json::{Value, json};
use sqlx::Row;
use tokio::sync::watch;

use crate::{connections::let_hubspot_app_in, portal::TestPortal};

/// A portal that has done its first work, with so many readings to do and these faults.
async fn with_backlog(faults: Value, readings: impl Iterator<Item = Job>) -> TestPortal {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    portal.sandbox_act("faults", faults).await;
    let mut tx = portal.ctx.store.write().await.unwrap();
    outbox::add_all(&portal.ctx, &mut tx, readings)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    portal
}

/// Three instances that keep to a budget, working side by side until something was seen.
async fn work_until(portal: &TestPortal, budgets: Budgets, seen: impl Future<Output = ()>) {
    let stop = watch::Sender::new(false);
    let workers = (0..3).map(|_| portal.worker().with_budgets(budgets));
    let running: Vec<_> = workers
        .map(|worker: Worker| tokio::spawn(worker.run(stop.subscribe())))
        .collect();
    seen.await;
    stop.send_replace(true);
    for worker in running {
        worker.await.unwrap();
    }
}

/// What a vendor counts together.
#[derive(Clone, Copy)]
enum Counted {
    HubSpot,
    HubSpotSearches,
    Xero,
}

impl Counted {
    fn counts(self, target: &str) -> bool {
        let is_search = target.ends_with("/search");
        match self {
            Self::HubSpot => target.starts_with("/crm") && !is_search,
            Self::HubSpotSearches => target.starts_with("/crm") && is_search,
            Self::Xero => target.starts_with("/api.xro"),
        }
    }
}

/// The calls to a vendor since an instant: when each arrived, and whether it was answered 429.
async fn calls(portal: &TestPortal, counted: Counted, since_ms: i64) -> Vec<(i64, bool)> {
    let log = portal.sandbox_read("log").await;
    let mut calls: Vec<(i64, bool)> = log
        .as_array()
        .unwrap()
        .iter()
        .filter(|call| counted.counts(call["target"].as_str().unwrap_or_default()))
        .map(|call| (call["at_ms"].as_i64().unwrap(), call["status"] == 429))
        .filter(|(at_ms, _)| *at_ms >= since_ms)
        .collect();
    calls.sort_unstable();
    calls
}

/// How many calls arrived in the fullest of all windows of this length.
fn fullest_window(calls: &[(i64, bool)], window_ms: i64) -> usize {
    let ends_in = |from: i64| calls.partition_point(|(at_ms, _)| *at_ms < from + window_ms);
    let windows = calls.iter().enumerate();
    let counts = windows.map(|(place, (at_ms, _))| ends_in(*at_ms) - place);
    counts.max().unwrap_or(0)
}

/// Three workers make at least 95 of a hundred calls that a window of the vendor's allows, and none that it refuses.
async fn uses_what_is_allowed(
    portal: &TestPortal,
    budgets: Budgets,
    counted: Counted,
    allowed: Rate,
) {
    // What the vendor said of other limits is forgotten.
    let forget = "DELETE FROM budgets";
    portal.database.execute(forget).await.unwrap();
    let begun = portal.ctx.now().0;
    let is_used = |made: &[(i64, bool)]| {
        let most = i64::try_from(fullest_window(made, allowed.window_ms)).unwrap();
        most * 100 >= allowed.calls * 95
    };
    // A busy machine may lose a turn here and there, and not in each window of a minute.
    let used = async {
        for _ in 0..120 {
            tokio::time::sleep(Duration::from_millis(500)).await;
            if is_used(&calls(portal, counted, begun).await) {
                break;
            }
        }
    };
    work_until(portal, budgets, used).await;
    let made = calls(portal, counted, begun).await;
    assert!(is_used(&made), "of {allowed:?}: {made:?}");
    assert!(made.iter().all(|(_, is_refused)| !is_refused), "{made:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_workers_use_what_an_account_allows_and_none_is_ever_refused() {
    // Slow enough for a machine that is busy otherwise.
    let rate = Rate {
        calls: 60,
        window_ms: 12_000,
    };
    let faults = json!({
        "limits": { "hubspot_ten_seconds": rate.calls, "hubspot_window_ms": rate.window_ms },
        "hubspot": { "limits_enforced": true },
    });
    let readings = (0..600).map(|number| Job::ReadDeal {
        hubspot_id: format!("{number}"),
    });
    let portal = with_backlog(faults, readings).await;
    let budgets = Budgets {
        hubspot: rate,
        ..Budgets::default()
    };
    uses_what_is_allowed(&portal, budgets, Counted::HubSpot, rate).await;
    portal.finish_with_failed_jobs().await;
}

/// So few that one left out shows, as of HubSpot's 5 in a second, in a window that a busy machine does not overrun.
const SHORT: Rate = Rate {
    calls: 10,
    window_ms: 4_000,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hubspots_searches_use_what_is_allowed_of_them_and_none_is_ever_refused() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let limits =
        json!({ "hubspot_search": SHORT.calls, "hubspot_search_window_ms": SHORT.window_ms });
    let faults = json!({ "limits": limits, "hubspot": { "limits_enforced": true } });
    portal.sandbox_act("faults", faults).await;
    let mut tx = portal.ctx.store.write().await.unwrap();
    let mut looks = Vec::new();
    for number in 0..200 {
        let (name, domain) = (
            format!("Client {number}"),
            format!("client-{number}.example"),
        );
        let now = portal.ctx.now();
        let id = ClientId::new(portal.ctx.new_id());
        let client = clients::add_or_find(&mut tx, id, &domain, &name, now);
        looks.push(Job::CheckCompany {
            client: client.await.unwrap().id,
        });
    }
    outbox::add_all(&portal.ctx, &mut tx, looks).await.unwrap();
    tx.commit().await.unwrap();
    let budgets = Budgets {
        hubspot_search: SHORT,
        ..Budgets::default()
    };
    uses_what_is_allowed(&portal, budgets, Counted::HubSpotSearches, SHORT).await;
    portal.finish_with_failed_jobs().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn xeros_minute_is_used_and_no_call_of_it_is_ever_refused() {
    let limits = json!({ "xero_minute": SHORT.calls, "xero_window_ms": SHORT.window_ms });
    let faults = json!({ "limits": limits, "xero": { "limits_enforced": true } });
    let readings = (0..200).map(|number| Job::ReadInvoice {
        invoice: format!("invoice-{number}"),
    });
    let portal = with_backlog(faults, readings).await;
    let budgets = Budgets {
        xero: SHORT,
        ..Budgets::default()
    };
    uses_what_is_allowed(&portal, budgets, Counted::Xero, SHORT).await;
    portal.finish_with_failed_jobs().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn xero_never_has_more_than_five_calls_of_all_instances_at_once() {
    let faults = json!({
        "limits": { "xero_minute": 10_000, "xero_window_ms": 1_000 },
        "xero": { "limits_enforced": true, "latency_ms": 400 },
    });
    let readings = (0..40).map(|number| Job::ReadInvoice {
        invoice: format!("invoice-{number}"),
    });
    let portal = with_backlog(faults, readings).await;
    let rate = Rate {
        calls: 10_000,
        window_ms: 1_000,
    };
    let budgets = Budgets {
        xero: rate,
        ..Budgets::default()
    };
    let begun = portal.ctx.now().0;
    let four_seconds = tokio::time::sleep(Duration::from_secs(4));
    work_until(&portal, budgets, four_seconds).await;
    let made = calls(&portal, Counted::Xero, begun).await;
    assert!(made.iter().all(|(_, is_refused)| !is_refused), "{made:?}");
    let made = made.len();
    assert!(made >= 20, "{made} calls, though five at once were allowed");
    portal.finish_with_failed_jobs().await;
}

/// How far apart HubSpot's calls are until it has said what it allows, in milliseconds.
async fn first_pace_ms(portal: &TestPortal, budgets: Budgets) -> i64 {
    let forget = "DELETE FROM budgets";
    portal.database.execute(forget).await.unwrap();
    let reading = Job::ReadDeal {
        hubspot_id: "1".to_owned(),
    };
    outbox::add_alone(&portal.ctx, &reading).await.unwrap();
    let begun = portal.ctx.now().0;
    let worker = portal.worker().with_budgets(budgets);
    worker.run_due().await.unwrap();
    let sql = "SELECT next_us FROM budgets WHERE name = 'hubspot'";
    let next_us: i64 = portal.database.rows(sql).await[0].get("next_us");
    next_us / 1_000 - begun
}

#[tokio::test]
async fn what_hubspot_allows_follows_the_way_in_which_it_is_connected() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    // Two in a second over a token, and one in four seconds over an app.
    let rate = |window_ms| Rate {
        calls: 1,
        window_ms,
    };
    let budgets = Budgets {
        hubspot: rate(500),
        hubspot_app: rate(4_000),
        ..Budgets::default()
    };
    let by_token = first_pace_ms(&portal, budgets).await;
    assert!((500..4_000).contains(&by_token), "{by_token} ms");
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let_hubspot_app_in(&portal, &mut operator).await;
    let by_app = first_pace_ms(&portal, budgets).await;
    assert!(by_app >= 4_000, "{by_app} ms");
    let usual = Budgets::default();
    assert_eq!((usual.hubspot.calls, usual.hubspot_app.calls), (100, 110));
    portal.finish().await;
}

#[tokio::test]
async fn what_is_left_of_a_day_is_kept_for_what_matters() {
    let portal = with_backlog(
        json!({}),
        [
            Job::SweepDeals,
            Job::ReadDeal {
                hubspot_id: "1".to_owned(),
            },
        ]
        .into_iter(),
    )
    .await;
    let now = portal.ctx.now().0;
    let told = format!(
        "UPDATE budgets SET day_left = 50, day_most = 1000, told_at = {now} WHERE name = 'hubspot'"
    );
    assert_eq!(portal.database.execute(&told).await.unwrap(), 1);
    portal.run_jobs().await;
    let waiting = async || -> Vec<String> {
        let sql = "SELECT kind FROM jobs WHERE lane = 'hubspot' AND state = 'waiting'";
        let rows = portal.database.rows(sql).await;
        rows.iter().map(|row| row.get("kind")).collect()
    };
    assert_eq!(waiting().await, ["sweep_deals"], "the reading was made");
    portal.advance_clock_by(61).await;
    portal.run_jobs().await;
    assert!(
        waiting().await.is_empty(),
        "after an hour one call finds out"
    );
    portal.finish().await;
}

/// Messages for some channels of Slack's, in this order.
async fn say_in(portal: &TestPortal, channels: &[&str]) {
    let ctx = &portal.ctx;
    let mut tx = ctx.store.write().await.unwrap();
    for (number, channel) in channels.iter().enumerate() {
        let message = SlackMessageRecord {
            id: SlackMessageId::new(ctx.new_id()),
            partner: None,
            channel: (*channel).to_owned(),
            thread: String::new(),
            locale: "en".to_owned(),
            fallback: format!("Message {number}"),
            blocks: r#"[{"type":"divider"}]"#.to_owned(),
            trial_of: None,
            maybe_posted: false,
            refusal: None,
            posted_at: None,
            created_at: ctx.now(),
        };
        slack_messages::add(&mut tx, &message).await.unwrap();
        let post = Job::PostSlack {
            message: message.id,
        };
        outbox::add(ctx, &mut tx, &post).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The texts in a channel, in the order in which they came, each with when.
async fn said_in(portal: &TestPortal, channel: &str) -> Vec<(String, i64)> {
    let messages = portal.slack_messages(channel).await.into_iter();
    let said = messages.map(|message| {
        let text = message["text"].as_str().unwrap().to_owned();
        (text, message["at_ms"].as_i64().unwrap())
    });
    said.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_of_slacks_that_is_full_holds_up_no_other_and_is_never_refused() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let enforced = json!({ "slack": { "limits_enforced": true } });
    portal.sandbox_act("faults", enforced).await;
    say_in(
        &portal,
        &[
            "C0FULL0000",
            "C0FULL0000",
            "C0FULL0000",
            "C0FULL0000",
            "C0CALM0000",
        ],
    )
    .await;
    let all_said = async {
        for _ in 0..60 {
            tokio::time::sleep(Duration::from_millis(250)).await;
            if said_in(&portal, "C0FULL0000").await.len() == 4 {
                break;
            }
        }
    };
    work_until(&portal, Budgets::default(), all_said).await;
    let full = said_in(&portal, "C0FULL0000").await;
    let mut texts: Vec<&str> = full.iter().map(|(text, _)| text.as_str()).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["Message 0", "Message 1", "Message 2", "Message 3"]);
    let calm = said_in(&portal, "C0CALM0000").await;
    assert_eq!(calm.len(), 1);
    assert!(calm[0].1 < full[1].1, "{calm:?} and {full:?}");
    let log = portal.sandbox_read("log?system=Slack").await;
    let entries = log.as_array().unwrap().iter();
    let refused = entries.filter(|entry| entry["status"] == 429).count();
    assert_eq!(refused, 0, "{log:#}");
    portal.finish().await;
}

#[tokio::test]
async fn where_slack_refuses_a_message_only_its_channel_waits() {
    let portal = TestPortal::start().await;
    portal.run_jobs().await;
    let limited = json!({ "slack": { "too_many_requests": 1 } });
    portal.sandbox_act("faults", limited).await;
    say_in(&portal, &["C0FULL0000", "C0CALM0000"]).await;
    // Whichever came first is the one that is refused.
    let said = async || {
        let full = said_in(&portal, "C0FULL0000").await.len();
        (full, said_in(&portal, "C0CALM0000").await.len())
    };
    portal.run_jobs().await;
    let (full, calm) = said().await;
    assert_eq!(full + calm, 1, "the other one did not wait");
    portal.advance_clock_by(1).await;
    portal.run_jobs().await;
    assert_eq!(said().await, (1, 1));
    portal.finish().await;
}

//! Editing a plan: what a trial says of every line is what publishing does, and nothing else; by default only to deals won since.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use portal_domain::{
    calendar::Timestamp,
    deal::DealState,
    error::FieldErrors,
    ids::{LineId, PartnerId, PlanId},
    line::{LineKind, LineState},
    partner::CompanyForm,
    plan::{PlanForm, ShareForm, TierForm},
    remote::{RemoteDeal, RemoteInvoice},
    scope::Scope,
};
use portal_services::{
    ServiceError,
    books::{LineChange, Worth},
    deals, links, partners,
    plans::{self, PlanEdit, PlanTrial},
    recompute,
};
use portal_store::{deals as deal_rows, lines as line_rows, lines::LineRecord, priced};
use sqlx::{AnyConnection, Connection, Executor};

use crate::world::{World, company, databases, instant, sale};

/// Deals in every state that a line can be in: of the first quarter and stated, of April and covered, approved or waiting, and one-off.
async fn world_of_deals(url: &str) -> World {
    let world = World::new(url).await;
    win(&world, "9001", "2026-01-10", "1000.00", "1").await;
    win(&world, "9002", "2026-02-10", "10000.00", "12").await;
    world.accrue("2026-04-02").await;
    for (number, deal, net_minor) in [("1", "9001", 300_000), ("2", "9002", 1_000_000)] {
        pay(&world, number, deal, net_minor).await;
    }
    world.approve_all().await;
    assert_eq!(world.close("2026Q1").await.created, 1);
    win(&world, "9003", "2026-04-10", "333.35", "1").await;
    win(&world, "9004", "2026-04-12", "3000.00", "once").await;
    world.accrue("2026-05-04").await;
    pay(&world, "3", "9001", 100_000).await;
    world.approve_all().await;
    pay(&world, "4", "9003", 33_335).await;
    world
}

pub async fn win(world: &World, id: &str, won_on: &str, amount: &str, period: &str) {
    world.accrue(won_on).await;
    let name = format!("Client {id}");
    let lead = world.submit(&name, &format!("client{id}.com")).await;
    deals::apply_registration(&world.ctx, lead, id)
        .await
        .expect("registered");
    let won = RemoteDeal {
        id: id.to_owned(),
        name,
        closed_at: Some(Timestamp(instant(won_on))),
        ..world.deal(lead, DealState::Won, amount, period)
    };
    world.read(&won).await;
}

/// An invoice to a deal's client, paid in full.
pub async fn pay(world: &World, number: &str, deal: &str, net_minor: i64) {
    let reading = world.readings.fetch_add(1, Ordering::SeqCst);
    let invoice = RemoteInvoice {
        reference: format!("Deal {deal}"),
        contact_id: format!("contact-{deal}"),
        ..sale(number, net_minor, net_minor + net_minor * 19 / 100, reading)
    };
    links::apply_invoice(&world.ctx, &invoice)
        .await
        .expect("applied");
    world.work().await;
}

pub async fn add_other_partner(world: &World) -> PartnerId {
    let other = CompanyForm {
        name: "Other".to_owned(),
        domain: "other-company.com".to_owned(),
        ..company()
    };
    partners::add(&world.ctx, &world.staff, &other)
        .await
        .expect("a partner")
}

fn edit(valid_from: &str, all_deals: bool, change: impl FnOnce(&mut PlanForm)) -> PlanEdit {
    let mut form = PlanForm {
        name: "Standard".to_owned(),
        rate: "10".to_owned(),
        months: "12".to_owned(),
        ..PlanForm::default()
    };
    change(&mut form);
    PlanEdit {
        form,
        valid_from: valid_from.to_owned(),
        all_deals,
        ..PlanEdit::default()
    }
}

pub fn tiers(form: &mut PlanForm) {
    form.currency = "EUR".to_owned();
    form.tiers = [
        ("0", "500", "5"),
        ("500", "1,100", "12.5"),
        ("1,100", "", "20"),
    ]
    .map(|(from, until, rate)| TierForm {
        from: from.to_owned(),
        until: until.to_owned(),
        rate: rate.to_owned(),
    })
    .into();
}

pub fn share(form: &mut PlanForm, partner: PartnerId, share: &str) {
    form.shares.push(ShareForm {
        partner: partner.to_string(),
        share: share.to_owned(),
    });
}

pub async fn all_lines(world: &World) -> BTreeMap<LineId, LineRecord> {
    let mut tx = world.ctx.store.read().await.unwrap();
    let filter = line_rows::LineFilter::default();
    let found = line_rows::list(&mut tx, Scope::EVERYBODY, &filter, 10_000)
        .await
        .unwrap();
    found.into_iter().map(|line| (line.id, line)).collect()
}

async fn try_it(world: &World, edit: &PlanEdit) -> PlanTrial {
    plans::try_version(&world.ctx, &world.staff, edit)
        .await
        .expect("a trial")
}

fn counted(line: Option<&LineRecord>) -> i64 {
    line.filter(|line| line.state != LineState::Cancelled)
        .map_or(0, |line| line.money.minor)
}

fn worth(line: Option<&LineRecord>) -> Worth {
    line.map_or_else(Worth::default, |line| {
        Worth::of(line.money.minor, line.state)
    })
}

/// What became of the lines, as a trial says it.
pub fn differences(
    before: &BTreeMap<LineId, LineRecord>,
    after: &BTreeMap<LineId, LineRecord>,
) -> Vec<LineChange> {
    let changed = after.iter().filter_map(|(id, line)| {
        let (old, new) = (worth(before.get(id)), worth(Some(line)));
        (old != new).then(|| LineChange {
            partner: line.partner,
            deal: line.deal,
            client_name: line.client_name.clone(),
            kind: line.kind,
            position: line.position,
            month: line.month,
            currency: line.money.currency,
            old,
            new,
        })
    });
    sorted(changed.collect())
}

pub fn sorted(mut amounts: Vec<LineChange>) -> Vec<LineChange> {
    amounts.sort_by_key(|it| (it.deal, it.partner, it.kind, it.position, it.new.minor));
    amounts
}

/// What a deal comes to, its corrections included.
fn total(lines: &BTreeMap<LineId, LineRecord>, client: &str) -> i64 {
    let of_client = lines.values().filter(|line| line.client_name == client);
    of_client.map(|line| counted(Some(line))).sum()
}

#[tokio::test]
async fn publishing_does_line_for_line_what_the_trial_said() {
    for url in databases().await {
        let world = world_of_deals(&url).await;
        let other = add_other_partner(&world).await;
        let original = all_lines(&world).await;
        let edits = [
            edit("2026-04-01", false, |form| form.rate = "12".to_owned()),
            edit("2026-04-01", true, |form| {
                form.rate = "12.5".to_owned();
                (form.cap, form.currency) = ("1,000".to_owned(), "EUR".to_owned());
            }),
            edit("2026-04-01", true, tiers),
            edit("2026-04-01", true, |form| share(form, other, "33.3")),
            edit("2026-04-01", true, |form| {
                share(form, other, "100");
                form.months = "2".to_owned();
                (form.bonus, form.currency) = ("150".to_owned(), "EUR".to_owned());
            }),
            edit("2026-04-01", true, |form| {
                form.months.clear();
                form.tolerance = "50".to_owned();
            }),
            edit("2026-05-04", true, |form| form.months = "12".to_owned()),
        ];
        for edit in edits {
            let before = all_lines(&world).await;
            let trial = try_it(&world, &edit).await;
            assert!(!trial.lines.is_empty(), "{edit:?} changes something");
            let unchanged = all_lines(&world).await;
            assert_eq!(
                differences(&before, &unchanged),
                [],
                "a trial writes nothing"
            );
            publish_tried(&world, &edit, &trial)
                .await
                .expect("published");
            world.work().await;
            let after = all_lines(&world).await;
            assert_eq!(
                differences(&before, &after),
                sorted(trial.lines),
                "{edit:?}"
            );
            for line in before.values().filter(|line| line.state.is_stated()) {
                assert_eq!(after[&line.id].money, line.money, "what is stated stays");
            }
            let again = try_it(&world, &edit).await;
            assert_eq!(again.lines, [], "{edit:?}");
        }
        let back = all_lines(&world).await;
        for client in ["Client 9001", "Client 9002", "Client 9003", "Client 9004"] {
            assert_eq!(total(&back, client), total(&original, client), "{client}");
        }
        let of_other = back.values().filter(|line| line.partner == other);
        assert_eq!(of_other.map(|line| counted(Some(line))).sum::<i64>(), 0);
        world.ctx.store.close().await;
    }
}

/// Three months of 1,000.00 of which the client paid half of the last, on a plan that is content with that; all approved.
async fn world_of_half_a_month(url: &str) -> World {
    let world = World::new(url).await;
    let lenient = edit("2026-01-01", true, |form| form.tolerance = "50".to_owned());
    let trial = try_it(&world, &lenient).await;
    publish_tried(&world, &lenient, &trial)
        .await
        .expect("published");
    win(&world, "9001", "2026-01-10", "1000.00", "1").await;
    world.accrue("2026-04-02").await;
    pay(&world, "1", "9001", 250_000).await;
    world.approve_all().await;
    world
}

/// Tries a plan that is not content with half a month, publishes it, and checks that it does what the trial said. Returns the one line that changes.
async fn ask_for_whole_months(world: &World) -> LineChange {
    let before = all_lines(world).await;
    let strict = edit("2026-01-01", true, |form| form.tolerance = "1".to_owned());
    let trial = try_it(world, &strict).await;
    publish_tried(world, &strict, &trial)
        .await
        .expect("published");
    world.work().await;
    let after = all_lines(world).await;
    assert_eq!(differences(&before, &after), trial.lines);
    assert_eq!(trial.lines.len(), 1);
    trial.lines[0].clone()
}

#[tokio::test]
async fn a_trial_says_what_a_stricter_tolerance_takes_back() {
    for url in databases().await {
        let world = world_of_half_a_month(&url).await;
        assert_eq!(world.close("2026Q1").await.created, 1);
        let clawback = ask_for_whole_months(&world).await;
        assert_eq!(clawback.kind, LineKind::Clawback);
        assert_eq!((clawback.old.minor, clawback.new.minor), (0, -10_000));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_trial_says_which_earned_lines_would_wait_again_under_a_stricter_tolerance() {
    for url in databases().await {
        let world = world_of_half_a_month(&url).await;
        let march = ask_for_whole_months(&world).await;
        let earned = Worth::of(10_000, LineState::Approved);
        let waiting = Worth::of(10_000, LineState::Awaiting);
        assert_eq!((march.old, march.new), (earned, waiting));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn lines_that_are_not_what_the_rules_say_are_found_without_reading_them_one_by_one() {
    for url in databases().await {
        let world = world_of_deals(&url).await;
        let lines = all_lines(&world).await;
        let recomputed = recompute::check(&world.ctx).await.expect("computed");
        assert_eq!(
            (recomputed.lines, recomputed.deals),
            (lines.len() as u64, 4)
        );
        let sum: i64 = lines.values().map(|line| line.money.minor).sum();
        assert_eq!(recomputed.sum_minor, i128::from(sum));
        let spoiled = lines.values().next().expect("a line");
        let pay = |amount_minor: i64| set_amount(&world, spoiled, amount_minor);
        pay(spoiled.money.minor + 1).await;
        let [found] = recompute::check(&world.ctx)
            .await
            .expect("computed")
            .differing[..]
        else {
            panic!("one line differs");
        };
        assert_eq!(found.deal, spoiled.deal);
        assert_eq!(found.computed_minor, Some(spoiled.money.minor));
        assert!(
            world
                .exceptions()
                .await
                .contains(&"lines_differ".to_owned())
        );
        pay(spoiled.money.minor).await;
        let again = recompute::check(&world.ctx).await.expect("computed");
        assert_eq!(again, recomputed);
        assert!(
            !world
                .exceptions()
                .await
                .contains(&"lines_differ".to_owned())
        );
        world.ctx.store.close().await;
    }
}

/// What nobody but the database can do.
async fn set_amount(world: &World, line: &LineRecord, amount_minor: i64) {
    let mut connection = AnyConnection::connect(&world.url)
        .await
        .expect("a database");
    let sql = format!(
        "UPDATE lines SET amount_minor = {amount_minor} WHERE id = '{}'; UPDATE partner_changes SET version = version + 1; UPDATE bucket_changes SET version = version + 1;",
        line.id
    );
    connection
        .execute(sqlx::AssertSqlSafe(sql))
        .await
        .expect("changed");
}

/// The database computes all lines again in one statement that shares no code with the rules.
#[tokio::test]
async fn the_database_itself_finds_the_same_lines() {
    for url in databases().await {
        let world = World::new(&url).await;
        let tiered = edit("2026-01-01", true, |form| {
            tiers(form);
            form.tiers[1].rate = "12.3456".to_owned();
        });
        let trial = try_it(&world, &tiered).await;
        publish_tried(&world, &tiered, &trial)
            .await
            .expect("published");
        for (id, won_on, amount, period) in [
            ("9001", "2026-01-10", "333.35", "1"),
            ("9002", "2026-02-10", "10000.01", "12"),
            ("9003", "2026-02-10", "1234.56", "3"),
            ("9004", "2026-12-31", "999.99", "6"),
            ("9005", "2027-01-10", "77.77", "2"),
            ("9006", "2027-02-11", "3000.05", "4"),
        ] {
            win(&world, id, won_on, amount, period).await;
        }
        let recomputed = recompute::recompute(&world.ctx).await.expect("computed");
        let mut tx = world.ctx.store.read().await.unwrap();
        let priced = priced::compare_lines(&mut tx).await.expect("computed");
        assert_eq!((priced.lines, priced.differing), (72, 0));
        assert_eq!(recomputed.lines, 72);
        assert_eq!(recomputed.sum_minor, i128::from(priced.sum_minor));
        drop(tx);
        let lines = all_lines(&world).await;
        let spoiled = lines.values().next().expect("a line");
        set_amount(&world, spoiled, spoiled.money.minor - 1).await;
        let mut tx = world.ctx.store.read().await.unwrap();
        let priced = priced::compare_lines(&mut tx).await.expect("computed");
        assert_eq!((priced.lines, priced.differing), (72, 1));
        drop(tx);
        world.ctx.store.close().await;
    }
}

async fn publish_tried(
    world: &World,
    edit: &PlanEdit,
    trial: &PlanTrial,
) -> Result<PlanId, ServiceError> {
    plans::publish_version(&world.ctx, &world.staff, edit, &trial.fingerprint).await
}

fn moved(trial: &PlanTrial) -> Vec<&str> {
    let deals = trial.deals.iter();
    deals.map(|moved| moved.deal.hubspot_id.as_str()).collect()
}

#[tokio::test]
async fn a_version_holds_for_the_deals_won_since_it_begins_unless_all_are_asked_for() {
    for url in databases().await {
        let world = world_of_deals(&url).await;
        let rate = |form: &mut PlanForm| form.rate = "20".to_owned();
        let later = try_it(&world, &edit("2026-05-01", false, rate)).await;
        assert_eq!((moved(&later), later.lines.len()), (Vec::new(), 0));
        let since = edit("2026-04-12", false, rate);
        let back_dated = try_it(&world, &since).await;
        assert_eq!(moved(&back_dated), ["9004"]);
        assert_eq!(
            (back_dated.version, back_dated.deals[0].old_version),
            (2, 1)
        );
        let [one_off] = &back_dated.lines[..] else {
            panic!("{:?}", back_dated.lines);
        };
        assert_eq!((one_off.old.minor, one_off.new.minor), (30_000, 60_000));
        let all = try_it(&world, &edit("2026-04-12", true, rate)).await;
        assert_eq!(moved(&all), ["9001", "9002", "9003", "9004"]);
        publish_tried(&world, &since, &back_dated)
            .await
            .expect("published");
        world.work().await;

        // A deal that is won, or read again, afterwards has the version of its day, or keeps the one it has.
        win(&world, "9005", "2026-05-20", "100.00", "once").await;
        let mut tx = world.ctx.store.read().await.unwrap();
        for (id, version) in [("9001", 1), ("9003", 1), ("9004", 2), ("9005", 2)] {
            let deal = deal_rows::find_by_hubspot(&mut tx, id).await.unwrap();
            let pinned = deal.and_then(|deal| deal.plan_version).expect("a plan");
            let found = portal_store::plans::find_version(&mut tx, pinned)
                .await
                .unwrap();
            assert_eq!(found.expect("the version").version, version, "deal {id}");
        }
        drop(tx);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_would_be_done_differently_by_now_is_not_done() {
    for url in databases().await {
        let world = world_of_deals(&url).await;
        let wanted = edit("2026-04-01", false, |form| form.rate = "20".to_owned());
        let trial = try_it(&world, &wanted).await;
        assert_eq!(trial.fingerprint, try_it(&world, &wanted).await.fingerprint);
        let untried = plans::publish_version(&world.ctx, &world.staff, &wanted, "").await;
        assert!(matches!(
            untried,
            Err(ServiceError::Conflict("plan-not-tried"))
        ));
        let others = [
            edit("2026-04-01", true, |form| form.rate = "20".to_owned()),
            edit("2026-04-02", false, |form| form.rate = "20".to_owned()),
            edit("2026-04-01", false, |form| form.rate = "21".to_owned()),
            edit("2026-04-01", false, |form| {
                form.rate = "20".to_owned();
                form.tolerance = "2".to_owned();
            }),
        ];
        for other in others {
            let refused = publish_tried(&world, &other, &trial).await;
            let is_refused = matches!(refused, Err(ServiceError::Conflict("plan-trial-changed")));
            assert!(is_refused, "{other:?}: {refused:?}");
        }
        win(&world, "9005", "2026-05-06", "100.00", "once").await;
        let before = all_lines(&world).await;
        let refused = publish_tried(&world, &wanted, &trial).await;
        assert!(matches!(
            refused,
            Err(ServiceError::Conflict("plan-trial-changed"))
        ));
        assert_eq!(differences(&before, &all_lines(&world).await), []);
        let versions = plans::list(&world.ctx, &world.staff)
            .await
            .expect("versions");
        assert_eq!(versions.len(), 1, "nothing was published");
        let fresh = try_it(&world, &wanted).await;
        assert_eq!(moved(&fresh), ["9003", "9004", "9005"]);
        publish_tried(&world, &wanted, &fresh)
            .await
            .expect("published");
        world.work().await;
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn an_impossible_version_says_what_is_wrong_and_where() {
    for url in databases().await {
        let world = World::new(&url).await;
        let nobody = PartnerId::new(world.ctx.new_id());
        let wrong = edit("soon", false, |form| {
            tiers(form);
            form.tiers[1].from = "600".to_owned();
            share(form, nobody, "50");
        });
        let refused = plans::try_version(&world.ctx, &world.staff, &wrong).await;
        let Err(ServiceError::Invalid(FieldErrors(errors))) = refused else {
            panic!("{refused:?}");
        };
        let found: Vec<(&str, &str)> = errors
            .iter()
            .map(|error| (error.field.as_str(), error.code.as_str()))
            .collect();
        let expected = [
            ("tiers.1.from", "tier-gap"),
            ("shares.0.partner", "choose-one"),
            ("valid_from", "date-invalid"),
        ];
        assert_eq!(found, expected);
        let early = edit("2025-12-31", false, |_| ());
        let refused = plans::try_version(&world.ctx, &world.staff, &early).await;
        let expected = FieldErrors::one("valid_from", "earlier-than-last-version");
        assert!(matches!(refused, Err(ServiceError::Invalid(errors)) if errors == expected));
        // Under another name it would be a plan on which nobody is.
        let found = plans::list(&world.ctx, &world.staff).await.expect("plans");
        let mut renamed = edit("2026-04-01", false, |form| {
            form.name = "Standards".to_owned()
        });
        assert_eq!(
            try_it(&world, &renamed).await.version,
            1,
            "a plan of its own"
        );
        renamed.plan = found[0].plan.to_string();
        let refused = plans::try_version(&world.ctx, &world.staff, &renamed).await;
        let mut expected = FieldErrors::default();
        expected.add_with("name", "plan-renamed", "Standard");
        assert!(matches!(refused, Err(ServiceError::Invalid(errors)) if errors == expected));
        renamed.form.name = "Standard".to_owned();
        assert_eq!(try_it(&world, &renamed).await.version, 2);
        let by_member = plans::try_version(&world.ctx, &world.member, &early).await;
        assert!(matches!(by_member, Err(ServiceError::Forbidden)));
        world.ctx.store.close().await;
    }
}

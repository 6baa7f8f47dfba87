//! The two-person rule: who may not approve and close what, and that by no order of acts money leaves by one person's doing alone.

use std::collections::{BTreeMap, HashMap};

use portal_domain::{
    access::{Actor, Reach, StaffRole},
    calendar::{Month, Quarter},
    correction::EntryForm,
    ids::{DealId, LineId, PersonId},
    line::LineState,
    partner::CompanyForm,
    two_persons::Persons,
};
use portal_services::{
    ServiceError, closing, corrections, exceptions, lines, links, partners, two_persons,
};
use portal_store::{audit, lines::LineRecord};

use crate::{
    decisions::{colleague, entry},
    world::{World, add_person, company, databases},
};

const DOCUMENT: &str = "id-INV-1";

fn first_quarter() -> Quarter {
    Quarter::parse("2026Q1", 1).unwrap()
}

/// A third person in finance.
async fn third(world: &World) -> Actor {
    Actor::Staff {
        person: add_person(&world.ctx, "third@vendor.test").await,
        role: StaffRole::Finance,
        reach: Reach::All,
    }
}

/// January to March, all of them paid for, at a vendor of several people.
async fn three_covered(world: &World) -> Vec<LineRecord> {
    world.need_two_persons().await;
    world.win("1000.00", "1").await;
    world.accrue("2026-04-02").await;
    world.invoice("INV-1", 300_000, 357_000).await;
    let mut found = world.lines().await;
    found.retain(|line| line.state == LineState::Covered);
    assert_eq!(found.len(), 3);
    found
}

async fn link(world: &World, actor: &Actor, deal: DealId) {
    links::link_document(&world.ctx, actor, DOCUMENT, deal)
        .await
        .expect("linked");
    world.work().await;
}

async fn approve(
    world: &World,
    actor: &Actor,
    found: &[LineRecord],
) -> Vec<(LineId, &'static str)> {
    let seen: Vec<_> = found.iter().map(LineRecord::seen).collect();
    let approved = lines::approve(&world.ctx, actor, &seen)
        .await
        .expect("an answer");
    world.work().await;
    approved.skipped
}

async fn update(world: &World, form: &CompanyForm) {
    partners::update(&world.ctx, &world.staff, world.partner, form)
        .await
        .expect("updated");
}

async fn close(world: &World, actor: &Actor) -> Result<usize, &'static str> {
    match closing::close_quarter(&world.ctx, actor, first_quarter()).await {
        Ok(closed) => Ok(closed.created),
        Err(ServiceError::Conflict(code)) => Err(code),
        Err(error) => panic!("{error}"),
    }
}

fn codes(skipped: &[(LineId, &'static str)]) -> Vec<&'static str> {
    skipped.iter().map(|(_, code)| *code).collect()
}

#[tokio::test]
async fn whoever_moved_a_line_last_does_not_approve_it_and_bulk_approval_leaves_it_for_others() {
    for url in databases().await {
        let world = World::new(&url).await;
        let second = colleague(&world).await;
        let found = three_covered(&world).await;
        link(&world, &world.staff, found[0].deal).await;
        let moved = "line-moved-by-you";
        assert_eq!(
            codes(&approve(&world, &world.staff, &found).await),
            [moved; 3]
        );
        assert_eq!(approve(&world, &second, &found[..1]).await, []);
        // The second has it in hand now, and the first looks at what it did.
        world.wait_a_minute();
        link(&world, &second, found[0].deal).await;
        assert_eq!(
            codes(&approve(&world, &second, &found[1..]).await),
            [moved; 2]
        );
        assert_eq!(approve(&world, &world.staff, &found[1..]).await, []);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_waiver_is_a_hand_in_its_month_and_those_after_it_alone() {
    for url in databases().await {
        let world = World::new(&url).await;
        let second = colleague(&world).await;
        world.need_two_persons().await;
        world.win("1000.00", "1").await;
        world.accrue("2026-04-02").await;
        world.invoice("INV-1", 250_000, 297_500).await;
        let deal = world.lines().await[0].deal;
        let march = Month::new(2026, 3);
        exceptions::waive(&world.ctx, &second, deal, march, "Goodwill")
            .await
            .expect("waived");
        world.work().await;
        let mut found = world.lines().await;
        found.retain(|line| line.state == LineState::Covered);
        assert_eq!(found.len(), 3);
        let skipped = approve(&world, &second, &found).await;
        assert_eq!(skipped, [(found[2].id, "line-moved-by-you")]);
        assert_eq!(approve(&world, &world.staff, &found[2..]).await, []);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn whoever_closes_a_quarter_has_not_alone_approved_its_lines() {
    for url in databases().await {
        let world = World::new(&url).await;
        let second = colleague(&world).await;
        let found = three_covered(&world).await;
        two_persons::confirm_details(&world.ctx, &second, world.partner)
            .await
            .expect("confirmed");
        assert_eq!(approve(&world, &world.staff, &found).await, []);
        let obstacle = two_persons::find_obstacle(&world.ctx, &world.staff, first_quarter()).await;
        assert_eq!(obstacle.expect("an obstacle").lines, 3);
        assert_eq!(
            close(&world, &world.staff).await,
            Err("closer-approved-alone")
        );
        let none = two_persons::find_obstacle(&world.ctx, &second, first_quarter()).await;
        assert_eq!(none.expect("none"), two_persons::Obstacle::default());
        assert_eq!(close(&world, &second).await, Ok(1));
        world.work().await;
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_line_that_somebody_else_moved_before_its_approval_has_two_persons_already() {
    for url in databases().await {
        let world = World::new(&url).await;
        let second = colleague(&world).await;
        let found = three_covered(&world).await;
        two_persons::confirm_details(&world.ctx, &second, world.partner)
            .await
            .expect("confirmed");
        link(&world, &second, found[0].deal).await;
        assert_eq!(approve(&world, &world.staff, &found).await, []);
        assert_eq!(close(&world, &world.staff).await, Ok(1));
        world.work().await;
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_change_of_how_a_partner_is_paid_is_seen_by_somebody_else_before_it_is_paid() {
    for url in databases().await {
        let world = World::new(&url).await;
        let second = colleague(&world).await;
        let found = three_covered(&world).await;
        assert_eq!(approve(&world, &second, &found).await, []);
        // Whoever added the partner typed all of it.
        let changed = "closer-changed-details";
        assert_eq!(close(&world, &world.staff).await, Err(changed));
        let confirm = |actor| two_persons::confirm_details(&world.ctx, actor, world.partner);
        let own = confirm(&world.staff).await;
        assert!(matches!(
            own,
            Err(ServiceError::Conflict("details-changed-by-you"))
        ));
        let member = confirm(&world.member).await;
        assert!(matches!(member, Err(ServiceError::Forbidden)));
        confirm(&second).await.expect("confirmed");
        confirm(&second).await.expect("confirmed already");
        // A name that only the portal shows is not what money is paid by; the address for statements is.
        let renamed = CompanyForm {
            name: "Another name".to_owned(),
            ..company()
        };
        update(&world, &renamed).await;
        let none = two_persons::find_obstacle(&world.ctx, &world.staff, first_quarter()).await;
        assert!(none.expect("none").partners.is_empty());
        let elsewhere = CompanyForm {
            billing_email: "elsewhere@partner.test".to_owned(),
            ..renamed
        };
        update(&world, &elsewhere).await;
        assert_eq!(close(&world, &world.staff).await, Err(changed));
        assert_eq!(
            close(&world, &second).await,
            Err("closer-approved-alone"),
            "who approved all of it does not close it either"
        );
        confirm(&second).await.expect("confirmed");
        assert_eq!(close(&world, &world.staff).await, Ok(1));
        world.work().await;
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn one_person_is_enough_where_an_administrator_says_so_and_the_log_says_when() {
    for url in databases().await {
        let world = World::new(&url).await;
        let second = colleague(&world).await;
        let found = three_covered(&world).await;
        let refused = two_persons::choose(&world.ctx, &second, "one", "Holidays").await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)));
        let silent = two_persons::choose(&world.ctx, &world.staff, "one", " ").await;
        assert!(
            matches!(silent, Err(ServiceError::Invalid(_))),
            "it says why"
        );
        two_persons::choose(&world.ctx, &world.staff, "one", "Only me in August")
            .await
            .expect("chosen");
        let persons = two_persons::find(&world.ctx, &second).await;
        assert_eq!(persons.expect("known"), Persons::One);
        let mut tx = world.ctx.store.read().await.unwrap();
        let last = audit::list(&mut tx, &audit::AuditFilter::default(), i64::MAX, 1)
            .await
            .unwrap();
        drop(tx);
        assert_eq!(last[0].act, "set_two_persons");
        for part in [
            "\"before\":\"two\"",
            "\"after\":\"one\"",
            "Only me in August",
        ] {
            assert!(last[0].facts.contains(part), "{}", last[0].facts);
        }
        let form = entry("pay", "250.00");
        let (partner, deal) = (world.partner, found[0].deal.to_string());
        corrections::enter_line(&world.ctx, &world.staff, partner, &deal, &form)
            .await
            .expect("entered");
        world.work().await;
        let mut all = world.lines().await;
        all.retain(|line| line.state == LineState::Covered);
        assert_eq!(approve(&world, &world.staff, &all).await, []);
        // The proof knows of it too: `work` proves the books after each step.
        assert_eq!(close(&world, &world.staff).await, Ok(1));
        world.work().await;
        world.ctx.store.close().await;
    }
}

/// What is known of a line beside the portal: each hand in it and when, and who approved it and when.
#[derive(Default)]
struct Known {
    entered: Option<PersonId>,
    hands: Vec<(PersonId, usize)>,
    approved: Option<(PersonId, usize)>,
}

impl Known {
    fn is_of(&self, person: PersonId) -> bool {
        let mut last = self.hands.last().into_iter();
        self.entered == Some(person) || last.any(|(last, _)| *last == person)
    }

    /// Whether it is one person's work alone, if that person closes the quarter.
    fn is_alone(&self, closer: PersonId) -> bool {
        self.approved.is_some_and(|(approver, step)| {
            let is_before = |hand: &(PersonId, usize)| hand.0 != approver && hand.1 < step;
            approver == closer && !self.hands.iter().any(is_before)
        })
    }
}

/// Some acts in an order that a seed chooses, each looked at beside what is known of the lines.
struct Script<'a> {
    world: &'a World,
    people: [Actor; 3],
    seed: u64,
    step: usize,
    known: BTreeMap<LineId, Known>,
}

impl Script<'_> {
    fn choose(&mut self, of: usize) -> usize {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.seed >> 33).unwrap() % of
    }

    /// Answers whether the quarter is closed.
    async fn go_on(&mut self) -> bool {
        self.step += 1;
        self.world.wait_a_minute();
        let actor = self.people[self.choose(3)];
        match self.choose(8) {
            0 => self.enter(&actor).await,
            1 => self.link(&actor).await,
            2..=4 => self.approve(&actor).await,
            5 => self.withdraw(&actor).await,
            _ => return self.close(&actor).await,
        }
        false
    }

    async fn enter(&mut self, actor: &Actor) {
        let form = EntryForm {
            explanation: format!("Step {}", self.step),
            ..entry("pay", "10.00")
        };
        let deal = self.world.lines().await[0].deal.to_string();
        let (ctx, partner) = (&self.world.ctx, self.world.partner);
        let entered = corrections::enter_line(ctx, actor, partner, &deal, &form)
            .await
            .expect("entered");
        self.world.work().await;
        let known = self.known.entry(entered.line()).or_default();
        known.entered = Some(actor.person());
        known.hands.push((actor.person(), self.step));
    }

    async fn link(&mut self, actor: &Actor) {
        let found = self.world.lines().await;
        link(self.world, actor, found[0].deal).await;
        for line in found {
            let known = self.known.entry(line.id).or_default();
            known.hands.push((actor.person(), self.step));
        }
    }

    async fn approve(&mut self, actor: &Actor) {
        let mut found = self.world.lines().await;
        found.retain(|line| line.state == LineState::Covered);
        let some = self.choose(2) == 0;
        found.truncate(if some { 2 } else { found.len() });
        let skipped: HashMap<_, _> = approve(self.world, actor, &found)
            .await
            .into_iter()
            .collect();
        for line in found {
            let known = self.known.entry(line.id).or_default();
            let is_own = known.is_of(actor.person());
            assert_eq!(skipped.contains_key(&line.id), is_own, "{skipped:?}");
            if !is_own {
                known.approved = Some((actor.person(), self.step));
            }
        }
    }

    async fn withdraw(&mut self, actor: &Actor) {
        let mut found = self.world.lines().await;
        found.retain(|line| line.state == LineState::Approved);
        found.truncate(1);
        let ids: Vec<LineId> = found.iter().map(|line| line.id).collect();
        lines::withdraw_approval(&self.world.ctx, actor, &ids)
            .await
            .expect("taken back");
        self.world.work().await;
        for id in ids {
            self.known.entry(id).or_default().approved = None;
        }
    }

    /// Once nothing waits for approval any more.
    async fn close(&mut self, actor: &Actor) -> bool {
        let mut found = self.world.lines().await.into_iter();
        if found.any(|line| line.state == LineState::Covered) {
            return false;
        }
        let is_alone = self
            .known
            .values()
            .any(|known| known.is_alone(actor.person()));
        let closed = close(self.world, actor).await;
        assert_eq!(closed.is_err(), is_alone, "{closed:?}");
        if closed.is_err() {
            return false;
        }
        self.world.work().await;
        for line in self.world.lines().await {
            let Some(known) = self.known.get(&line.id).filter(|_| line.state.is_stated()) else {
                continue;
            };
            let (approver, step) = known.approved.expect("approved before it was stated");
            let movers = known.hands.iter().filter(|hand| hand.1 < step);
            let mut persons: Vec<PersonId> = movers.map(|hand| hand.0).collect();
            persons.extend([approver, actor.person()]);
            persons.sort_unstable();
            persons.dedup();
            assert!(persons.len() > 1, "{} left by one person's doing", line.id);
        }
        true
    }
}

#[tokio::test]
async fn by_no_order_of_acts_a_line_is_stated_by_one_persons_doing_alone() {
    for url in databases().await {
        for seed in 1..=3 {
            let url = if seed == 1 {
                url.clone()
            } else {
                databases()
                    .await
                    .swap_remove(usize::from(url.starts_with("postgres")))
            };
            let world = World::new(&url).await;
            let second = colleague(&world).await;
            let third = third(&world).await;
            three_covered(&world).await;
            two_persons::confirm_details(&world.ctx, &second, world.partner)
                .await
                .expect("confirmed");
            let mut script = Script {
                world: &world,
                people: [world.staff, second, third],
                seed,
                step: 0,
                known: BTreeMap::new(),
            };
            let mut steps = 0;
            while steps < 40 && !script.go_on().await {
                steps += 1;
            }
            world.ctx.store.close().await;
        }
    }
}

//! What people do where the client's money and a deal do not meet, and the explorer of that money, on the real database: SQLite in a file, and PostgreSQL
//! too where `PORTAL_TEST_POSTGRES_URL` names a server. After each step the proof must hold and the buckets must add up.

use std::{ops::Deref, sync::atomic::Ordering};

use portal_domain::{
    access::{Actor, Reach, StaffRole},
    buckets::Column,
    calendar::{Month, Quarter, Timestamp},
    deal::DealState,
    ids::{DealId, ExceptionId, PartnerId},
    lead::LeadForm,
    line::{LineKind, LineState},
    money::{Currency, Money},
    partner::CompanyForm,
    remote::{InvoiceType, RemoteCredit, RemoteDeal, RemoteInvoice},
};
use portal_services::{
    Ctx, ServiceError, deals,
    exceptions::{self, CaseFilter, ChaseForm},
    explorer::{self, ClientMoney, ExplorerFilter, RowKey},
    figures, forecast, leads,
    lines::{self, WaitsFor},
    links::{self, DocumentShareForm},
    mergers::{self, MergerDecision},
    outbox::Job,
    partners, plans, quarters,
};
use portal_store::{
    audit, deals as deal_rows, invoices, jobs, lines as line_rows, lines::LineFilter, mails,
};

use crate::world::{self, add_owner, databases, instant};

/// The portal with two more partners on its plan of 10 % for twelve months.
pub(crate) struct World {
    base: world::World,
    pub(crate) alpha: Actor,
    pub(crate) beta: Actor,
}

impl Deref for World {
    type Target = world::World;

    fn deref(&self) -> &world::World {
        &self.base
    }
}

/// A new world on each kind of database that is at hand.
pub(crate) async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for url in databases().await {
        worlds.push(World::new(&url).await);
    }
    worlds
}

pub(crate) fn month(number: u32) -> Month {
    Month::new(2026, number)
}

impl World {
    async fn new(url: &str) -> Self {
        let base = world::World::new(url).await;
        let plans = plans::list(&base.ctx, &base.staff).await.expect("plans");
        let plan = plans[0].plan.to_string();
        Self {
            alpha: add_partner(&base.ctx, &base.staff, "Alpha", &plan).await,
            beta: add_partner(&base.ctx, &base.staff, "Beta", &plan).await,
            base,
        }
    }

    /// A deal of 1,000.00 a month from January on.
    pub(crate) async fn win(&self, member: &Actor, client: &str, hubspot_id: &str) -> DealId {
        let deal = self.remote(hubspot_id, client);
        self.win_as(member, client, deal).await
    }

    /// A deal of a lead of its own, as HubSpot shows it.
    pub(crate) async fn win_as(
        &self,
        member: &Actor,
        client: &str,
        mut deal: RemoteDeal,
    ) -> DealId {
        let domain = format!("{}.com", client.to_lowercase());
        let form = LeadForm {
            client_name: client.to_owned(),
            client_domain: domain.clone(),
            contact_name: "Ada".to_owned(),
            contact_email: format!("ada@{domain}"),
            need: "A portal".to_owned(),
            lawful_basis: "contract".to_owned(),
            submission_key: deal.id.clone(),
            ..LeadForm::default()
        };
        let lead = leads::submit(&self.ctx, member, &form).await;
        let lead = lead.expect("a lead").lead();
        let in_review = leads::find_for_staff(&self.ctx, &self.staff, lead).await;
        if in_review.expect("a lead").lead.state == portal_domain::lead::LeadState::InReview {
            leads::decide(&self.ctx, &self.staff, lead, &leads::Decision::Accept)
                .await
                .expect("accepted");
        }
        deals::apply_registration(&self.ctx, lead, &deal.id)
            .await
            .expect("registered");
        deal.lead_key = Some(lead.to_string());
        self.read(&deal).await;
        self.find(&deal.id).await
    }

    pub(crate) fn remote(&self, hubspot_id: &str, client: &str) -> RemoteDeal {
        RemoteDeal {
            id: hubspot_id.to_owned(),
            name: format!("{client} {hubspot_id}"),
            pipeline: "default".to_owned(),
            stage: "closedwon".to_owned(),
            state: DealState::Won,
            amount: Some("1000.00".to_owned()),
            currency: Some(Currency::EUR),
            billing_period: Some("1".to_owned()),
            start: "2026-01-10".parse().ok(),
            end: None,
            closed_at: Some(Timestamp(instant("2026-01-10"))),
            modified_at: self.ctx.now(),
            lead_key: None,
            merged_ids: Vec::new(),
            owner: None,
            line_items: Vec::new(),
        }
    }

    pub(crate) async fn read(&self, deal: &RemoteDeal) {
        deals::apply_reading(&self.ctx, &deal.id, Some(deal))
            .await
            .expect("a reading");
        self.work().await;
    }

    pub(crate) async fn find(&self, hubspot_id: &str) -> DealId {
        let mut tx = self.ctx.store.read().await.unwrap();
        let found = deal_rows::find_by_hubspot(&mut tx, hubspot_id).await;
        found.unwrap().expect("a deal").id
    }

    /// Does what the books' lane would, proves the books, and adds up the buckets.
    pub(crate) async fn work(&self) {
        self.base.work().await;
        self.explore(&ExplorerFilter::default()).await;
    }

    pub(crate) async fn accrue(&self, date: &str) {
        self.go_to(date);
        lines::accrue(&self.ctx).await.expect("accrued");
        self.work().await;
    }

    /// Reads an invoice of Xero's as it is now.
    pub(crate) async fn put(&self, mut invoice: RemoteInvoice) {
        invoice.updated_at = Timestamp(self.readings.fetch_add(1, Ordering::SeqCst));
        links::apply_invoice(&self.ctx, &invoice)
            .await
            .expect("applied");
        self.work().await;
    }

    /// Reads a credit note of Xero's as it is now.
    pub(crate) async fn put_credit(&self, mut credit: RemoteCredit) {
        credit.updated_at = Timestamp(self.readings.fetch_add(1, Ordering::SeqCst));
        links::apply_credit(&self.ctx, &credit)
            .await
            .expect("applied");
        self.work().await;
    }

    pub(crate) async fn explore(&self, filter: &ExplorerFilter) -> Vec<ClientMoney> {
        let mut filter = filter.clone();
        let mut clients = Vec::new();
        loop {
            let found = explorer::explore(&self.ctx, &self.staff, &filter).await;
            let found = found.expect("explored");
            clients.extend(found.clients);
            let Some(next) = found.next else { break };
            filter.after = Some(next);
        }
        for money in &clients {
            assert_adds_up(money);
        }
        clients
    }

    pub(crate) async fn kinds(&self) -> Vec<String> {
        let found = exceptions::list_exceptions(&self.ctx, &self.staff, 100).await;
        let found = found.expect("exceptions");
        let mut kinds: Vec<String> = found.into_iter().map(|view| view.record.kind).collect();
        kinds.sort();
        kinds
    }

    pub(crate) async fn case(&self, kind: &str) -> ExceptionId {
        let found = exceptions::list_exceptions(&self.ctx, &self.staff, 100).await;
        let mut found = found.expect("exceptions").into_iter();
        let found = found.find(|view| view.record.kind == kind);
        found.expect(kind).record.id
    }

    pub(crate) async fn states(&self, deal: DealId) -> Vec<LineState> {
        let mut tx = self.ctx.store.read().await.unwrap();
        let mut found = line_rows::list_of_deal(&mut tx, deal).await.unwrap();
        found.retain(|line| line.kind == LineKind::Scheduled);
        found.sort_by_key(|line| (line.month, line.id));
        found.into_iter().map(|line| line.state).collect()
    }

    async fn months(&self, deal: DealId) -> Vec<u32> {
        let mut tx = self.ctx.store.read().await.unwrap();
        let mut found = line_rows::list_of_deal(&mut tx, deal).await.unwrap();
        found.retain(|line| line.state != LineState::Cancelled);
        found.sort_by_key(|line| line.month);
        found.into_iter().map(|line| line.month.month()).collect()
    }

    async fn acts(&self, subject: &str) -> Vec<String> {
        let mut tx = self.ctx.store.read().await.unwrap();
        let found = audit::list_of_subjects(&mut tx, &[subject.to_owned()]).await;
        found.unwrap().into_iter().map(|act| act.act).collect()
    }

    async fn approve_all(&self) -> lines::Approved {
        let filter = lines::StaffLineFilter {
            state: Some(LineState::Covered),
            ..lines::StaffLineFilter::default()
        };
        let found = lines::list_for_staff(&self.ctx, &self.staff, filter, 100).await;
        let found = found.unwrap();
        let seen: Vec<_> = found.iter().map(|view| view.line.seen()).collect();
        let approved = lines::approve(&self.ctx, &self.staff, &seen).await;
        self.work().await;
        approved.unwrap()
    }
}

async fn add_partner(ctx: &Ctx, staff: &Actor, name: &str, plan: &str) -> Actor {
    let domain = format!("{}-partner.com", name.to_lowercase());
    let form = CompanyForm {
        name: name.to_owned(),
        legal_name: format!("{name} GmbH"),
        domain: domain.clone(),
        country: "DE".to_owned(),
        billing_email: format!("billing@{domain}"),
        ..CompanyForm::default()
    };
    let partner: PartnerId = partners::add(ctx, staff, &form).await.expect("a partner");
    partners::enrol(ctx, staff, partner, plan, "2026-01-01")
        .await
        .expect("an enrolment");
    add_owner(ctx, partner, &format!("owner@{domain}")).await
}

/// An invoice over a net amount without tax, of which so much is paid.
pub(crate) fn sale(number: &str, client: &str, net_minor: i64, paid_minor: i64) -> RemoteInvoice {
    let money = Money::new(net_minor, Currency::EUR);
    RemoteInvoice {
        id: format!("id-{number}"),
        kind: InvoiceType::Sale,
        number: number.to_owned(),
        reference: String::new(),
        contact_id: format!("contact-{client}"),
        contact_name: client.to_owned(),
        status: "AUTHORISED".to_owned(),
        date: "2026-02-01".parse().ok(),
        due: "2026-12-15".parse().ok(),
        sub_total: money,
        total: money,
        paid_minor,
        prepaid_minor: 0,
        credited_minor: 0,
        due_minor: net_minor - paid_minor,
        updated_at: Timestamp(0),
        description: String::new(),
    }
}

/// A credit note without tax that was refunded in cash, for no invoice.
pub(crate) fn refund(number: &str, client: &str, minor: i64) -> RemoteCredit {
    let money = Money::new(minor, Currency::EUR);
    RemoteCredit {
        id: format!("id-{number}"),
        number: number.to_owned(),
        reference: String::new(),
        contact_id: format!("contact-{client}"),
        contact_name: client.to_owned(),
        status: "PAID".to_owned(),
        date: "2026-02-20".parse().ok(),
        sub_total: money,
        total: money,
        refunded_minor: minor,
        allocations: Vec::new(),
        updated_at: Timestamp(0),
    }
}

/// Rows add up to their column, evidence to its number, and what was invoiced to where it went.
#[track_caller]
pub(crate) fn assert_adds_up(money: &ClientMoney) {
    for column in Column::ALL {
        let rows = money.rows.iter().map(|row| row.amounts.of(*column));
        assert_eq!(rows.sum::<i64>(), money.total.of(*column), "{column}");
    }
    let sums = money.find_row(RowKey::Sum);
    for row in money.rows.iter().chain(&sums) {
        for column in [
            Column::Invoiced,
            Column::Credited,
            Column::Collected,
            Column::Unallocated,
        ] {
            let parts = row.evidence.iter().filter(|part| part.column == column);
            let parts: i64 = parts.map(|part| part.amount_minor).sum();
            assert_eq!(parts, row.amounts.of(column), "{column} of {:?}", row.key);
        }
        for part in &row.evidence {
            let document = &part.document;
            assert!(
                money.documents.contains_key(document),
                "{document} can be shown"
            );
        }
    }
    let sum = |parts: Vec<explorer::Evidence>| -> i64 {
        parts.iter().map(|part| part.amount_minor).sum()
    };
    assert_eq!(sum(money.list_refunded()), money.refunded_minor);
    assert_eq!(sum(money.list_open()), money.open_minor);
    let total = &money.total;
    let went = total.credited_minor + total.collected_minor + total.unallocated_minor;
    let went = went + money.refunded_minor + money.open_minor;
    assert_eq!(total.invoiced_minor, went);
}

/// Row, expected, invoiced, credited, collected, not allocated, missing.
fn table(money: &ClientMoney) -> Vec<(String, [i64; 6])> {
    let columns = [
        Column::Expected,
        Column::Invoiced,
        Column::Credited,
        Column::Collected,
        Column::Unallocated,
        Column::Missing,
    ];
    let rows = money.rows.iter();
    rows.map(|row| (row.key.word(), columns.map(|column| row.amounts.of(column))))
        .collect()
}

fn until(number: u32) -> ExplorerFilter {
    ExplorerFilter {
        until: Some(month(number)),
        ..ExplorerFilter::default()
    }
}

#[tokio::test]
async fn the_explorer_shows_all_money_of_a_client_and_what_is_no_deals() {
    for world in worlds().await {
        world.win(&world.alpha, "Acme", "9001").await;
        world.accrue("2026-04-02").await;
        world.put(sale("INV-1", "Acme", 100_000, 100_000)).await;
        let mut credited = sale("INV-2", "Acme", 150_000, 60_000);
        credited.credited_minor = 50_000;
        credited.due_minor = 40_000;
        world.put(credited).await;
        let dollars = RemoteInvoice {
            sub_total: Money::new(7_000, Currency::USD),
            total: Money::new(7_000, Currency::USD),
            ..sale("INV-3", "Acme", 7_000, 2_000)
        };
        world.put(dollars).await;
        let found = world.explore(&until(3)).await;
        assert_eq!(found.len(), 2, "each currency on its own");
        let row = |word: &str, amounts: [i64; 6]| (word.to_owned(), amounts);
        assert_eq!(
            table(&found[0]),
            [
                row("2026-01", [100_000, 100_000, 0, 100_000, 0, 0]),
                row("2026-02", [100_000, 150_000, 50_000, 60_000, 0, 40_000]),
                row("2026-03", [100_000, 0, 0, 0, 0, 100_000]),
                row("later", [900_000, 0, 0, 0, 0, 900_000]),
            ]
        );
        assert_eq!(found[0].open_minor, 40_000);
        assert!(found[0].is_misfit);
        assert_eq!(
            table(&found[1]),
            [row("rest", [0, 7_000, 0, 0, 2_000, 0])],
            "another currency than the deal's fills no month"
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_refund_and_an_invoice_that_nobody_linked_stand_in_the_last_row() {
    for world in worlds().await {
        let first = world.win(&world.alpha, "Acme", "9001").await;
        world.win(&world.alpha, "Acme", "9002").await;
        world.accrue("2026-03-02").await;
        world.put(sale("INV-1", "Acme", 100_000, 90_000)).await;
        assert!(
            world
                .kinds()
                .await
                .contains(&"several_deals_possible".to_owned())
        );
        let rest = |found: &[ClientMoney]| {
            let row = found[0].rows.iter().find(|row| row.key == RowKey::Rest);
            row.map(|row| (row.amounts.invoiced_minor, row.amounts.unallocated_minor))
        };
        let found = world.explore(&until(2)).await;
        assert_eq!(rest(&found), Some((100_000, 90_000)));
        world.put_credit(refund("CN-1", "Acme", 20_000)).await;
        let found = world.explore(&until(2)).await;
        assert_eq!(rest(&found), Some((100_000, 70_000)));
        links::link_document(&world.ctx, &world.staff, "id-INV-1", first)
            .await
            .expect("linked");
        links::link_document(&world.ctx, &world.staff, "id-CN-1", first)
            .await
            .expect("linked");
        world.work().await;
        let found = world.explore(&until(2)).await;
        assert_eq!(
            rest(&found),
            Some((0, 0)),
            "what was paid back is told apart"
        );
        assert_eq!(found[0].total.collected_minor, 70_000);
        assert_eq!(found[0].refunded_minor, 20_000);
        links::unlink_document(&world.ctx, &world.staff, "id-CN-1")
            .await
            .expect("taken back");
        world.work().await;
        assert!(
            world
                .kinds()
                .await
                .contains(&"refund_without_deal".to_owned())
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn money_for_a_deal_that_is_not_won_yet_stands_in_its_clients_last_row() {
    for world in worlds().await {
        world.win(&world.alpha, "Acme", "9001").await;
        for (id, client) in [("9002", "Acme"), ("9003", "Other")] {
            let open = RemoteDeal {
                state: DealState::Open,
                ..world.remote(id, client)
            };
            world.win_as(&world.beta, client, open).await;
        }
        // Both are to Acme, which pays for the other's deal too.
        for (number, id, paid) in [("INV-1", "9002", 40_000), ("INV-2", "9003", 30_000)] {
            let named = RemoteInvoice {
                reference: format!("Deal {id}"),
                ..sale(number, "Acme", 100_000, paid)
            };
            world.put(named).await;
        }
        let found = world.explore(&until(1)).await;
        let rest = found.iter().filter_map(|money| {
            let row = money.rows.iter().find(|row| row.key == RowKey::Rest)?;
            let amounts = row.amounts;
            let name = money.client.name.as_str();
            Some((name, amounts.invoiced_minor, amounts.unallocated_minor))
        });
        let rest: Vec<_> = rest.collect();
        assert_eq!(
            rest,
            [("Acme", 100_000, 40_000), ("Other", 100_000, 30_000)]
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn the_explorer_pages_by_client_and_finds_what_does_not_fit() {
    for world in worlds().await {
        for number in 0..25 {
            let client = format!("Client{number:02}");
            world
                .win(&world.alpha, &client, &format!("{}", 8_000 + number))
                .await;
        }
        world.win(&world.beta, "Zebra", "9001").await;
        world.accrue("2026-02-02").await;
        for number in 0..25 {
            if number != 7 {
                let client = format!("Client{number:02}");
                world
                    .put(sale(&format!("INV-{number}"), &client, 100_000, 100_000))
                    .await;
            }
        }
        let first = explorer::explore(&world.ctx, &world.staff, &until(1))
            .await
            .expect("explored");
        assert_eq!(first.clients.len(), explorer::PAGE);
        assert!(first.next.is_some());
        assert_eq!(world.explore(&until(1)).await.len(), 26);
        let names = |found: Vec<ClientMoney>| -> Vec<String> {
            found.into_iter().map(|money| money.client.name).collect()
        };
        let misfits = ExplorerFilter {
            misfits_only: true,
            ..until(1)
        };
        assert_eq!(names(world.explore(&misfits).await), ["Client07", "Zebra"]);
        let of_beta = ExplorerFilter {
            partner: "bet".to_owned(),
            ..until(1)
        };
        assert_eq!(names(world.explore(&of_beta).await), ["Zebra"]);
        let searched = ExplorerFilter {
            search: "client1%".to_owned(),
            ..until(1)
        };
        assert!(
            world.explore(&searched).await.is_empty(),
            "what is typed is no pattern"
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn an_invoice_that_a_person_linked_goes_back_to_the_rules_when_that_is_taken_back() {
    for world in worlds().await {
        let acme = world.win(&world.alpha, "Acme", "9001").await;
        let other = world.win(&world.beta, "Other", "9002").await;
        world.accrue("2026-02-02").await;
        world.put(sale("INV-1", "Acme", 100_000, 100_000)).await;
        let refused = links::unlink_document(&world.ctx, &world.staff, "id-INV-1").await;
        assert!(
            matches!(refused, Err(ServiceError::Conflict("not-linked-by-person"))),
            "the rules' own link is not a person's to take back: {refused:?}"
        );
        links::link_document(&world.ctx, &world.staff, "id-INV-1", other)
            .await
            .expect("linked");
        world.work().await;
        assert_eq!(world.states(other).await[0], LineState::Covered);
        assert_eq!(world.states(acme).await[0], LineState::Awaiting);
        links::unlink_document(&world.ctx, &world.staff, "id-INV-1")
            .await
            .expect("taken back");
        world.work().await;
        assert_eq!(world.states(other).await[0], LineState::Awaiting);
        assert_eq!(world.states(acme).await[0], LineState::Covered);
        let mut tx = world.ctx.store.read().await.unwrap();
        let found = invoices::find(&mut tx, "id-INV-1").await.unwrap().unwrap();
        assert_eq!(found.links[0].how, "contact");
        drop(tx);
        assert_eq!(
            world.acts("id-INV-1").await,
            ["link_document", "unlink_document"]
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn only_invoices_to_clients_with_a_deal_of_ours_are_flagged_and_a_wrong_contact_is_found() {
    for world in worlds().await {
        let acme = world.win(&world.alpha, "Acme", "9001").await;
        world.accrue("2026-04-02").await;
        world.put(sale("INV-9", "Stranger", 200_000, 200_000)).await;
        assert_eq!(
            world.kinds().await,
            ["no_invoice_yet"],
            "other customers of the vendor are nobody's case"
        );
        let case = world.case("no_invoice_yet").await;
        let found = exceptions::find_case(&world.ctx, &world.staff, case, "").await;
        let found = found.expect("a case");
        let suggested: Vec<_> = found
            .invoices
            .iter()
            .map(|choice| (choice.invoice.remote.number.as_str(), choice.months))
            .collect();
        assert_eq!(suggested, [("INV-9", Some(2))], "two months exactly");
        links::link_document(&world.ctx, &world.staff, "id-INV-9", acme)
            .await
            .expect("linked");
        world.work().await;
        assert_eq!(world.states(acme).await[..2], [LineState::Covered; 2]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn an_invoice_is_divided_and_the_rest_is_no_deals() {
    for world in worlds().await {
        let first = world.win(&world.alpha, "Acme", "9001").await;
        let second = world.win(&world.beta, "Other", "9002").await;
        world.accrue("2026-02-02").await;
        world.put(sale("INV-1", "Acme", 300_000, 300_000)).await;
        let row = |deal: DealId, amount: &str| DocumentShareForm {
            deal: deal.to_string(),
            amount: amount.to_owned(),
        };
        let too_much = [row(first, "2,000.00"), row(second, "1,000.01")];
        let refused = links::split_document(&world.ctx, &world.staff, "id-INV-1", &too_much).await;
        let Err(ServiceError::Invalid(errors)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(errors.0[0].field, "rows.1.amount");
        let rows = [row(first, "1000"), row(second, "1000")];
        links::split_document(&world.ctx, &world.staff, "id-INV-1", &rows)
            .await
            .expect("divided");
        world.work().await;
        assert_eq!(world.states(first).await[0], LineState::Covered);
        assert_eq!(world.states(second).await[0], LineState::Covered);
        let found = world.explore(&until(1)).await;
        let acme = found.iter().find(|money| money.client.name == "Acme");
        assert_eq!(acme.expect("Acme").total.unallocated_minor, 100_000);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_partner_waits_for_its_own_part_of_an_invoice_that_is_for_anothers_deal_too() {
    for world in worlds().await {
        let first = world.win(&world.alpha, "Acme", "9001").await;
        let second = world.win(&world.beta, "Other", "9002").await;
        world.accrue("2026-02-02").await;
        // With 19 % tax, and half of it is paid.
        let half = RemoteInvoice {
            total: Money::new(119_000, Currency::EUR),
            paid_minor: 59_500,
            due_minor: 59_500,
            ..sale("INV-7", "Acme", 100_000, 0)
        };
        world.put(half).await;
        let waits = async |member: &Actor| {
            let found = lines::list_for_partner(&world.ctx, member, LineFilter::default()).await;
            match found.expect("lines")[0].waits_for.clone() {
                Some(WaitsFor::Payment { open, .. }) => open.minor,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(waits(&world.alpha).await, 59_500);
        let row = |deal: DealId, amount: &str| DocumentShareForm {
            deal: deal.to_string(),
            amount: amount.to_owned(),
        };
        let rows = [row(first, "400"), row(second, "500")];
        links::split_document(&world.ctx, &world.staff, "id-INV-7", &rows)
            .await
            .expect("divided");
        world.work().await;
        assert_eq!(waits(&world.alpha).await, 23_800);
        assert_eq!(waits(&world.beta).await, 29_750);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn the_evidence_of_a_month_is_what_hubspot_said_of_the_deal_in_that_month() {
    for world in worlds().await {
        let deal = world.win(&world.alpha, "Acme", "9001").await;
        world.accrue("2026-03-10").await;
        world.put(sale("INV-1", "Acme", 100_000, 100_000)).await;
        let dearer = RemoteDeal {
            amount: Some("2000.00".to_owned()),
            modified_at: world.ctx.now(),
            ..world.remote("9001", "Acme")
        };
        world.read(&dearer).await;
        let terms = explorer::list_terms(&world.ctx, &world.staff, deal).await;
        let terms = terms.expect("terms");
        let found = world.explore(&until(4)).await;
        let held = |key: RowKey| -> Vec<i64> {
            let row = found[0].find_row(key).expect("a row");
            let held = row.held(deal, &terms).into_iter();
            held.map(|(terms, _)| terms.value.minor).collect()
        };
        for (key, values) in [
            (RowKey::Month(month(1)), vec![100_000]),
            (RowKey::Month(month(2)), vec![100_000]),
            (RowKey::Month(month(3)), vec![200_000]),
            (RowKey::Later, vec![200_000]),
            (RowKey::Sum, vec![100_000, 200_000]),
        ] {
            assert_eq!(held(key), values, "{key:?}");
        }
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_waiver_covers_a_month_until_it_is_taken_back() {
    for world in worlds().await {
        let deal = world.win(&world.alpha, "Acme", "9001").await;
        world.accrue("2026-02-02").await;
        world.put(sale("INV-1", "Acme", 100_000, 60_000)).await;
        assert_eq!(world.kinds().await, ["underpaid"]);
        let waive = |reason: &'static str| {
            exceptions::waive(&world.ctx, &world.staff, deal, month(1), reason)
        };
        let Err(ServiceError::Invalid(errors)) = waive(" ").await else {
            panic!("a reason is required")
        };
        assert_eq!(errors.0[0].field, "waive_reason");
        waive("Goodwill").await.expect("waived");
        world.work().await;
        assert_eq!(world.states(deal).await[0], LineState::Covered);
        assert_eq!(world.kinds().await, Vec::<String>::new());
        let found = world.explore(&until(1)).await;
        let row = &found[0].rows[0].amounts;
        assert_eq!(
            (row.expected_minor, row.waived_minor, row.missing_minor),
            (100_000, 40_000, 0)
        );
        let settled = CaseFilter {
            resolved: true,
            kind: "underpaid".to_owned(),
            ..CaseFilter::default()
        };
        let settled = exceptions::list_cases(&world.ctx, &world.staff, &settled).await;
        let settled = settled.expect("cases");
        assert_eq!(settled.cases[0].acts[0].act, "waive");
        let back = || {
            exceptions::take_back_waiver(&world.ctx, &world.staff, deal, month(1), "Paid after all")
        };
        back().await.expect("taken back");
        world.work().await;
        assert_eq!(world.states(deal).await[0], LineState::Awaiting);
        assert_eq!(world.kinds().await, ["underpaid"]);
        let again = back().await;
        assert!(
            matches!(again, Err(ServiceError::Conflict("nothing-waived"))),
            "{again:?}"
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_waiver_covers_its_month_whatever_fraction_or_tolerance_left_before_it() {
    for (amount, period, net_minor, paid_minor, waived) in [
        // A twelfth of 1,000.00 is a third of a unit more than was paid.
        ("1000.00", "12", 8_333, 8_333, [1, 8_333]),
        // 5.00 are within the tolerance of January, and asked for in February.
        ("1000.00", "1", 100_000, 99_500, [500, 100_000]),
    ] {
        for world in worlds().await {
            let deal = world.win(&world.alpha, "Acme", "9001").await;
            let terms = RemoteDeal {
                amount: Some(amount.to_owned()),
                billing_period: Some(period.to_owned()),
                modified_at: world.ctx.now(),
                ..world.remote("9001", "Acme")
            };
            world.read(&terms).await;
            world.accrue("2026-03-02").await;
            world
                .put(sale("INV-1", "Acme", net_minor, paid_minor))
                .await;
            let states = world.states(deal).await;
            assert_eq!(states[..2], [LineState::Covered, LineState::Awaiting]);
            exceptions::waive(&world.ctx, &world.staff, deal, month(2), "Goodwill")
                .await
                .expect("waived");
            world.work().await;
            assert_eq!(world.states(deal).await[..2], [LineState::Covered; 2]);
            let kinds = world.kinds().await;
            assert!(!kinds.contains(&"no_invoice_yet".to_owned()), "{kinds:?}");
            let found = world.explore(&until(2)).await;
            let rows = found[0].rows.iter().map(|row| row.amounts);
            let shown: Vec<_> = rows
                .map(|row| (row.waived_minor, row.missing_minor))
                .collect();
            assert_eq!(shown[..2], waived.map(|minor| (minor, 0)));
            world.ctx.store.close().await;
        }
    }
}

#[tokio::test]
async fn a_month_that_is_waived_as_a_whole_needs_no_invoice_even_if_one_before_it_does() {
    for world in worlds().await {
        let deal = world.win(&world.alpha, "Acme", "9001").await;
        world.accrue("2026-03-02").await;
        exceptions::waive(&world.ctx, &world.staff, deal, month(2), "Goodwill")
            .await
            .expect("waived");
        world.work().await;
        let case = world.case("no_invoice_yet").await;
        let case = exceptions::find_case(&world.ctx, &world.staff, case, "").await;
        let case = case.expect("a case");
        assert_eq!(case.view.facts["months"], 1);
        assert_eq!(case.missing.len(), 1, "only January lacks something");
        world.put(sale("INV-1", "Acme", 100_000, 100_000)).await;
        assert_eq!(world.states(deal).await[..2], [LineState::Covered; 2]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn no_waiver_makes_up_for_more_refunds_than_payments() {
    for world in worlds().await {
        let deal = world.win(&world.alpha, "Acme", "9001").await;
        world.accrue("2026-02-02").await;
        world.put_credit(refund("CN-1", "Acme", 5_000)).await;
        let refused = exceptions::waive(&world.ctx, &world.staff, deal, month(1), "Goodwill").await;
        assert!(
            matches!(refused, Err(ServiceError::Conflict("refunded-beyond"))),
            "{refused:?}"
        );
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_case_is_chased_by_a_mail_as_a_person_wrote_it() {
    for world in worlds().await {
        world.win(&world.alpha, "Acme", "9001").await;
        world.accrue("2026-02-02").await;
        let case = world.case("no_invoice_yet").await;
        let form = |recipient: &str, subject: &str| ChaseForm {
            recipient: recipient.to_owned(),
            subject: subject.to_owned(),
            text: "Hello,\n\n<please> ask & tell.".to_owned(),
        };
        for (bad, field) in [
            (form("nobody", "Money"), "recipient"),
            (form("ann@vendor.test", "Money\r\nBcc: x@y.z"), "subject"),
        ] {
            let refused = exceptions::chase(&world.ctx, &world.staff, case, &bad).await;
            let Err(ServiceError::Invalid(errors)) = refused else {
                panic!("{refused:?}")
            };
            assert_eq!(errors.0[0].field, field);
        }
        let good = form("Ann@vendor.test", "Money");
        exceptions::chase(&world.ctx, &world.staff, case, &good)
            .await
            .expect("sent");
        let mut tx = world.ctx.store.write().await.unwrap();
        let now = world.ctx.now();
        let mail = loop {
            let job = jobs::claim(
                &mut tx,
                "mail",
                jobs::Order::Priority,
                1,
                now,
                now.plus_ms(60_000),
            )
            .await;
            let job = job.unwrap().pop().expect("a mail waits to be sent");
            let Job::SendMail { mail } = serde_json::from_str(&job.payload).unwrap() else {
                panic!("{}", job.payload)
            };
            let mail = mails::find(&mut tx, mail).await.unwrap().expect("a mail");
            if mail.subject == "Money" {
                break mail;
            }
        };
        drop(tx);
        assert_eq!(mail.recipient, "ann@vendor.test");
        assert!(mail.html.contains("&lt;please&gt; ask &amp; tell."));
        let found = exceptions::list_exceptions(&world.ctx, &world.staff, 10).await;
        let found = found.expect("exceptions");
        assert_eq!(found[0].acts[0].act, "chase", "shown on the case");
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn a_merger_of_two_partners_deals_moves_no_money_before_a_person_decides() {
    for (decision, survivor_goes_on) in [
        (MergerDecision::Survivor, true),
        (MergerDecision::Other, false),
    ] {
        for world in worlds().await {
            let survivor = world.win(&world.alpha, "Acme", "9001").await;
            let other = world.win(&world.beta, "Other", "9002").await;
            world.accrue("2026-04-02").await;
            world.put(sale("INV-1", "Acme", 100_000, 100_000)).await;
            world.put(sale("INV-2", "Other", 100_000, 100_000)).await;
            assert_eq!(world.approve_all().await.approved, 2);
            let mut merged = world.remote("9001", "Acme");
            merged.merged_ids = vec!["9002".to_owned()];
            merged.amount = Some("2000.00".to_owned());
            world.read(&merged).await;
            let case = world.case("deals_merged").await;
            world.put(sale("INV-3", "Acme", 100_000, 100_000)).await;
            let approved = world.approve_all().await;
            assert_eq!(approved.approved, 0);
            assert!(
                approved
                    .skipped
                    .iter()
                    .all(|(_, why)| *why == "line-of-merged-deal")
            );
            let quarter = Quarter::parse("2026Q1", 1).unwrap();
            let preview = quarters::preview(&world.ctx, &world.staff, quarter).await;
            assert!(preview.unwrap().statements.is_empty(), "nothing is stated");
            assert_undecided(&world).await;
            let refused =
                mergers::decide_merger(&world.ctx, &world.staff, case, decision, "").await;
            let Err(ServiceError::Invalid(errors)) = refused else {
                panic!("{refused:?}")
            };
            assert_eq!(errors.0[0].field, "merge_reason");
            mergers::decide_merger(&world.ctx, &world.staff, case, decision, "Said by Ann")
                .await
                .expect("decided");
            world.work().await;
            let again =
                mergers::decide_merger(&world.ctx, &world.staff, case, decision, "Twice").await;
            assert!(matches!(
                again,
                Err(ServiceError::Conflict("exception-resolved"))
            ));
            let (goes_on, ends) = if survivor_goes_on {
                (survivor, other)
            } else {
                (other, survivor)
            };
            let ended = world.states(ends).await;
            assert!(
                ended.iter().all(|state| matches!(
                    state,
                    LineState::Approved | LineState::Covered | LineState::Cancelled
                )),
                "its uncovered months are cancelled: {ended:?}"
            );
            assert!(ended.contains(&LineState::Cancelled));
            assert_eq!(
                world.find("9001").await,
                goes_on,
                "HubSpot's deal is its own now"
            );
            merged.modified_at = world.ctx.now();
            world.read(&merged).await;
            assert!(!world.kinds().await.contains(&"deals_merged".to_owned()));
            world.ctx.store.close().await;
        }
    }
}

/// Nothing that the partner is shown promises the money of a deal that waits for a decision.
async fn assert_undecided(world: &World) {
    let figures = figures::for_partner(&world.ctx, &world.alpha).await;
    let figures = figures.expect("figures");
    assert_eq!(
        (figures[0].upcoming.minor, figures[0].owed.minor),
        (0, 20_000)
    );
    let forecast = forecast::for_partner(&world.ctx, &world.alpha).await;
    let forecast = &forecast.expect("a forecast")[0];
    assert_eq!((forecast.total.minor, forecast.groups.len()), (0, 0));
    assert_eq!(forecast.stopped[0].word(), "undecided");
    assert_eq!(forecast.stopped[0].money.minor, 30_000);
    let filter = line_rows::LineFilter::default();
    let found = lines::list_for_partner(&world.ctx, &world.alpha, filter).await;
    for view in found.expect("lines") {
        assert_eq!(view.waits_for, Some(lines::WaitsFor::Merger));
    }
}

#[tokio::test]
async fn a_start_that_moved_is_kept_until_it_moves_again_or_followed_by_all_lines() {
    for world in worlds().await {
        let deal = world.win(&world.alpha, "Acme", "9001").await;
        world.accrue("2026-04-02").await;
        world.put(sale("INV-1", "Acme", 100_000, 100_000)).await;
        let move_to = |start: &str| RemoteDeal {
            start: start.parse().ok(),
            modified_at: world.ctx.now(),
            ..world.remote("9001", "Acme")
        };
        world.read(&move_to("2026-03-01")).await;
        let case = world.case("start_changed").await;
        mergers::keep_unchanged(&world.ctx, &world.staff, case, "Agreed with the client")
            .await
            .expect("kept");
        world.read(&move_to("2026-03-01")).await;
        assert!(!world.kinds().await.contains(&"start_changed".to_owned()));
        assert_eq!(world.months(deal).await[0], 1);
        world.read(&move_to("2026-02-01")).await;
        let case = world.case("start_changed").await;
        mergers::follow_change(&world.ctx, &world.staff, case)
            .await
            .expect("followed");
        world.work().await;
        assert_eq!(world.months(deal).await[0], 2, "all lines moved");
        assert_eq!(
            world.states(deal).await[..2],
            [LineState::Covered, LineState::Awaiting],
            "the money covers the first month anew"
        );
        world.read(&move_to("2026-02-01")).await;
        assert!(!world.kinds().await.contains(&"start_changed".to_owned()));
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_was_dismissed_is_raised_again_only_when_its_numbers_change() {
    for world in worlds().await {
        world.win(&world.alpha, "Acme", "9001").await;
        let dollars = |net_minor: i64| RemoteInvoice {
            sub_total: Money::new(net_minor, Currency::USD),
            total: Money::new(net_minor, Currency::USD),
            ..sale("INV-1", "Acme", net_minor, 0)
        };
        world.put(dollars(5_000)).await;
        let case = world.case("other_currency").await;
        exceptions::dismiss_exception(&world.ctx, &world.staff, case, "A favour")
            .await
            .expect("dismissed");
        world.put(dollars(5_000)).await;
        assert_eq!(world.kinds().await, Vec::<String>::new());
        world.put(dollars(6_000)).await;
        assert_eq!(world.kinds().await, ["other_currency"]);
        let of = |partner: &str, days: Option<u32>| CaseFilter {
            partner: partner.to_owned(),
            days,
            ..CaseFilter::default()
        };
        for (filter, count) in [
            (of("alp", None), 1),
            (of("beta", None), 0),
            (of("", Some(7)), 0),
        ] {
            let found = exceptions::list_cases(&world.ctx, &world.staff, &filter).await;
            let found = found.expect("cases");
            assert_eq!(found.cases.len(), count, "{filter:?}");
            assert_eq!(found.counts.len(), count, "{filter:?}");
        }
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_a_decision_or_the_clients_money_settles_is_not_dismissed() {
    for world in worlds().await {
        world.win(&world.alpha, "Acme", "9001").await;
        world.accrue("2026-02-02").await;
        let case = world.case("no_invoice_yet").await;
        let refused = exceptions::dismiss_exception(&world.ctx, &world.staff, case, "Away").await;
        assert!(
            matches!(
                refused,
                Err(ServiceError::Conflict("exception-not-dismissible"))
            ),
            "{refused:?}"
        );
        assert_eq!(world.kinds().await, ["no_invoice_yet"]);
        world.ctx.store.close().await;
    }
}

#[tokio::test]
async fn what_is_invoiced_beyond_the_end_of_a_deal_is_told_but_not_what_is_beyond_its_plan() {
    for (period, end, is_told) in [
        ("1", None, false),
        ("1", Some("2026-03-01"), true),
        ("one_off", None, true),
        // The plan pays for twelve months only.
        ("1", Some("2027-03-01"), false),
    ] {
        for world in worlds().await {
            let deal = RemoteDeal {
                billing_period: Some(period.to_owned()),
                end: end.map(|end| end.parse().expect("a day")),
                ..world.remote("9001", "Acme")
            };
            world.win_as(&world.alpha, "Acme", deal).await;
            world.put(sale("INV-1", "Acme", 1_300_000, 1_300_000)).await;
            let differs = world
                .kinds()
                .await
                .contains(&"differs_from_deal".to_owned());
            assert_eq!(differs, is_told, "{period} until {end:?}");
            world.ctx.store.close().await;
        }
    }
}

#[tokio::test]
async fn members_and_operators_decide_nothing() {
    for world in worlds().await {
        world.win(&world.alpha, "Acme", "9001").await;
        world.accrue("2026-02-02").await;
        let case = world.case("no_invoice_yet").await;
        let operator = Actor::Staff {
            person: world.staff.person(),
            role: StaffRole::Operator,
            reach: Reach::All,
        };
        let form = ChaseForm::default();
        for actor in [&world.alpha, &operator] {
            let decided = [
                exceptions::chase(&world.ctx, actor, case, &form).await,
                exceptions::dismiss_exception(&world.ctx, actor, case, "x").await,
                mergers::follow_change(&world.ctx, actor, case).await,
                mergers::keep_unchanged(&world.ctx, actor, case, "x").await,
                links::unlink_document(&world.ctx, actor, "x").await,
                links::say_no_deal(&world.ctx, actor, "x").await,
            ];
            for refused in decided {
                assert!(
                    matches!(refused, Err(ServiceError::Forbidden)),
                    "{refused:?}"
                );
            }
        }
        let filter = ExplorerFilter::default();
        let refused = explorer::explore(&world.ctx, &world.alpha, &filter).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)));
        world.ctx.store.close().await;
    }
}

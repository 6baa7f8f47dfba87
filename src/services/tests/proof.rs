//! The proof finds whatever somebody changed behind its back: each kind of fault is planted by hand, found by its sentence, and taken out again.

use portal_domain::{
    deal::DealState,
    ids::{LineId, PlanVersionId},
    line::{LineKind, LineState},
    plan::PlanForm,
    scope::Scope,
};
use portal_services::{bills, lines, links, verify};
use portal_store::plans as plan_rows;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};

use crate::{
    decisions::{colleague, enter, entry},
    plans::{add_other_partner, pay, win},
    world::{World, databases, publish},
};

/// What only a person with a hammer can do: the tables that refuse to be changed do so no more.
async fn drop_triggers(connection: &mut AnyConnection, url: &str) {
    let names: &[&str] = if url.starts_with("sqlite") {
        &[
            "DROP TRIGGER journal_no_update",
            "DROP TRIGGER statements_no_update",
            "DROP TRIGGER audit_no_update",
        ]
    } else {
        &[
            "DROP TRIGGER journal_append_only ON journal",
            "DROP TRIGGER statements_append_only ON statements",
            "DROP TRIGGER audit_no_update ON audit",
        ]
    };
    for sql in names {
        connection.execute(*sql).await.expect(sql);
    }
}

async fn run(connection: &mut AnyConnection, sql: &str) {
    let done = connection.execute(AssertSqlSafe(sql.to_owned())).await;
    assert!(done.expect(sql).rows_affected() > 0, "{sql} met nothing");
}

async fn faults(world: &World) -> Vec<String> {
    let proof = verify::verify(&world.ctx).await.expect("a proof");
    proof
        .checks
        .into_iter()
        .flat_map(|check| check.faults)
        .collect()
}

/// The ids of the lines and the version that are planted upon.
struct Stage {
    awaiting: LineId,
    coming: LineId,
    /// On a bill that is paid in full.
    paid: LineId,
    /// On a bill that is paid by half, and the client's money went away.
    clawed: LineId,
    clawback: LineId,
    manual: LineId,
    /// Of a deal that is lost: the client's money reaches it all the same.
    kept: LineId,
    other_version: PlanVersionId,
}

/// A deal of which two months are on a statement, each with a bill, and one of them clawed back; a line that a person entered and another approved; a second
/// deal, paid for one month and lost; and a second partner.
async fn stage(world: &World) -> Stage {
    world.win("1000.00", "1").await;
    world.accrue("2026-04-02").await;
    world.invoice("INV-1", 100_000, 119_000).await;
    world.invoice("INV-2", 100_000, 119_000).await;
    assert_eq!(world.approve_all().await, 2);
    assert_eq!(world.close("2026Q1").await.created, 1);
    for (number, paid_minor) in [("R-1", 11_900), ("R-2", 5_950)] {
        bill(world, number, paid_minor).await;
    }
    world.invoice("INV-2", 100_000, 0).await;
    add_other_partner(world).await;
    let manual = enter(world, &entry("pay", "250.00"))
        .await
        .expect("entered");
    let manual = manual.line();
    let of_id = |found: Vec<portal_store::lines::LineRecord>, id| {
        found
            .into_iter()
            .find(|line| line.id == id)
            .expect("a line")
    };
    let seen = of_id(world.lines().await, manual).seen();
    let second = colleague(world).await;
    let approved = lines::approve(&world.ctx, &second, &[seen]).await;
    assert_eq!(approved.expect("an answer").approved, 1);
    let found = world.lines().await;
    let of_month = |kind, month| {
        let mut of_kind = found.iter().filter(|line| line.kind == kind);
        let line = of_kind.find(|line| line.month.month() == month);
        line.expect("a line").id
    };
    win(world, "9002", "2026-04-03", "500.00", "1").await;
    pay(world, "INV-9", "9002", 50_000).await;
    lose(world, "9002").await;
    let form = PlanForm {
        name: "Generous".to_owned(),
        rate: "20".to_owned(),
        ..PlanForm::default()
    };
    publish(&world.ctx, &world.staff, form, "2026-01-01").await;
    let mut tx = world.ctx.store.read().await.expect("the database");
    let versions = plan_rows::list_versions(&mut tx).await.expect("versions");
    let other = versions.iter().find(|version| version.name == "Generous");
    let filter = portal_store::lines::LineFilter::default();
    let all = portal_store::lines::list(&mut tx, Scope::EVERYBODY, &filter, 500).await;
    let all = all.expect("lines");
    let is_kept = |line: &&portal_store::lines::LineRecord| {
        line.deal != found[0].deal && line.state != LineState::Cancelled
    };
    let kept = all.iter().find(is_kept);
    Stage {
        awaiting: of_month(LineKind::Scheduled, 3),
        coming: of_month(LineKind::Scheduled, 6),
        paid: of_month(LineKind::Scheduled, 1),
        clawed: of_month(LineKind::Scheduled, 2),
        clawback: of_month(LineKind::Clawback, 2),
        manual,
        kept: kept.expect("another deal's line").id,
        other_version: other.expect("the version").id,
    }
}

/// A bill over 100.00 for the statement, of which so much is paid, with tax.
async fn bill(world: &World, number: &str, paid_minor: i64) {
    let contact = bills::partner_contact_found(&world.ctx, world.partner, "contact-partner");
    contact.await.expect("remembered");
    let mut bill = world
        .bill(number, number, 10_000, paid_minor, "AUTHORISED")
        .await;
    bill.description = "As of PS-2026Q1-000001".to_owned();
    let applied = links::apply_invoice(&world.ctx, &bill).await;
    applied.expect("applied");
    world.work().await;
}

/// A deal that was won is lost.
async fn lose(world: &World, id: &str) {
    let mut tx = world.ctx.store.read().await.expect("the database");
    let deal = portal_store::deals::find_by_hubspot(&mut tx, id).await;
    let lead = deal.expect("an answer").expect("the deal").lead;
    drop(tx);
    let mut lost = world.deal(lead, DealState::Lost, "500.00", "1");
    lost.id = id.to_owned();
    world.read(&lost).await;
}

/// What is planted, what takes it out again, and what the proof says meanwhile.
fn plants(stage: &Stage) -> Vec<(String, String, &'static str)> {
    let of = |line: LineId, changed: &str, before: &str, said: &'static str| {
        let set = |set: &str| format!("UPDATE lines SET {set} WHERE id = '{line}'");
        (set(changed), set(before), said)
    };
    let both = |changed: &str, before: &str, said: &'static str| {
        (changed.to_owned(), before.to_owned(), said)
    };
    let version = |coming: LineId| {
        let before = format!(
            "UPDATE lines SET plan_version_id = (SELECT plan_version_id FROM deals WHERE id = lines.deal_id) WHERE id = '{coming}'"
        );
        let changed = format!(
            "UPDATE lines SET plan_version_id = '{}' WHERE id = '{coming}'",
            stage.other_version
        );
        (changed, before, "by version")
    };
    let corrects = format!("corrects_line_id = '{}'", stage.kept);
    let corrected = "corrects_line_id = (SELECT id FROM lines AS stated WHERE stated.deal_id = lines.deal_id AND stated.month = lines.month AND stated.kind = 'scheduled')";
    let mut plants = vec![
        of(
            stage.awaiting,
            "amount_minor = 10001",
            "amount_minor = 10000",
            "but computed is",
        ),
        of(
            stage.coming,
            "base_numerator = 100001",
            "base_numerator = 100000",
            "rests on",
        ),
        of(
            stage.coming,
            "currency = 'USD'",
            "currency = 'EUR'",
            "rests on",
        ),
        version(stage.coming),
        of(
            stage.coming,
            "state = 'cancelled'",
            "state = 'upcoming'",
            "has no line for",
        ),
        of(
            stage.coming,
            "state = 'approved'",
            "state = 'upcoming'",
            "and approved by None",
        ),
        of(
            stage.awaiting,
            "state = 'upcoming'",
            "state = 'awaiting'",
            "is upcoming, and the client's money does not reach",
        ),
        of(
            stage.awaiting,
            "state = 'covered'",
            "state = 'awaiting'",
            "is covered, and the client's money does not reach",
        ),
        of(
            stage.awaiting,
            "refused_by = (SELECT closed_by FROM statements)",
            "refused_by = NULL",
            "is refused, and awaiting",
        ),
        of(
            stage.paid,
            "statement_id = NULL",
            "statement_id = (SELECT id FROM statements)",
            "is paid, on statement None",
        ),
        of(
            stage.clawback,
            "corrects_line_id = NULL",
            corrected,
            "is computed by 0 rules",
        ),
        of(
            stage.clawback,
            &corrects,
            corrected,
            "is computed by 0 rules",
        ),
        of(
            stage.manual,
            "entered_by = NULL",
            "entered_by = (SELECT person_id FROM audit WHERE act = 'enter_line')",
            "is computed by 0 rules",
        ),
        of(
            stage.manual,
            "month = month + 1",
            "month = month - 1",
            "is not what the audit log says",
        ),
        of(
            stage.manual,
            "reason = 'For nothing'",
            "reason = 'For the workshop'",
            "is not what the audit log says",
        ),
        of(
            stage.manual,
            "kind = 'adjustment'",
            "kind = 'manual'",
            "is not what the audit log says",
        ),
        of(
            stage.manual,
            "approved_by = entered_by",
            "approved_by = (SELECT person_id FROM audit WHERE act = 'approve_line' AND subject = lines.id)",
            "approved by Some",
        ),
        both(
            "UPDATE deals SET end_on = '2026-06-01' WHERE hubspot_id = '9001'",
            "UPDATE deals SET end_on = NULL WHERE hubspot_id = '9001'",
            "when nothing is due any more",
        ),
        of(
            stage.clawed,
            "amount_minor = -9223372036854775807 - 1",
            "amount_minor = 10000",
            "cannot be computed",
        ),
        both(
            "UPDATE journal SET amount_minor = amount_minor + 1 WHERE position = 1",
            "UPDATE journal SET amount_minor = amount_minor - 1 WHERE position = 1",
            "but the journal has",
        ),
        both(
            "UPDATE audit SET facts = REPLACE(facts, '25000', '25001') WHERE act = 'enter_line'",
            "UPDATE audit SET facts = REPLACE(facts, '25001', '25000') WHERE act = 'enter_line'",
            "is not what the audit log says",
        ),
        both(
            "UPDATE statements SET total_minor = total_minor + 1",
            "UPDATE statements SET total_minor = total_minor - 1",
            "and its lines 20000",
        ),
        both(
            "UPDATE statements SET body = REPLACE(body, 'Partner GmbH', 'Partner AG')",
            "UPDATE statements SET body = REPLACE(body, 'Partner AG', 'Partner GmbH')",
            "was changed, or one before it",
        ),
        both(
            "UPDATE statements SET place = place + 1",
            "UPDATE statements SET place = place - 1",
            "was changed, or one before it",
        ),
        both(
            "UPDATE fills SET amount_minor = amount_minor - 1",
            "UPDATE fills SET amount_minor = amount_minor + 1",
            "but computed is",
        ),
        both(
            "UPDATE leads SET hubspot_deal_id = NULL WHERE hubspot_deal_id = '9001'",
            "UPDATE leads SET hubspot_deal_id = '9001' WHERE hubspot_deal_id IS NULL",
            "has neither a deal nor a delivery",
        ),
        of(
            stage.kept,
            "state = 'cancelled'",
            "state = 'upcoming'",
            "is cancelled, and the client's money reaches",
        ),
        both(
            "UPDATE journal SET partner_id = (SELECT id FROM partners WHERE domain = 'other-company.com') WHERE position = 1",
            "UPDATE journal SET partner_id = (SELECT lines.partner_id FROM lines WHERE lines.id = journal.line_id) WHERE position = 1",
            "which is not there or another partner's",
        ),
    ];
    plants.extend(plants_of_bills(stage));
    plants
}

/// The same of bills, their payments, and the lines on them.
fn plants_of_bills(stage: &Stage) -> Vec<(String, String, &'static str)> {
    let line = |line: LineId, changed: &str, before: &str, said: &'static str| {
        let set = |set: &str| format!("UPDATE lines SET {set} WHERE id = '{line}'");
        (set(changed), set(before), said)
    };
    let bill = |changed: &str, before: &str, said: &'static str| {
        let set = |set: &str| format!("UPDATE bills SET {set} WHERE number = 'R-2'");
        (set(changed), set(before), said)
    };
    let (paid, invoiced) = ("state = 'paid'", "state = 'invoiced'");
    let own = "bill_id = (SELECT bills.id FROM bills WHERE bills.number = 'R-2')";
    let invoice = |minor: i64| format!("UPDATE invoices SET paid_minor = {minor} WHERE id = 'R-1'");
    vec![
        line(stage.paid, invoiced, paid, "is invoiced, and by the bills"),
        line(stage.clawed, paid, invoiced, "is paid, and by the bills"),
        line(
            stage.clawed,
            "state = 'stated'",
            invoiced,
            "is stated, and by the bills",
        ),
        line(stage.clawed, "bill_id = NULL", own, "it is stated"),
        line(stage.clawed, "bill_id = NULL", own, "and its lines over 0"),
        line(
            stage.awaiting,
            own,
            "bill_id = NULL",
            "on statement None and bill Some",
        ),
        bill(
            "paid_minor = total_minor",
            "paid_minor = 5000",
            "and by Xero",
        ),
        bill("state = 'paid'", "state = 'part_paid'", "and by Xero"),
        bill("tax_minor = 0", "tax_minor = 1900", "and by Xero"),
        bill("state = 'voided'", "state = 'part_paid'", "it is stated"),
        bill(
            "xero_invoice_id = NULL",
            "xero_invoice_id = 'R-2'",
            "and by Xero",
        ),
        bill(
            "total_minor = 10001",
            "total_minor = 10000",
            "and its bills over 20001",
        ),
        (invoice(0), invoice(11_900), "and by Xero"),
    ]
}

#[tokio::test]
async fn every_kind_of_fault_is_found_by_its_sentence() {
    for url in databases().await {
        let world = World::new(&url).await;
        let stage = stage(&world).await;
        world.prove().await;
        let mut connection = AnyConnection::connect(&url).await.expect("the database");
        drop_triggers(&mut connection, &url).await;
        for (change, undo, said) in plants(&stage) {
            run(&mut connection, &change).await;
            let found = faults(&world).await;
            assert!(
                found.iter().any(|fault| fault.contains(said)),
                "{change}: {found:#?}"
            );
            run(&mut connection, &undo).await;
            world.prove().await;
        }
        drop(connection);
        world.ctx.store.close().await;
    }
}

//! Statements with what became of them: their bills, what is left to invoice and what was paid. How they are made is `closing`, and what becomes of a
//! statement's bill `bills`.

use std::collections::HashMap;

use itertools::Itertools as _;
use portal_domain::{
    access::{Action, Actor},
    bill::BillFile,
    ids::{BillId, StatementId},
    money::Money,
    scope::Scope,
    statement::{SettlementState, StatementBody},
};
use portal_store::{
    Tx,
    bill_files::{self, BillFileRecord},
    bills::{self as stored_bills, BillRecord},
    exceptions,
    lines::{self, LineRecord},
    statements::{self, StatementRecord},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    Ctx, ServiceError,
    access::{require_partner, require_staff_scope},
    bills, mismatch,
    settlement::Settlement,
};

/// How many statements a list shows at once.
const PAGE: i64 = 50;

/// SHA-256 over a statement's JSON, in hex.
pub fn hash(body: &str) -> String {
    hex::encode(Sha256::digest(body.as_bytes()))
}

/// A statement with what became of it.
#[derive(Clone, Debug)]
pub struct StatementView {
    pub record: StatementRecord,
    pub body: StatementBody,
    /// Oldest first.
    pub bills: Vec<BillRecord>,
    /// What belongs to those.
    pub files: Vec<BillFileRecord>,
    /// Its bills that were withdrawn or voided, oldest first.
    pub ended: Vec<BillRecord>,
    /// What the partner has not invoiced yet.
    pub rest: Money,
    /// What was paid of its bills, net.
    pub paid: Money,
    pub settlement: SettlementState,
    /// In the order in which payments reach them, with the states they have now.
    pub lines: Vec<LineRecord>,
    /// The facts of bills that are not taken for it, or not any more.
    pub mismatches: Vec<Value>,
    /// The partner's numbers of bills that were voided, and for which it has raised no other yet.
    pub voided: Vec<String>,
    /// The partner's numbers of bills that Xero does not take.
    pub not_made: Vec<String>,
}

impl StatementView {
    /// Somebody else's bill that names the statement is for finance alone.
    fn for_its_partner(mut self) -> Self {
        self.mismatches.retain(mismatch::is_for_partner);
        self
    }

    /// The partner's number of the bill that a line is on; empty for one that is on none.
    pub fn bill_number_of(&self, line: &LineRecord) -> String {
        let bill = self.bills.iter().find(|bill| Some(bill.id) == line.bill);
        bill.map_or_else(String::new, |bill| bill.number.clone())
    }

    /// A file of one of its bills.
    pub fn find_file(&self, bill: BillId, file: BillFile) -> Option<&BillFileRecord> {
        let mut files = self.files.iter();
        files.find(|known| known.bill == bill && known.file == file)
    }

    /// The partner's numbers of its bills, in a row.
    pub fn bill_numbers(&self) -> String {
        let numbers: Vec<&str> = self.bills.iter().map(|bill| bill.number.as_str()).collect();
        numbers.join(", ")
    }
}

async fn view(tx: &mut Tx, record: StatementRecord) -> Result<StatementView, ServiceError> {
    let mut views = view_all(tx, vec![record]).await?;
    views.pop().ok_or(ServiceError::NotFound)
}

async fn view_all(
    tx: &mut Tx,
    records: Vec<StatementRecord>,
) -> Result<Vec<StatementView>, ServiceError> {
    let ids: Vec<StatementId> = records.iter().map(|record| record.id).collect();
    let bills = stored_bills::list_of_statements(tx, &ids).await?;
    let bill_ids: Vec<BillId> = bills.iter().map(|bill| bill.id).collect();
    let mut files = bill_files::list_of_bills(tx, &bill_ids).await?;
    let mut bills_of = bills.into_iter().into_group_map_by(|bill| bill.statement);
    let ended = stored_bills::list_ended_of_statements(tx, &ids).await?;
    let mut ended_of = ended.into_iter().into_group_map_by(|bill| bill.statement);
    let lines = lines::list_of_statements(tx, &ids).await?.into_iter();
    let lines = lines.filter_map(|line| Some((line.statement?, line)));
    let mut lines_of = lines.into_group_map();
    let mut mismatches = list_facts(tx, mismatch::DIFFERS, &ids).await?;
    let mut voided = list_facts(tx, bills::VOIDED, &ids).await?;
    let mut not_made = list_facts(tx, bills::NOT_MADE, &ids).await?;
    let mut views = Vec::with_capacity(records.len());
    for record in records {
        let bills = bills_of.remove(&record.id).unwrap_or_default();
        let settlement = Settlement::of(&bills, record.total)?;
        let is_own = |file: &mut BillFileRecord| bills.iter().any(|bill| bill.id == file.bill);
        views.push(StatementView {
            body: serde_json::from_str(&record.body)
                .map_err(|error| ServiceError::Inconsistent(error.to_string()))?,
            settlement: settlement.state,
            rest: settlement.rest,
            paid: settlement.paid,
            lines: lines_of.remove(&record.id).unwrap_or_default(),
            mismatches: mismatches.remove(&record.id).unwrap_or_default(),
            voided: numbers_of(voided.remove(&record.id)),
            not_made: numbers_of(not_made.remove(&record.id)),
            ended: ended_of.remove(&record.id).unwrap_or_default(),
            files: files.extract_if(.., is_own).collect(),
            bills,
            record,
        });
    }
    Ok(views)
}

/// The facts of the open cases of a kind, by statement.
async fn list_facts(
    tx: &mut Tx,
    kind: &str,
    statements: &[StatementId],
) -> Result<HashMap<StatementId, Vec<Value>>, ServiceError> {
    let mut facts: HashMap<StatementId, Vec<Value>> = HashMap::new();
    for open in exceptions::list_open_of_statements(tx, kind, statements).await? {
        if let Some(statement) = open.statement {
            let known = serde_json::from_str(&open.facts).unwrap_or(Value::Null);
            facts.entry(statement).or_default().push(known);
        }
    }
    Ok(facts)
}

/// The partner's numbers of the bills that cases are about.
fn numbers_of(cases: Option<Vec<Value>>) -> Vec<String> {
    let cases = cases.unwrap_or_default().into_iter();
    let numbers = cases.filter_map(|facts| facts["bill"].as_str().map(str::to_owned));
    numbers.collect()
}

/// The member's own, newest first.
pub async fn list_for_partner(
    ctx: &Ctx,
    actor: &Actor,
) -> Result<Vec<StatementView>, ServiceError> {
    require_partner(actor, Action::ReadMoney)?;
    let mut tx = ctx.store.read().await?;
    let records = statements::list(&mut tx, Scope::of(actor), None, PAGE).await?;
    let views = view_all(&mut tx, records).await?;
    Ok(views
        .into_iter()
        .map(StatementView::for_its_partner)
        .collect())
}

/// The member's own; somebody else's is not there.
pub async fn find_for_partner(
    ctx: &Ctx,
    actor: &Actor,
    id: StatementId,
) -> Result<StatementView, ServiceError> {
    require_partner(actor, Action::ReadMoney)?;
    let mut tx = ctx.store.read().await?;
    let record = statements::find_in(&mut tx, Scope::of(actor), id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    Ok(view(&mut tx, record).await?.for_its_partner())
}

/// All that somebody of the staff may see, newest first, before an id.
pub async fn list_for_staff(
    ctx: &Ctx,
    actor: &Actor,
    before: Option<StatementId>,
) -> Result<Vec<StatementView>, ServiceError> {
    let scope = require_staff_scope(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let records = statements::list(&mut tx, scope, before, PAGE).await?;
    view_all(&mut tx, records).await
}

pub async fn find_for_staff(
    ctx: &Ctx,
    actor: &Actor,
    id: StatementId,
) -> Result<StatementView, ServiceError> {
    let scope = require_staff_scope(actor, Action::ReadBooks)?;
    let mut tx = ctx.store.read().await?;
    let record = statements::find_in(&mut tx, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    view(&mut tx, record).await
}

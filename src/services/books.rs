//! The books: the only way a commission line is made or changed. What should change is decided by the callers and gathered here without writing
//! anything, so that a change can be looked at before it is made; [`Books::write`] then does all of it in the caller's transaction, many lines in one
//! statement, each with its double entry, and tells the partners' open pages.
//! Beside it, what the money files share: locks, and raising or settling what does not fit.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Display,
};

use portal_domain::{
    calendar::Month,
    connection::System,
    ids::{
        BillId, ClientId, DealId, ExceptionId, LeadId, LineId, PartnerId, PersonId, PlanVersionId,
        StatementId,
    },
    ledger::Entry,
    line::{FirstState, LineKind, LineState, Move},
    money::{Currency, Exact, Money, MoneyError},
};
use portal_store::{
    Tx, changes,
    deals::DealRecord,
    exceptions::{self, KnownException, NewException},
    hands,
    journal::{self, NewEntry},
    lines::{self, Beside, LineRecord, Repriced},
};
use serde::Serialize;
use serde_json::Value;

use crate::{Ctx, ServiceError};

/// A line's amount, and what it rests on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Price {
    pub month: Month,
    pub money: Money,
    /// m, exact minor units.
    pub base: Exact,
}

/// A line that is to be made.
pub(crate) struct NewLine {
    pub partner: PartnerId,
    pub kind: LineKind,
    pub position: i64,
    pub price: Price,
    pub plan_version: PlanVersionId,
    pub state: FirstState,
    pub corrects: Option<LineId>,
    pub reason: Option<String>,
    pub entered_by: Option<PersonId>,
}

/// What is to be written, in its order.
enum Change {
    Add(Box<LineRecord>),
    Move(Move, Beside),
    Reprice(Repriced),
    Version(LineId, PlanVersionId),
    Charge(LineId, Exact),
}

/// So much was gathered when it was taken.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    changes: usize,
    steps: usize,
    entries: usize,
}

/// What becomes of what a line is worth. A line that is not there yet, or cancelled, counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineChange {
    pub partner: PartnerId,
    pub deal: DealId,
    pub client_name: String,
    pub kind: LineKind,
    pub position: i64,
    pub month: Month,
    pub currency: Currency,
    pub old: Worth,
    pub new: Worth,
}

/// What a line is worth to its partner, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Worth {
    pub minor: i64,
    /// All of it once the client's money has reached it; else nothing.
    pub earned_minor: i64,
}

impl Worth {
    pub const fn of(minor: i64, state: LineState) -> Self {
        match state {
            LineState::Cancelled => Self {
                minor: 0,
                earned_minor: 0,
            },
            state if state.is_earned() => Self {
                minor,
                earned_minor: minor,
            },
            _ => Self {
                minor,
                earned_minor: 0,
            },
        }
    }
}

/// Gathers changes of lines, for a person or for the portal itself.
pub(crate) struct Books<'a> {
    ctx: &'a Ctx,
    person: Option<PersonId>,
    changes: Vec<Change>,
    /// What becomes of each line, step by step; none where nobody looks at it first.
    steps: Option<Vec<(LineId, LineChange)>>,
    entries: Vec<NewEntry>,
    touched: BTreeSet<PartnerId>,
}

impl<'a> Books<'a> {
    pub fn new(ctx: &'a Ctx, person: Option<PersonId>) -> Self {
        Self {
            ctx,
            person,
            changes: Vec::new(),
            steps: None,
            entries: Vec::new(),
            touched: BTreeSet::new(),
        }
    }

    /// For what a person looks at before it is written: see [`Books::preview`].
    pub fn to_look_at(ctx: &'a Ctx, person: PersonId) -> Self {
        Self {
            steps: Some(Vec::new()),
            ..Self::new(ctx, Some(person))
        }
    }

    /// Makes a line of a deal; `cause` is a word of the journal.
    pub fn add(&mut self, deal: &DealRecord, new: NewLine, cause: &'static str) -> LineRecord {
        let line = LineRecord {
            id: LineId::new(self.ctx.new_id()),
            partner: new.partner,
            // Only what is read again has all names; nobody shows a line before that.
            partner_name: deal.partner_name.clone(),
            deal: deal.id,
            deal_name: deal.name.clone(),
            lead: deal.lead,
            client_name: deal.client_name.clone(),
            kind: new.kind,
            position: new.position,
            month: new.price.month,
            money: new.price.money,
            base: new.price.base,
            charged: None,
            plan_version: new.plan_version,
            state: new.state.state(),
            held_reason: None,
            approved_by: None,
            approved_by_name: None,
            approved_at: None,
            statement: None,
            bill: None,
            corrects: new.corrects,
            reason: new.reason,
            entered_by: new.entered_by,
            entered_by_name: None,
            disputed_at: None,
            is_refused: false,
            updated_at: self.ctx.now(),
        };
        self.changes.push(Change::Add(Box::new(line.clone())));
        self.note(&line, Worth::default(), worth(&line, line.state));
        let entry = Entry::open(line.id, line.kind, line.state, line.money);
        self.post(line.partner, Some(entry), cause);
        line
    }

    /// Moves a line on.
    pub fn advance(&mut self, line: &LineRecord, step: Move, cause: &'static str) {
        let beside = match (step.before(), step.after()) {
            (_, LineState::Approved) => self.person.map_or(Beside::Nothing, Beside::Approval),
            (LineState::Approved, _) => Beside::NoApproval,
            _ => Beside::Nothing,
        };
        self.advance_with(line, step, beside, cause);
    }

    /// Puts an approved line on a statement.
    pub fn put_on_statement(&mut self, line: &LineRecord, step: Move, statement: StatementId) {
        self.advance_with(line, step, Beside::Statement(statement), "stated");
    }

    fn advance_with(&mut self, line: &LineRecord, step: Move, beside: Beside, cause: &'static str) {
        self.changes.push(Change::Move(step, beside));
        self.post(line.partner, step.entry(), cause);
        self.note(line, worth(line, step.before()), worth(line, step.after()));
    }

    /// Makes a line again with another amount, or a cancelled one anew: the old amount goes back where it came from, the new one comes from there.
    ///
    /// # Errors
    /// `Inconsistent` for a line that is on a statement.
    pub fn reprice(
        &mut self,
        line: &LineRecord,
        price: &Price,
        plan_version: PlanVersionId,
        state: FirstState,
        cause: &'static str,
    ) -> Result<(), ServiceError> {
        let Some(back) = line.in_state().take_back() else {
            return Err(ServiceError::Inconsistent(format!(
                "line {} is on a statement and cannot be made again",
                line.id
            )));
        };
        self.changes.push(Change::Reprice(Repriced {
            id: line.id,
            month: price.month,
            money: price.money,
            base: price.base,
            plan_version,
            state: state.state(),
        }));
        self.post(line.partner, back, cause);
        let again = LineRecord {
            month: price.month,
            money: price.money,
            ..line.clone()
        };
        self.note(line, worth(line, line.state), Worth::default());
        self.note(&again, Worth::default(), worth(&again, state.state()));
        let open = Entry::open(line.id, line.kind, state.state(), price.money);
        self.post(line.partner, Some(open), cause);
        Ok(())
    }

    /// Keeps what a refused line would be worth: its month takes the client's money by that, and nothing is posted.
    pub fn reprice_refused(
        &mut self,
        line: &LineRecord,
        price: &Price,
        plan_version: PlanVersionId,
    ) {
        self.changes.push(Change::Reprice(Repriced {
            id: line.id,
            month: price.month,
            money: price.money,
            base: price.base,
            plan_version,
            state: LineState::Cancelled,
        }));
        self.touched.insert(line.partner);
    }

    /// Another version says the same of a line: it is what the amount rests on from now on, and nothing is posted.
    pub fn follow_version(&mut self, line: &LineRecord, plan_version: PlanVersionId) {
        self.changes.push(Change::Version(line.id, plan_version));
        self.touched.insert(line.partner);
    }

    /// The client is charged something else by now for the month of a line on a statement, which stays as it was stated.
    pub fn charge(&mut self, line: &LineRecord, charged: Exact) {
        self.changes.push(Change::Charge(line.id, charged));
        self.touched.insert(line.partner);
    }

    fn post(&mut self, partner: PartnerId, entry: Option<Entry>, cause: &'static str) {
        if let Some(entry) = entry.filter(|entry| entry.money.minor != 0) {
            self.entries.push(NewEntry {
                partner,
                entry,
                cause,
            });
        }
        self.touched.insert(partner);
    }

    fn note(&mut self, line: &LineRecord, old: Worth, new: Worth) {
        if let Some(steps) = &mut self.steps
            && old != new
        {
            let change = LineChange {
                partner: line.partner,
                deal: line.deal,
                client_name: line.client_name.clone(),
                kind: line.kind,
                position: line.position,
                month: line.month,
                currency: line.money.currency,
                old,
                new,
            };
            steps.push((line.id, change));
        }
    }

    /// Where what is gathered next begins.
    pub fn mark(&self) -> Mark {
        Mark {
            changes: self.changes.len(),
            steps: self.steps.as_ref().map_or(0, Vec::len),
            entries: self.entries.len(),
        }
    }

    /// Forgets what was gathered since a mark.
    pub fn forget(&mut self, since: Mark) {
        self.changes.truncate(since.changes);
        if let Some(steps) = &mut self.steps {
            steps.truncate(since.steps);
        }
        self.entries.truncate(since.entries);
    }

    /// Makes a deal's lines what they will be once the changes gathered since a mark are written.
    pub fn apply(&self, since: Mark, lines: &mut Vec<LineRecord>) {
        let mut places: HashMap<LineId, usize> = HashMap::new();
        for change in &self.changes[since.changes..] {
            if places.is_empty() {
                places = lines
                    .iter()
                    .enumerate()
                    .map(|(place, line)| (line.id, place))
                    .collect();
            }
            match change {
                Change::Add(line) => {
                    places.insert(line.id, lines.len());
                    lines.push(LineRecord::clone(line));
                }
                Change::Move(step, _) => {
                    if let Some(place) = places.get(&step.line()) {
                        lines[*place].state = step.after();
                    }
                }
                Change::Reprice(again) => {
                    if let Some(place) = places.get(&again.id) {
                        let line = &mut lines[*place];
                        (line.month, line.money, line.base) =
                            (again.month, again.money, again.base);
                        (line.plan_version, line.state) = (again.plan_version, again.state);
                    }
                }
                Change::Version(id, version) => {
                    if let Some(place) = places.get(id) {
                        lines[*place].plan_version = *version;
                    }
                }
                Change::Charge(id, charged) => {
                    if let Some(place) = places.get(id) {
                        lines[*place].charged = Some(*charged);
                    }
                }
            }
        }
    }

    /// What would become of each line, in each currency that it is worth something in, in the order in which it was gathered; lines that stay worth what
    /// they are, and as well earned, are left out.
    pub fn preview(&self) -> Vec<LineChange> {
        let mut places: HashMap<(LineId, Currency), usize> = HashMap::new();
        let mut changes: Vec<LineChange> = Vec::new();
        for (line, step) in self.steps.iter().flatten() {
            let place = *places
                .entry((*line, step.currency))
                .or_insert(changes.len());
            match changes.get_mut(place) {
                Some(known) => (known.month, known.new) = (step.month, step.new),
                None => changes.push(step.clone()),
            }
        }
        changes.retain(|change| change.old != change.new);
        changes
    }

    /// Writes all of it: each line once, whatever was gathered about it, and lines that change alike in one statement.
    ///
    /// # Errors
    /// `Store` where a line is not any more what the caller saw: the transaction is then to be dropped.
    pub async fn write(self, tx: &mut Tx) -> Result<(), ServiceError> {
        let now = self.ctx.now();
        let net = Net::of(self.changes);
        lines::add_all(tx, &net.added).await?;
        lines::reprice_all(tx, &net.repriced, now).await?;
        for ((before, after, beside), ids) in &net.moved {
            lines::set_states(tx, ids, *before, *after, *beside, now).await?;
        }
        for (version, ids) in &net.followed {
            lines::set_plan_version(tx, ids, *version).await?;
        }
        for (id, charged) in &net.charged {
            lines::set_charged(tx, *id, charged).await?;
        }
        if let Some(person) = self.person {
            let added = net.added.iter().map(|line| line.id);
            let repriced = net.repriced.iter().map(|again| again.id);
            let by_hand: Vec<LineId> = added.chain(repriced).collect();
            hands::add_to_lines(tx, &by_hand, person, now).await?;
        }
        if !self.entries.is_empty() {
            journal::add_all(tx, &self.entries, self.person, now).await?;
        }
        let touched: Vec<PartnerId> = self.touched.into_iter().collect();
        Ok(changes::add_all(tx, &touched, now).await?)
    }
}

fn worth(line: &LineRecord, state: LineState) -> Worth {
    Worth::of(line.money.minor, state)
}

/// From which state to which, and what is written beside it.
type Way = (LineState, LineState, Beside);

/// What all changes of each line come to.
#[derive(Default)]
struct Net {
    added: Vec<LineRecord>,
    repriced: Vec<Repriced>,
    /// In their order: a line can be in several.
    moved: Vec<(Way, Vec<LineId>)>,
    followed: Vec<(PlanVersionId, Vec<LineId>)>,
    charged: BTreeMap<LineId, Exact>,
}

impl Net {
    fn of(changes: Vec<Change>) -> Self {
        let mut net = Self::default();
        let mut added: HashMap<LineId, usize> = HashMap::new();
        let mut repriced: HashMap<LineId, usize> = HashMap::new();
        // In the order in which lines were first met.
        let mut order = Vec::new();
        let mut moved: HashMap<LineId, Vec<Way>> = HashMap::new();
        for change in changes {
            match change {
                Change::Add(line) => {
                    added.insert(line.id, net.added.len());
                    net.added.push(*line);
                }
                Change::Move(step, beside) => {
                    let id = step.line();
                    if let Some(place) = added.get(&id) {
                        net.added[*place].state = step.after();
                    } else if let Some(place) = repriced.get(&id) {
                        net.repriced[*place].state = step.after();
                    } else {
                        let ways = moved.entry(id).or_insert_with(|| {
                            order.push(id);
                            Vec::new()
                        });
                        add_way(ways, (step.before(), step.after(), beside));
                    }
                }
                Change::Reprice(again) => {
                    moved.remove(&again.id);
                    let place = *repriced.entry(again.id).or_insert(net.repriced.len());
                    match net.repriced.get_mut(place) {
                        Some(known) => *known = again,
                        None => net.repriced.push(again),
                    }
                }
                Change::Version(id, version) => {
                    if let Some(place) = repriced.get(&id) {
                        net.repriced[*place].plan_version = version;
                        continue;
                    }
                    match net.followed.iter_mut().find(|(known, _)| *known == version) {
                        Some((_, ids)) => ids.push(id),
                        None => net.followed.push((version, vec![id])),
                    }
                }
                Change::Charge(id, charged) => {
                    net.charged.insert(id, charged);
                }
            }
        }
        for depth in 0..moved.values().map(Vec::len).max().unwrap_or(0) {
            let first = net.moved.len();
            for id in &order {
                let way = moved.get(id).and_then(|ways| ways.get(depth));
                let Some(way) = way.filter(|way| way.0 != way.1) else {
                    continue;
                };
                match net.moved[first..]
                    .iter_mut()
                    .find(|(known, _)| known == way)
                {
                    Some((_, ids)) => ids.push(*id),
                    None => net.moved.push((*way, vec![*id])),
                }
            }
        }
        net
    }
}

/// Two moves in a row are one, unless each writes something else beside the state.
fn add_way(ways: &mut Vec<Way>, next: Way) {
    match ways.last_mut() {
        Some(last)
            if last.2 == Beside::Nothing || next.2 == Beside::Nothing || last.2 == next.2 =>
        {
            last.1 = next.1;
            if next.2 != Beside::Nothing {
                last.2 = next.2;
            }
        }
        _ => ways.push(next),
    }
}

/// The number of the next adjustment, clawback or manual line of a deal.
pub(crate) fn next_position<'a>(
    lines: impl IntoIterator<Item = &'a LineRecord>,
    kind: LineKind,
) -> i64 {
    lines
        .into_iter()
        .filter(|line| line.kind == kind)
        .map(|line| line.position + 1)
        .max()
        .unwrap_or(0)
}

/// What lines are worth together, in minor units of the one currency that they share.
///
/// # Errors
/// `TooLarge` where no amount holds the sum.
pub(crate) fn sum_minor<'a>(
    lines: impl IntoIterator<Item = &'a LineRecord>,
) -> Result<i64, MoneyError> {
    let sum: i128 = lines
        .into_iter()
        .map(|line| i128::from(line.money.minor))
        .sum();
    i64::try_from(sum).map_err(|_| MoneyError::TooLarge)
}

/// What an amount lacks to another.
///
/// # Errors
/// `TooLarge` where no amount holds the difference.
pub(crate) fn difference(wanted_minor: i64, held_minor: i64) -> Result<i64, MoneyError> {
    wanted_minor
        .checked_sub(held_minor)
        .ok_or(MoneyError::TooLarge)
}

/// Whoever writes a lead or its deal has this lock, and takes it before the deal's own.
pub(crate) async fn lock_lead(tx: &mut Tx, lead: LeadId) -> Result<(), ServiceError> {
    Ok(tx.lock(&format!("lead:{lead}")).await?)
}

/// First in every transaction that writes lines of a deal.
pub(crate) async fn lock_deal(tx: &mut Tx, deal: DealId) -> Result<(), ServiceError> {
    lock_deals(tx, &BTreeSet::from([deal])).await
}

/// PostgreSQL has room for some thousand locks, and a plan can have more deals: deals that share a lock wait for each other, and nothing else comes of it.
const DEAL_LOCKS: u128 = 1024;

/// The same for many, in an order that everybody keeps, so that no two wait for each other.
pub(crate) async fn lock_deals(tx: &mut Tx, deals: &BTreeSet<DealId>) -> Result<(), ServiceError> {
    // The end of an id is random.
    let places: BTreeSet<u128> = deals.iter().map(|deal| deal.bits() % DEAL_LOCKS).collect();
    let names: Vec<String> = places
        .iter()
        .map(|place| format!("deals:{place}"))
        .collect();
    Ok(tx.lock_all(&names).await?)
}

/// Whose lines they are.
pub(crate) fn deals_of<'a>(lines: impl IntoIterator<Item = &'a LineRecord>) -> BTreeSet<DealId> {
    lines.into_iter().map(|line| line.deal).collect()
}

/// First in every transaction about a partner's statements and bills.
pub(crate) async fn lock_statements(tx: &mut Tx, partner: PartnerId) -> Result<(), ServiceError> {
    lock_statements_of(tx, &BTreeSet::from([partner])).await
}

/// The same for many partners, in an order that everybody keeps.
pub(crate) async fn lock_statements_of(
    tx: &mut Tx,
    partners: &BTreeSet<PartnerId>,
) -> Result<(), ServiceError> {
    let name = |partner| format!("statements:{partner}");
    let names: Vec<String> = partners.iter().map(name).collect();
    Ok(tx.lock_all(&names).await?)
}

/// What an exception is about: one subject has one exception of a kind.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About<'a> {
    Deal(DealId),
    Client(ClientId),
    Invoice(&'a str),
    /// A credit note, and the deal that it takes money from, if that is known.
    Credit(&'a str, Option<DealId>),
    /// A deal in HubSpot, and what the portal has of it.
    Reading(&'a str, Option<DealId>),
    /// A document of Xero's that the portal does not have.
    Document(&'a str),
    /// A bill in Xero that names a statement.
    Bill(&'a str, StatementId),
    /// A bill for a statement that is not in Xero.
    Raised(BillId, StatementId),
    /// An outside system as a whole.
    System(System),
}

impl About<'_> {
    fn subject(&self, kind: &str) -> String {
        let of = |id: &dyn Display| format!("{kind}:{id}");
        match self {
            Self::Deal(id) => of(id),
            Self::Client(id) => of(id),
            Self::Raised(id, _) => of(id),
            Self::System(system) => of(system),
            Self::Invoice(id)
            | Self::Credit(id, _)
            | Self::Reading(id, _)
            | Self::Document(id)
            | Self::Bill(id, _) => of(id),
        }
    }

    /// The deal, the invoice and the statement that it leads to.
    const fn subjects(&self) -> (Option<DealId>, Option<&str>, Option<StatementId>) {
        match *self {
            Self::Deal(deal) => (Some(deal), None, None),
            Self::Invoice(invoice) => (None, Some(invoice), None),
            Self::Credit(_, deal) | Self::Reading(_, deal) => (deal, None, None),
            Self::Document(_) | Self::Client(_) | Self::System(_) => (None, None, None),
            Self::Bill(invoice, statement) => (None, Some(invoice), Some(statement)),
            Self::Raised(_, statement) => (None, None, Some(statement)),
        }
    }
}

/// One thing that was looked at: what does not fit of it, or that nothing does.
pub(crate) struct Finding<'a> {
    pub kind: &'static str,
    pub about: About<'a>,
    /// The numbers side by side; none where all is well.
    pub facts: Option<Value>,
    /// What closes it where all is well.
    pub resolution: &'static str,
}

impl<'a> Finding<'a> {
    pub const fn new(kind: &'static str, about: About<'a>, facts: Option<Value>) -> Self {
        Self {
            kind,
            about,
            facts,
            resolution: "fixed",
        }
    }
}

/// Opens an exception for each finding that has facts, brings the numbers of open ones up to date, and closes what fits again. Reads what is known of all
/// of them at once, and writes only what changes.
pub(crate) async fn settle_findings(
    ctx: &Ctx,
    tx: &mut Tx,
    findings: &[Finding<'_>],
) -> Result<(), ServiceError> {
    let subjects: Vec<String> = findings
        .iter()
        .map(|finding| finding.about.subject(finding.kind))
        .collect();
    let known: HashMap<String, KnownException> = exceptions::list_known(tx, &subjects)
        .await?
        .into_iter()
        .map(|known| (known.subject.clone(), known))
        .collect();
    let mut raised: Vec<(&Finding<'_>, &String, String)> = Vec::new();
    let mut settled: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (finding, subject) in findings.iter().zip(&subjects) {
        let known = known.get(subject);
        match &finding.facts {
            Some(facts) => {
                let facts = facts.to_string();
                let is_told = known
                    .is_some_and(|known| known.facts == facts && (known.is_open || known.stays));
                if !is_told {
                    raised.push((finding, subject, facts));
                }
            }
            None if known.is_some_and(|known| known.is_open || known.stays) => {
                let subjects = settled.entry(finding.resolution).or_default();
                subjects.push(subject.clone());
            }
            None => {}
        }
    }
    let raised: Vec<NewException<'_>> = raised
        .iter()
        .map(|(finding, subject, facts)| {
            let (deal, invoice, statement) = finding.about.subjects();
            NewException {
                id: ExceptionId::new(ctx.new_id()),
                kind: finding.kind,
                subject,
                deal,
                invoice,
                statement,
                facts,
            }
        })
        .collect();
    exceptions::raise_all(tx, &raised, ctx.now()).await?;
    for (resolution, subjects) in settled {
        exceptions::settle_all(tx, &subjects, resolution, ctx.now()).await?;
    }
    Ok(())
}

/// Opens an exception, or brings its numbers up to date.
pub(crate) async fn raise(
    ctx: &Ctx,
    tx: &mut Tx,
    kind: &'static str,
    about: About<'_>,
    facts: Value,
) -> Result<(), ServiceError> {
    raise_or_settle(ctx, tx, kind, about, Some(facts)).await
}

/// Closes an exception, if it is open: what was wrong is right again.
pub(crate) async fn settle(
    ctx: &Ctx,
    tx: &mut Tx,
    kind: &'static str,
    about: About<'_>,
    resolution: &'static str,
) -> Result<(), ServiceError> {
    let finding = Finding {
        resolution,
        ..Finding::new(kind, about, None)
    };
    settle_findings(ctx, tx, &[finding]).await
}

/// What is known of an exception that was raised before, open or not.
pub(crate) async fn find_known(
    tx: &mut Tx,
    kind: &str,
    about: About<'_>,
) -> Result<Option<KnownException>, ServiceError> {
    let known = exceptions::list_known(tx, &[about.subject(kind)]).await?;
    Ok(known.into_iter().next())
}

/// Opens the exception where there are facts, and closes it where there are none.
pub(crate) async fn raise_or_settle(
    ctx: &Ctx,
    tx: &mut Tx,
    kind: &'static str,
    about: About<'_>,
    facts: Option<Value>,
) -> Result<(), ServiceError> {
    settle_findings(ctx, tx, &[Finding::new(kind, about, facts)]).await
}

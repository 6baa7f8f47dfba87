//! Commission lines: the states they go through, and which way is open. Money moves line by line, so nothing here can be skipped: a line in a state
//! is a type of its own that has only the moves that are open from there, and a [`Move`] is made nowhere else.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Serialize};

use crate::{
    access::words,
    ids::{BadId, LineId},
    ledger::{Account, Entry},
    money::Money,
};

words! {
    /// Where a line is. Held and disputed stand beside these: they stop a line where it is.
    LineState {
        Upcoming = "upcoming",
        Awaiting = "awaiting",
        Covered = "covered",
        Approved = "approved",
        Stated = "stated",
        Invoiced = "invoiced",
        Paid = "paid",
        Cancelled = "cancelled",
    }
}

words! {
    /// What a line is for.
    LineKind { Scheduled = "scheduled", Bonus = "bonus", Adjustment = "adjustment", Clawback = "clawback", Manual = "manual" }
}

words! {
    /// What a message in the thread of a disputed line does.
    DisputeStep { Opened = "opened", Answered = "answered", Resolved = "resolved", Withdrawn = "withdrawn" }
}

impl DisputeStep {
    /// Whether the line is disputed no more after it.
    pub const fn ends(self) -> bool {
        matches!(self, Self::Resolved | Self::Withdrawn)
    }
}

impl LineState {
    /// The ledger account that holds a line's money while it is in this state.
    pub const fn account(self) -> Account {
        match self {
            Self::Upcoming => Account::Expected,
            Self::Awaiting => Account::Awaiting,
            Self::Covered => Account::Earned,
            Self::Approved => Account::Approved,
            Self::Stated | Self::Invoiced => Account::Payable,
            Self::Paid => Account::Paid,
            Self::Cancelled => Account::Programme,
        }
    }

    /// Covered or later: the partner has earned it.
    pub const fn is_earned(self) -> bool {
        matches!(
            self,
            Self::Covered | Self::Approved | Self::Stated | Self::Invoiced | Self::Paid
        )
    }

    /// On a statement: frozen, corrected only by another line.
    pub const fn is_stated(self) -> bool {
        matches!(self, Self::Stated | Self::Invoiced | Self::Paid)
    }
}

impl LineKind {
    /// Where the money of such a line comes from, and goes back to when it is cancelled.
    pub const fn source(self) -> Account {
        match self {
            Self::Clawback => Account::ClawedBack,
            _ => Account::Programme,
        }
    }

    /// Made by the schedule: one for each partner and month, or deal.
    pub const fn is_of_schedule(self) -> bool {
        matches!(self, Self::Scheduled | Self::Bonus)
    }
}

/// In which state a line begins, or begins again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstState {
    /// Its month has not ended.
    Upcoming,
    /// It waits for the client's money.
    Awaiting,
    /// It waits for no money: a clawback, or what a person entered.
    Covered,
}

impl FirstState {
    pub const fn state(self) -> LineState {
        match self {
            Self::Upcoming => LineState::Upcoming,
            Self::Awaiting => LineState::Awaiting,
            Self::Covered => LineState::Covered,
        }
    }
}

/// A line as a person saw it who decides on it: what it is worth may have changed since. As a form carries it: `01ARZ3NDEKTSV4RRFFQ69G5FAV:10000:EUR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SeenLine {
    pub line: LineId,
    pub money: Money,
}

impl fmt::Display for SeenLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, money } = self;
        write!(f, "{line}:{}:{}", money.minor, money.currency)
    }
}

impl From<SeenLine> for String {
    fn from(seen: SeenLine) -> Self {
        seen.to_string()
    }
}

impl TryFrom<String> for SeenLine {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        let mut parts = text.split(':');
        let mut next = || parts.next().ok_or(BadId);
        let line = next()?.parse()?;
        let minor = next()?.parse().map_err(|_| BadId)?;
        let currency = next()?.parse().map_err(|_| BadId)?;
        match parts.next() {
            None => Ok(Self {
                line,
                money: Money::new(minor, currency),
            }),
            Some(_) => Err(BadId),
        }
    }
}

/// A change of a line's state that is allowed, with what it moves in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    line: LineId,
    before: LineState,
    after: LineState,
    entry: Option<Entry>,
}

impl Move {
    pub const fn line(&self) -> LineId {
        self.line
    }

    pub const fn before(&self) -> LineState {
        self.before
    }

    pub const fn after(&self) -> LineState {
        self.after
    }

    /// None where both states keep the money in the same account.
    pub const fn entry(&self) -> Option<Entry> {
        self.entry
    }
}

/// What a line is that moves: its amount, and the account it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Amount {
    line: LineId,
    kind: LineKind,
    money: Money,
}

/// A line in the state `S`; only [`AnyLine::new`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<S> {
    amount: Amount,
    state: PhantomData<S>,
}

/// The types that stand for states; nobody but this file has one.
pub trait In {
    const STATE: LineState;
}

impl<S: In> Line<S> {
    fn to(self, after: LineState) -> Move {
        let Amount { line, kind, money } = self.amount;
        let account = |state: LineState| match state {
            LineState::Cancelled => kind.source(),
            other => other.account(),
        };
        let (from, to) = (account(S::STATE), account(after));
        let entry = (from != to).then_some(Entry {
            line,
            from,
            to,
            money,
        });
        Move {
            line,
            before: S::STATE,
            after,
            entry,
        }
    }
}

macro_rules! states {
    ($($(#[$doc:meta])* $state:ident),+ $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct $state;
        )+

        /// A line in whatever state it is: to be matched on, so that only what is open from there can be called.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum AnyLine {
            $($state(Line<$state>)),+
        }

        impl AnyLine {
            /// A line as it is stored.
            pub const fn new(line: LineId, kind: LineKind, money: Money, state: LineState) -> Self {
                let amount = Amount { line, kind, money };
                match state {
                    $(LineState::$state => Self::$state(Line { amount, state: PhantomData })),+
                }
            }
        }

        $(impl In for $state {
            const STATE: LineState = LineState::$state;
        })+
    };
}

states! {
    /// Its month has not ended.
    Upcoming,
    /// It waits for the client's money.
    Awaiting,
    /// The client's money reaches it.
    Covered,
    /// A person has approved it.
    Approved,
    /// It is on a statement.
    Stated,
    /// Its bill is in Xero.
    Invoiced,
    /// Its bill is paid.
    Paid,
    /// It is due no more.
    Cancelled,
}

impl Line<Upcoming> {
    /// From now on it waits for the client's money.
    pub fn end_month(self) -> Move {
        self.to(LineState::Awaiting)
    }

    pub fn cancel(self) -> Move {
        self.to(LineState::Cancelled)
    }
}

impl Line<Awaiting> {
    /// The client's money reaches it.
    pub fn cover(self) -> Move {
        self.to(LineState::Covered)
    }

    pub fn cancel(self) -> Move {
        self.to(LineState::Cancelled)
    }
}

impl Line<Covered> {
    pub fn approve(self) -> Move {
        self.to(LineState::Approved)
    }

    /// The client's money went away again.
    pub fn uncover(self) -> Move {
        self.to(LineState::Awaiting)
    }

    pub fn cancel(self) -> Move {
        self.to(LineState::Cancelled)
    }
}

impl Line<Approved> {
    /// It goes onto a statement.
    pub fn put_on_statement(self) -> Move {
        self.to(LineState::Stated)
    }

    /// The client's money went away again, and the approval with it.
    pub fn uncover(self) -> Move {
        self.to(LineState::Awaiting)
    }

    /// Somebody took the approval back.
    pub fn withdraw_approval(self) -> Move {
        self.to(LineState::Covered)
    }

    pub fn cancel(self) -> Move {
        self.to(LineState::Cancelled)
    }
}

impl Line<Stated> {
    /// A bill that holds it is in Xero.
    pub fn bill(self) -> Move {
        self.to(LineState::Invoiced)
    }
}

impl Line<Invoiced> {
    /// Its bill is paid so far that it is paid wholly.
    pub fn pay(self) -> Move {
        self.to(LineState::Paid)
    }

    /// Its bill was voided.
    pub fn unbill(self) -> Move {
        self.to(LineState::Stated)
    }
}

impl Line<Paid> {
    /// The payment was undone.
    pub fn unpay(self) -> Move {
        self.to(LineState::Invoiced)
    }
}

impl AnyLine {
    /// What is on no statement can be cancelled; what is on one is corrected by another line.
    pub fn cancel(self) -> Option<Move> {
        match self {
            Self::Upcoming(line) => Some(line.cancel()),
            Self::Awaiting(line) => Some(line.cancel()),
            Self::Covered(line) => Some(line.cancel()),
            Self::Approved(line) => Some(line.cancel()),
            Self::Stated(_) | Self::Invoiced(_) | Self::Paid(_) | Self::Cancelled(_) => None,
        }
    }

    /// The move by which a line follows the client's money; `None` where it is where the money is, or too far to go back.
    pub fn follow(self, is_reached: bool) -> Option<Move> {
        match (self, is_reached) {
            (Self::Awaiting(line), true) => Some(line.cover()),
            (Self::Covered(line), false) => Some(line.uncover()),
            (Self::Approved(line), false) => Some(line.uncover()),
            _ => None,
        }
    }

    /// The next move of a stated line to where its bill and the payments of that are; `None` where it is there, or on no statement.
    pub fn settle(self, due: LineState) -> Option<Move> {
        match (self, due) {
            (Self::Stated(line), LineState::Invoiced | LineState::Paid) => Some(line.bill()),
            (Self::Invoiced(line), LineState::Paid) => Some(line.pay()),
            (Self::Invoiced(line), LineState::Stated) => Some(line.unbill()),
            (Self::Paid(line), LineState::Invoiced | LineState::Stated) => Some(line.unpay()),
            _ => None,
        }
    }

    /// What takes a line's amount back to where it came from, so that it can be made again with another: nothing, for one that was cancelled.
    /// `None` for what is on a statement.
    pub fn take_back(self) -> Option<Option<Entry>> {
        match self {
            Self::Cancelled(_) => Some(None),
            other => other.cancel().map(|cancel| cancel.entry()),
        }
    }
}

#[cfg(test)]
impl AnyLine {
    /// Every move that is open from here.
    pub fn moves(self) -> Vec<Move> {
        match self {
            Self::Upcoming(line) => vec![line.end_month(), line.cancel()],
            Self::Awaiting(line) => vec![line.cover(), line.cancel()],
            Self::Covered(line) => vec![line.approve(), line.uncover(), line.cancel()],
            Self::Approved(line) => vec![
                line.put_on_statement(),
                line.uncover(),
                line.withdraw_approval(),
                line.cancel(),
            ],
            Self::Stated(line) => vec![line.bill()],
            Self::Invoiced(line) => vec![line.pay(), line.unbill()],
            Self::Paid(line) => vec![line.unpay()],
            Self::Cancelled(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::testing::euro;

    const LINE: LineId = LineId::new(Ulid::nil());

    fn line(kind: LineKind, state: LineState) -> AnyLine {
        AnyLine::new(LINE, kind, euro(70), state)
    }

    #[test]
    fn a_line_as_it_was_seen_is_the_same_text_there_and_back() {
        let seen = SeenLine {
            line: LINE,
            money: euro(-70),
        };
        let text = "00000000000000000000000000:-70:EUR";
        assert_eq!(String::from(seen), text);
        assert_eq!(SeenLine::try_from(text.to_owned()), Ok(seen));
        let line = LINE.to_string();
        for other in ["", ":", ":70", ":70:", ":70:EURO", ":7.0:EUR", ":70:EUR:"] {
            let text = format!("{line}{other}");
            assert_eq!(SeenLine::try_from(text.clone()), Err(BadId), "{text}");
        }
    }

    #[test]
    fn a_line_goes_only_the_ways_that_are_open() {
        use LineState::{Approved, Awaiting, Cancelled, Covered, Invoiced, Paid, Stated, Upcoming};
        let open = [
            (Upcoming, Awaiting),
            (Upcoming, Cancelled),
            (Awaiting, Covered),
            (Awaiting, Cancelled),
            (Covered, Approved),
            (Covered, Awaiting),
            (Covered, Cancelled),
            (Approved, Stated),
            (Approved, Awaiting),
            (Approved, Covered),
            (Approved, Cancelled),
            (Stated, Invoiced),
            (Invoiced, Paid),
            (Invoiced, Stated),
            (Paid, Invoiced),
        ];
        let moves: Vec<_> = LineState::ALL
            .iter()
            .flat_map(|state| line(LineKind::Scheduled, *state).moves())
            .map(|step| (step.before(), step.after()))
            .collect();
        assert_eq!(moves, open);
    }

    #[test]
    fn a_move_carries_its_line_and_what_it_posts() {
        for state in LineState::ALL {
            for kind in LineKind::ALL {
                for step in line(*kind, *state).moves() {
                    assert_eq!((step.line(), step.before()), (LINE, *state));
                    let to = match step.after() {
                        LineState::Cancelled => kind.source(),
                        after => after.account(),
                    };
                    let entry = Entry {
                        line: LINE,
                        from: state.account(),
                        to,
                        money: euro(70),
                    };
                    let expected = (state.account() != to).then_some(entry);
                    assert_eq!(step.entry(), expected, "{kind} {state} to {}", step.after());
                }
            }
        }
    }

    #[test]
    fn what_is_on_a_statement_is_neither_cancelled_nor_made_again() {
        for state in LineState::ALL {
            let line = line(LineKind::Scheduled, *state);
            let is_open = !state.is_stated();
            let cancelled = line.cancel().map(|step| (step.before(), step.after()));
            let expected = (is_open && *state != LineState::Cancelled)
                .then_some((*state, LineState::Cancelled));
            assert_eq!(cancelled, expected);
            let back = is_open.then(|| line.cancel().and_then(|step| step.entry()));
            assert_eq!(line.take_back(), back, "{state}");
        }
    }

    #[test]
    fn a_line_follows_the_money_until_it_is_stated() {
        for state in LineState::ALL {
            for is_reached in [true, false] {
                let after = line(LineKind::Scheduled, *state)
                    .follow(is_reached)
                    .map(|step| (step.before(), step.after()));
                let expected = match (state, is_reached) {
                    (LineState::Awaiting, true) => Some((*state, LineState::Covered)),
                    (LineState::Covered | LineState::Approved, false) => {
                        Some((*state, LineState::Awaiting))
                    }
                    _ => None,
                };
                assert_eq!(after, expected, "{state} {is_reached}");
            }
        }
    }

    #[test]
    fn a_stated_line_goes_step_by_step_to_where_its_bill_is() {
        use LineState::{Invoiced, Paid, Stated};
        let line = |state| line(LineKind::Scheduled, state);
        for (state, due, next) in [
            (Stated, Stated, None),
            (Stated, Invoiced, Some(Invoiced)),
            (Stated, Paid, Some(Invoiced)),
            (Invoiced, Stated, Some(Stated)),
            (Invoiced, Invoiced, None),
            (Invoiced, Paid, Some(Paid)),
            (Paid, Stated, Some(Invoiced)),
            (Paid, Invoiced, Some(Invoiced)),
            (Paid, Paid, None),
            (LineState::Approved, Paid, None),
        ] {
            let step = line(state).settle(due).map(|step| step.after());
            assert_eq!(step, next, "{state} to {due}");
        }
    }

    #[test]
    fn a_line_begins_upcoming_awaiting_or_covered_and_its_money_comes_from_where_its_kind_comes_from()
     {
        let first = [
            FirstState::Upcoming,
            FirstState::Awaiting,
            FirstState::Covered,
        ];
        let states = first.map(FirstState::state);
        assert_eq!(
            states,
            [LineState::Upcoming, LineState::Awaiting, LineState::Covered]
        );
        for kind in LineKind::ALL {
            let is_clawback = *kind == LineKind::Clawback;
            assert_eq!(kind.source() == Account::ClawedBack, is_clawback);
            assert_eq!(kind.source() == Account::Programme, !is_clawback);
            let of_schedule = matches!(kind, LineKind::Scheduled | LineKind::Bonus);
            assert_eq!(kind.is_of_schedule(), of_schedule);
        }
    }

    #[test]
    fn every_state_keeps_its_money_in_one_account() {
        for (state, account, earned, stated) in [
            (LineState::Upcoming, Account::Expected, false, false),
            (LineState::Awaiting, Account::Awaiting, false, false),
            (LineState::Covered, Account::Earned, true, false),
            (LineState::Approved, Account::Approved, true, false),
            (LineState::Stated, Account::Payable, true, true),
            (LineState::Invoiced, Account::Payable, true, true),
            (LineState::Paid, Account::Paid, true, true),
            (LineState::Cancelled, Account::Programme, false, false),
        ] {
            assert_eq!(state.account(), account);
            assert_eq!(
                (state.is_earned(), state.is_stated()),
                (earned, stated),
                "{state}"
            );
        }
    }

    #[test]
    fn every_word_is_read_back_and_is_the_word_in_json() {
        for state in LineState::ALL {
            assert_eq!(LineState::parse(state.as_str()), Some(*state));
            let json = serde_json::to_string(state).expect("json");
            assert_eq!(json, format!("\"{state}\""));
        }
        for kind in LineKind::ALL {
            assert_eq!(LineKind::parse(kind.as_str()), Some(*kind));
        }
        for step in DisputeStep::ALL {
            assert_eq!(DisputeStep::parse(step.as_str()), Some(*step));
            let last = matches!(step.as_str(), "resolved" | "withdrawn");
            assert_eq!(step.ends(), last, "{step}");
        }
        assert_eq!(LineState::parse("Paid"), None);
        assert_eq!(LineState::parse(""), None);
    }
}

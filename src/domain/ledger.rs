//! The ledger: every change of a line's state moves its amount from one account of the partner to another. Entries balance by construction
//! and are only ever added; a correction is another entry.

use serde::{Deserialize, Serialize};

use crate::{
    access::words,
    ids::LineId,
    line::{LineKind, LineState},
    money::Money,
};

words! {
    /// The accounts of one partner in one currency. `Programme` is the other side: where commission comes from, and goes back to when cancelled.
    Account {
        Programme = "programme",
        Expected = "expected",
        Awaiting = "awaiting",
        Earned = "earned",
        Approved = "approved",
        Payable = "payable",
        Paid = "paid",
        ClawedBack = "clawed_back",
    }
}

/// An amount that leaves one account and reaches another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub line: LineId,
    pub from: Account,
    pub to: Account,
    pub money: Money,
}

impl Entry {
    /// A line is made: its amount comes from the programme, or, for a clawback, out of what is clawed back, whose balance is then what was
    /// taken in all.
    pub const fn open(line: LineId, kind: LineKind, state: LineState, money: Money) -> Self {
        Self {
            line,
            from: kind.source(),
            to: state.account(),
            money,
        }
    }

    /// The signed amounts: what leaves is negative. They add up to zero; no rule makes the one amount that has no opposite.
    pub const fn postings(&self) -> [(Account, i64); 2] {
        [
            (self.from, self.money.minor.saturating_neg()),
            (self.to, self.money.minor),
        ]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use ulid::Ulid;

    use super::*;
    use crate::{line::AnyLine, testing::euro};

    const LINE: LineId = LineId::new(Ulid::nil());

    fn post(balances: &mut BTreeMap<Account, i64>, entry: Entry) {
        for (account, minor) in entry.postings() {
            *balances.entry(account).or_default() += minor;
        }
    }

    #[test]
    fn a_clawback_comes_out_of_what_is_clawed_back() {
        let entry = Entry::open(LINE, LineKind::Clawback, LineState::Approved, euro(-70));
        assert_eq!(
            entry.postings(),
            [(Account::ClawedBack, 70), (Account::Approved, -70)]
        );
    }

    proptest! {
        #[test]
        fn entries_add_up_to_zero_and_the_balance_is_where_the_line_is(
            minor in -1_000_000_i64..1_000_000, kind in prop::sample::select(LineKind::ALL), steps in prop::collection::vec(0_usize..12, 0..30),
        ) {
            let mut state = LineState::Upcoming;
            let mut balances = BTreeMap::new();
            post(&mut balances, Entry::open(LINE, kind, state, euro(minor)));
            for step in steps {
                let moves = AnyLine::new(LINE, kind, euro(minor), state).moves();
                if let Some(chosen) = moves.get(step % moves.len().max(1)) {
                    state = chosen.after();
                    if let Some(entry) = chosen.entry() {
                        post(&mut balances, entry);
                    }
                }
                prop_assert_eq!(balances.values().sum::<i64>(), 0);
            }
            let holding = if state == LineState::Cancelled { kind.source() } else { state.account() };
            for (account, balance) in balances {
                let expected = match account {
                    _ if holding == kind.source() => 0,
                    _ if account == holding => minor,
                    _ if account == kind.source() => -minor,
                    _ => 0,
                };
                prop_assert_eq!(balance, expected, "{}", account);
            }
        }

        #[test]
        fn any_entry_adds_up_to_zero(minor in -i64::MAX..=i64::MAX, state in prop::sample::select(LineState::ALL), kind in prop::sample::select(LineKind::ALL)) {
            let entry = Entry::open(LINE, kind, state, euro(minor));
            prop_assert_eq!(entry.postings().iter().map(|posting| i128::from(posting.1)).sum::<i128>(), 0);
        }
    }
}

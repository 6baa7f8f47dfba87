//! The ledger: every change of a line's state moves its amount from one account of the partner to another. Entries balance by construction
//! and are only ever added; a correction is another entry.

use serde::{Deserialize, Serialize};

use crate::{access::words, ids::LineId, line::LineState, money::Money};

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
    /// A line is made: its amount comes from the programme.
    pub const fn open(line: LineId, state: LineState, money: Money) -> Self {
        Self {
            line,
            from: Account::Programme,
            to: state.account(),
            money,
        }
    }

    /// A clawback is made: its amount, below zero, comes out of what is clawed back, whose balance is then what was taken in all.
    pub const fn claw_back(line: LineId, state: LineState, money: Money) -> Self {
        Self {
            line,
            from: Account::ClawedBack,
            to: state.account(),
            money,
        }
    }

    /// A line changes its state; `None` where both states keep the money in the same account.
    pub fn moved(line: LineId, before: LineState, after: LineState, money: Money) -> Option<Self> {
        let (from, to) = (before.account(), after.account());
        (from != to).then_some(Self {
            line,
            from,
            to,
            money,
        })
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
    use crate::testing::euro;

    const LINE: LineId = LineId::new(Ulid::nil());

    fn post(balances: &mut BTreeMap<Account, i64>, entry: Entry) {
        for (account, minor) in entry.postings() {
            *balances.entry(account).or_default() += minor;
        }
    }

    #[test]
    fn a_change_within_one_account_moves_nothing() {
        let (stated, invoiced) = (LineState::Stated, LineState::Invoiced);
        assert_eq!(Entry::moved(LINE, stated, invoiced, euro(5)), None);
        let entry = Entry::moved(LINE, invoiced, LineState::Paid, euro(5)).expect("it moves");
        assert_eq!(
            entry.postings(),
            [(Account::Payable, -5), (Account::Paid, 5)]
        );
    }

    #[test]
    fn a_clawback_comes_out_of_what_is_clawed_back() {
        let entry = Entry::claw_back(LINE, LineState::Approved, euro(-70));
        assert_eq!(
            entry.postings(),
            [(Account::ClawedBack, 70), (Account::Approved, -70)]
        );
    }

    proptest! {
        #[test]
        fn entries_add_up_to_zero_and_the_balance_is_where_the_line_is(
            minor in -1_000_000_i64..1_000_000, steps in prop::collection::vec(0..LineState::ALL.len(), 0..30),
        ) {
            let mut state = LineState::Upcoming;
            let mut balances = BTreeMap::new();
            post(&mut balances, Entry::open(LINE, state, euro(minor)));
            for step in steps {
                let next = LineState::ALL[step];
                if state.may_become(next) {
                    if let Some(entry) = Entry::moved(LINE, state, next, euro(minor)) {
                        post(&mut balances, entry);
                    }
                    state = next;
                }
                prop_assert_eq!(balances.values().sum::<i64>(), 0);
            }
            for (account, balance) in balances {
                let expected = match account {
                    _ if account == state.account() && account == Account::Programme => 0,
                    Account::Programme => -minor,
                    _ if account == state.account() => minor,
                    _ => 0,
                };
                prop_assert_eq!(balance, expected, "{}", account);
            }
        }

        #[test]
        fn any_entry_adds_up_to_zero(minor in -i64::MAX..=i64::MAX, from in 0..LineState::ALL.len(), to in 0..LineState::ALL.len()) {
            let (from, to) = (LineState::ALL[from], LineState::ALL[to]);
            let entries = [
                Some(Entry::open(LINE, to, euro(minor))),
                Some(Entry::claw_back(LINE, to, euro(minor))),
                Entry::moved(LINE, from, to, euro(minor)),
            ];
            for entry in entries.into_iter().flatten() {
                prop_assert_eq!(entry.postings().iter().map(|posting| i128::from(posting.1)).sum::<i128>(), 0);
            }
        }
    }
}

//! Commission lines: the states they go through, and which way is open. Money moves line by line, so nothing here can be skipped.

use crate::{access::words, ledger::Account};

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
    LineKind { Scheduled = "scheduled", Adjustment = "adjustment", Clawback = "clawback", Manual = "manual" }
}

impl LineState {
    /// Whether a line may go from here to there.
    pub const fn may_become(self, next: Self) -> bool {
        use LineState as S;
        match self {
            S::Upcoming => matches!(next, S::Awaiting | S::Cancelled),
            S::Awaiting => matches!(next, S::Covered | S::Cancelled),
            // Coverage can go away again, and then so does the approval.
            S::Covered => matches!(next, S::Approved | S::Awaiting | S::Cancelled),
            S::Approved => matches!(next, S::Stated | S::Awaiting | S::Covered | S::Cancelled),
            S::Stated => matches!(next, S::Invoiced),
            // A bill can be voided, a payment undone.
            S::Invoiced => matches!(next, S::Paid | S::Stated),
            S::Paid => matches!(next, S::Invoiced),
            // A deal that is restored or won again brings its months back.
            S::Cancelled => matches!(next, S::Upcoming | S::Awaiting),
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

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
            (Cancelled, Upcoming),
            (Cancelled, Awaiting),
        ];
        for before in LineState::ALL {
            for after in LineState::ALL {
                assert_eq!(
                    before.may_become(*after),
                    open.contains(&(*before, *after)),
                    "{before} to {after}"
                );
            }
        }
    }

    #[test]
    fn what_is_stated_is_earned_and_can_never_be_cancelled_or_wait_again() {
        for state in LineState::ALL {
            assert!(!state.is_stated() || state.is_earned(), "{state}");
            for next in LineState::ALL {
                let leaves = state.is_stated() && !next.is_stated();
                assert!(!(leaves && state.may_become(*next)), "{state} to {next}");
            }
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
        assert_eq!(LineState::parse("Paid"), None);
        assert_eq!(LineState::parse(""), None);
    }
}

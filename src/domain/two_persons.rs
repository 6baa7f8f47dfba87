//! The two-person rule: no money leaves by one person's doing alone. `docs/two-persons.md` says it in sentences.
//!
//! Why the last hand and not every hand: in a finance team of two both soon have had one in the same deal, and nobody would be left to approve its lines. Whoever
//! moved a line after somebody else has had that other's work before the eyes.

use crate::{access::words, ids::PersonId};

words! {
    /// How many persons it takes.
    Persons { Two = "two", One = "one" }
}

/// By whose hands a line came to be worth what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Movers {
    /// Who submitted the lead, or took its deal over for a partner.
    pub brought_by: Option<PersonId>,
    /// Who entered the line.
    pub entered_by: Option<PersonId>,
    /// Who moved it last.
    pub moved_by: Option<PersonId>,
}

impl Movers {
    /// Why somebody may not approve the line: a key of the catalogues.
    ///
    /// # Errors
    /// `line-entered-by-you`, `line-brought-by-you`, `line-moved-by-you`.
    pub fn check_approver(&self, person: PersonId) -> Result<(), &'static str> {
        let person = Some(person);
        if self.entered_by == person {
            Err("line-entered-by-you")
        } else if self.brought_by == person {
            Err("line-brought-by-you")
        } else if self.moved_by == person {
            Err("line-moved-by-you")
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;

    #[test]
    fn whoever_had_a_hand_in_a_line_does_not_approve_it_and_everybody_else_does() {
        let [one, two, three, other] = [1, 2, 3, 4].map(|bits| PersonId::new(Ulid::from(bits)));
        let movers = Movers {
            brought_by: Some(one),
            entered_by: Some(two),
            moved_by: Some(three),
        };
        for (person, code) in [
            (one, "line-brought-by-you"),
            (two, "line-entered-by-you"),
            (three, "line-moved-by-you"),
        ] {
            assert_eq!(movers.check_approver(person), Err(code));
            assert_eq!(Movers::default().check_approver(person), Ok(()));
        }
        assert_eq!(movers.check_approver(other), Ok(()));
    }
}

//! Whose things somebody may read and change. Who acts gives it and nothing else does, so that no query of partner data can be asked without it, and "not yours" is
//! "not there" in the query itself.

use crate::{
    access::{Actor, MemberRole, Reach, StaffRole},
    ids::{PartnerId, PersonId},
};

/// One partner as a whole: that of a member's session, or one that staff may look after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Own(PartnerId);

impl Own {
    /// The partner that a member acts for; staff act for none.
    pub const fn of(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::Member { partner, .. } => Some(Self(*partner)),
            Actor::Staff { .. } => None,
        }
    }

    /// Which partner it is.
    pub const fn partner(self) -> PartnerId {
        self.0
    }
}

/// What of everybody's somebody may see: a part of one partner, or of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    partner: Option<PartnerId>,
    submitter: Option<PersonId>,
    manager: Option<PersonId>,
}

impl Scope {
    /// What the portal itself looks through, for nobody who reads it: jobs, and the proof of the books.
    pub const EVERYBODY: Self = Self {
        partner: None,
        submitter: None,
        manager: None,
    };

    /// What is open to whoever acts.
    pub fn of(actor: &Actor) -> Self {
        let only = (!sees_all(actor)).then(|| actor.person());
        match actor {
            Actor::Member { partner, .. } => Self {
                partner: Some(*partner),
                submitter: only,
                manager: None,
            },
            Actor::Staff { .. } => Self {
                partner: None,
                submitter: None,
                manager: only,
            },
        }
    }

    /// The one partner whose things they are; none: of more than one.
    pub const fn partner(self) -> Option<PartnerId> {
        self.partner
    }

    /// Whose leads alone may be seen, and what came of them.
    pub const fn submitter(self) -> Option<PersonId> {
        self.submitter
    }

    /// Whose partners alone may be seen.
    pub const fn manager(self) -> Option<PersonId> {
        self.manager
    }

    /// Whether a person's things in a partner, or those of the partner's manager, are in it as a whole: the partner, then.
    pub fn admit(self, partner: PartnerId, manager: Option<PersonId>) -> Option<Own> {
        let is_in = self.partner.is_none_or(|own| own == partner)
            && self.manager.is_none_or(|own| Some(own) == manager);
        is_in.then_some(Own(partner))
    }
}

/// Whether somebody sees everything that its role opens: the whole partner, or the whole network.
pub const fn sees_all(actor: &Actor) -> bool {
    match actor {
        Actor::Member { role, reach, .. } => !narrows_member(*role, *reach),
        Actor::Staff { role, reach, .. } => !narrows_staff(*role, *reach),
    }
}

/// Only whoever sells can be kept to its own leads: owners and finance answer for all.
const fn narrows_member(role: MemberRole, reach: Reach) -> bool {
    matches!((role, reach), (MemberRole::Sales, Reach::Own))
}

/// Only whoever looks after partners can be kept to its own.
const fn narrows_staff(role: StaffRole, reach: Reach) -> bool {
    matches!((role, reach), (StaffRole::PartnerManager, Reach::Own))
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;

    const PARTNER: PartnerId = PartnerId::new(Ulid(1));
    const OTHER: PartnerId = PartnerId::new(Ulid(2));
    const PERSON: PersonId = PersonId::new(Ulid(3));

    fn member(role: MemberRole, reach: Reach) -> Actor {
        Actor::Member {
            person: PERSON,
            partner: PARTNER,
            role,
            reach,
        }
    }

    fn staff(role: StaffRole, reach: Reach) -> Actor {
        Actor::Staff {
            person: PERSON,
            role,
            reach,
        }
    }

    #[test]
    fn a_members_scope_is_its_partner_and_a_sales_person_can_be_kept_to_its_own_leads() {
        for role in MemberRole::ALL {
            for reach in Reach::ALL {
                let scope = Scope::of(&member(*role, *reach));
                let narrow = (*role, *reach) == (MemberRole::Sales, Reach::Own);
                assert_eq!(scope.partner(), Some(PARTNER));
                assert_eq!(scope.submitter(), narrow.then_some(PERSON), "{role}");
                assert_eq!(scope.manager(), None);
            }
        }
    }

    #[test]
    fn the_network_is_all_staffs_and_a_partner_manager_can_be_kept_to_its_own_partners() {
        for role in StaffRole::ALL {
            for reach in Reach::ALL {
                let actor = staff(*role, *reach);
                let narrow = (*role, *reach) == (StaffRole::PartnerManager, Reach::Own);
                assert_eq!(Scope::of(&actor).manager(), narrow.then_some(PERSON));
                assert_eq!(Own::of(&actor), None, "{role} acts for no partner");
            }
        }
    }

    #[test]
    fn a_scope_admits_the_partners_in_it_alone() {
        let own = Scope::of(&member(MemberRole::Owner, Reach::All));
        assert_eq!(own.admit(PARTNER, None).map(Own::partner), Some(PARTNER));
        assert_eq!(own.admit(OTHER, None), None);
        let manager = Scope::of(&staff(StaffRole::PartnerManager, Reach::Own));
        assert!(manager.admit(OTHER, Some(PERSON)).is_some());
        assert_eq!(manager.admit(OTHER, None), None);
        let stranger = PersonId::new(Ulid(4));
        assert_eq!(manager.admit(OTHER, Some(stranger)), None);
        assert!(Scope::EVERYBODY.admit(OTHER, None).is_some());
    }
}

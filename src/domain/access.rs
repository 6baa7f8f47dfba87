//! Who may do what: the roles and the whole permission table. What a person may see of partner data is narrowed further by the partner in its session.

use serde::{Deserialize, Serialize};

use crate::ids::{PartnerId, PersonId};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $(#[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every word, in the order in which they stand here.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it in the database, the API and the catalogues' keys.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }

            /// The value that a word stands for; `None` for any other text.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// A person's role in one partner.
    MemberRole { Owner = "owner", Sales = "sales", Finance = "finance", ReadOnly = "read_only" }
}

words! {
    /// A person's role at the vendor.
    StaffRole {
        Administrator = "administrator",
        PartnerManager = "partner_manager",
        Finance = "finance",
        Operator = "operator",
        Auditor = "auditor",
    }
}

words! {
    /// What a person proved when a session began.
    Proof {
        Demo = "demo",
        Link = "link",
        Passkey = "passkey",
        Authenticator = "authenticator",
        Recovery = "recovery",
        SignOn = "sign_on",
    }
}

words! {
    /// How much of what its role opens somebody sees: `scope` says whom it narrows, and to what.
    Reach { All = "all", Own = "own" }
}

impl Proof {
    /// Whether that opens the portal. A mailed link alone does not: who reads a mailbox is not yet the person.
    pub const fn opens(self) -> bool {
        !matches!(self, Self::Link)
    }
}

/// Who acts: resolved from the session, never from the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    Member {
        person: PersonId,
        partner: PartnerId,
        role: MemberRole,
        reach: Reach,
    },
    Staff {
        person: PersonId,
        role: StaffRole,
        reach: Reach,
    },
}

impl Actor {
    /// The person who acts, in whatever role.
    pub const fn person(&self) -> PersonId {
        match self {
            Self::Member { person, .. } | Self::Staff { person, .. } => *person,
        }
    }
}

words! {
    /// What can be done; one word for each act that changes something or opens a page.
    Action {
        SubmitLeads = "submit_leads",
        ReadLeads = "read_leads",
        ReadMoney = "read_money",
        DisputeLines = "dispute_lines",
        RaiseInvoices = "raise_invoices",
        EditCompany = "edit_company",
        ManageTeam = "manage_team",
        DecideLeads = "decide_leads",
        ManagePartners = "manage_partners",
        EditPlans = "edit_plans",
        ApproveLines = "approve_lines",
        Reconcile = "reconcile",
        CloseQuarter = "close_quarter",
        ReadBooks = "read_books",
        Operate = "operate",
        Connect = "connect",
        ManagePeople = "manage_people",
        LeaveBooks = "leave_books",
        ManagePrivacy = "manage_privacy",
        AssignPartners = "assign_partners",
        ManageSignOn = "manage_sign_on",
    }
}

/// Whether somebody may do that: what its role says.
pub const fn can(actor: &Actor, action: Action) -> bool {
    match actor {
        Actor::Member { role, .. } => role.may(action),
        Actor::Staff { role, .. } => role.may(action),
    }
}

impl MemberRole {
    /// The permission table's half of partners.
    pub const fn may(self, action: Action) -> bool {
        use Action as A;
        match self {
            Self::Owner => matches!(
                action,
                A::SubmitLeads
                    | A::ReadLeads
                    | A::ReadMoney
                    | A::DisputeLines
                    | A::RaiseInvoices
                    | A::EditCompany
                    | A::ManageTeam
            ),
            Self::Sales => matches!(
                action,
                A::SubmitLeads | A::ReadLeads | A::ReadMoney | A::DisputeLines
            ),
            Self::Finance => matches!(
                action,
                A::ReadLeads | A::ReadMoney | A::DisputeLines | A::RaiseInvoices
            ),
            Self::ReadOnly => matches!(action, A::ReadLeads | A::ReadMoney),
        }
    }
}

impl StaffRole {
    /// The permission table's half of the vendor.
    pub const fn may(self, action: Action) -> bool {
        use Action as A;
        match self {
            Self::Administrator => matches!(
                action,
                A::DecideLeads
                    | A::ManagePartners
                    | A::EditPlans
                    | A::ApproveLines
                    | A::Reconcile
                    | A::CloseQuarter
                    | A::ReadBooks
                    | A::Operate
                    | A::Connect
                    | A::ManagePeople
                    | A::LeaveBooks
                    | A::ManagePrivacy
                    | A::AssignPartners
                    | A::ManageSignOn
            ),
            Self::PartnerManager => {
                matches!(action, A::DecideLeads | A::ManagePartners | A::ReadBooks)
            }
            Self::Finance => matches!(
                action,
                A::EditPlans | A::ApproveLines | A::Reconcile | A::CloseQuarter | A::ReadBooks
            ),
            Self::Operator => matches!(action, A::Operate | A::Connect | A::ReadBooks),
            Self::Auditor => matches!(action, A::ReadBooks),
        }
    }
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;

    fn member(role: MemberRole) -> Actor {
        Actor::Member {
            person: PersonId::new(Ulid::nil()),
            partner: PartnerId::new(Ulid::nil()),
            role,
            reach: Reach::All,
        }
    }

    fn staff(role: StaffRole) -> Actor {
        Actor::Staff {
            person: PersonId::new(Ulid::nil()),
            role,
            reach: Reach::All,
        }
    }

    #[test]
    fn the_permission_table_is_this_one() {
        use Action as A;
        // Owner, sales, finance, read-only; administrator, partner manager, finance, operator, auditor.
        let table = [
            (A::SubmitLeads, "yy-- -----"),
            (A::ReadLeads, "yyyy -----"),
            (A::ReadMoney, "yyyy -----"),
            (A::DisputeLines, "yyy- -----"),
            (A::RaiseInvoices, "y-y- -----"),
            (A::EditCompany, "y--- -----"),
            (A::ManageTeam, "y--- -----"),
            (A::DecideLeads, "---- yy---"),
            (A::ManagePartners, "---- yy---"),
            (A::EditPlans, "---- y-y--"),
            (A::ApproveLines, "---- y-y--"),
            (A::Reconcile, "---- y-y--"),
            (A::CloseQuarter, "---- y-y--"),
            (A::ReadBooks, "---- yyyyy"),
            (A::Operate, "---- y--y-"),
            (A::Connect, "---- y--y-"),
            (A::ManagePeople, "---- y----"),
            (A::LeaveBooks, "---- y----"),
            (A::ManagePrivacy, "---- y----"),
            (A::AssignPartners, "---- y----"),
            (A::ManageSignOn, "---- y----"),
        ];
        assert_eq!(table.map(|(action, _)| action), Action::ALL);
        let members = MemberRole::ALL.iter().copied().map(member);
        let actors: Vec<Actor> = members
            .chain(StaffRole::ALL.iter().copied().map(staff))
            .collect();
        for (action, row) in table {
            let allowed: Vec<bool> = actors.iter().map(|actor| can(actor, action)).collect();
            let expected: Vec<bool> = row
                .chars()
                .filter(|mark| *mark != ' ')
                .map(|mark| mark == 'y')
                .collect();
            assert_eq!(allowed, expected, "{action:?}");
        }
    }

    #[test]
    fn an_actor_is_one_person_and_every_role_has_its_word() {
        assert_eq!(
            member(MemberRole::Sales).person(),
            PersonId::new(Ulid::nil())
        );
        assert_eq!(
            staff(StaffRole::Operator).person(),
            PersonId::new(Ulid::nil())
        );
        for role in MemberRole::ALL {
            assert_eq!(MemberRole::parse(role.as_str()), Some(*role));
        }
        for role in StaffRole::ALL {
            assert_eq!(StaffRole::parse(role.as_str()), Some(*role));
        }
        assert_eq!(StaffRole::parse("owner"), None);
    }
}

//! Claims: the verdict on a new lead, given who protects its client. How long a claim lasts is a setting that the caller knows. What a partner is told never gives another partner away.

use serde::{Deserialize, Serialize};

use crate::{access::words, ids::LeadId};

words! {
    /// Why a lead is refused; the partner reads it.
    RejectReason {
        PartnerInactive = "partner_inactive",
        NotEnrolled = "not_enrolled",
        DomainNotRegistrable = "domain_not_registrable",
        FreeMailDomain = "free_mail_domain",
        OwnDomain = "own_domain",
        NotQualified = "not_qualified",
    }
}

words! {
    /// Why a person looks at a lead first; staff read it, the partner only that it is in review.
    ReviewReason { ClaimedByAnother = "claimed_by_another", ExistingCustomer = "existing_customer" }
}

/// What the portal knows when a lead arrives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadFacts {
    pub partner_active: bool,
    pub enrolled: bool,
    /// The client's registrable domain by the public-suffix list; `None` if there is none.
    pub registrable_domain: Option<String>,
    pub free_mail: bool,
    pub own_domain: bool,
    /// An open lead of the same partner for that domain.
    pub own_open_lead: Option<LeadId>,
    pub claimed_by_another: bool,
    pub existing_customer: bool,
}

/// What becomes of a new lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    Accept,
    Review(ReviewReason),
    Reject(RejectReason),
    /// Nothing is made; the partner is shown the lead it has.
    Duplicate(LeadId),
}

/// Judges a new lead: refusals first, then the partner's own duplicate, then what a person must decide.
pub fn judge(facts: &LeadFacts) -> Verdict {
    if !facts.partner_active {
        return Verdict::Reject(RejectReason::PartnerInactive);
    }
    if !facts.enrolled {
        return Verdict::Reject(RejectReason::NotEnrolled);
    }
    if facts.free_mail {
        return Verdict::Reject(RejectReason::FreeMailDomain);
    }
    if facts.registrable_domain.is_none() {
        return Verdict::Reject(RejectReason::DomainNotRegistrable);
    }
    if facts.own_domain {
        return Verdict::Reject(RejectReason::OwnDomain);
    }
    if let Some(lead) = facts.own_open_lead {
        return Verdict::Duplicate(lead);
    }
    if facts.claimed_by_another {
        return Verdict::Review(ReviewReason::ClaimedByAnother);
    }
    if facts.existing_customer {
        return Verdict::Review(ReviewReason::ExistingCustomer);
    }
    Verdict::Accept
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;

    fn good() -> LeadFacts {
        LeadFacts {
            partner_active: true,
            enrolled: true,
            registrable_domain: Some("acme.example".to_owned()),
            ..LeadFacts::default()
        }
    }

    #[test]
    fn a_lead_that_nothing_speaks_against_is_accepted() {
        assert_eq!(judge(&good()), Verdict::Accept);
    }

    #[test]
    fn of_several_reasons_the_first_in_this_order_decides() {
        type Spoil = fn(&mut LeadFacts);
        let lead = LeadId::new(Ulid::nil());
        let order: [(Spoil, Verdict); 8] = [
            (
                |facts| facts.partner_active = false,
                Verdict::Reject(RejectReason::PartnerInactive),
            ),
            (
                |facts| facts.enrolled = false,
                Verdict::Reject(RejectReason::NotEnrolled),
            ),
            (
                |facts| facts.free_mail = true,
                Verdict::Reject(RejectReason::FreeMailDomain),
            ),
            (
                |facts| facts.registrable_domain = None,
                Verdict::Reject(RejectReason::DomainNotRegistrable),
            ),
            (
                |facts| facts.own_domain = true,
                Verdict::Reject(RejectReason::OwnDomain),
            ),
            (
                |facts| facts.own_open_lead = Some(LeadId::new(Ulid::nil())),
                Verdict::Duplicate(lead),
            ),
            (
                |facts| facts.claimed_by_another = true,
                Verdict::Review(ReviewReason::ClaimedByAnother),
            ),
            (
                |facts| facts.existing_customer = true,
                Verdict::Review(ReviewReason::ExistingCustomer),
            ),
        ];
        for choice in 1_usize..1 << order.len() {
            let mut facts = good();
            let mut reasons = (0..order.len()).filter(|place| choice & (1 << place) != 0);
            let first = reasons.clone().next().expect("at least one");
            reasons
                .by_ref()
                .for_each(|place| order[place].0(&mut facts));
            assert_eq!(judge(&facts), order[first].1, "{facts:?}");
        }
    }
}

//! What the portal tells people by itself: what staff hear of in Slack, and of which things a person is told by mail.

use crate::access::words;

words! {
    /// What the vendor's own people hear of in Slack, each in the channel that they chose for it.
    StaffEvent {
        LeadNew = "lead_new",
        LeadReview = "lead_review",
        DealWithoutLead = "deal_without_lead",
        Dispute = "dispute",
        Exceptions = "exceptions",
        BillDiffers = "bill_differs",
    }
}

//! Identifiers: ULIDs in newtypes, so that a lead's id cannot be handed over as a partner's. They sort by age and cannot be guessed.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use ulid::Ulid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl $name {
            /// An id out of a ULID that was made elsewhere: time and randomness are not ours.
            pub const fn new(ulid: Ulid) -> Self {
                Self(ulid)
            }

            /// As a number, where many are kept in little room.
            pub const fn bits(self) -> u128 {
                self.0.0
            }

            /// What `bits` gave.
            pub const fn of_bits(bits: u128) -> Self {
                Self(Ulid(bits))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                Ulid::from_string(text).map(Self).map_err(|_| BadId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )+};
}

/// The text is not one of our ids; whoever asked is told that there is no such thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct BadId;

id! {
    /// A human being who can sign in.
    PersonId,
    /// A company in the network.
    PartnerId,
    /// What a partner submitted.
    LeadId,
    /// The company that a lead is about.
    ClientId,
    /// The portal's mirror of a HubSpot deal.
    DealId,
    /// A commission plan, over all its versions.
    PlanId,
    /// One version of a plan.
    PlanVersionId,
    /// One partner's commission for one deal and month.
    LineId,
    /// The lines that a partner may invoice for one quarter and currency.
    StatementId,
    /// A partner's bill for a statement.
    BillId,
    /// Something that does not fit and waits for a person.
    ExceptionId,
    /// One unit of background work.
    JobId,
    /// A mail that left or will leave.
    MailId,
    /// A message that was posted in Slack or will be.
    SlackMessageId,
    /// A note that came in from a vendor.
    InboxId,
    /// An invitation to join a partner.
    InvitationId,
    /// A browser in which somebody is signed in.
    SessionId,
    /// A company's identity provider.
    ProviderId,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    #[test]
    fn an_id_is_the_same_text_wherever_it_is_written() {
        let id: LeadId = TEXT.parse().expect("an id");
        assert_eq!(id.to_string(), TEXT);
        assert_eq!(format!("{id:?}"), format!("LeadId({TEXT})"));
        assert_eq!(
            serde_json::to_string(&id).expect("json"),
            format!("\"{TEXT}\"")
        );
        assert_eq!(
            serde_json::from_str::<LeadId>(&format!("\"{TEXT}\"")).expect("an id"),
            id
        );
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in [
            "",
            "1",
            "01ARZ3NDEKTSV4RRFFQ69G5FAVX",
            "01ARZ3NDEKTSV4RRFFQ69G5FA%",
            "' OR 1=1 --",
        ] {
            assert_eq!(text.parse::<LeadId>(), Err(BadId), "{text:?}");
        }
    }
}

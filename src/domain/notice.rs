//! What the portal tells people by itself: what staff hear of in Slack, and of which things a person is told by mail.

use crate::{
    access::{MemberRole, words},
    text::Email,
};

words! {
    /// What the vendor's own people hear of in Slack, each in the channel that they chose for it.
    StaffEvent {
        LeadNew = "lead_new",
        LeadReview = "lead_review",
        DealWithoutLead = "deal_without_lead",
        Dispute = "dispute",
        Exceptions = "exceptions",
        BillDiffers = "bill_differs",
        Alert = "alert",
    }
}

words! {
    /// What a mail is about.
    MailKind {
        SignIn = "sign_in",
        Invitation = "invitation",
        Letter = "letter",
        Digest = "digest",
        Alert = "alert",
        Lead = "lead",
        Dispute = "dispute",
        Statement = "statement",
        Bill = "bill",
    }
}

impl MailKind {
    /// Those about which each person says whether and when they want them. Of the others somebody waits for each one.
    pub const OPTIONAL: [Self; 4] = [Self::Lead, Self::Dispute, Self::Statement, Self::Bill];

    pub fn is_optional(self) -> bool {
        Self::OPTIONAL.contains(&self)
    }

    /// Whether somebody in a role of a partner gets such mails at all.
    pub const fn reaches(self, role: MemberRole) -> bool {
        match self {
            Self::Lead => matches!(role, MemberRole::Owner | MemberRole::Sales),
            Self::Statement | Self::Bill => matches!(role, MemberRole::Owner | MemberRole::Finance),
            // Whoever only reads has asked nothing that could be answered.
            Self::Dispute => !matches!(role, MemberRole::ReadOnly),
            _ => true,
        }
    }
}

words! {
    /// When a person wants mails of one kind.
    Delivery { AtOnce = "at_once", Daily = "daily", Never = "never" }
}

/// The address of an incoming webhook that a partner pasted. Whoever has it can post there, so it is a secret: shown by its last characters alone.
#[derive(Clone, PartialEq, Eq)]
pub struct SlackWebhook(String);

/// Slack's own, the only host that is ever called.
const WEBHOOK_HOST: &str = "https://hooks.slack.com";
/// How many characters of it are shown.
const SHOWN: usize = 4;

impl SlackWebhook {
    /// Reads an address as Slack gives them. A stand-in on this machine is well formed too; whether one may be used is not decided here.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let path = text
            .strip_prefix(WEBHOOK_HOST)
            .or_else(|| path_on_this_machine(text))?;
        let parts: Vec<&str> = path.strip_prefix("/services/")?.split('/').collect();
        // Nothing that could lead elsewhere: no dots, escapes, queries or names before an `@`.
        let is_plain = |part: &&str| {
            (SHOWN..=80).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        (parts.len() == 3 && parts.iter().all(is_plain)).then(|| Self(text.to_owned()))
    }

    /// The secret itself, for the one place that stores it and the one that posts to it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What people see of it.
    pub fn shown(&self) -> String {
        format!("{WEBHOOK_SHOWN}{}", &self.0[self.0.len() - SHOWN..])
    }

    /// A stand-in of the sandbox.
    pub fn is_on_this_machine(&self) -> bool {
        path_on_this_machine(&self.0).is_some()
    }
}

/// Before the last characters of a webhook's address.
const WEBHOOK_SHOWN: char = '…';

fn path_on_this_machine(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("http://127.0.0.1:")?;
    let (port, _) = rest.split_once('/')?;
    port.parse::<u16>().ok()?;
    Some(&rest[port.len()..])
}

impl std::fmt::Debug for SlackWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

/// Where a partner wants its Slack messages, as it stands in the company's details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlackPlace {
    Nowhere,
    /// A channel's id.
    Channel(String),
    /// The member with this mail address, in a direct message.
    Member(String),
    /// A webhook that was pasted just now.
    Webhook(SlackWebhook),
    /// The webhook that was pasted before, as it is shown.
    KnownWebhook(String),
}

impl SlackPlace {
    /// Reads what somebody typed, or what was shown to them before.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Some(Self::Nowhere);
        }
        if text.starts_with(WEBHOOK_SHOWN) && text.chars().count() == SHOWN + 1 {
            return Some(Self::KnownWebhook(text.to_owned()));
        }
        if is_channel_id(text) {
            return Some(Self::Channel(text.to_owned()));
        }
        if let Ok(email) = Email::parse(text) {
            return Some(Self::Member(email.to_string()));
        }
        SlackWebhook::parse(text).map(Self::Webhook)
    }

    /// What stands in the company's details: never a secret.
    pub fn shown(&self) -> String {
        match self {
            Self::Nowhere => String::new(),
            Self::Channel(text) | Self::Member(text) | Self::KnownWebhook(text) => text.clone(),
            Self::Webhook(webhook) => webhook.shown(),
        }
    }
}

/// Slack's channel ids: `C`, `G` or `D` and at least eight capitals or digits.
fn is_channel_id(text: &str) -> bool {
    (9..=24).contains(&text.len())
        && text.starts_with(['C', 'G', 'D'])
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A channel of the vendor's own workspace, by id or by name; empty for none.
pub fn parse_staff_channel(text: &str) -> Option<String> {
    let text = text.trim();
    let is_name = text.strip_prefix('#').is_some_and(|name| {
        (1..=80).contains(&name.chars().count())
            && name
                .chars()
                .all(|c| c.is_alphanumeric() && !c.is_uppercase() || "-_".contains(c))
    });
    (text.is_empty() || is_name || is_channel_id(text)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_slacks_own_address_or_a_stand_in_on_this_machine() {
        let path = "/services/T0000/B0000/abcdefAb3x";
        for taken in [
            format!("https://hooks.slack.com{path}"),
            format!(" http://127.0.0.1:3001{path} "),
        ] {
            let webhook = SlackWebhook::parse(&taken).expect("an address");
            assert_eq!(webhook.reveal(), taken.trim());
            assert_eq!(webhook.shown(), "…Ab3x");
        }
        for refused in [
            format!("http://hooks.slack.com{path}"),
            format!("https://hooks.slack.com.evil.example{path}"),
            format!("https://hooks.slack.com@evil.example{path}"),
            format!("https://hooks.slack.com:8443{path}"),
            format!("https://evil.example{path}"),
            format!("http://localhost:3001{path}"),
            format!("http://127.0.0.1:3001@evil.example{path}"),
            format!("https://hooks.slack.com{path}/../../admin"),
            format!("https://hooks.slack.com{path}?to=1"),
            "https://hooks.slack.com/services/T0000/B0000/..".to_owned(),
            "https://hooks.slack.com/services/T0000/B0000".to_owned(),
            "https://hooks.slack.com/services/T0000/B0000/ab%2e".to_owned(),
        ] {
            assert_eq!(SlackWebhook::parse(&refused), None, "{refused}");
        }
    }

    #[test]
    fn a_webhook_is_written_nowhere() {
        let place = SlackPlace::parse("https://hooks.slack.com/services/T0000/B0000/abcdefAb3x");
        assert_eq!(format!("{place:?}"), "Some(Webhook([secret]))");
        assert_eq!(place.expect("a place").shown(), "…Ab3x");
    }

    #[test]
    fn a_place_is_a_channel_a_member_or_a_webhook() {
        let read = |text| SlackPlace::parse(text).map(|place| place.shown());
        assert_eq!(SlackPlace::parse(" "), Some(SlackPlace::Nowhere));
        assert_eq!(read("C0123456789").as_deref(), Some("C0123456789"));
        assert_eq!(read("Ana@Example.com").as_deref(), Some("ana@example.com"));
        assert_eq!(read("…Ab3x").as_deref(), Some("…Ab3x"));
        for refused in ["#general", "C123", "…Ab3", "https://example.com"] {
            assert_eq!(SlackPlace::parse(refused), None, "{refused}");
        }
    }

    #[test]
    fn staff_name_their_channels_as_they_see_them() {
        for taken in ["", "#partners-internal", "C0123456789", "#vertrieb_süd"] {
            assert_eq!(parse_staff_channel(taken).as_deref(), Some(taken));
        }
        for refused in ["general", "#", "#Big", "@here", "<!channel>"] {
            assert_eq!(parse_staff_channel(refused), None, "{refused}");
        }
    }
}

//! What the portal says to people by mail and Slack: composed in the reader's language and stored in the transaction of what it tells, sent later by a job.

mod access;
mod alerts;
mod bills;
mod bounces;
mod compose;
mod disputes;
mod exceptions;
mod gallery;
mod layout;
mod leads;
mod preferences;
mod slack;
mod statements;

pub(crate) use access::{invitation, proof_changed, proofs_reset, sign_in_link, welcome};
pub(crate) use alerts::alert;
pub(crate) use bills::{BillNews, about_bill, bill_differs};
pub(crate) use bounces::bounces_of;
pub use bounces::{list_bounces, try_address_again};
pub(crate) use compose::typed_mail;
pub use compose::{find_unsent_mail, mail_bounced, mail_sent};
pub(crate) use disputes::{dispute_moved, dispute_raised};
pub use exceptions::tell_exceptions;
pub use gallery::{
    MAILS, MESSAGES, MessageSample, alert_names, sample_html, sample_mail, sample_message,
    template_label,
};
pub use layout::Laid;
pub(crate) use leads::{deal_without_lead, deal_won, lead_decided, lead_received, lead_taken_over};
pub use preferences::{
    Subscription, begin_digests, choose_mails, find_subscription, list_wanted, send_digest,
    unsubscribe,
};
pub use slack::{
    Channels, NotPosted, Post, StaffChannel, Trial, channel_full, find_thread, find_unposted,
    list_channels, seal_webhooks, set_channel, set_channel_language, slack_not_posted,
    slack_posted, take_turn, test_channel, test_own_place, test_place_of,
};
pub(crate) use slack::{find_trial_of, keep_place};
pub use statements::{announce_carried, announce_statement, carried};

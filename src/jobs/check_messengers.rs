//! Whether Slack and the mail server still know us, asked every hour: days may go by in which nobody is written to, and a token that was taken back meanwhile
//! would be noticed with the message that mattered. HubSpot and Xero are asked all the time.

use portal_integrations::{CallError, ErrorKind};

use crate::{Desk, JobError};

pub(crate) async fn check_slack(desk: &Desk) -> Result<(), JobError> {
    known(desk.vendors.slack.read_team().await.map(|_| ()))
}

pub(crate) async fn check_mail(desk: &Desk) -> Result<(), JobError> {
    known(desk.vendors.mailer.greet().await)
}

/// What nobody has connected is nothing to look after.
fn known(answered: Result<(), CallError>) -> Result<(), JobError> {
    match answered {
        Err(error) if error.kind == ErrorKind::Unconnected => Ok(()),
        answered => Ok(answered?),
    }
}

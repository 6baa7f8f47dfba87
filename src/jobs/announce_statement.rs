//! Tells a partner of its new statement, once.

use portal_domain::ids::StatementId;
use portal_services::messages;

use crate::{Desk, JobError};

pub(crate) async fn run(desk: &Desk, id: StatementId) -> Result<(), JobError> {
    Ok(messages::announce_statement(&desk.ctx, id).await?)
}

//! The one click that stops mails of a kind (RFC 8058): from a mail program, which has no session and comes from elsewhere, or from the button of our own
//! page. The secret in the address is all that it needs.

use axum::{
    body::Bytes,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use portal_services::{ErrorKind, messages};

use crate::web::page::Page;

/// What mail programs send.
const ONE_CLICK: &[u8] = b"One-Click";

pub async fn stop(page: Page, Path(token): Path<String>, body: Bytes) -> Response {
    let by_program = body.windows(ONE_CLICK.len()).any(|part| part == ONE_CLICK);
    match messages::unsubscribe(&page.ctx, &token).await {
        // A program follows no redirect, and a person wants a page.
        Ok(()) if by_program => StatusCode::OK.into_response(),
        Ok(()) => Redirect::to(&format!("/unsubscribe/{token}")).into_response(),
        Err(error) if error.kind() == ErrorKind::NotFound => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "Could not stop a kind of mails");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

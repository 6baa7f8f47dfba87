//! The way to a vendor's page and back, on which a person lets the portal in; and what a form on our own pages asks of the connector. Whoever comes back must be in
//! the session that left.

use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use portal_domain::{connection::System, secret::Secret};
use portal_integrations::ErrorKind;
use portal_jobs::{ConnectError, Consent};
use portal_services::{
    ServiceError,
    connections::{self, TokenForm},
};
use serde::Deserialize;

use crate::{
    ui::{
        api::UiError,
        pages::{public, staff::connections::path_of},
    },
    web::page::Page,
};

/// What a vendor sends a person back with.
#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    /// Such as `access_denied`.
    error: Option<String>,
}

/// Begins to ask for a consent: the vendor's page on which a person agrees.
pub async fn begin_consent(page: &Page, system: System) -> Result<String, UiError> {
    let (actor, session) = (page.actor()?, page.secret().unwrap_or_default());
    let connector = &page.app.connector;
    let address = connector.authorize_address(actor, session, system).await;
    said(page, address)
}

/// Takes what the person brought back. That changes something by a look, as the vendors want it: the state makes it safe, which only the session that asked knows,
/// and which counts once. Where that fails the page says why, and not with which code.
pub async fn accept(
    mut page: Page,
    Path(system): Path<String>,
    Query(back): Query<Back>,
) -> Result<Response, UiError> {
    page.url = page.path().to_owned();
    match take(&page, &system, &back).await {
        Ok(go) => Ok(Redirect::to(&go).into_response()),
        Err(error) if error.status == StatusCode::UNAUTHORIZED.as_u16() => Err(error),
        Err(error) => {
            let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_GATEWAY);
            Ok(public::error(page, status, &error))
        }
    }
}

/// Where to go on.
async fn take(page: &Page, system: &str, back: &Back) -> Result<String, UiError> {
    let system = page.said(parse(system))?;
    let (actor, session) = (page.actor()?, page.secret().unwrap_or_default());
    let path = path_of(system);
    if back.error.is_some() {
        let used = connections::take(&page.ctx, actor, session, system, &back.state).await;
        page.said(used)?;
        return Ok(format!("{path}?notice=consent-denied"));
    }
    let consent = Consent {
        session,
        state: &back.state,
        code: &back.code,
    };
    let accepted = page.app.connector.accept(actor, system, &consent).await;
    said(page, accepted)?;
    Ok(format!("{path}?notice=consent-given"))
}

/// The system that an address or a form names.
pub fn parse(system: &str) -> Result<System, ServiceError> {
    System::parse(system).ok_or(ServiceError::NotFound)
}

/// Has this instance follow what was changed just now; the others do within a second.
pub async fn follow(page: &Page) -> Result<(), UiError> {
    let followed = page.app.connector.follow().await;
    said(page, followed.map_err(ConnectError::Clients))
}

/// Makes one harmless call to a system.
pub async fn test(page: &Page, system: System) -> Result<(), UiError> {
    said(page, page.app.connector.test(page.actor()?, system).await)
}

/// Connects a system with a token that was typed.
pub async fn connect_token(page: &Page, system: System, form: &TokenForm) -> Result<(), UiError> {
    let connector = &page.app.connector;
    let connected = connector.connect_token(page.actor()?, system, form);
    said(page, connected.await)
}

/// Connects mail over the server at an address.
pub async fn connect_mail(page: &Page, address: &Secret) -> Result<(), UiError> {
    let connector = &page.app.connector;
    let connected = connector.connect_mail(page.actor()?, address);
    said(page, connected.await)
}

/// Gives back what a vendor gave, and forgets the connection.
pub async fn disconnect(page: &Page, system: System) -> Result<(), UiError> {
    let done = page.app.connector.disconnect(page.actor()?, system).await;
    said(page, done)
}

/// An answer with its error in the reader's words; what the vendor said is in the log, as it may hold what nobody else should read.
fn said<T>(page: &Page, answer: Result<T, ConnectError>) -> Result<T, UiError> {
    match answer {
        Ok(value) => Ok(value),
        Err(ConnectError::Service(error)) => page.said(Err(error)),
        Err(ConnectError::Clients(error)) => {
            page.said(Err(ServiceError::Inconsistent(error.to_string())))
        }
        Err(ConnectError::Vendor(failure)) => {
            let key = match failure.kind {
                ErrorKind::Retry | ErrorKind::RateLimited | ErrorKind::UnknownOutcome => {
                    "connection-vendor-silent"
                }
                _ => "connection-vendor-refused",
            };
            Err(page.refused_by_vendor(key, failure))
        }
    }
}

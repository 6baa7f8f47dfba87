//! Where the vendors call us. The signature is checked over the raw body, the body is stored, and the answer goes out at once; the work is a job's.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
};
use portal_integrations::{hubspot, xero};
use portal_services::inbox;

use crate::web::AppState;

/// What the vendors sign with. Two for HubSpot while a secret is being rotated.
pub struct WebhookSecrets {
    pub hubspot: Vec<String>,
    pub xero: String,
}

pub async fn hubspot(
    State(app): State<AppState>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let secrets: Vec<&str> = app.webhooks.hubspot.iter().map(String::as_str).collect();
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    // HubSpot signs the address that it was told, which behind a proxy is not the one that we see.
    let signed_uri = app.ctx.url(path);
    let checked = hubspot::signature::verify(
        &secrets,
        Method::POST.as_str(),
        &signed_uri,
        &body,
        text(&headers, hubspot::signature::TIMESTAMP_HEADER),
        text(&headers, hubspot::signature::SIGNATURE_HEADER),
        app.ctx.now().0,
    );
    if let Err(error) = checked {
        tracing::warn!("Refused a HubSpot webhook: {error}");
        return StatusCode::UNAUTHORIZED;
    }
    store(&app, "hubspot", &body).await
}

pub async fn xero(State(app): State<AppState>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = text(&headers, xero::signature::SIGNATURE_HEADER);
    if let Err(error) = xero::signature::verify(&app.webhooks.xero, &body, signature) {
        tracing::warn!("Refused a Xero webhook: {error}");
        return StatusCode::UNAUTHORIZED;
    }
    store(&app, "xero", &body).await
}

/// A note that could not be stored is not acknowledged, so that the vendor sends it again.
async fn store(app: &AppState, vendor: &str, body: &[u8]) -> StatusCode {
    match inbox::receive(&app.ctx, vendor, body).await {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            tracing::error!("Could not store a webhook of {vendor}: {error}");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

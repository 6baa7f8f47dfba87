//! Where the vendors call us. The signature is checked over the raw body, the body is stored, and the answer goes out at once; the work is a job's.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
};
use portal_integrations::{Secret, hubspot, xero};
use portal_jobs::WebhookSecrets;
use portal_services::inbox;

use crate::web::AppState;

/// What the vendors sign with, two while a secret is being rotated: as the connections are now. Without an answer of our own database nobody is refused for good.
async fn secrets(app: &AppState) -> Result<Arc<WebhookSecrets>, StatusCode> {
    app.connector.webhook_secrets().await.map_err(|error| {
        tracing::error!(%error, "Could not read what webhooks are signed with");
        StatusCode::SERVICE_UNAVAILABLE
    })
}

pub async fn hubspot(
    State(app): State<AppState>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let known = match secrets(&app).await {
        Ok(known) => known,
        Err(status) => return status,
    };
    let secrets: Vec<&str> = known.hubspot.iter().map(Secret::reveal).collect();
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
        return refuse(&app, "hubspot", reason_at_hubspot(error)).await;
    }
    let shown = [
        hubspot::signature::TIMESTAMP_HEADER,
        hubspot::signature::SIGNATURE_HEADER,
    ];
    store(&app, "hubspot", &body, &headers, &shown).await
}

pub async fn xero(State(app): State<AppState>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = xero::signature::SIGNATURE_HEADER;
    let known = match secrets(&app).await {
        Ok(known) => known,
        Err(status) => return status,
    };
    let signature = text(&headers, header);
    let is_theirs = |key: &Secret| xero::signature::verify(key.reveal(), &body, signature).is_ok();
    if !known.xero.iter().any(is_theirs) {
        let error = match signature {
            None => xero::signature::SignatureError::Missing,
            Some(_) => xero::signature::SignatureError::Wrong,
        };
        return refuse(&app, "xero", reason_at_xero(error)).await;
    }
    store(&app, "xero", &body, &headers, &[header]).await
}

/// Why a request is refused, as it is counted.
const fn reason_at_hubspot(error: hubspot::signature::SignatureError) -> &'static str {
    use hubspot::signature::SignatureError;
    match error {
        SignatureError::Missing => "unsigned",
        SignatureError::OutOfTime => "late",
        SignatureError::Wrong => "signature",
    }
}

const fn reason_at_xero(error: xero::signature::SignatureError) -> &'static str {
    use xero::signature::SignatureError;
    match error {
        SignatureError::Missing => "unsigned",
        SignatureError::Wrong => "signature",
    }
}

/// Somebody else's request, or a secret that we do not know: counted, as a person must be able to tell the one from the other.
async fn refuse(app: &AppState, vendor: &str, reason: &str) -> StatusCode {
    tracing::warn!(vendor, reason, "Refused a webhook of {vendor}: {reason}");
    if let Err(error) = inbox::refuse(&app.ctx, vendor, reason).await {
        tracing::error!("Could not count a refused webhook of {vendor}: {error}");
    }
    StatusCode::UNAUTHORIZED
}

/// A note that could not be stored is not acknowledged, so that the vendor sends it again.
async fn store(
    app: &AppState,
    vendor: &str,
    body: &[u8],
    headers: &HeaderMap,
    shown: &[&'static str],
) -> StatusCode {
    let shown: Vec<(&str, &str)> = shown
        .iter()
        .filter_map(|name| Some((*name, text(headers, name)?)))
        .collect();
    match inbox::receive(&app.ctx, vendor, body, &shown).await {
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

//! Where the vendors call us. The signature is checked over the raw body, the body is stored, and the answer goes out at once; the work is a job's.

use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, Method, StatusCode, Uri},
};
use portal_integrations::{Secret, hubspot, relay as from_relay, xero};
use portal_jobs::{JobError, WebhookSecrets};
use portal_services::{
    inbox::{self, Arrival},
    relay as relay_service,
};

use crate::web::AppState;

/// Checks a note with what the vendors sign with, as this instance knows it; and once more with what it is at this moment, before a note is refused.
async fn check<R>(
    app: &AppState,
    is_theirs: impl Fn(&WebhookSecrets) -> Result<(), R>,
) -> Result<Result<(), R>, StatusCode> {
    let unknown = |error: JobError| {
        tracing::error!(%error, "Could not read what webhooks are signed with");
        // Whatever it is, it is not the vendor's fault: it sends the note again.
        StatusCode::SERVICE_UNAVAILABLE
    };
    let known = app.connector.webhook_secrets().await.map_err(unknown)?;
    if is_theirs(&known).is_ok() {
        return Ok(Ok(()));
    }
    // Anybody may send what nobody signed: not each of them is worth a look.
    if !app.limits.may_ask_for_secrets() {
        return Ok(is_theirs(&known));
    }
    app.connector.follow().await.map_err(unknown)?;
    let known = app.connector.webhook_secrets().await.map_err(unknown)?;
    Ok(is_theirs(&known))
}

/// What was sent, unless more came than anybody has room for, or the connection broke.
type Body = Result<Bytes, BytesRejection>;

/// A note that is too large is counted with what was refused: nobody would hear of it otherwise.
async fn whole(app: &AppState, vendor: &'static str, body: Body) -> Result<Bytes, StatusCode> {
    match body {
        Ok(body) => Ok(body),
        Err(rejection) => {
            let status = rejection.status();
            if status == StatusCode::PAYLOAD_TOO_LARGE {
                count(app, vendor, inbox::TOO_LARGE).await;
            }
            Err(status)
        }
    }
}

pub async fn hubspot(
    State(app): State<AppState>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    let body = match whole(&app, "hubspot", body).await {
        Ok(body) => body,
        Err(status) => return status,
    };
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    // HubSpot signs the address that it was told, which behind a proxy is not the one that we see.
    let signed_uri = app.ctx.url(path);
    let checked = check(&app, |known| {
        let secrets: Vec<&str> = known.hubspot.iter().map(Secret::reveal).collect();
        hubspot::signature::verify(
            &secrets,
            Method::POST.as_str(),
            &signed_uri,
            &body,
            text(&headers, hubspot::signature::TIMESTAMP_HEADER),
            text(&headers, hubspot::signature::SIGNATURE_HEADER),
            app.ctx.now().0,
        )
    });
    match checked.await {
        Err(status) => return status,
        Ok(Err(error)) => return refuse(&app, "hubspot", reason_at_hubspot(error)).await,
        Ok(Ok(())) => {}
    }
    let names = [
        hubspot::signature::TIMESTAMP_HEADER,
        hubspot::signature::SIGNATURE_HEADER,
    ];
    let arrival = Arrival::new("hubspot", &body, &shown(&headers, &names));
    let at = hubspot::signature::first_at(&body);
    take(&app, arrival.told_at(at.as_deref())).await
}

pub async fn xero(State(app): State<AppState>, headers: HeaderMap, body: Body) -> StatusCode {
    let body = match whole(&app, "xero", body).await {
        Ok(body) => body,
        Err(status) => return status,
    };
    let header = xero::signature::SIGNATURE_HEADER;
    let signature = text(&headers, header);
    let checked = check(&app, |known| {
        use xero::signature::SignatureError as Fault;
        let verify = |key: &Secret| xero::signature::verify(key.reveal(), &body, signature);
        let is_theirs = known.xero.iter().any(|key| verify(key).is_ok());
        match signature {
            _ if is_theirs => Ok(()),
            None => Err(Fault::Missing),
            Some(_) => Err(Fault::Wrong),
        }
    });
    match checked.await {
        Err(status) => return status,
        Ok(Err(error)) => return refuse(&app, "xero", reason_at_xero(error)).await,
        Ok(Ok(())) => {}
    }
    let arrival = Arrival::new("xero", &body, &shown(&headers, &[header]));
    let at = xero::signature::first_at(&body);
    take(&app, arrival.told_at(at.as_deref())).await
}

/// The iPaaS signs with a secret that is changed while the portal runs.
pub async fn relay(State(app): State<AppState>, headers: HeaderMap, body: Body) -> StatusCode {
    use from_relay::signature::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, verify};
    let body = match whole(&app, "relay", body).await {
        Ok(body) => body,
        Err(status) => return status,
    };
    let secrets: Vec<Secret> = match relay_service::find_inward(&app.ctx).await {
        Ok(secrets) => secrets,
        Err(error) => {
            tracing::error!("Could not read the secret of the iPaaS: {error}");
            return StatusCode::SERVICE_UNAVAILABLE;
        }
    };
    let checked = verify(
        &secrets,
        text(&headers, ID_HEADER),
        text(&headers, TIMESTAMP_HEADER),
        text(&headers, SIGNATURE_HEADER),
        &body,
        app.ctx.now().0,
    );
    let id = match checked {
        Ok(id) => id,
        Err(error) => return refuse(&app, "relay", reason_at_relay(error)).await,
    };
    let shown = shown(&headers, &[ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER]);
    take(&app, Arrival::new("relay", &body, &shown).known_as(id)).await
}

/// Why a request is refused, as it is counted.
const fn reason_at_hubspot(error: hubspot::signature::SignatureError) -> &'static str {
    use hubspot::signature::SignatureError;
    match error {
        SignatureError::Missing => inbox::UNSIGNED,
        SignatureError::OutOfTime => "late",
        SignatureError::Wrong => "signature",
    }
}

const fn reason_at_xero(error: xero::signature::SignatureError) -> &'static str {
    use xero::signature::SignatureError;
    match error {
        SignatureError::Missing => inbox::UNSIGNED,
        SignatureError::Wrong => "signature",
    }
}

const fn reason_at_relay(error: from_relay::SignatureError) -> &'static str {
    use from_relay::SignatureError;
    match error {
        SignatureError::Missing => inbox::UNSIGNED,
        SignatureError::OutOfTime => "late",
        SignatureError::Wrong => "signature",
    }
}

/// Somebody else's request, or a secret that we do not know: counted, as a person must be able to tell the one from the other.
async fn refuse(app: &AppState, vendor: &'static str, reason: &'static str) -> StatusCode {
    count(app, vendor, reason).await;
    StatusCode::UNAUTHORIZED
}

async fn count(app: &AppState, vendor: &'static str, reason: &'static str) {
    tracing::warn!(vendor, reason, "Refused a webhook of {vendor}: {reason}");
    app.intake.refuse(vendor, reason).await;
}

/// The headers that show who sent a note.
fn shown<'a>(headers: &'a HeaderMap, names: &[&'static str]) -> Vec<(&'static str, &'a str)> {
    let given = names.iter().copied();
    given
        .filter_map(|name| Some((name, text(headers, name)?)))
        .collect()
}

/// A note that could not be stored is not acknowledged, so that the vendor sends it again.
async fn take(app: &AppState, arrival: Arrival) -> StatusCode {
    if app.intake.receive(arrival).await {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

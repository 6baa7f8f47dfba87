//! The way to a company's identity provider and back. Whoever comes back must be in the browser that left.

use axum::{
    extract::Query,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use portal_domain::{
    error::Fault,
    ids::{PartnerId, ProviderId},
    secret::Secret,
    sign_on::{SignOn, SignOnForm},
};
use portal_integrations::{CallError, ErrorKind, sign_on as outside};
use portal_services::{
    ServiceError,
    access::sign_on::{self, Trip, Which, Who},
};
use serde::Deserialize;

use crate::{
    ui::{api::UiError, pages::public},
    web::{
        page::{self, Page},
        session,
    },
};

/// What a provider sends a person back with.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Back {
    code: String,
    state: String,
    /// Such as `access_denied`.
    error: Option<String>,
    /// Who it says that it is; many say nothing.
    iss: Option<String>,
}

/// Begins a trip: the provider's own page, where whoever comes `again` proves itself once more.
pub async fn begin(page: &Page, provider: ProviderId, again: bool) -> Result<String, UiError> {
    let asked_with = page::asks_for_link(page);
    let trip = page.said(sign_on::begin(&page.ctx, provider, &asked_with).await)?;
    let asked = asked_of(page, &trip.provider.sign_on, trip.secret);
    let own = match again {
        true => outside::Trip::anew(trip.own),
        false => outside::Trip::new(trip.own),
    };
    let address = page.app.providers.address(&asked, &trip.state, &own).await;
    address.map_err(|failure| said(page, failure))
}

/// Takes what the person brought back. That changes something by a look, as the protocol wants it: the state makes it safe, which only the browser that asked
/// knows, and which counts once.
pub async fn accept(mut page: Page, Query(back): Query<Back>) -> Result<Response, UiError> {
    page.url = page.path().to_owned();
    match take(&page, &back).await {
        Ok(secret) => {
            let mut response = Redirect::to("/?notice=signed-in").into_response();
            if let Ok(cookie) = HeaderValue::from_str(&session::issue(&page.ctx, &secret)) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(error) => {
            let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_GATEWAY);
            Ok(public::error(page, status, &error))
        }
    }
}

/// The new session's secret.
async fn take(page: &Page, back: &Back) -> Result<String, UiError> {
    let trip = sign_on::come_back(&page.ctx, &back.state, page.asked_with()).await;
    let trip = page.said(trip)?;
    let Trip {
        provider,
        secret,
        own,
        ..
    } = trip;
    let is_another = |iss: &String| *iss != provider.sign_on.issuer;
    if back.error.is_some() || back.iss.as_ref().is_some_and(is_another) {
        return page.said(Err(ServiceError::Conflict("sign-on-denied")));
    }
    let asked = asked_of(page, &provider.sign_on, secret);
    let own = outside::Trip::new(own);
    let identity = page.app.providers.identify(&asked, &back.code, &own).await;
    let identity = identity.map_err(|failure| said(page, failure))?;
    let who = Who {
        subject: identity.subject,
        email: identity.email,
        email_verified: identity.email_verified,
        acr: identity.acr,
        amr: identity.amr,
        proved_ms_ago: identity.proved_ms_ago,
    };
    page.said(sign_on::sign_in(&page.ctx, provider.id, &who, &page.browser()).await)
}

/// Looks whether a provider is there, and keeps it.
pub async fn save(
    page: &Page,
    id: Option<ProviderId>,
    partner: Option<PartnerId>,
    form: &SignOnForm,
) -> Result<(), UiError> {
    let (ctx, actor) = (&page.ctx, page.actor()?);
    let read = page.said(sign_on::check(actor, form))?;
    let secret = page.said(sign_on::find_secret(ctx, actor, id, &form.secret).await)?;
    let asked = asked_of(page, &read, secret.clone());
    if let Err(failure) = page.app.providers.look(&asked).await {
        page.log(StatusCode::UNPROCESSABLE_ENTITY, &failure);
        let fault = match failure.unlisted {
            Some(host) => Fault::with("host-unlisted", host),
            None => Fault::new("issuer-silent"),
        };
        return page.said(Err(ServiceError::fault("issuer", fault)));
    }
    let which = match (id, partner) {
        (Some(id), _) => Which::There(id),
        (None, Some(partner)) => Which::Partners(partner),
        (None, None) => Which::Vendors,
    };
    page.said(sign_on::save(ctx, actor, which, &read, &secret).await)
        .map(|_| ())
}

fn asked_of(page: &Page, provider: &SignOn, secret: Secret) -> outside::Provider {
    outside::Provider {
        issuer: provider.issuer.clone(),
        client: provider.client.clone(),
        secret,
        strength: provider.strength.clone(),
        back: sign_on::back_address(&page.ctx),
    }
}

/// What went wrong at the provider, in the reader's words; why is in the log.
fn said(page: &Page, failure: CallError) -> UiError {
    let key = match failure.kind {
        ErrorKind::Refused => "sign-on-refused",
        _ => "sign-on-silent",
    };
    // Said as it is on a page of its own, and not as a fault of ours.
    UiError {
        status: StatusCode::CONFLICT.as_u16(),
        ..page.refused_by_vendor(key, failure)
    }
}

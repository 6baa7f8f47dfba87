//! Xero's tokens for a person's consent: the pair that is rotated, the organisations behind it, and giving it back.

use reqwest::Method;

use super::{failure::failure_of, wire};
use crate::{
    Secret,
    error::{CallError, ErrorKind, Vendor},
    http::{self, Call, Effect, Http, Login, Payload},
    oauth::{self, App, Tokens},
};

/// What the portal may do there: read sales invoices, credit notes, payments, settings; read and write bills, the files beside them, and contacts. Credit notes
/// are under the scope of invoices.
pub const SCOPES: &str = "accounting.invoices accounting.attachments accounting.payments.read accounting.contacts accounting.settings.read";

/// Without it there is no refresh token.
const OFFLINE: &str = "offline_access";

/// An organisation that the app is connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Xero's name for the tie between app and organisation.
    pub connection: String,
    pub id: String,
    pub name: String,
}

/// Where a person agrees, and chooses the organisation.
pub fn authorize_address(
    page: &str,
    client_id: &str,
    back: &str,
    state: &str,
    challenge: &str,
) -> Result<String, CallError> {
    let scopes = format!("{OFFLINE} {SCOPES}");
    let query = [
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", back),
        ("scope", &scopes),
        ("state", state),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ];
    oauth::authorize_address(Vendor::Xero, page, &query)
}

/// The tokens for a code that a person brought back.
pub async fn exchange(
    http: &Http,
    identity_url: &str,
    app: &App,
    code: &str,
    back: &str,
    verifier: &str,
) -> Result<Tokens, CallError> {
    let mut form = oauth::code_form(code, back);
    form.push(("code_verifier", verifier.to_owned()));
    ask(http, identity_url, app, form).await
}

/// The next pair. The old refresh token works for half an hour more, in case that this one gets lost.
pub async fn refresh(
    http: &Http,
    identity_url: &str,
    app: &App,
    refresh: &Secret,
) -> Result<Tokens, CallError> {
    ask(http, identity_url, app, oauth::refresh_form(refresh)).await
}

async fn ask(
    http: &Http,
    identity_url: &str,
    app: &App,
    form: Vec<(&'static str, String)>,
) -> Result<Tokens, CallError> {
    let url = http::address(Vendor::Xero, identity_url, &["connect", "token"])?;
    let login = Login::Basic(&app.client_id, &app.client_secret);
    oauth::ask(http, Vendor::Xero, url, login, form).await
}

/// Gives a refresh token back: nobody can use it any more.
pub async fn revoke(
    http: &Http,
    identity_url: &str,
    app: &App,
    refresh: &Secret,
) -> Result<(), CallError> {
    let url = http::address(Vendor::Xero, identity_url, &["connect", "revocation"])?;
    let login = Login::Basic(&app.client_id, &app.client_secret);
    let form = vec![("token", refresh.reveal().to_owned())];
    oauth::send(http, Vendor::Xero, "revoke_token", url, login, form).await?;
    Ok(())
}

/// The organisations behind an access token.
pub async fn list_tenants(
    http: &Http,
    base_url: &str,
    access: &Secret,
) -> Result<Vec<Tenant>, CallError> {
    let url = http::address(Vendor::Xero, base_url, &["connections"])?;
    let call = call("list_connections", Method::GET, url, access);
    let answer = http.send(call).await?;
    if !answer.is_success() {
        return Err(failure_of(&answer));
    }
    let connections: Vec<wire::Connection> = answer.parse()?;
    let tenants = connections.into_iter().map(|connection| Tenant {
        connection: connection.id,
        id: connection.tenant_id,
        name: connection.tenant_name,
    });
    Ok(tenants.collect())
}

/// Unties the app from an organisation; one that is untied already is as good.
pub async fn untie(
    http: &Http,
    base_url: &str,
    access: &Secret,
    connection: &str,
) -> Result<(), CallError> {
    let url = http::address(Vendor::Xero, base_url, &["connections", connection])?;
    let answer = http
        .send(call("delete_connection", Method::DELETE, url, access))
        .await?;
    let failure = (!answer.is_success()).then(|| failure_of(&answer));
    match failure {
        Some(failure) if failure.kind != ErrorKind::NotFound => Err(failure),
        _ => Ok(()),
    }
}

fn call<'a>(name: &'static str, method: Method, url: reqwest::Url, access: &'a Secret) -> Call<'a> {
    Call {
        vendor: Vendor::Xero,
        name,
        method,
        url,
        login: Login::Bearer(access.reveal()),
        headers: Vec::new(),
        payload: Payload::Nothing,
        effect: Effect::Read,
    }
}

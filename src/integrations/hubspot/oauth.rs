//! HubSpot's tokens for a person's consent: an access token for half an hour, and a refresh token that stays.

use reqwest::Url;

use super::VERSION;
use crate::{
    Secret,
    error::{CallError, Vendor},
    http::{self, Http, Login},
    oauth::{self, App, Tokens},
};

/// What the portal may do there.
const SCOPES: &str = "oauth crm.objects.companies.read crm.objects.companies.write crm.objects.contacts.read crm.objects.contacts.write crm.objects.deals.read crm.objects.deals.write crm.objects.line_items.read crm.objects.owners.read crm.schemas.companies.write crm.schemas.contacts.write crm.schemas.deals.read crm.schemas.deals.write settings.currencies.read";

/// Where a person agrees, and chooses the account.
pub fn authorize_address(
    page: &str,
    client_id: &str,
    back: &str,
    state: &str,
) -> Result<String, CallError> {
    let query = [
        ("client_id", client_id),
        ("redirect_uri", back),
        ("scope", SCOPES),
        ("state", state),
    ];
    oauth::authorize_address(Vendor::HubSpot, page, &query)
}

/// The tokens for a code that a person brought back.
pub async fn exchange(
    http: &Http,
    base_url: &str,
    app: &App,
    code: &str,
    back: &str,
) -> Result<Tokens, CallError> {
    ask(http, base_url, app, oauth::code_form(code, back)).await
}

/// The next access token.
pub async fn refresh(
    http: &Http,
    base_url: &str,
    app: &App,
    refresh: &Secret,
) -> Result<Tokens, CallError> {
    ask(http, base_url, app, oauth::refresh_form(refresh)).await
}

async fn ask(
    http: &Http,
    base_url: &str,
    app: &App,
    mut form: Vec<(&'static str, String)>,
) -> Result<Tokens, CallError> {
    form.extend(named(app));
    let url = address(base_url, &["token"])?;
    oauth::ask(http, Vendor::HubSpot, url, Login::Nobody, form).await
}

/// Gives a refresh token back: nobody can use it any more.
pub async fn revoke(
    http: &Http,
    base_url: &str,
    app: &App,
    refresh: &Secret,
) -> Result<(), CallError> {
    let mut form = vec![
        ("token", refresh.reveal().to_owned()),
        ("token_type_hint", "refresh_token".to_owned()),
    ];
    form.extend(named(app));
    let url = address(base_url, &["token", "revoke"])?;
    let vendor = Vendor::HubSpot;
    oauth::send(http, vendor, "revoke_token", url, Login::Nobody, form).await?;
    Ok(())
}

/// HubSpot wants the app's name and secret in the form.
fn named(app: &App) -> [(&'static str, String); 2] {
    [
        ("client_id", app.client_id.clone()),
        ("client_secret", app.client_secret.reveal().to_owned()),
    ]
}

fn address(base_url: &str, segments: &[&str]) -> Result<Url, CallError> {
    let whole: Vec<&str> = ["oauth", VERSION].iter().chain(segments).copied().collect();
    http::address(Vendor::HubSpot, base_url, &whole)
}

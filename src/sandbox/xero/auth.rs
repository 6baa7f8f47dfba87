//! Xero's identity server and connections: tokens that expire, refresh tokens that rotate with a grace.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::errors::refused;
use super::{Organisation, Xero};
use crate::call::{Call, Reply, find_pair};
use crate::dice::Dice;
use crate::page::consent::{self, Choice, Decision};
use crate::server::Keys;

const ACCESS_TOKEN_MS: i64 = 1_800_000;
const REFRESH_TOKEN_MS: i64 = 60 * 86_400_000;
const GRACE_MS: i64 = 1_800_000;
const CODE_MS: i64 = 300_000;

/// Something that was issued: until when it is good, and for what.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Grant {
    expires_ms: i64,
    /// With blanks between; empty for all that the app was set up with.
    scope: String,
    /// Whether a person let the web app in; else it is the custom connection's.
    #[serde(default)]
    by_consent: bool,
    /// Of a code: where it was sent, and PKCE's challenge, if there was one.
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    challenge: String,
}

/// What has been issued.
#[derive(Debug, Serialize, Deserialize)]
pub struct TokenDesk {
    access: BTreeMap<String, Grant>,
    /// Good until they are used and a little longer.
    refresh: BTreeMap<String, Grant>,
    codes: BTreeMap<String, Grant>,
    /// Whether the organisation is still connected to the custom connection.
    connected: bool,
    /// Whether a person let the web app into it.
    #[serde(default)]
    consented: bool,
}

impl Default for TokenDesk {
    fn default() -> Self {
        Self {
            access: BTreeMap::new(),
            refresh: BTreeMap::new(),
            codes: BTreeMap::new(),
            connected: true,
            consented: false,
        }
    }
}

impl TokenDesk {
    /// Connects the organisation, if it was not.
    pub fn connect(&mut self) {
        self.connected = true;
    }

    /// Disconnects it again.
    pub fn disconnect(&mut self) {
        self.connected = false;
    }

    /// Whoever let the web app in takes that back: every token of it is worth nothing from now on.
    pub fn take_consent_back(&mut self) {
        self.consented = false;
        self.refresh.clear();
        self.codes.clear();
        self.access.retain(|_, grant| !grant.by_consent);
    }

    /// Whether a person let the web app in.
    pub fn has_consent(&self) -> bool {
        self.consented
    }

    /// Whether an organisation is open to a token of either kind.
    fn is_open(&self, by_consent: bool) -> bool {
        match by_consent {
            true => self.consented,
            false => self.connected,
        }
    }

    fn is_by_consent(&self, call: &Call) -> bool {
        let known = call.bearer().and_then(|token| self.access.get(token));
        known.is_some_and(|grant| grant.by_consent)
    }
}

/// Where the identity server has what, for clients that look it up.
pub fn discovery(call: &Call) -> Reply {
    let base = format!("http://{}", call.header("host").unwrap_or_default());
    let document = json!({
        "issuer": base, "authorization_endpoint": format!("{base}/identity/connect/authorize"),
        "token_endpoint": format!("{base}/connect/token"), "revocation_endpoint": format!("{base}/connect/revocation"),
        "response_types_supported": ["code"], "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    });
    Reply::json(StatusCode::OK, &document)
}

/// `POST /connect/revocation`: the refresh token is dead and the web app is let in nowhere any more. A token that nobody knows
/// is revoked already. Access tokens live until they end.
pub fn revoke(xero: &mut Xero, second: Option<&mut Xero>, keys: &Keys, call: &Call) -> Reply {
    let form = call.form();
    let field = |name: &str| find_pair(&form, name).unwrap_or_default();
    if !is_our_app(keys, call, field("client_id"), field("client_secret")) {
        return bad_request("invalid_client");
    }
    if xero.tokens.refresh.remove(field("token")).is_some() {
        xero.tokens.consented = false;
        if let Some(second) = second {
            second.tokens.consented = false;
        }
    }
    Reply::empty(StatusCode::OK)
}

/// `/identity/connect/authorize`: the page on which a person chooses organisations and lets the app in, and its answer.
pub fn authorize(
    xero: &mut Xero,
    second: Option<&mut Xero>,
    dice: &mut Dice,
    keys: &Keys,
    call: &Call,
) -> Reply {
    if call.method == Method::GET {
        return match (call.query("redirect_uri"), call.query("client_id")) {
            (None, _) => bad_request("invalid_request"),
            (_, Some(id)) if id == keys.xero_client_id => {
                let known = std::iter::once(&*xero).chain(second.as_deref());
                let choices: Vec<Choice<'_>> = known
                    .map(|books| Choice {
                        id: &books.organisation.tenant_id,
                        name: &books.organisation.name,
                    })
                    .collect();
                consent::page("Xero", call, &choices)
            }
            _ => bad_request("unauthorized_client"),
        };
    }
    let decision = Decision::read(call);
    if decision.field("redirect_uri").is_empty() {
        return bad_request("invalid_request");
    }
    if !decision.is_yes() {
        return decision.back("error", "access_denied");
    }
    let code = dice.token("xero-code-");
    let grant = Grant {
        expires_ms: call.now_ms + CODE_MS,
        scope: decision.field("scope").to_owned(),
        by_consent: true,
        redirect_uri: decision.field("redirect_uri").to_owned(),
        challenge: decision.field("code_challenge").to_owned(),
    };
    xero.tokens.codes.insert(code.clone(), grant);
    for books in std::iter::once(xero).chain(second) {
        // What was let into before stays so.
        books.tokens.consented |= decision.has_chosen(&books.organisation.tenant_id);
    }
    decision.back("code", &code)
}

/// `POST /connect/token`.
pub fn token(desk: &mut TokenDesk, dice: &mut Dice, keys: &Keys, call: &Call) -> Reply {
    let form = call.form();
    let field = |name: &str| find_pair(&form, name).unwrap_or_default();
    if !is_our_app(keys, call, field("client_id"), field("client_secret")) {
        return bad_request("invalid_client");
    }
    let now_ms = call.now_ms;
    let (scope, with_refresh) = match field("grant_type") {
        // Xero's own SDK says `scopes`, which nobody reads: it gets what the app was set up with.
        "client_credentials" => (field("scope").to_owned(), false),
        // Used up by whoever shows it, right or wrong.
        "authorization_code" => match desk.codes.remove(field("code")) {
            Some(code)
                if code.expires_ms > now_ms
                    && code.redirect_uri == field("redirect_uri")
                    && is_answered(&code.challenge, field("code_verifier")) =>
            {
                (code.scope, true)
            }
            _ => return bad_request("invalid_grant"),
        },
        "refresh_token" => match desk.refresh.get_mut(field("refresh_token")) {
            Some(used) if used.expires_ms > now_ms => {
                // The reply may get lost: the old one works on for a while.
                used.expires_ms = used.expires_ms.min(now_ms + GRACE_MS);
                (used.scope.clone(), true)
            }
            _ => return bad_request("invalid_grant"),
        },
        _ => return bad_request("unsupported_grant_type"),
    };
    desk.access
        .retain(|_, grant| grant.expires_ms + 86_400_000 > now_ms);
    let access = dice.token("xero-access-");
    let grant = |lasts_ms: i64| Grant {
        expires_ms: now_ms + lasts_ms,
        scope: scope.clone(),
        by_consent: with_refresh,
        redirect_uri: String::new(),
        challenge: String::new(),
    };
    desk.access.insert(access.clone(), grant(ACCESS_TOKEN_MS));
    let mut wire = json!({"access_token": access, "expires_in": ACCESS_TOKEN_MS / 1_000, "token_type": "Bearer", "scope": scope});
    if with_refresh {
        let refresh = dice.token("xero-refresh-");
        desk.refresh
            .insert(refresh.clone(), grant(REFRESH_TOKEN_MS));
        wire["refresh_token"] = json!(refresh);
    }
    Reply::json(StatusCode::OK, &wire)
}

/// PKCE: whoever shows the code knows what the one who asked for it knew.
fn is_answered(challenge: &str, verifier: &str) -> bool {
    challenge.is_empty() || URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
}

fn is_our_app(keys: &Keys, call: &Call, id: &str, secret: &str) -> bool {
    let basic = call
        .header("authorization")
        .and_then(|header| header.strip_prefix("Basic "));
    let decoded = basic
        .and_then(|encoded| STANDARD.decode(encoded.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.as_deref().and_then(|pair| pair.split_once(':')) {
        Some((id, secret)) => id == keys.xero_client_id && secret == keys.xero_client_secret,
        None => id == keys.xero_client_id && secret == keys.xero_client_secret,
    }
}

/// `GET /connections` and `DELETE /connections/{id}`.
pub fn connections(
    xero: &mut Xero,
    second: Option<&mut Xero>,
    rest: &[&str],
    call: &Call,
) -> Reply {
    if let Err(reply) = check_token(&xero.tokens, call, false) {
        return *reply;
    }
    let by_consent = xero.tokens.is_by_consent(call);
    let mut connected: Vec<&mut Xero> = std::iter::once(xero)
        .chain(second)
        .filter(|books| books.tokens.is_open(by_consent))
        .collect();
    match (&call.method, rest) {
        (&Method::GET, []) => {
            let listed: Vec<_> = connected
                .iter()
                .map(|books| connection(&books.organisation))
                .collect();
            Reply::json(StatusCode::OK, &json!(listed))
        }
        (&Method::DELETE, [id]) => {
            let mut found = connected.iter_mut();
            match found.find(|books| books.organisation.connection_id == *id) {
                Some(books) => {
                    match by_consent {
                        true => books.tokens.consented = false,
                        false => books.tokens.connected = false,
                    }
                    Reply::empty(StatusCode::NO_CONTENT)
                }
                None => super::errors::not_found(),
            }
        }
        _ => super::errors::not_found(),
    }
}

fn connection(organisation: &Organisation) -> serde_json::Value {
    json!({
        "id": organisation.connection_id, "authEventId": "a7b0c1d2-0000-4000-a000-73616e64626f", "tenantId": organisation.tenant_id,
        "tenantType": "ORGANISATION", "tenantName": organisation.name,
        "createdDateUtc": "2026-01-05T09:00:00.0000000", "updatedDateUtc": "2026-01-05T09:00:00.0000000",
    })
}

/// Checks the bearer token.
pub fn check_token(desk: &TokenDesk, call: &Call, revoked: bool) -> Result<(), Box<Reply>> {
    let known = call.bearer().and_then(|token| desk.access.get(token));
    match known {
        Some(grant) if grant.expires_ms > call.now_ms && !revoked => Ok(()),
        Some(_) if !revoked => Err(Box::new(refused(
            StatusCode::UNAUTHORIZED,
            "TokenExpired: token expired",
        ))),
        _ => Err(Box::new(refused(
            StatusCode::UNAUTHORIZED,
            "AuthenticationUnsuccessful",
        ))),
    }
}

/// Which scope a part of the accounting API needs; the one for reading has `.read` behind it.
fn scope_of(rest: &[&str]) -> &'static str {
    match rest {
        [_, _, "Attachments", ..] => "accounting.attachments",
        ["Invoices" | "CreditNotes", ..] => "accounting.invoices",
        [
            "Payments" | "Prepayments" | "Overpayments" | "BatchPayments",
            ..,
        ] => "accounting.payments",
        ["BankTransactions", ..] => "accounting.banktransactions",
        ["Contacts", ..] => "accounting.contacts",
        _ => "accounting.settings",
    }
}

/// 401 where the token was not given what the call needs. The scope for writing lets read as well.
pub fn check_scope(
    desk: &TokenDesk,
    rest: &[&str],
    missing: &str,
    call: &Call,
) -> Result<(), Box<Reply>> {
    let needed = scope_of(rest);
    let reading = format!("{needed}.read");
    let is_enough = |scope: &str| scope == needed || (call.method == "GET" && scope == reading);
    let given = call.bearer().and_then(|token| desk.access.get(token));
    let given = given.map_or("", |grant| grant.scope.as_str());
    let was_given = given.is_empty() || given.split(' ').any(is_enough);
    if was_given && !missing.split([',', ' ']).any(is_enough) {
        return Ok(());
    }
    Err(Box::new(refused(
        StatusCode::UNAUTHORIZED,
        "AuthorizationUnsuccessful",
    )))
}

/// The books that the tenant header names.
pub fn chosen<'a>(
    xero: &'a mut Xero,
    second: Option<&'a mut Xero>,
    call: &Call,
) -> Result<&'a mut Xero, Box<Reply>> {
    let given = call.header("xero-tenant-id").unwrap_or_default();
    let by_consent = xero.tokens.is_by_consent(call);
    let is_meant = |books: &&mut Xero| {
        books.tokens.is_open(by_consent)
            && given.eq_ignore_ascii_case(&books.organisation.tenant_id)
    };
    let mut all = std::iter::once(xero).chain(second);
    let refusal = || refused(StatusCode::FORBIDDEN, "AuthenticationUnsuccessful");
    all.find(is_meant).ok_or_else(|| Box::new(refusal()))
}

fn bad_request(error: &str) -> Reply {
    Reply::json(StatusCode::BAD_REQUEST, &json!({"error": error}))
}

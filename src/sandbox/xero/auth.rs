//! Xero's identity server and connections: tokens that expire, refresh tokens that rotate with a grace.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::errors::refused;
use super::{Organisation, Xero};
use crate::call::{Call, Reply, find_pair};
use crate::dice::Dice;
use crate::server::Keys;

const ACCESS_TOKEN_MS: i64 = 1_800_000;
const REFRESH_TOKEN_MS: i64 = 60 * 86_400_000;
const GRACE_MS: i64 = 1_800_000;
const CODE_MS: i64 = 300_000;

/// A refresh token, good until it is used and a little longer.
#[derive(Debug, Serialize, Deserialize)]
struct RefreshToken {
    expires_ms: i64,
}

/// What has been issued.
#[derive(Debug, Serialize, Deserialize)]
pub struct TokenDesk {
    /// Access token → when it expires, in milliseconds.
    access: BTreeMap<String, i64>,
    refresh: BTreeMap<String, RefreshToken>,
    codes: BTreeMap<String, i64>,
    /// Whether the organisation is still connected to the app.
    connected: bool,
}

impl Default for TokenDesk {
    fn default() -> Self {
        Self {
            access: BTreeMap::new(),
            refresh: BTreeMap::new(),
            codes: BTreeMap::new(),
            connected: true,
        }
    }
}

/// `GET /identity/connect/authorize`: everybody agrees at once, and is sent back with a code.
pub fn authorize(desk: &mut TokenDesk, dice: &mut Dice, call: &Call) -> Reply {
    let Some(back) = call.query("redirect_uri") else {
        return bad_request("invalid_request");
    };
    let code = dice.token("xero-code-");
    desk.codes.insert(code.clone(), call.now_ms + CODE_MS);
    desk.connected = true;
    let state = call.query("state").unwrap_or_default();
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("code", &code)
        .append_pair("state", state)
        .finish();
    let joint = if back.contains('?') { '&' } else { '?' };
    Reply::empty(StatusCode::FOUND).with_header("location", format!("{back}{joint}{query}"))
}

/// `POST /connect/token`.
pub fn token(desk: &mut TokenDesk, dice: &mut Dice, keys: &Keys, call: &Call) -> Reply {
    let form = call.form();
    let field = |name: &str| find_pair(&form, name).unwrap_or_default();
    if !is_our_app(keys, call, field("client_id"), field("client_secret")) {
        return bad_request("invalid_client");
    }
    let now_ms = call.now_ms;
    let with_refresh = match field("grant_type") {
        "client_credentials" => false,
        "authorization_code" => match desk.codes.remove(field("code")) {
            Some(expires_ms) if expires_ms > now_ms => true,
            _ => return bad_request("invalid_grant"),
        },
        "refresh_token" => match desk.refresh.get_mut(field("refresh_token")) {
            Some(used) if used.expires_ms > now_ms => {
                // The reply may get lost: the old one works on for a while.
                used.expires_ms = used.expires_ms.min(now_ms + GRACE_MS);
                true
            }
            _ => return bad_request("invalid_grant"),
        },
        _ => return bad_request("unsupported_grant_type"),
    };
    desk.access
        .retain(|_, expires_ms| *expires_ms + 86_400_000 > now_ms);
    let access = dice.token("xero-access-");
    desk.access.insert(access.clone(), now_ms + ACCESS_TOKEN_MS);
    let scope = match field("scope") {
        "" => field("scopes"),
        scope => scope,
    };
    let mut wire = json!({"access_token": access, "expires_in": ACCESS_TOKEN_MS / 1_000, "token_type": "Bearer", "scope": scope});
    if with_refresh {
        let refresh = dice.token("xero-refresh-");
        desk.refresh.insert(
            refresh.clone(),
            RefreshToken {
                expires_ms: now_ms + REFRESH_TOKEN_MS,
            },
        );
        wire["refresh_token"] = json!(refresh);
    }
    Reply::json(StatusCode::OK, &wire)
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
pub fn connections(xero: &mut Xero, rest: &[&str], call: &Call) -> Reply {
    if let Err(reply) = check_token(&xero.tokens, call, false) {
        return *reply;
    }
    match (&call.method, rest) {
        (&Method::GET, []) if xero.tokens.connected => {
            Reply::json(StatusCode::OK, &json!([connection(&xero.organisation)]))
        }
        (&Method::GET, []) => Reply::json(StatusCode::OK, &json!([])),
        (&Method::DELETE, [id]) if *id == xero.organisation.connection_id => {
            xero.tokens.connected = false;
            Reply::empty(StatusCode::NO_CONTENT)
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
        Some(expires_ms) if *expires_ms > call.now_ms && !revoked => Ok(()),
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

/// Checks the tenant header.
pub fn check_tenant(xero: &Xero, call: &Call) -> Result<(), Box<Reply>> {
    let given = call.header("xero-tenant-id").unwrap_or_default();
    if xero.tokens.connected && given.eq_ignore_ascii_case(&xero.organisation.tenant_id) {
        return Ok(());
    }
    Err(Box::new(refused(
        StatusCode::FORBIDDEN,
        "AuthenticationUnsuccessful",
    )))
}

fn bad_request(error: &str) -> Reply {
    Reply::json(StatusCode::BAD_REQUEST, &json!({"error": error}))
}

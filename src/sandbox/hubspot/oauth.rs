//! HubSpot's OAuth tokens: short-lived access tokens and a refresh token that stays the same until it is revoked.
//! The static token of a private app is configuration and does not appear here.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::errors::{no_such_path, not_found};
use super::{APP_ID, PORTAL_ID};
use crate::call::{Call, Reply, find_pair};
use crate::dice::Dice;
use crate::page::consent::{self, Decision};
use crate::server::Keys;

const ACCESS_TOKEN_SECONDS: i64 = 1_800;
const CODE_MS: i64 = 300_000;
const SCOPES: [&str; 2] = ["crm.objects.deals.read", "crm.objects.deals.write"];
/// The person who connected the app.
const USER_ID: u64 = 9_586_504;

/// What has been issued.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct TokenDesk {
    /// Access token → when it expires, in milliseconds.
    access: BTreeMap<String, i64>,
    refresh: BTreeSet<String>,
    /// Code → until when it is good, and where it was sent.
    #[serde(default)]
    given_codes: BTreeMap<String, (i64, String)>,
}

/// What a bearer token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenState {
    Good,
    Expired,
    Unknown,
}

impl TokenDesk {
    /// Looks a token up.
    pub fn state(&self, token: &str, now_ms: i64) -> TokenState {
        match self.access.get(token) {
            Some(expires_ms) if *expires_ms > now_ms => TokenState::Good,
            Some(_) => TokenState::Expired,
            None => TokenState::Unknown,
        }
    }

    /// `/oauth/authorize`: the page on which a person lets the app in, and its answer.
    pub fn authorize(&mut self, dice: &mut Dice, call: &Call) -> Reply {
        if call.method == Method::GET {
            return match call.query("redirect_uri") {
                Some(_) => consent::page("HubSpot", call, &[]),
                None => bad_request("invalid_request"),
            };
        }
        let decision = Decision::read(call);
        let address = decision.field("redirect_uri").to_owned();
        if address.is_empty() {
            return bad_request("invalid_request");
        }
        if !decision.is_yes() {
            return decision.back("error", "access_denied");
        }
        let code = dice.token("code-");
        let ends_ms = call.now_ms + CODE_MS;
        self.given_codes.insert(code.clone(), (ends_ms, address));
        decision.back("code", &code)
    }

    /// Whoever let the app in takes that back: every token of it is worth nothing from now on.
    pub fn take_consent_back(&mut self) {
        self.access.clear();
        self.refresh.clear();
        self.given_codes.clear();
    }

    /// Uses a code up.
    fn take_code(&mut self, code: &str, address: &str, now_ms: i64) -> bool {
        let given = self.given_codes.remove(code);
        given.is_some_and(|(ends_ms, sent)| ends_ms > now_ms && sent == address)
    }

    /// `/oauth/{version}/…`: tokens are issued, looked at and revoked. The oldest version has a path per token.
    pub fn answer(&mut self, dice: &mut Dice, keys: &Keys, rest: &[&str], call: &Call) -> Reply {
        let form = call.form();
        match (&call.method, rest) {
            (&Method::POST, ["token"]) => self.issue(dice, keys, call),
            (&Method::POST, ["token", act @ ("introspect" | "revoke")]) => {
                if find_pair(&form, "client_secret") != Some(keys.hubspot_client_secret.as_str()) {
                    return bad_request("invalid_client");
                }
                let token = find_pair(&form, "token").unwrap_or_default();
                match *act {
                    "revoke" => {
                        self.refresh.remove(token);
                        Reply::json(StatusCode::OK, &json!({}))
                    }
                    _ => Reply::json(StatusCode::OK, &self.introspected(token, call.now_ms)),
                }
            }
            (&Method::GET, ["access-tokens" | "refresh-tokens", token]) => {
                match self.introspected(token, call.now_ms) {
                    known if known["active"] == true => Reply::json(StatusCode::OK, &known),
                    _ => not_found(),
                }
            }
            (&Method::DELETE, ["refresh-tokens", token]) if self.refresh.remove(*token) => {
                Reply::empty(StatusCode::NO_CONTENT)
            }
            (&Method::DELETE, ["refresh-tokens", _]) => not_found(),
            _ => no_such_path(),
        }
    }

    /// What a token is and what it is good for.
    fn introspected(&self, token: &str, now_ms: i64) -> Value {
        let app = json!({
            "active": true, "hub_id": PORTAL_ID, "hub_domain": "northwind.example", "user_id": USER_ID,
            "user": "maya.lindqvist@northwind.example", "scopes": SCOPES, "token": token,
        });
        let mut known = app;
        match self.access.get(token) {
            Some(expires_ms) if *expires_ms > now_ms => {
                known["token_type"] = json!("access");
                known["app_id"] = json!(APP_ID);
                known["expires_in"] = json!((expires_ms - now_ms) / 1_000);
            }
            None if self.refresh.contains(token) => {
                known["token_type"] = json!("refresh");
                known["client_id"] = json!(APP_ID.to_string());
            }
            _ => return json!({"active": false}),
        }
        known
    }

    fn issue(&mut self, dice: &mut Dice, keys: &Keys, call: &Call) -> Reply {
        let form = call.form();
        let field = |name: &str| find_pair(&form, name).unwrap_or_default();
        if field("client_secret") != keys.hubspot_client_secret {
            return bad_request("invalid_client");
        }
        let refresh = match field("grant_type") {
            "refresh_token" if self.refresh.contains(field("refresh_token")) => {
                field("refresh_token").to_owned()
            }
            "authorization_code"
                if self.take_code(field("code"), field("redirect_uri"), call.now_ms) =>
            {
                dice.token("hs-refresh-")
            }
            "client_credentials" => String::new(),
            "refresh_token" | "authorization_code" => return bad_request("invalid_grant"),
            _ => return bad_request("unsupported_grant_type"),
        };
        let access = dice.token("hs-access-");
        self.access
            .retain(|_, expires_ms| *expires_ms + 86_400_000 > call.now_ms);
        self.access
            .insert(access.clone(), call.now_ms + ACCESS_TOKEN_SECONDS * 1_000);
        let mut wire = json!({
            "token_type": "bearer", "access_token": access, "expires_in": ACCESS_TOKEN_SECONDS, "hub_id": PORTAL_ID,
            "scopes": SCOPES,
        });
        if !refresh.is_empty() {
            self.refresh.insert(refresh.clone());
            wire["refresh_token"] = json!(refresh);
        }
        Reply::json(StatusCode::OK, &wire)
    }
}

fn bad_request(error: &str) -> Reply {
    let status = if error == "invalid_grant" {
        "BAD_REFRESH_TOKEN"
    } else {
        "BAD_REQUEST"
    };
    Reply::json(
        StatusCode::BAD_REQUEST,
        &json!({"error": error, "error_description": error, "status": status, "message": error}),
    )
}

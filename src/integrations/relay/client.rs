//! Handing a message to the iPaaS. It is taken or not: what becomes of it is called back.

use portal_domain::{
    calendar::Timestamp,
    relay::{RelayAddress, StandIn},
    secret::Secret,
};
use reqwest::{Method, Url};

use super::signature::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};
use crate::{
    error::{CallError, ErrorKind, Vendor},
    http::{Call, Effect, Http, Login, Payload},
};

/// A message on its way.
pub struct Outgoing<'a> {
    pub address: &'a RelayAddress,
    /// The same on every try.
    pub id: &'a str,
    /// All that are valid: whoever has changed over knows the new one, and who has not the old one.
    pub secrets: &'a [Secret],
    pub body: Vec<u8>,
}

/// What was answered to a message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub status: u16,
    /// The beginning of the answer.
    pub text: String,
}

/// The client. A clone shares its connections.
#[derive(Clone, Debug)]
pub struct Relay {
    http: Http,
    stand_in: StandIn,
}

impl Relay {
    pub fn new(http: Http, stand_in: StandIn) -> Self {
        Self { http, stand_in }
    }

    /// Sends a message once.
    pub async fn post(&self, outgoing: Outgoing<'_>, now: Timestamp) -> Result<Taken, CallError> {
        let refused = |message: &str| CallError::new(Vendor::Relay, ErrorKind::Refused, message);
        // It may have been chosen when other addresses were allowed.
        let address = RelayAddress::parse(outgoing.address.as_str(), self.stand_in)
            .map_err(|_| refused("the address is not one of the internet's"))?;
        let url = Url::parse(address.as_str()).map_err(|_| refused("the address is malformed"))?;
        if outgoing.secrets.is_empty() {
            return Err(refused("there is no secret to sign with"));
        }
        let timestamp = now.0.div_euclid(1_000).to_string();
        let signature = sign(outgoing.secrets, outgoing.id, &timestamp, &outgoing.body);
        let call = Call {
            vendor: Vendor::Relay,
            name: "post",
            method: Method::POST,
            url,
            login: Login::Nobody,
            headers: vec![
                (ID_HEADER, outgoing.id.to_owned()),
                (TIMESTAMP_HEADER, timestamp),
                (SIGNATURE_HEADER, signature),
            ],
            payload: Payload::Json(outgoing.body),
            effect: Effect::Write,
        };
        let answer = self.http.send_to_typed(call).await?;
        if answer.is_success() {
            return Ok(Taken {
                status: answer.status,
                text: answer.text(),
            });
        }
        let mut failure = answer.failure(&answer.text());
        if answer.status == 410 {
            // The address is switched off: until a person looks, nothing is to be sent there.
            failure.kind = ErrorKind::Unauthorised;
        }
        Err(failure)
    }
}

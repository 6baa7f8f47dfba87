//! Identity providers of companies, which speak OpenID Connect: what one says of itself, where people are sent, and who came back. The answers are checked by the
//! `openidconnect` crate: signature, issuer, audience, nonce, times. Whom the portal takes for whom is not decided here.
//!
//! Where a provider is, people type: it is on the internet, and at a host that whoever runs the portal names where it names any, but for those of the own network that
//! it names too. What its description leads to is held to the same, and all of that before anybody is sent there.

use std::{error::Error, fmt, pin::Pin, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    AsyncHttpClient, AuthenticationContextClass, AuthorizationCode, ClientId, ClientSecret,
    CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl,
    Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    TokenResponse, TokenUrl, UserInfoUrl,
    core::{
        CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm as Algorithm,
        CoreProviderMetadata, CoreUserInfoClaims,
    },
};
use portal_domain::outward::OutwardHosts;
use sha2::{Digest, Sha256};

use crate::{CallError, ErrorKind, Http, Secret, Vendor, http::HttpSetupError};

/// Those that show with a key of the provider's alone that it was the provider.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// What a provider must be asked with.
#[derive(Clone, Debug)]
pub struct Provider {
    pub issuer: String,
    /// The portal's name there, and its secret.
    pub client: String,
    pub secret: Secret,
    /// Words for how people should prove themselves there; it passes over those that it does not know.
    pub strength: Vec<String>,
    /// Where it sends people back to.
    pub back: String,
}

/// One way to a provider and back.
#[derive(Clone)]
pub struct Trip {
    /// What makes it different from all others: known to the browser that went, and to nobody else.
    secret: Secret,
    /// Whether whoever is signed in there must prove itself once more.
    is_anew: bool,
}

impl Trip {
    pub fn new(secret: Secret) -> Self {
        Self {
            secret,
            is_anew: false,
        }
    }

    /// One on which everybody proves itself, and the provider says when that was.
    pub fn anew(secret: Secret) -> Self {
        Self {
            secret,
            is_anew: true,
        }
    }

    /// A secret for one purpose, out of which no other can be told.
    fn derived(&self, purpose: &str) -> String {
        let text = format!("{purpose}:{}", self.secret.reveal());
        URL_SAFE_NO_PAD.encode(Sha256::digest(text))
    }

    fn nonce(&self) -> Nonce {
        Nonce::new(self.derived("nonce"))
    }

    fn verifier(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.derived("verifier"))
    }
}

/// Who came back, in the provider's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its name for the person, which never changes and is nobody else's.
    pub subject: String,
    pub email: Option<String>,
    /// Whether the provider says that the address is the person's; not all of them say.
    pub email_verified: Option<bool>,
    /// How the person proved itself there: a class of ways (`acr`), and the ways (`amr`). Few say both.
    pub acr: Option<String>,
    pub amr: Vec<String>,
    /// How long before it sent the person back that was. The nonce shows that it said so on this trip, so its own clock is enough.
    pub proved_ms_ago: Option<i64>,
}

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Reaches providers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Providers {
    http: Http,
    /// Hosts of the own network, as they stand in an address, with the port where one is meant.
    internal: Arc<[String]>,
}

impl Providers {
    /// # Errors
    /// [`HttpSetupError`] when the TLS half cannot be set up.
    pub fn new(internal: &[String], outward: OutwardHosts) -> Result<Self, HttpSetupError> {
        Ok(Self {
            http: Http::new()?.restricted_to(outward),
            internal: internal.into(),
        })
    }

    /// Where a person is sent: the provider's own page, with what it must answer.
    ///
    /// # Errors
    /// When the provider does not describe itself as one, or is where none may be.
    pub async fn address(
        &self,
        provider: &Provider,
        state: &str,
        trip: &Trip,
    ) -> Result<String, CallError> {
        let client = self.client(provider).await?;
        let (nonce, state) = (trip.nonce(), state.to_owned());
        let mut asked = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || nonce,
            )
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(
                &trip.verifier(),
            ));
        for word in &provider.strength {
            asked = asked.add_auth_context_value(AuthenticationContextClass::new(word.clone()));
        }
        if trip.is_anew {
            // The prompt is what all of them know; asked for an age, they must tell it.
            asked = asked
                .add_prompt(CoreAuthPrompt::Login)
                .set_max_age(Duration::ZERO);
        }
        let (address, ..) = asked.url();
        Ok(address.into())
    }

    /// Whether a provider is there and describes itself as one.
    ///
    /// # Errors
    /// As [`Self::address`].
    pub async fn look(&self, provider: &Provider) -> Result<(), CallError> {
        self.client(provider).await.map(|_| ())
    }

    /// Who it was that came back with a code.
    ///
    /// # Errors
    /// When the code is not taken, or what is answered is not for this trip, this portal, now, by this provider.
    pub async fn identify(
        &self,
        provider: &Provider,
        code: &str,
        trip: &Trip,
    ) -> Result<Identity, CallError> {
        let client = self.client(provider).await?;
        let tokens = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(refused)?
            .set_pkce_verifier(trip.verifier())
            .request_async(self)
            .await
            .map_err(failed)?;
        let token = tokens
            .id_token()
            .ok_or_else(|| refused(Said("no ID token came with the answer")))?;
        let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS);
        let claims = token.claims(&verifier, &trip.nonce()).map_err(refused)?;
        let (ways, said_at) = (claims.auth_method_refs(), claims.issue_time());
        let mut identity = Identity {
            subject: claims.subject().to_string(),
            email: claims.email().map(|email| email.to_string()),
            email_verified: claims.email_verified(),
            acr: claims.auth_context_ref().map(|acr| acr.to_string()),
            amr: ways.map_or_else(Vec::new, |ways| {
                ways.iter().map(|way| way.to_string()).collect()
            }),
            proved_ms_ago: claims
                .auth_time()
                .map(|proved_at| (said_at - proved_at).num_milliseconds().max(0)),
        };
        if identity.email.is_none() {
            // Many tell the address only where they are asked for it.
            let asked = client
                .user_info(
                    tokens.access_token().to_owned(),
                    Some(claims.subject().clone()),
                )
                .map_err(refused)?;
            let info: CoreUserInfoClaims = asked.request_async(self).await.map_err(failed)?;
            identity.email = info.email().map(|email| email.to_string());
            identity.email_verified = info.email_verified();
        }
        Ok(identity)
    }

    async fn client(&self, provider: &Provider) -> Result<Client, CallError> {
        let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(refused)?;
        let described = CoreProviderMetadata::discover_async(issuer, self)
            .await
            .map_err(failed)?;
        let named = [
            Some(described.authorization_endpoint().url()),
            described.token_endpoint().map(TokenUrl::url),
            described.userinfo_endpoint().map(UserInfoUrl::url),
        ];
        for url in named.into_iter().flatten() {
            self.http.check_provider(url, &self.internal)?;
        }
        let back = RedirectUrl::new(provider.back.clone()).map_err(refused)?;
        let client = CoreClient::from_provider_metadata(
            described,
            ClientId::new(provider.client.clone()),
            Some(ClientSecret::new(provider.secret.reveal().to_owned())),
        );
        Ok(client.set_redirect_uri(back))
    }
}

/// The library's requests go over our client.
impl<'c> AsyncHttpClient<'c> for Providers {
    type Error = CallError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, CallError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.http.pass(request, &self.internal))
    }
}

#[derive(Debug)]
struct Said(&'static str);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Said {}

/// What went wrong on the way is told as it is; anything else is an answer that cannot be taken.
fn failed<E: Error + 'static>(error: E) -> CallError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        if let Some(call) = error.downcast_ref::<CallError>() {
            return call.clone();
        }
        cause = error.source();
    }
    refused(error)
}

/// An answer that is none for us, with all that is known of why.
fn refused<E: Error + 'static>(error: E) -> CallError {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message = format!("{message}: {error}");
        cause = error.source();
    }
    CallError::new(Vendor::IdentityProvider, ErrorKind::Refused, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// The address of a provider on this machine that gives tokens somewhere else.
    async fn provider_with(token_endpoint: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let described = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": token_endpoint,
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "keys": [],
        })
        .to_string();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{described}",
            described.len()
        );
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = [0; 4_096];
                if stream.read(&mut asked).await.is_ok() {
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
            }
        });
        issuer
    }

    #[tokio::test]
    async fn what_a_description_leads_to_is_held_to_the_same_before_anybody_is_sent_there() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let outward = OutwardHosts::parse(&["login.example.com".to_owned()]).unwrap();
        let providers = Providers::new(&["127.0.0.1".to_owned()], outward).unwrap();
        for (token_endpoint, said) in [
            ("https://login.example.com/token", Ok(())),
            (
                "https://tokens.example.com/token",
                Err(Some("tokens.example.com".to_owned())),
            ),
            ("http://login.example.com/token", Err(None)),
            ("https://10.0.0.1/token", Err(None)),
        ] {
            let provider = Provider {
                issuer: provider_with(token_endpoint).await,
                client: "portal".to_owned(),
                secret: Secret::from("secret"),
                back: "http://127.0.0.1:3000/sign-in/provider/back".to_owned(),
                strength: Vec::new(),
            };
            let looked = providers.look(&provider).await;
            let looked = looked.map_err(|failure| failure.unlisted);
            assert_eq!(looked, said, "{token_endpoint}");
        }
    }
}

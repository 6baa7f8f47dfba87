//! What a page or a server function has at hand: who asks, in which language, what was typed before, and how to answer.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    extract::{FromRequestParts, MatchedPath},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use leptos::{
    nonce::Nonce,
    prelude::{AnyView, Owner, RenderHtml, provide_context, use_context},
};
use leptos_axum::ResponseOptions;
use portal_domain::{access::Actor, calendar::Timestamp};
use portal_services::{
    Ctx, ServiceError,
    access::{self, Session},
};
use portal_words::{Locale, Words};

use crate::{
    ui::{
        api::{FieldMessage, UiError},
        shell,
    },
    web::{AppState, error_pages::ErrorPage, session},
};

/// A form that was refused, shown again with everything that was typed.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The server function that refused.
    pub action: String,
    pub typed: Vec<(String, String)>,
    pub error: UiError,
}

/// A file that came with a form; of one that is too large only so much that this can be seen.
#[derive(Clone)]
pub struct Upload(pub Arc<[u8]>);

/// A request for a page, or for something that a page asks for.
#[derive(Clone)]
pub struct Page {
    pub app: AppState,
    pub ctx: Ctx,
    pub words: Words,
    /// What changed after this may be missing on the page.
    pub asked_at: Timestamp,
    /// The path with its query.
    pub url: String,
    /// The path as the list of routes has it: what the log may say, as an address can hold a secret.
    pub route: String,
    pub refused: Option<Refused>,
    upload: Option<Upload>,
    pub theme: Option<&'static str>,
    session: Option<Session>,
    secret: Option<String>,
    labels: Labels,
}

/// What the fields of the page are called: a summary of errors names them, and stands before them.
#[derive(Clone, Default)]
pub struct Labels(Arc<Mutex<BTreeMap<String, String>>>);

impl Labels {
    pub fn add(&self, field: &str, label: &str) {
        if let Ok(mut labels) = self.0.lock() {
            labels.insert(field.to_owned(), label.to_owned());
        }
    }

    /// A message with its field's label before it, once the page is rendered.
    pub fn name(&self, message: &FieldMessage) -> String {
        let labels = self.0.lock().ok();
        match labels.and_then(|labels| labels.get(&message.field).cloned()) {
            Some(label) => format!("{label}: {}", message.message),
            None => message.message.clone(),
        }
    }
}

impl Page {
    async fn of(app: &AppState, parts: &Parts) -> Result<Self, ServiceError> {
        let asked_at = app.ctx.now();
        let secret = session::read(&parts.headers, &app.ctx);
        let session = match &secret {
            Some(secret) => access::find_session(&app.ctx, secret).await?,
            None => None,
        };
        let locale = match &session {
            Some(session) => session.locale,
            None => session::read_locale(&parts.headers)
                .unwrap_or_else(|| accepted_locale(&parts.headers)),
        };
        Ok(Self {
            app: app.clone(),
            ctx: app.ctx.clone(),
            words: Words::of(locale),
            asked_at,
            url: parts
                .uri
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
            route: parts
                .extensions
                .get::<MatchedPath>()
                .map_or("none", MatchedPath::as_str)
                .to_owned(),
            refused: parts.extensions.get().cloned(),
            upload: parts.extensions.get().cloned(),
            theme: session::read_theme(&parts.headers),
            session,
            secret,
            labels: Labels::default(),
        })
    }

    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// The secret of the browser's session.
    pub fn secret(&self) -> Option<&str> {
        self.secret.as_deref()
    }

    pub fn actor(&self) -> Result<&Actor, UiError> {
        match &self.session {
            Some(session) => Ok(&session.actor),
            None => Err(self.worded(&ServiceError::Unauthenticated)),
        }
    }

    /// What is in the file that came with the form.
    pub fn upload(&self) -> Option<&[u8]> {
        self.upload.as_ref().map(|upload| &*upload.0)
    }

    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    pub fn path(&self) -> &str {
        self.url.split('?').next().unwrap_or("/")
    }

    /// A service's answer with its error in the reader's words. What the reader cannot mend is logged here, once.
    pub fn said<T>(&self, answer: Result<T, ServiceError>) -> Result<T, UiError> {
        answer.map_err(|error| self.worded(&error))
    }

    fn worded(&self, error: &ServiceError) -> UiError {
        let words = &self.words;
        let (status, message, fields) = match error {
            ServiceError::Invalid(errors) => {
                let fields: Vec<FieldMessage> = errors
                    .0
                    .iter()
                    .map(|error| FieldMessage {
                        field: error.field.clone(),
                        message: words.with(
                            &format!("error-{}", error.code),
                            &[("detail", error.detail.as_str().into())],
                        ),
                    })
                    .collect();
                let title = words.with("form-errors-title", &[("count", fields.len().into())]);
                (StatusCode::UNPROCESSABLE_ENTITY, title, fields)
            }
            ServiceError::Unauthenticated => (
                StatusCode::UNAUTHORIZED,
                words.text("error-signed-out"),
                Vec::new(),
            ),
            ServiceError::Forbidden => (
                StatusCode::FORBIDDEN,
                words.text("error-forbidden"),
                Vec::new(),
            ),
            ServiceError::NotFound => (
                StatusCode::NOT_FOUND,
                words.text("error-not-found"),
                Vec::new(),
            ),
            ServiceError::Conflict(code) => (
                StatusCode::CONFLICT,
                words.text(&format!("error-{code}")),
                Vec::new(),
            ),
            ServiceError::Store(portal_store::StoreError::TooLarge { partner, currency }) => {
                let those = [
                    ("partner", partner.to_string().into()),
                    ("currency", currency.to_string().into()),
                ];
                let message = words.with("error-sum-too-large", &those);
                (StatusCode::CONFLICT, message, Vec::new())
            }
            ServiceError::Money(_)
            | ServiceError::Store(_)
            | ServiceError::Vault(_)
            | ServiceError::Inconsistent(_) => {
                tracing::error!(route = %self.route, "Could not answer `{}`: {error}", self.route);
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    words.text("error-internal"),
                    Vec::new(),
                )
            }
        };
        // A server function would answer 500 for whatever it refuses; a page has no such options.
        if let Some(options) = use_context::<ResponseOptions>() {
            options.set_status(status);
        }
        UiError {
            status: status.as_u16(),
            message,
            fields,
        }
    }

    /// What a field of a form held when it was refused; else its first value.
    pub fn typed(&self, action: &str, name: &str, first: &str) -> String {
        self.refused
            .as_ref()
            .filter(|refused| refused.action == action)
            .and_then(|refused| refused.typed.iter().find(|(typed, _)| typed == name))
            .map_or_else(|| first.to_owned(), |(_, value)| value.clone())
    }

    /// Why a form was refused, if it was this one.
    pub fn refusal(&self, action: &str) -> Option<&UiError> {
        self.refused
            .as_ref()
            .filter(|refused| refused.action == action)
            .map(|refused| &refused.error)
    }

    /// What is wrong with a field.
    pub fn wrong(&self, action: &str, field: &str) -> Option<String> {
        self.refusal(action)?
            .fields
            .iter()
            .find(|message| message.field == field)
            .map(|message| message.message.clone())
    }

    /// Renders a page. The view is made inside the renderer, where islands find their place.
    pub fn show(self, title: &str, view: impl FnOnce(&Self) -> AnyView) -> Response {
        let status = self
            .refused
            .as_ref()
            .and_then(|refused| StatusCode::from_u16(refused.error.status).ok())
            .unwrap_or(StatusCode::OK);
        let nonce = Nonce::new();
        let owner = Owner::new_root(Some(Arc::new(
            hydration_context::SsrSharedContext::new_islands(),
        )));
        let html = owner.with(|| {
            provide_context(nonce.clone());
            let content = view(&self);
            shell::body(&self, content).to_html()
        });
        let html = shell::document(&self, title, nonce.as_inner(), &html);
        owner.unset_with_forced_cleanup();
        let mut response = Response::new(Body::from(html));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        if let Ok(policy) = HeaderValue::from_str(&content_security_policy(nonce.as_inner())) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

/// Scripts only by nonce, and WebAssembly; styles only from our own file; nothing of anybody else's.
fn content_security_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

fn accepted_locale(headers: &HeaderMap) -> Locale {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .map_or(Locale::En, Locale::from_accept_language)
}

impl FromRequestParts<AppState> for Page {
    type Rejection = UiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, UiError> {
        Self::of(app, parts).await.map_err(|error| {
            tracing::error!("Could not read the session: {error}");
            UiError {
                status: 503,
                ..UiError::default()
            }
        })
    }
}

impl IntoResponse for UiError {
    /// An empty answer that `error_pages` dresses in the reader's language, with what was said of it.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(ErrorPage(self.message));
        response
    }
}

/// The page of a server function that is just running.
pub async fn current() -> Result<Page, UiError> {
    let unavailable = || UiError {
        status: 503,
        ..UiError::default()
    };
    let app: AppState = use_context().ok_or_else(unavailable)?;
    let parts: Parts = use_context().ok_or_else(unavailable)?;
    Page::of(&app, &parts)
        .await
        .map_err(|_: ServiceError| unavailable())
}

/// Signs the browser in with the answer of the server function that is just running.
pub fn sign_in(page: &Page, secret: &str) {
    set_cookie(&session::issue(&page.ctx, secret));
}

pub fn sign_out(page: &Page) {
    set_cookie(&session::clear(&page.ctx));
}

/// `person`, or `person.partner`.
pub async fn sign_in_as(page: &Page, choice: &str) -> Result<String, ServiceError> {
    let (person, partner) = match choice.split_once('.') {
        Some((person, partner)) => (
            person,
            Some(partner.parse().map_err(|_| ServiceError::NotFound)?),
        ),
        None => (choice, None),
    };
    let person = person.parse().map_err(|_| ServiceError::NotFound)?;
    access::sign_in_as(&page.ctx, person, partner).await
}

pub async fn set_language(page: &Page, language: &str) -> Result<(), ServiceError> {
    let locale =
        Locale::parse(language).ok_or_else(|| ServiceError::field("language", "choose-one"))?;
    if let Some(session) = &page.session {
        access::set_locale(&page.ctx, &session.actor, locale).await?;
    }
    set_cookie(&session::issue_locale(&page.ctx, locale));
    Ok(())
}

pub fn set_theme(page: &Page, theme: &str) {
    set_cookie(&session::issue_theme(&page.ctx, theme));
}

fn set_cookie(cookie: &str) {
    if let (Some(options), Ok(value)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(cookie),
    ) {
        options.append_header(header::SET_COOKIE, value);
    }
}

/// A path of ours to go to next; anything else that a form may name is the home page.
pub fn inside(path: &str) -> String {
    let ours = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && !path.chars().any(char::is_control);
    if ours {
        path.to_owned()
    } else {
        "/".to_owned()
    }
}

/// Where nothing is.
pub async fn not_found() -> UiError {
    UiError {
        status: 404,
        ..UiError::default()
    }
}

//! What a page or a server function has at hand: who asks, in which language, what was typed before, and how to answer.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    extract::{FromRequestParts, MatchedPath},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use leptos::{
    nonce::Nonce,
    prelude::{AnyView, Owner, RenderHtml, provide_context, use_context},
};
use leptos_axum::ResponseOptions;
use portal_domain::{
    access::Actor,
    calendar::Timestamp,
    origin::{Means, Origin},
    scope::Own,
};
use portal_services::{
    Ctx, ServiceError,
    access::{self, Browser, Opened, Session},
};
use portal_words::{Locale, Words};

use crate::{
    ui::{
        api::{FieldMessage, UiError},
        shell,
    },
    web::{AppState, error_pages::ErrorPage, limits::TooSoon, session},
};

/// Who asks: found once for a look, before anything else is.
#[derive(Clone)]
pub struct Caller {
    pub session: Option<Session>,
    /// The secret of the browser's session.
    pub secret: Option<String>,
}

impl Caller {
    pub async fn find(app: &AppState, headers: &HeaderMap) -> Result<Self, ServiceError> {
        let secret = session::read(headers, &app.ctx);
        let session = match &secret {
            Some(secret) => access::find_session(&app.ctx, secret).await?,
            None => None,
        };
        Ok(Self { session, secret })
    }

    const NOBODY: Self = Self {
        session: None,
        secret: None,
    };
}

/// The address that a request comes from, where that is known.
#[derive(Clone, Copy)]
pub struct Address(pub IpAddr);

/// A form that was refused, shown again with everything that was typed.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The server function that refused.
    pub action: String,
    pub typed: Vec<(String, String)>,
    pub error: UiError,
}

/// A file that came with a form.
#[derive(Clone)]
pub struct Upload {
    /// The field that it was chosen in.
    pub field: Arc<str>,
    /// Of one that is too large only so much that this can be seen.
    pub content: Arc<[u8]>,
}

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
    caller: Caller,
    address: Option<IpAddr>,
    device: String,
    /// What the browser holds since it asked for a link.
    asked_with: Option<String>,
    /// What it holds since somebody has signed in there.
    known: Option<String>,
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
        let caller = match parts.extensions.get::<Caller>() {
            Some(caller) => caller.clone(),
            None => Caller::find(app, &parts.headers).await?,
        };
        Ok(Self::made(app, parts, asked_at, caller))
    }

    /// A page for which nobody is looked up: of an error, when the database may be what fails or what is to be spared.
    pub fn of_nobody(app: &AppState, parts: &Parts) -> Self {
        Self::made(app, parts, app.ctx.now(), Caller::NOBODY)
    }

    fn made(app: &AppState, parts: &Parts, asked_at: Timestamp, caller: Caller) -> Self {
        let locale = match &caller.session {
            Some(session) => session.locale,
            None => session::read_locale(&parts.headers, &app.ctx)
                .unwrap_or_else(|| accepted_locale(&parts.headers)),
        };
        let address = parts.extensions.get().map(|Address(address)| *address);
        let route = route_of(parts);
        let origin = Origin {
            means: means_of(parts),
            task: route.clone(),
            address: address.map(|address| address.to_string()),
            session: caller.session.as_ref().map(|session| session.id),
            login: None,
        };
        let ctx = app.ctx.from_origin(origin);
        let own = caller.session.as_ref();
        let own = own.and_then(|session| Own::of(&session.actor));
        Self {
            app: AppState {
                connector: app.connector.in_the_name_of(&ctx),
                ..app.clone()
            },
            ctx: own.map_or_else(|| ctx.clone(), |own| ctx.within(own)),
            words: Words::of(locale),
            asked_at,
            url: parts
                .uri
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
            route,
            refused: parts.extensions.get().cloned(),
            upload: parts.extensions.get().cloned(),
            theme: session::read_theme(&parts.headers, &app.ctx),
            caller,
            address,
            device: session::read_device(&parts.headers),
            asked_with: session::read_asked(&parts.headers, &app.ctx),
            known: session::read_known(&parts.headers, &app.ctx),
            labels: Labels::default(),
        }
    }

    pub fn session(&self) -> Option<&Session> {
        self.caller.session.as_ref()
    }

    /// The secret of the browser's session.
    pub fn secret(&self) -> Option<&str> {
        self.caller.secret.as_deref()
    }

    /// Where the request comes from, if that is known.
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    pub fn actor(&self) -> Result<&Actor, UiError> {
        Ok(&self.signed_in()?.actor)
    }

    /// The session of somebody who is signed in.
    pub fn signed_in(&self) -> Result<&Session, UiError> {
        let session = self.session();
        session.ok_or_else(|| self.worded(&ServiceError::Unauthenticated))
    }

    /// The browser that asks, with what it holds.
    pub fn browser(&self) -> Browser {
        Browser {
            device: self.device.clone(),
            secret: self.caller.secret.clone(),
            known: self.known.clone(),
        }
    }

    /// What the browser holds since it asked for a link; empty if it did not.
    pub fn asked_with(&self) -> &str {
        self.asked_with.as_deref().unwrap_or_default()
    }

    /// The file that came with the form.
    pub const fn upload(&self) -> Option<&Upload> {
        self.upload.as_ref()
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
        if let (ServiceError::Forbidden, Some(session)) = (error, self.session()) {
            let person = session.actor.person();
            self.app.refusals.add(&self.ctx, person, &self.route);
        }
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
            | ServiceError::Inconsistent(_) => return self.failed(error),
        };
        UiError {
            status: status.as_u16(),
            message,
            fields,
            ..UiError::default()
        }
    }

    /// What went wrong here, and whoever asked can do nothing about: the cause is in the log, under the reference that the reader is told.
    pub fn failed(&self, cause: impl std::fmt::Display) -> UiError {
        let reference = self.log(StatusCode::INTERNAL_SERVER_ERROR, &cause);
        self.referred(
            StatusCode::INTERNAL_SERVER_ERROR,
            "error-internal",
            reference,
        )
    }

    /// The same of a vendor that said no, or nothing, while somebody waited.
    pub fn refused_by_vendor(&self, key: &str, cause: impl std::fmt::Display) -> UiError {
        let reference = self.log(StatusCode::BAD_GATEWAY, &cause);
        self.referred(StatusCode::BAD_GATEWAY, key, reference)
    }

    fn referred(&self, status: StatusCode, key: &str, reference: String) -> UiError {
        let named = [("reference", reference.as_str().into())];
        UiError {
            status: status.as_u16(),
            message: self.words.with(key, &named),
            reference,
            ..UiError::default()
        }
    }

    /// Writes down why something is answered with a status, and answers the reference under which that is found.
    pub fn log(&self, status: StatusCode, cause: &dyn std::fmt::Display) -> String {
        let reference = self.ctx.new_id().to_string();
        tracing::error!(%reference, route = %self.route, "Answered `{}` with {status}, reference {reference}: {cause}", self.route);
        reference
    }

    /// That it was too often.
    pub fn too_soon(&self, wait: TooSoon) -> UiError {
        let seconds = wait.seconds();
        UiError {
            status: StatusCode::TOO_MANY_REQUESTS.as_u16(),
            message: self
                .words
                .with("error-too-many", &[("seconds", seconds.into())]),
            wait_seconds: seconds,
            ..UiError::default()
        }
    }

    /// That there is no such address.
    pub fn nothing_there(&self) -> UiError {
        self.worded(&ServiceError::NotFound)
    }

    /// That what came is no form of ours.
    pub fn unreadable(&self) -> UiError {
        UiError {
            status: StatusCode::BAD_REQUEST.as_u16(),
            message: self.words.text("error-unreadable"),
            ..UiError::default()
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
        Self::of(app, parts)
            .await
            .map_err(|error| unavailable(app, parts, &error))
    }
}

impl IntoResponse for UiError {
    /// An empty answer that `error_pages` dresses in the reader's language, with what was said of it.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(ErrorPage(self));
        response
    }
}

/// The page of a server function that is just running.
pub async fn current() -> Result<Page, UiError> {
    let nowhere = || UiError {
        status: 503,
        ..UiError::default()
    };
    let app: AppState = use_context().ok_or_else(nowhere)?;
    let parts: Parts = use_context().ok_or_else(nowhere)?;
    Page::of(&app, &parts)
        .await
        .map_err(|error| unavailable(&app, &parts, &error))
}

/// Who asks could not be found out.
fn unavailable(app: &AppState, parts: &Parts, cause: &ServiceError) -> UiError {
    let page = Page::of_nobody(app, parts);
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let reference = page.log(status, cause);
    page.referred(status, "error-internal", reference)
}

/// Whether a browser asks, or a program: browsers say where they call a server function from.
fn means_of(parts: &Parts) -> Means {
    let is_call = parts.uri.path().starts_with("/api/");
    match parts.extensions.get::<Means>() {
        Some(means) => *means,
        None if is_call && !parts.headers.contains_key("sec-fetch-site") => Means::Api,
        None => Means::Page,
    }
}

/// The path as the list of routes has it; a server function's name is in that list's sense a route of its own.
fn route_of(parts: &Parts) -> String {
    match parts
        .extensions
        .get::<MatchedPath>()
        .map(MatchedPath::as_str)
    {
        Some("/api/{function}") => parts.uri.path().to_owned(),
        Some(route) => route.to_owned(),
        None => "none".to_owned(),
    }
}

/// Signs the browser in with the answer of the server function that is just running.
pub fn sign_in(page: &Page, secret: &str) {
    set_cookie(&session::issue(&page.ctx, secret));
}

/// Signs the browser in, which is known from now on.
pub fn open(page: &Page, opened: &Opened) {
    sign_in(page, &opened.secret);
    set_cookie(&session::issue_known(&page.ctx, &opened.known));
}

/// What the browser holds that asks for a link: a new secret, or the one that it has.
pub fn asks_for_link(page: &Page) -> String {
    let held = page.asked_with.clone();
    let held = held.unwrap_or_else(|| access::new_token().secret);
    set_cookie(&session::issue_asked(&page.ctx, &held));
    held
}

/// Has the browser forget what scripts have stored.
pub const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

pub fn sign_out(page: &Page) {
    set_cookie(&session::clear(&page.ctx));
    if let Some(options) = use_context::<ResponseOptions>() {
        // Pages are kept nowhere, and no script of ours stores anything; what one did all the same is gone with the session.
        options.insert_header(CLEAR_SITE_DATA, HeaderValue::from_static("\"storage\""));
    }
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
    access::sign_in_as(&page.ctx, person, partner, &page.browser()).await
}

pub async fn set_language(page: &Page, language: &str) -> Result<(), ServiceError> {
    let locale =
        Locale::parse(language).ok_or_else(|| ServiceError::field("language", "choose-one"))?;
    if let Some(session) = page.session() {
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

//! Calls of server functions, by an island or by `forms`. Who asks is looked at before what is asked for is read, and whatever is wrong is answered in our words, with
//! the status that it has: the framework would answer 500 to what it cannot read, explain itself to whoever asks for what is not there, and send browsers back
//! where they came from.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Path, Request, State},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use leptos::{prelude::provide_context, server_fn::axum::get_server_fn_service};

use crate::{
    ui::api::UiError,
    web::{
        AppState, BODY_BYTES_MAX,
        limits::{self, TooSoon},
        page::{Caller, Page},
    },
};

/// What may be called by whoever is not signed in: to sign in, and how the pages look. Everything else is not even read.
pub const FOR_STRANGERS: [&str; 11] = [
    "accept_invitation",
    "answer_with_passkey",
    "ask_for_passkey",
    "begin_sign_on",
    "prove",
    "request_link",
    "set_language",
    "set_theme",
    "sign_in_as",
    "sign_out",
    "use_link",
];
/// What whoever has used a link may call too, to set up what it proves itself with from then on: the services look at what was proved.
const WITH_A_LINK: [&str; 2] = ["begin_authenticator", "confirm_authenticator"];

/// `/api/{function}`.
pub async fn call(
    State(app): State<AppState>,
    Path(function): Path<String>,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let page = match Page::from_request_parts(&mut parts, &app).await {
        Ok(page) => page,
        Err(error) => return answer(&error),
    };
    if let Err(error) = admit(&page, &parts, &function) {
        return answer(&error);
    }
    // Until all is read somebody may be signed out, or be somebody else.
    parts.extensions.remove::<Caller>();
    let json = HeaderValue::from_static("application/json");
    parts.headers.insert(header::ACCEPT, json);
    let request = Request::from_parts(parts, body);
    let provided = move || provide_context(app.clone());
    let answered = leptos_axum::handle_server_fns_with_context(provided, request).await;
    in_our_words(&page, answered.into_response()).await
}

fn admit(page: &Page, parts: &Parts, function: &str) -> Result<(), UiError> {
    if get_server_fn_service(parts.uri.path(), Method::POST).is_none() {
        return Err(page.nothing_there());
    }
    if let Some(wait) = parts.extensions.get::<TooSoon>() {
        return Err(page.too_soon(*wait));
    }
    let has_a_session = page.secret().is_some();
    let may =
        FOR_STRANGERS.contains(&function) || (has_a_session && WITH_A_LINK.contains(&function));
    if !may {
        page.actor()?;
    }
    Ok(())
}

/// What was refused with its own status and a sentence, whoever refused it.
async fn in_our_words(page: &Page, answered: Response) -> Response {
    if answered.status().is_success() {
        return answered;
    }
    let (mut parts, body) = answered.into_parts();
    let said = to_bytes(body, BODY_BYTES_MAX).await.unwrap_or_default();
    let mut error: UiError = serde_json::from_slice(&said).unwrap_or_default();
    if error.message.is_empty() {
        error = match error.status {
            400 => page.unreadable(),
            _ => page.failed("a server function gave no answer that can be read"),
        };
    }
    let dressed = answer(&error);
    parts.status = dressed.status();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.extend(dressed.headers().clone());
    Response::from_parts(parts, dressed.into_body())
}

/// A refusal as islands and `forms` read it.
pub fn answer(error: &UiError) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(error).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    if error.wait_seconds > 0 {
        limits::set_wait(&mut response, error.wait_seconds);
    }
    response
}

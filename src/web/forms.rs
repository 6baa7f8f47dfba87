//! Forms without WASM. A form posts to the page that it stands on and names a server function in the field `do`; what that answers becomes a redirect,
//! or the same page again with everything that was typed and what is wrong with it. So a page needs no script, and no form needs a handler of its own.

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use tower::ServiceExt;

use crate::{
    ui::api::{Done, UiError},
    web::{BODY_BYTES_MAX, page::Refused},
};

/// Answers form posts to pages; everything else goes on.
pub async fn accept(State(pages): State<Router>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST
        || request.uri().path().starts_with("/api/")
        || !is_form(&request)
    {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let typed = decode(&body);
    let Some(action) = typed
        .iter()
        .find(|(name, _)| name == "do")
        .map(|(_, value)| value.clone())
    else {
        return UiError {
            status: 400,
            ..UiError::default()
        }
        .into_response();
    };
    if !action
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    {
        return UiError {
            status: 400,
            ..UiError::default()
        }
        .into_response();
    }
    let answer = call(&pages, &parts, &action, body).await;
    let cookies: Vec<HeaderValue> = answer
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .cloned()
        .collect();
    let succeeded = answer.status().is_success();
    let answer = to_bytes(answer.into_body(), BODY_BYTES_MAX)
        .await
        .unwrap_or_default();
    let mut response = if succeeded {
        redirect(&answer)
    } else {
        let error = serde_json::from_slice(&answer).unwrap_or(UiError {
            status: 400,
            ..UiError::default()
        });
        show_again(
            pages,
            parts,
            Refused {
                action,
                typed,
                error,
            },
        )
        .await
    };
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn is_form(request: &Request) -> bool {
    request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"))
}

fn decode(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// Calls the server function as an island would.
async fn call(pages: &Router, parts: &Parts, action: &str, body: Bytes) -> Response {
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = Method::POST;
    *request.headers_mut() = parts.headers.clone();
    request
        .headers_mut()
        .insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let Ok(uri) = format!("/api/{action}").parse() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    *request.uri_mut() = uri;
    run(pages, request).await
}

fn redirect(answer: &[u8]) -> Response {
    match serde_json::from_slice::<Done>(answer) {
        Ok(done) => Redirect::to(&done.url()).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn show_again(pages: Router, parts: Parts, refused: Refused) -> Response {
    if refused.error.status == 401 {
        return Redirect::to("/sign-in").into_response();
    }
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = parts.uri;
    *request.headers_mut() = parts.headers;
    request.headers_mut().remove(header::CONTENT_LENGTH);
    request.headers_mut().remove(header::CONTENT_TYPE);
    request.extensions_mut().insert(refused);
    run(&pages, request).await
}

async fn run(pages: &Router, request: Request) -> Response {
    match pages.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

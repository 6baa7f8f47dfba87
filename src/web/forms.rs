//! Forms without WASM. A form posts to the page that it stands on and names a server function in the field `do`; what that answers becomes a redirect,
//! or the same page again with everything that was typed and what is wrong with it. So a page needs no script, and no form needs a handler of its own.
//!
//! A form with a file comes in parts; the server function gets its fields as of any other form, and the file beside them.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{
        DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Request, State,
        multipart::{Field, MultipartError},
    },
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use portal_domain::{origin::Means, pdf::PDF_BYTES_MAX};
use tower::ServiceExt;

use crate::{
    ui::{
        api::{Done, UiError},
        pages::public,
    },
    web::{
        AppState, BODY_BYTES_MAX,
        limits::{self, TooSoon},
        page::{Address, CLEAR_SITE_DATA, Caller, Page, Refused, Upload},
    },
};

/// So much of a form with a file is read to its end, so that whoever chose too large a one is told so on the page.
const UPLOAD_BYTES_MAX: usize = 32_000_000;

/// What stands in a form.
#[derive(Default)]
struct Form {
    typed: Vec<(String, String)>,
    upload: Option<Upload>,
}

/// Answers form posts to pages; everything else goes on.
pub async fn accept(
    State((app, pages)): State<(AppState, Router)>,
    request: Request,
    next: Next,
) -> Response {
    let is_page = !request.uri().path().starts_with("/api/");
    let is_in_parts = has_type(&request, "multipart/form-data");
    let is_form = is_in_parts || has_type(&request, "application/x-www-form-urlencoded");
    if request.method() != Method::POST || !is_page || !is_form {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let wait = parts.extensions.get::<TooSoon>().copied();
    if is_in_parts && let Some(refused) = refuse_file(&app, &parts, wait) {
        return refused;
    }
    let read = match is_in_parts {
        true => read_parts(&parts, body).await,
        false => read_pairs(body).await,
    };
    let form = match read {
        Ok(form) => form,
        Err(status) => return status.into_response(),
    };
    let Some(action) = form
        .typed
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
    if let Some(wait) = wait {
        let error = match Page::from_request_parts(&mut parts, &app).await {
            Ok(page) => page.too_soon(wait),
            Err(error) => error,
        };
        let typed = form.typed;
        let refused = Refused {
            action,
            typed,
            error,
        };
        return show_again(pages, parts, refused).await;
    }
    let answer = call(&pages, &parts, &action, &form).await;
    let of_browser = [header::SET_COOKIE, CLEAR_SITE_DATA].map(|name| {
        let values: Vec<HeaderValue> = answer.headers().get_all(&name).iter().cloned().collect();
        (name, values)
    });
    let succeeded = answer.status().is_success();
    let answer = to_bytes(answer.into_body(), BODY_BYTES_MAX)
        .await
        .unwrap_or_default();
    let mut response = if succeeded {
        lead_on(&app, &mut parts, &answer).await
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
                typed: form.typed,
                error,
            },
        )
        .await
    };
    for (name, values) in of_browser {
        for value in values {
            response.headers_mut().append(&name, value);
        }
    }
    response
}

/// A file is read only of somebody who is signed in, and does not send too many.
fn refuse_file(app: &AppState, parts: &Parts, wait: Option<TooSoon>) -> Option<Response> {
    match parts.extensions.get::<Caller>() {
        None => Some(StatusCode::SERVICE_UNAVAILABLE.into_response()),
        Some(caller) if caller.session.is_none() => Some(Redirect::to("/sign-in").into_response()),
        Some(_) => wait.map(|wait| limits::refuse(app, parts, wait)),
    }
}

fn has_type(request: &Request, content_type: &str) -> bool {
    request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with(content_type))
}

async fn read_pairs(body: Body) -> Result<Form, StatusCode> {
    let body = to_bytes(body, BODY_BYTES_MAX).await;
    let body = body.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    Ok(Form {
        typed: form_urlencoded::parse(&body).into_owned().collect(),
        upload: None,
    })
}

/// A form in parts: of one file, if somebody chose one, and of short texts.
async fn read_parts(parts: &Parts, body: Body) -> Result<Form, StatusCode> {
    let mut request = Request::from_parts(parts.clone(), body);
    DefaultBodyLimit::max(UPLOAD_BYTES_MAX).apply(&mut request);
    let in_parts = Multipart::from_request(request, &()).await;
    let mut in_parts = in_parts.map_err(|_| StatusCode::BAD_REQUEST)?;
    let status = |error: MultipartError| error.status();
    let (mut form, mut text_bytes) = (Form::default(), 0);
    while let Some(mut part) = in_parts.next_field().await.map_err(status)? {
        let name = part.name().unwrap_or_default().to_owned();
        if part.file_name().is_some() {
            let content = read_part(&mut part, PDF_BYTES_MAX + 1).await;
            let content = content.map_err(status)?;
            // A field in which no file was chosen comes empty.
            if !content.is_empty() {
                form.upload = Some(Upload {
                    field: name.into(),
                    content: content.into(),
                });
            }
            continue;
        }
        let text = read_part(&mut part, BODY_BYTES_MAX).await.map_err(status)?;
        text_bytes += name.len() + text.len();
        if text_bytes >= BODY_BYTES_MAX {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let text = String::from_utf8(text).map_err(|_| StatusCode::BAD_REQUEST)?;
        form.typed.push((name, text));
    }
    Ok(form)
}

/// The first bytes of a part, at most so many. What is behind them is read and forgotten: of a file that is too large nobody wants to know more than that.
async fn read_part(part: &mut Field<'_>, most: usize) -> Result<Vec<u8>, MultipartError> {
    let mut content = Vec::new();
    while let Some(chunk) = part.chunk().await? {
        let room = most - content.len();
        content.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok(content)
}

/// Calls the server function as an island would.
async fn call(pages: &Router, parts: &Parts, action: &str, form: &Form) -> Response {
    let pairs = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&form.typed)
        .finish();
    let mut request = Request::new(Body::from(pairs));
    *request.method_mut() = Method::POST;
    *request.headers_mut() = parts.headers.clone();
    let headers = request.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let pairs = HeaderValue::from_static("application/x-www-form-urlencoded");
    headers.insert(header::CONTENT_TYPE, pairs);
    request.extensions_mut().insert(Means::Page);
    if let Some(address) = parts.extensions.get::<Address>() {
        request.extensions_mut().insert(*address);
    }
    if let Some(upload) = &form.upload {
        request.extensions_mut().insert(upload.clone());
    }
    let Ok(uri) = format!("/api/{action}").parse() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    *request.uri_mut() = uri;
    run(pages, request).await
}

/// To where it goes on: at once on our own pages, and over one of them to a vendor's.
async fn lead_on(app: &AppState, parts: &mut Parts, answer: &[u8]) -> Response {
    let url = match serde_json::from_slice::<Done>(answer) {
        Ok(done) => done.url(),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    if url.starts_with('/') {
        return Redirect::to(&url).into_response();
    }
    match Page::from_request_parts(parts, app).await {
        Ok(page) => public::leaving(page, url),
        Err(error) => error.into_response(),
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
    let wait_seconds = refused.error.wait_seconds;
    request.extensions_mut().insert(refused);
    let mut shown = run(&pages, request).await;
    if wait_seconds > 0 {
        limits::set_wait(&mut shown, wait_seconds);
    }
    shown
}

async fn run(pages: &Router, request: Request) -> Response {
    match pages.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

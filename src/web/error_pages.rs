//! Error pages: an answer that is only a status becomes a page in the reader's language that says what to do next. Whoever is not signed in is asked to.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    ui::pages::public,
    web::{AppState, page::Page},
};

/// Marks an answer that has no page yet, and holds what was said of it.
#[derive(Clone)]
pub struct ErrorPage(pub String);

pub async fn dress(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let url = parts
        .uri
        .path_and_query()
        .map_or("/", |url| url.as_str())
        .to_owned();
    let mut copy = axum::http::Request::new(()).into_parts().0;
    copy.headers = parts.headers.clone();
    copy.uri = parts.uri.clone();
    parts.extensions.remove::<ErrorPage>();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(ErrorPage(message)) = response.extensions().get().cloned() else {
        return response;
    };
    let status = response.status();
    if status == StatusCode::UNAUTHORIZED {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("next", &url)
            .finish();
        return Redirect::to(&format!("/sign-in?{query}")).into_response();
    }
    match Page::from_request_parts(&mut copy, &app).await {
        Ok(page) => {
            let mut dressed = public::error(page, status, message);
            *dressed.status_mut() = status;
            dressed
        }
        Err(_) => status.into_response(),
    }
}

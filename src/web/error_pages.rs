//! Error pages: an answer that is only a status becomes a page in the reader's language that says what to do next. Whoever is not signed in is asked to.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    ui::{api::UiError, pages::public},
    web::{
        AppState, limits,
        page::{Page, Refused},
    },
};

/// Marks an answer that has no page yet, and holds what was said of it.
#[derive(Clone)]
pub struct ErrorPage(pub UiError);

pub async fn dress(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let url = parts
        .uri
        .path_and_query()
        .map_or("/", |url| url.as_str())
        .to_owned();
    parts.extensions.remove::<ErrorPage>();
    // The page of an error knows who asked, and for which route; what stood in a refused form it does not say again.
    let mut copy = parts.clone();
    copy.extensions.remove::<Refused>();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(ErrorPage(error)) = response.extensions().get().cloned() else {
        return response;
    };
    let status = response.status();
    if status == StatusCode::UNAUTHORIZED {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("next", &url)
            .finish();
        return Redirect::to(&format!("/sign-in?{query}")).into_response();
    }
    let mut dressed = match Page::from_request_parts(&mut copy, &app).await {
        Ok(page) => public::error(page, status, &error),
        Err(_) => public::error(Page::of_nobody(&app, &copy), status, &error),
    };
    if error.wait_seconds > 0 {
        limits::set_wait(&mut dressed, error.wait_seconds);
    }
    dressed
}

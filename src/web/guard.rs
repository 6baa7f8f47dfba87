//! In front of everything: no other site may make a browser of ours change something, and what browsers are told about every answer.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::web::AppState;

/// Refuses whatever changes something and does not come from our own pages. Browsers say where a request comes from in `Sec-Fetch-Site`, old ones in `Origin`;
/// programs that say neither have no cookie of anybody's either.
pub async fn same_origin(State(app): State<AppState>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) || comes_from_us(&request, &app) {
        next.run(request).await
    } else {
        let (parts, _) = request.into_parts();
        app.limits.log_refusal("from another site", &parts);
        StatusCode::FORBIDDEN.into_response()
    }
}

fn comes_from_us(request: &Request, app: &AppState) -> bool {
    let said = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    match (said("sec-fetch-site"), said(header::ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == app.ctx.programme.portal_url,
        (None, None) => true,
    }
}

/// What an answer that says nothing else of itself may do in a browser: nothing. Nobody looks at it as at a page, and what somebody typed or handed in may stand in
/// it.
const NOTHING_RUNS: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/// The headers of every answer. An answer may say something else of itself: a page runs its own scripts, a mail that staff look at stands in a frame, and files
/// under names that change with their content are kept.
pub async fn headers(State(app): State<AppState>, request: Request, next: Next) -> Response {
    const ALWAYS: [(&str, &str); 8] = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=(), payment=()",
        ),
        ("x-frame-options", "DENY"),
        ("content-security-policy", NOTHING_RUNS),
        ("cache-control", "no-store"),
    ];
    /// Two years. Without TLS browsers pass over it.
    const TLS_ALONE: (&str, &str) = (
        "strict-transport-security",
        "max-age=63072000; includeSubDomains",
    );
    let is_tls = app.ctx.programme.portal_url.starts_with("https://");
    let mut response = next.run(request).await;
    for (name, value) in ALWAYS.into_iter().chain(is_tls.then_some(TLS_ALONE)) {
        response
            .headers_mut()
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

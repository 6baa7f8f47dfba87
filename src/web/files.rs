//! The files of the site: what cargo-leptos built, compressed beforehand, under names that change with their content, and what stands in `public`.

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::Response,
};
use tower_http::services::{ServeDir, ServeFile};

use crate::web::Assets;

/// Only what is known by name: everything else is a page or nothing.
pub fn router(assets: &Assets) -> Router {
    let (root, pkg) = (&assets.site_root, &assets.pkg);
    let built = ServeDir::new(format!("{root}{pkg}"))
        .precompressed_br()
        .precompressed_gzip();
    let mut files = Router::new()
        .nest_service(pkg, built)
        .layer(middleware::map_response(keep_forever))
        .layer(middleware::map_request(without_identity));
    for name in ["favicon.svg", "logo.svg"] {
        files = files.merge(
            Router::new()
                .route_service(
                    &format!("/{name}"),
                    ServeFile::new(format!("{root}/{name}")),
                )
                .layer(middleware::map_response(keep_a_day)),
        );
    }
    files
}

/// Takes `identity` out of the encodings that are accepted: it goes without saying. `ServeDir` looks for it as for a compressed file, and where there is none takes the
/// ending off that such a file would have, which here is the name's own: `portal.js.map` would be answered with `portal.js`.
async fn without_identity(mut request: Request) -> Request {
    let headers = request.headers_mut();
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter();
    let accepted = accepted.filter_map(|value| value.to_str().ok());
    let is_identity = |encoding: &&str| {
        let name = encoding.split(';').next().unwrap_or_default();
        name.trim().eq_ignore_ascii_case("identity")
    };
    let others = accepted.flat_map(|value| value.split(','));
    let others: Vec<&str> = others.filter(|named| !is_identity(named)).collect();
    if let Ok(others) = HeaderValue::from_str(&others.join(",")) {
        headers.insert(header::ACCEPT_ENCODING, others);
    }
    request
}

async fn keep_forever(response: Response) -> Response {
    keep(response, "public, max-age=31536000, immutable")
}

async fn keep_a_day(response: Response) -> Response {
    keep(response, "public, max-age=86400")
}

/// That there is no such file is kept by nobody: the instance that is asked next, or after the next release, may have it.
fn keep(mut response: Response, how_long: &'static str) -> Response {
    let status = response.status();
    if status.is_success() || status == StatusCode::NOT_MODIFIED {
        let how_long = HeaderValue::from_static(how_long);
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, how_long);
    }
    response
}

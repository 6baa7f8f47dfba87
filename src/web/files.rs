//! The files of the site: what cargo-leptos built, compressed beforehand, under names that change with their content, and what stands in `public`.

use axum::{
    Router,
    http::{HeaderValue, header},
};
use tower_http::{
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
};

use crate::web::Assets;

/// Only what is known by name: everything else is a page or nothing.
pub fn router(assets: &Assets) -> Router {
    let (root, pkg) = (&assets.site_root, &assets.pkg);
    let forever = SetResponseHeaderLayer::overriding(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    let a_day = SetResponseHeaderLayer::overriding(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=86400"),
    );
    let built = ServeDir::new(format!("{root}{pkg}"))
        .precompressed_br()
        .precompressed_gzip();
    let mut files = Router::new().nest_service(pkg, built).layer(forever);
    for name in ["favicon.svg", "logo.svg"] {
        files = files.merge(
            Router::new()
                .route_service(
                    &format!("/{name}"),
                    ServeFile::new(format!("{root}/{name}")),
                )
                .layer(a_day.clone()),
        );
    }
    files
}

//! Everything that answers HTTP: the list of all routes, and what stands in front of them. Nothing is decided here; handlers ask the services.

pub mod page;

pub mod calls;
pub mod client;
pub mod connections;
pub mod files;
pub mod limits;
pub mod listen;
pub mod sign_on;
pub mod uploads;

mod assets;
mod documents;
mod error_pages;
mod events;
mod forms;
mod guard;
mod intake;
mod refusals;
mod session;
mod unsubscribe;
mod vendors;
mod webhooks;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use portal_integrations::sign_on::Providers;
use portal_jobs::Connector;
use portal_services::Ctx;
use portal_store::changes::PartnerChange;
use tokio::sync::{broadcast, watch};
use tower_http::compression::CompressionLayer;

use crate::{
    ui::pages::{partner, preferences, public, security, staff},
    web::limits::Limits,
};

pub use assets::Assets;
pub use events::{Streams, watch_changes, watch_sessions};
pub use intake::Intake;
pub use refusals::Refusals;
pub use vendors::VendorPages;

/// What every request has at hand. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub ctx: Ctx,
    /// What every page loads.
    pub assets: Arc<Assets>,
    /// What the outside systems are reached with, and their webhooks checked.
    pub connector: Connector,
    /// The identity providers of companies whose people sign in there.
    pub providers: Providers,
    /// Where what the vendors send is stored.
    pub intake: Intake,
    /// Which partners' pages have something new, as it is committed.
    pub changes: broadcast::Sender<PartnerChange>,
    /// The streams of open pages that listen for them.
    pub streams: Streams,
    /// How often somebody may ask.
    pub limits: Arc<Limits>,
    /// What was refused to people who are signed in.
    pub refusals: Refusals,
    /// Where the sandbox's own page is, if there is one: people of the demo are sent there.
    pub sandbox_url: Option<String>,
    /// True once the program ends: streams close themselves then.
    pub stop: watch::Receiver<bool>,
}

impl AppState {
    /// Whether something looks at files before they are kept.
    pub fn scans_files(&self) -> bool {
        self.connector.scanner().is_some()
    }

    /// Where the vendors' own pages of an object are.
    pub fn vendors(&self) -> VendorPages {
        VendorPages(self.connector.pages())
    }
}

/// No form of ours is larger; what comes with a file has limits of its own (`forms`).
const BODY_BYTES_MAX: usize = 512 * 1024;

/// The whole site.
pub fn router(app: AppState) -> Router {
    let pages = Router::new()
        .merge(public_pages())
        .merge(partner_pages())
        .merge(staff_pages())
        .route("/api/{function}", post(calls::call))
        .route("/events", get(events::stream))
        .fallback(page::not_found)
        .layer(middleware::from_fn_with_state(
            app.clone(),
            error_pages::dress,
        ))
        .with_state(app.clone());
    Router::new()
        .fallback_service(pages.clone())
        .layer(middleware::from_fn_with_state(
            (app.clone(), pages),
            forms::accept,
        ))
        .layer(middleware::from_fn_with_state(app.clone(), limits::admit))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            guard::same_origin,
        ))
        .merge(for_programs(&app))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(CompressionLayer::new())
        .merge(files::router(&app.assets))
        .layer(middleware::from_fn_with_state(app, guard::headers))
}

/// What programs call; `openapi.json` describes each. They are in front of what guards our forms: a mail program sends no `do`, and comes from elsewhere.
fn for_programs(app: &AppState) -> Router {
    let open: Router<AppState> = Router::new()
        .route("/health", get(health))
        .route("/openapi.json", get(describe));
    let mails: Router<AppState> = Router::new()
        .route(
            "/unsubscribe/{token}",
            get(preferences::unsubscribe).post(unsubscribe::stop),
        )
        .layer(middleware::from_fn_with_state(
            app.clone(),
            error_pages::dress,
        ))
        .layer(middleware::from_fn_with_state(app.clone(), limits::admit));
    let notes: Router<AppState> = Router::new()
        .route("/webhooks/hubspot", post(webhooks::hubspot))
        .route("/webhooks/xero", post(webhooks::xero))
        .route(portal_services::relay::CALLBACK_PATH, post(webhooks::relay))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            limits::admit_vendor,
        ));
    open.merge(mails).merge(notes).with_state(app.clone())
}

fn public_pages() -> Router<AppState> {
    Router::new()
        .route("/sign-in", get(public::sign_in))
        .route("/sign-in/{token}", get(public::use_link))
        .route("/sign-in/provider/back", get(sign_on::accept))
        .route("/invitations/{token}", get(public::invitation))
        .route("/preferences", get(preferences::show))
        .route("/security", get(security::show))
}

fn partner_pages() -> Router<AppState> {
    Router::new()
        .route("/", get(partner::home::show))
        .route("/leads", get(partner::leads::list))
        .route("/leads/new", get(partner::leads::new))
        .route("/leads/{id}", get(partner::leads::show))
        .route("/commission", get(partner::commission::list))
        .route("/statements", get(partner::statements::list))
        .route("/statements/calendar", get(partner::payouts::show))
        .route("/statements/{id}", get(partner::statements::show))
        .route("/statements/{id}/{format}", get(documents::for_partner))
        .route("/bills/{id}/pdf", get(documents::bill_for_partner))
        .route("/company", get(partner::company::show))
        .route(partner::roles::PATH, get(partner::roles::show))
}

fn staff_pages() -> Router<AppState> {
    Router::new()
        .route("/staff", get(staff::today::show))
        .route("/staff/leads", get(staff::leads::list))
        .route("/staff/leads/{id}", get(staff::leads::show))
        .route("/staff/partners", get(staff::partners::list))
        .route("/staff/partners/{id}", get(staff::partners::show))
        .route("/staff/lines", get(staff::lines::list))
        .route("/staff/reconciliation", get(staff::reconciliation::list))
        .route("/staff/reconciliation/explorer", get(staff::explorer::show))
        .route(
            "/staff/reconciliation/explorer.csv",
            get(staff::explorer::download),
        )
        .route(
            "/staff/reconciliation/documents/{id}",
            get(staff::document::show),
        )
        .route("/staff/reconciliation/{id}", get(staff::case::show))
        .route("/staff/reconciliation/{id}/chase", get(staff::chase::show))
        .route("/staff/ledger", get(staff::ledger::show))
        .route("/staff/ledger.csv", get(staff::ledger::download))
        .route("/staff/statements", get(staff::statements::list))
        .route("/staff/statements/calendar", get(staff::payouts::show))
        .route(staff::accounts::PATH, get(staff::accounts::show))
        .route("/staff/statements/{id}", get(staff::statements::show))
        .route("/staff/statements/{id}/{format}", get(documents::for_staff))
        .route("/staff/bills/{id}/pdf", get(documents::bill_for_staff))
        .route("/staff/plans", get(staff::plans::list))
        .route("/staff/plans/edit", get(staff::plans::edit))
        .route("/staff/integrations", get(staff::integrations::show))
        .route(staff::connections::PATH, get(staff::connections::list))
        .route("/staff/connections/{system}", get(staff::connections::show))
        .route(
            "/staff/connections/{system}/callback",
            get(connections::accept),
        )
        .route("/staff/messages", get(staff::channels::show))
        .route(
            "/staff/integrations/jobs/{id}",
            get(staff::integrations::show_job),
        )
        .route(
            staff::integrations::RELAY_PATH,
            get(staff::integrations::show_relay),
        )
        .route(
            staff::integrations::GUIDE_PATH,
            get(staff::integrations::show_guide),
        )
        .route(
            "/staff/integrations/{system}",
            get(staff::integrations::show_system),
        )
        .route("/staff/messages/bounces", get(staff::bounces::show))
        .route("/staff/messages/templates", get(staff::templates::show))
        .route(
            "/staff/messages/templates/{name}/{scheme}",
            get(staff::templates::frame),
        )
        .route(staff::sign_on::PATH, get(staff::sign_on::show))
        .route(staff::stages::PATH, get(staff::stages::show))
        .route(staff::people::PATH, get(staff::people::list))
        .route(staff::people::ROLES_PATH, get(staff::people::show_roles))
        .route("/staff/people/{id}", get(staff::people::show))
        .route("/staff/audit", get(staff::audit::list))
        .route(staff::privacy::PATH, get(staff::privacy::show))
        .route("/staff/privacy/person.json", get(staff::privacy::download))
        .route("/staff/audit.csv", get(staff::audit::csv))
        .route("/staff/audit.jsonl", get(staff::audit::json_lines))
}

/// Whether this instance can serve: it answers, and so does its database.
async fn health(State(app): State<AppState>) -> Response {
    match app.ctx.store.read().await {
        Ok(_) => (StatusCode::OK, "ok\n").into_response(),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        )
            .into_response(),
    }
}

/// What programs may call.
async fn describe() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, include_str!("openapi.json")).into_response()
}

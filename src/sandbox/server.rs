//! The HTTP side: one port for all vendors, the page and the test API. Takes requests apart, lets the faults act,
//! asks the stand-in that the path belongs to, writes the journal. What an answer says is not decided here.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::time::Sleep;

use crate::call::{Call, Reply};
use crate::clock::SandboxClock;
use crate::faults::{Effect, Mishap, VendorFaults};
use crate::journal::{Direction, Exchange, Journal, readable_body};
use crate::limits::{Exceeded, LimitSizes, Limits, XeroAllowance};
use crate::world::World;
use crate::{
    SandboxConfig, SandboxError, control, hubspot, ipaas, page, persistence, slack, webhooks, xero,
};

/// The largest body that is read, in bytes: Xero's hard limit is 10 MB.
const BODY_LIMIT_BYTES: usize = 16 * 1024 * 1024;

/// The credentials that the portal must present, and those that webhooks are signed with.
pub struct Keys {
    pub hubspot_token: String,
    pub hubspot_client_secret: String,
    pub xero_client_id: String,
    pub xero_client_secret: String,
    pub xero_webhook_key: String,
    pub slack_token: String,
}

/// What all tasks of one sandbox share.
pub struct Shared {
    pub keys: Keys,
    pub clock: Arc<dyn SandboxClock>,
    pub sender: reqwest::Client,
    world: Mutex<World>,
    journal: Mutex<Journal>,
    limits: Mutex<Limits>,
    changed: Notify,
    portal_url: RwLock<Option<String>>,
    /// Webhooks that still wait, are being sent, or will be tried again.
    pub webhooks_under_way: AtomicUsize,
    state_file: Option<PathBuf>,
}

impl Shared {
    /// Loads or seeds the world.
    pub fn open(config: SandboxConfig) -> Result<Self, SandboxError> {
        let world = persistence::load_or_seed(config.state_file.as_deref())?;
        // Somebody else in the process may have chosen a provider already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sender = reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self {
            keys: Keys {
                hubspot_token: config.hubspot_token,
                hubspot_client_secret: config.hubspot_client_secret,
                xero_client_id: config.xero_client_id,
                xero_client_secret: config.xero_client_secret,
                xero_webhook_key: config.xero_webhook_key,
                slack_token: config.slack_token,
            },
            clock: config.clock,
            sender,
            world: Mutex::new(world),
            journal: Mutex::default(),
            limits: Mutex::default(),
            changed: Notify::new(),
            portal_url: RwLock::new(None),
            webhooks_under_way: AtomicUsize::new(0),
            state_file: config.state_file,
        })
    }

    /// The world, locked. A panic elsewhere leaves it usable: every act is small.
    pub fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    /// The log of requests, locked.
    pub fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    /// The rate limits' counters, locked.
    pub fn limits(&self) -> MutexGuard<'_, Limits> {
        lock(&self.limits)
    }

    /// The sandbox clock's time in milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Where webhooks go, without a slash at the end.
    pub fn portal_url(&self) -> Option<String> {
        self.portal_url
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// See [`crate::Sandbox::set_portal_url`].
    pub fn set_portal_url(&self, url: &str) {
        let mut held = self
            .portal_url
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *held = Some(url.trim_end_matches('/').to_owned());
    }

    /// Says that there is something to save.
    pub fn mark_changed(&self) {
        self.changed.notify_one();
    }

    /// Waits until there is something to save.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Where the state is kept.
    pub fn state_file(&self) -> Option<&Path> {
        self.state_file.as_deref()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves until told to end.
pub async fn serve(shared: Arc<Shared>, listener: TcpListener, mut ended: watch::Receiver<bool>) {
    let router = Router::new().fallback(answer).with_state(shared);
    let service = router.into_make_service_with_connect_info::<CutSwitch>();
    let stop = async move { until_ended(&mut ended).await };
    if let Err(error) = axum::serve(CuttableListener(listener), service)
        .with_graceful_shutdown(stop)
        .await
    {
        tracing::error!(%error, "the sandbox stopped serving");
    }
}

/// Returns when the sandbox is told to end.
pub async fn until_ended(ended: &mut watch::Receiver<bool>) {
    // A sender that is gone means the end as well.
    let _ = ended.wait_for(|ended| *ended).await;
}

/// Who a path belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    HubSpot,
    Xero,
    Slack,
    Ipaas,
    Control,
    Page,
}

impl System {
    fn of(segments: &[String]) -> Self {
        if let [first, second, ..] = segments
            && (first.as_str(), second.as_str()) == ("ipaas", "hooks")
        {
            return Self::Ipaas;
        }
        match segments.first().map(String::as_str) {
            Some("crm" | "oauth" | "account-info" | "settings") => Self::HubSpot,
            Some("api.xro" | "connect" | "connections" | "identity" | ".well-known") => Self::Xero,
            Some("api" | "services") => Self::Slack,
            Some("sandbox") => Self::Control,
            _ => Self::Page,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::HubSpot => "HubSpot",
            Self::Xero => "Xero",
            Self::Slack => "Slack",
            Self::Ipaas => "iPaaS",
            Self::Control => "Test",
            Self::Page => "Page",
        }
    }

    fn effect(self, call: &Call) -> Effect {
        let writes = match self {
            Self::HubSpot => hubspot::is_write(call),
            Self::Xero => xero::is_write(call),
            Self::Slack => slack::is_write(call),
            Self::Ipaas => ipaas::is_write(call),
            Self::Control | Self::Page => call.method == Method::POST,
        };
        if writes { Effect::Write } else { Effect::Read }
    }

    fn faults(self, world: &mut World) -> Option<&mut VendorFaults> {
        match self {
            Self::HubSpot => Some(&mut world.faults.hubspot),
            Self::Xero => Some(&mut world.faults.xero),
            Self::Slack => Some(&mut world.faults.slack),
            Self::Ipaas => Some(&mut world.faults.ipaas),
            Self::Control | Self::Page => None,
        }
    }

    /// What the vendor answers in its own words when nothing was done.
    fn refusal(self, mishap: Mishap, kind: &str) -> Reply {
        match (mishap, self) {
            (Mishap::TooMany, _) => self.too_many(kind, Duration::from_secs(1)),
            (Mishap::BadGateway | Mishap::BadGatewayAfter, _) => {
                proxy_page(StatusCode::BAD_GATEWAY)
            }
            (Mishap::Html, _) => proxy_page(StatusCode::OK),
            (Mishap::Unavailable, _) => {
                Reply::text(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            }
            (Mishap::Locked, _) => hubspot::locked(),
            (Mishap::Migrating, _) => hubspot::migrating(MIGRATION_SECONDS),
            (Mishap::Raced, _) => hubspot::raced(),
            (_, Self::HubSpot) => hubspot::server_error(),
            (_, Self::Xero) => xero::server_error(),
            _ => slack::server_error(),
        }
    }

    fn too_many(self, kind: &str, wait: Duration) -> Reply {
        match self {
            Self::HubSpot => hubspot::too_many(kind),
            Self::Xero => xero::too_many(kind, wait),
            _ => slack::too_many(wait),
        }
    }
}

/// What stands between a client and a vendor, and knows neither.
fn proxy_page(status: StatusCode) -> Reply {
    let words = status.canonical_reason().unwrap_or_default();
    let page = format!(
        "<html>\r\n<head><title>{0} {words}</title></head>\r\n<body>\r\n<center><h1>{0} {words}</h1></center>\r\n</body>\r\n</html>\r\n",
        status.as_u16()
    );
    Reply {
        status,
        ..Reply::html(page)
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cut): ConnectInfo<CutSwitch>,
    request: Request,
) -> Response {
    let began = Instant::now();
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT_BYTES).await else {
        return into_response(Reply::text(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The request is too large.",
        ));
    };
    let query = parts.uri.query().unwrap_or_default();
    let call = Call::new(
        parts.method,
        parts.uri.path(),
        query,
        parts.headers,
        body,
        shared.now_ms(),
    );
    let system = System::of(&call.segments);
    let (reply, mishap) = match system {
        System::Control => (control::answer(&shared, &call), None),
        System::Page => (page::answer(&shared, &call), None),
        System::HubSpot | System::Xero | System::Slack | System::Ipaas => {
            answer_as_vendor(&shared, system, &call).await
        }
    };
    if system != System::Page {
        journalise(&shared, system, &call, &reply, mishap, began.elapsed());
    }
    match mishap {
        Some(Mishap::DropBefore | Mishap::DropAfter) => cut.throw(Wire::Cut),
        Some(Mishap::Drip) => cut.throw(Wire::Dripping),
        Some(Mishap::Hang | Mishap::HangAfter) => {
            tokio::time::sleep(HANGS_FOR).await;
            cut.throw(Wire::Cut);
        }
        _ => {}
    }
    into_response(reply)
}

/// How long the client of a hanging request has to give up by itself.
const HANGS_FOR: Duration = Duration::from_secs(120);

/// How long HubSpot says that a move to another data centre takes.
const MIGRATION_SECONDS: u64 = 30;

/// One request to a vendor: limits, then faults, then the stand-in.
async fn answer_as_vendor(
    shared: &Arc<Shared>,
    system: System,
    call: &Call,
) -> (Reply, Option<Mishap>) {
    let decided = decide(shared, system, call);
    let allowance = take_allowance(shared, system, call, &decided.limits);
    let ended = InFlight {
        shared,
        counted: system == System::Xero && allowance.is_ok(),
    };
    if decided.latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(decided.latency_ms)).await;
    }
    let headers = match allowance {
        Ok(headers) => headers,
        Err(exceeded) if decided.limits_enforced => {
            let mut reply = system.too_many(exceeded.kind, exceeded.wait);
            reply
                .headers
                .extend(nothing_left(shared, system, call, &decided.limits));
            return (reply, Some(Mishap::TooMany));
        }
        Err(_) => Vec::new(),
    };
    let worked_off = decided
        .mishap
        .is_none_or(Mishap::works_off)
        .then(|| work_off(shared, system, call));
    let mut reply = match (decided.mishap, worked_off) {
        (Some(mishap @ (Mishap::BadGatewayAfter | Mishap::Raced)), _) | (Some(mishap), None) => {
            system.refusal(mishap, &decided.too_many_kind)
        }
        (_, Some(reply)) => reply,
        (None, None) => system.refusal(Mishap::ServerError, ""),
    };
    if decided.mishap == Some(Mishap::Garble) {
        reply.body.truncate(reply.body.len() / 2);
    }
    reply.headers.extend(headers);
    drop(ended);
    (reply, decided.mishap)
}

/// The headers of an answer to a call too many.
fn nothing_left(
    shared: &Shared,
    system: System,
    call: &Call,
    sizes: &LimitSizes,
) -> Vec<(&'static str, String)> {
    match system {
        System::HubSpot => hubspot::limit_headers(&shared.world().hubspot, call, 0, sizes),
        System::Xero => xero::limit_headers(XeroAllowance::default()),
        System::Slack | System::Ipaas | System::Control | System::Page => Vec::new(),
    }
}

/// Counts the request against the vendor's limits; gives the headers that tell what is left.
fn take_allowance(
    shared: &Shared,
    system: System,
    call: &Call,
    sizes: &LimitSizes,
) -> Result<Vec<(&'static str, String)>, Exceeded> {
    let now = Instant::now();
    match system {
        System::HubSpot => {
            let left = shared.limits().take_hubspot(&call.path, sizes, now)?;
            Ok(hubspot::limit_headers(
                &shared.world().hubspot,
                call,
                left,
                sizes,
            ))
        }
        System::Xero => shared
            .limits()
            .begin_xero(sizes, now)
            .map(xero::limit_headers),
        System::Slack => match slack::channel_of(call) {
            Some(channel) => shared
                .limits()
                .take_slack(&channel, sizes, now)
                .map(|_| Vec::new()),
            None => Ok(Vec::new()),
        },
        System::Ipaas | System::Control | System::Page => Ok(Vec::new()),
    }
}

/// What shall happen to one request.
#[derive(Default)]
struct Decided {
    mishap: Option<Mishap>,
    too_many_kind: String,
    latency_ms: u64,
    limits_enforced: bool,
    limits: LimitSizes,
}

fn decide(shared: &Shared, system: System, call: &Call) -> Decided {
    let mut world = shared.world();
    let effect = system.effect(call);
    let mut dice = world.dice.clone();
    let limits = world.faults.limits.clone();
    let key = system.name().to_lowercase();
    let by_rule = world
        .faults
        .take_rule(&key, call.method.as_str(), &call.path);
    let Some(faults) = system.faults(&mut world) else {
        return Decided::default();
    };
    let mishap = by_rule.or_else(|| faults.decide(effect, &mut dice));
    let decided = Decided {
        mishap,
        too_many_kind: faults.too_many_kind.clone(),
        latency_ms: faults.latency_ms,
        limits_enforced: faults.limits_enforced,
        limits,
    };
    world.dice = dice;
    decided
}

fn work_off(shared: &Arc<Shared>, system: System, call: &Call) -> Reply {
    let mut world = shared.world();
    let reply = match system {
        System::HubSpot => hubspot::answer(&mut world, &shared.keys, call),
        System::Xero => xero::answer(&mut world, &shared.keys, call),
        System::Ipaas => ipaas::answer(&mut world, call),
        _ => slack::answer(&mut world, &shared.keys, call),
    };
    webhooks::send_pending(shared, &mut world);
    drop(world);
    if system.effect(call) == Effect::Write || call.method == Method::POST {
        shared.mark_changed();
    }
    reply
}

/// Gives a counted Xero request back when it ends, also when its caller hangs up in between.
struct InFlight<'a> {
    shared: &'a Shared,
    counted: bool,
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        if self.counted {
            self.shared.limits().end_xero();
        }
    }
}

fn journalise(
    shared: &Shared,
    system: System,
    call: &Call,
    reply: &Reply,
    mishap: Option<Mishap>,
    took: Duration,
) {
    let unanswered = [
        Mishap::DropBefore,
        Mishap::DropAfter,
        Mishap::Hang,
        Mishap::HangAfter,
    ];
    let answered = mishap.is_none_or(|mishap| !unanswered.contains(&mishap));
    // Whoever reads the log would read it again in there.
    let kept = answered && !matches!(system, System::Control);
    let note = mishap.map_or_else(String::new, |mishap| format!("fault: {}", mishap.words()));
    // A webhook address of Slack is a secret as a whole, and a query may hold a code.
    let hidden = matches!(
        call.segments.first().map(String::as_str),
        Some("services" | "identity" | "oauth")
    );
    let query: Vec<String> = call
        .query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let target = match (hidden, query.is_empty()) {
        (true, _) => format!("/{}/…", call.segments.first().map_or("", String::as_str)),
        (false, true) => call.path.clone(),
        (false, false) => format!("{}?{}", call.path, query.join("&")),
    };
    shared.journal().add(Exchange {
        at_ms: call.now_ms,
        direction: Direction::Received,
        system: system.name(),
        method: call.method.to_string(),
        target,
        status: answered.then_some(reply.status.as_u16()),
        took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        note,
        request: readable_body(&call.body),
        answer: if kept {
            readable_body(&reply.body)
        } else {
            String::new()
        },
    });
}

fn into_response(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    if !reply.content_type.is_empty() {
        headers.insert("content-type", HeaderValue::from_static(reply.content_type));
    }
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.append(name, value);
        }
    }
    response
}

/// How a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    Sound = 0,
    /// A few bytes at a time get through.
    Dripping = 1,
    /// Nothing more is written, and the peer sees it closed without an answer.
    Cut = 2,
}

/// Spoils the connection that it belongs to.
#[derive(Debug, Clone, Default)]
struct CutSwitch(Arc<AtomicU8>);

impl CutSwitch {
    fn throw(&self, wire: Wire) {
        self.0.store(wire as u8, Ordering::Release);
    }

    fn wire(&self) -> Wire {
        match self.0.load(Ordering::Acquire) {
            0 => Wire::Sound,
            1 => Wire::Dripping,
            _ => Wire::Cut,
        }
    }
}

/// How much a dripping connection lets through, and how long it rests after that: half a kilobyte takes eight seconds.
const DROP_BYTES: usize = 16;
const DROP_EVERY: Duration = Duration::from_millis(250);

impl Connected<IncomingStream<'_, CuttableListener>> for CutSwitch {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        stream.io().cut.clone()
    }
}

struct CuttableListener(TcpListener);

impl Listener for CuttableListener {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, addr) = Listener::accept(&mut self.0).await;
        // Small answers at once; a connection that is about to break can do without it.
        let _ = stream.set_nodelay(true);
        (
            CuttableStream {
                stream,
                cut: CutSwitch::default(),
                rest: Box::pin(tokio::time::sleep(Duration::ZERO)),
            },
            addr,
        )
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

struct CuttableStream {
    stream: TcpStream,
    cut: CutSwitch,
    /// Until the next drop may fall.
    rest: Pin<Box<Sleep>>,
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.cut.wire() {
            Wire::Sound => Pin::new(&mut self.stream).poll_write(context, bytes),
            Wire::Cut => Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
            Wire::Dripping => {
                std::task::ready!(self.rest.as_mut().poll(context));
                self.rest.set(tokio::time::sleep(DROP_EVERY));
                let drop = &bytes[..bytes.len().min(DROP_BYTES)];
                Pin::new(&mut self.stream).poll_write(context, drop)
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

//! How often somebody may ask. This is the one place that says how often, and why so often:
//!
//! | who or what | at once | then | why |
//! | --- | --- | --- | --- |
//! | a person | a minute's share | `PORTAL_REQUESTS_PER_MINUTE` (600) | a page is one request, and one more for each change that it follows: nobody clicks ten times a second |
//! | an address | four times that | four times that | an office of people behind one address |
//! | a partner | four times that | four times that | its people together, wherever they are |
//! | forms of a person, or of an address that nobody is signed in at | a fifth | a fifth | each takes the writer; two a second is faster than hands |
//! | files of whole lists and trials of plans, of a person | a twentieth | a twentieth | each reads all of a list |
//! | sign-in links from an address | 20 | one in 30 seconds | an office on a Monday morning |
//! | files that people of a partner hand in, where a scanner looks at them | 10 | one in 10 seconds | an invoice has one; made to be slow to look through, they would keep all others waiting |
//! | webhooks of an address that were refused | 60 | one a second | the vendors' own are signed and never counted |
//! | streams of a session | 16 open | | more windows than anybody has |
//!
//! Everything is counted in memory and by each instance for itself: behind a balancer with n instances somebody who is sent to all of them has n times as much, and
//! a restart forgets. That is enough against floods, and costs no write for a look. What must never happen twice or too often, such as the use of a link, the database
//! holds, and not a limit; and how many links are mailed to a person, at the word of strangers and of each of its known browsers (`portal_services::access::links`): a count of addresses that anybody makes up would be full at once. It holds what is taken of a day too: a person's wrong codes (`access::proofs`), a
//! partner's leads (`PORTAL_LEADS_PER_DAY`) and invitations (`company`). A count remembers at most [`KEYS_MAX`] who are not at their full share again; whoever comes then shares one count with all others who come then.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    ui::{api::UiError, pages::public},
    web::{
        AppState, calls,
        client::{self, Peer, counted},
        page::{Address, Caller, Page},
    },
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use ipnet::IpNet;
use percent_encoding::percent_decode_str;
use portal_domain::{
    access::Actor,
    ids::{PartnerId, PersonId},
};

/// How many a count remembers.
pub const KEYS_MAX: usize = 20_000;
/// How often a full count looks for those whom it can forget.
const SWEEP: Duration = Duration::from_secs(1);
/// How many streams a session has open.
pub const STREAMS_MAX: usize = 16;

const MINUTE: Duration = Duration::from_secs(60);

/// How long to wait until the next one is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSoon(pub Duration);

impl TooSoon {
    /// In whole seconds, never none.
    pub fn seconds(self) -> u32 {
        let begun = u64::from(self.0.subsec_nanos() > 0);
        u32::try_from((self.0.as_secs() + begun).max(1)).unwrap_or(u32::MAX)
    }
}

/// How much somebody has at once, and how soon each of it is there again.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub at_once: u32,
    pub every: Duration,
}

impl Rate {
    /// So many in a minute, all of them at once if somebody likes.
    fn per_minute(count: u32) -> Self {
        let at_once = count.max(1);
        Self {
            at_once,
            every: MINUTE / at_once,
        }
    }
}

/// Counts what each of many does, in bounded memory.
pub struct Meter<K> {
    rate: Rate,
    counts: Mutex<Counts<K>>,
}

/// When each has its full share again; `None` is everybody for whom there was no room.
struct Counts<K> {
    full_at: HashMap<Option<K>, Instant>,
    swept_at: Option<Instant>,
}

impl<K: Hash + Eq> Meter<K> {
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            counts: Mutex::new(Counts {
                full_at: HashMap::new(),
                swept_at: None,
            }),
        }
    }

    /// Takes one of somebody's share, if there is one at that instant.
    pub fn take(&self, key: K, now: Instant) -> Result<(), TooSoon> {
        let mut counts = self.counts();
        let (key, full_at) = self.next_of(&mut counts, key, now)?;
        counts.full_at.insert(key, full_at);
        Ok(())
    }

    /// Whether there is one of somebody's share, which it leaves there.
    pub fn peek(&self, key: K, now: Instant) -> Result<(), TooSoon> {
        self.next_of(&mut self.counts(), key, now).map(|_| ())
    }

    /// Where somebody is counted, and when its share would be full again after one more, if there is one.
    fn next_of(
        &self,
        counts: &mut Counts<K>,
        key: K,
        now: Instant,
    ) -> Result<(Option<K>, Instant), TooSoon> {
        let key = counts.place_of(key, now);
        let full_at = counts.full_at.get(&key).copied().unwrap_or(now).max(now) + self.rate.every;
        let until_full = full_at.duration_since(now);
        match until_full.checked_sub(self.rate.every * self.rate.at_once) {
            Some(over) if !over.is_zero() => Err(TooSoon(over)),
            _ => Ok((key, full_at)),
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts<K>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.counts().full_at.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<K: Hash + Eq> Counts<K> {
    /// Where somebody is counted.
    fn place_of(&mut self, key: K, now: Instant) -> Option<K> {
        let key = Some(key);
        if self.full_at.len() < KEYS_MAX || self.full_at.contains_key(&key) {
            return key;
        }
        let is_time = |swept_at: Instant| now.duration_since(swept_at) >= SWEEP;
        if self.swept_at.is_none_or(is_time) {
            self.swept_at = Some(now);
            self.full_at.retain(|_, full_at| *full_at > now);
        }
        key.filter(|_| self.full_at.len() < KEYS_MAX)
    }
}

/// All counts of an instance.
pub struct Limits {
    /// Whose word on an address is taken.
    trusted_proxies: Vec<IpNet>,
    people: Meter<PersonId>,
    partners: Meter<PartnerId>,
    addresses: Meter<IpAddr>,
    forms: Meter<PersonId>,
    forms_of_strangers: Meter<IpAddr>,
    files: Meter<PersonId>,
    links_from: Meter<IpAddr>,
    uploads: Meter<PartnerId>,
    refused: Meter<IpAddr>,
    /// Of all refused webhooks together: how often it is asked afresh what they are signed with.
    asked: Meter<()>,
    /// Of each kind of refusal: how many are in the log. A flood fills it no faster.
    logged: Meter<&'static str>,
}

impl Limits {
    pub fn new(requests_per_minute: u32, trusted_proxies: Vec<IpNet>) -> Self {
        let share = |of: u32| Rate::per_minute(requests_per_minute / of);
        let of_many = Rate::per_minute(requests_per_minute.saturating_mul(4));
        let rate = |at_once: u32, seconds: u64| Rate {
            at_once,
            every: Duration::from_secs(seconds),
        };
        Self {
            trusted_proxies,
            people: Meter::new(share(1)),
            partners: Meter::new(of_many),
            addresses: Meter::new(of_many),
            forms: Meter::new(share(5)),
            forms_of_strangers: Meter::new(share(5)),
            files: Meter::new(share(20)),
            links_from: Meter::new(rate(20, 30)),
            uploads: Meter::new(rate(10, 10)),
            refused: Meter::new(rate(60, 1)),
            asked: Meter::new(rate(10, 1)),
            logged: Meter::new(rate(60, 1)),
        }
    }

    /// Writes into the log that somebody was refused, where from and what for: one of many is enough to see that it goes on.
    pub fn log_refusal(&self, why: &'static str, parts: &Parts) {
        if self.logged.take(why, Instant::now()).is_ok() {
            let address = self.address_of(parts).map(tracing::field::display);
            let (method, path) = (&parts.method, parts.uri.path());
            tracing::warn!(address, %method, path, "Refused: {why}");
        }
    }

    /// Whether it may be asked afresh what webhooks are signed with.
    pub fn may_ask_for_secrets(&self) -> bool {
        self.asked.take((), Instant::now()).is_ok()
    }

    fn address_of(&self, parts: &Parts) -> Option<IpAddr> {
        let peer = parts.extensions.get::<Peer>()?;
        client::find(peer.0, &parts.headers, &self.trusted_proxies)
    }

    fn count_caller(&self, actor: &Actor, now: Instant) -> Result<(), TooSoon> {
        self.people.take(actor.person(), now)?;
        match actor {
            Actor::Member { partner, .. } => self.partners.take(*partner, now),
            Actor::Staff { .. } => Ok(()),
        }
    }

    fn count_form(
        &self,
        actor: Option<&Actor>,
        address: Option<IpAddr>,
        now: Instant,
    ) -> Result<(), TooSoon> {
        match (actor, address) {
            (Some(actor), _) => self.forms.take(actor.person(), now),
            (None, Some(address)) => self.forms_of_strangers.take(address, now),
            (None, None) => Ok(()),
        }
    }
}

/// In front of pages and server functions: finds out who asks, once, and whether that is too often. What is read of a form and whether somebody may do what it asks
/// comes after.
pub async fn admit(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let now = Instant::now();
    let address = app.limits.address_of(&parts);
    if let Some(address) = address {
        if let Err(wait) = app.limits.addresses.take(counted(address), now) {
            return refuse(&app, &parts, wait);
        }
        parts.extensions.insert(Address(address));
    }
    // Whoever cannot be found now is not found by the page either, which says so.
    if let Ok(caller) = Caller::find(&app, &parts.headers).await {
        let actor = caller.session.as_ref().map(|session| session.actor);
        if let Some(wait) = count(&app.limits, actor.as_ref(), &parts, now) {
            return refuse(&app, &parts, wait);
        }
        if parts.method == Method::POST
            && let Err(wait) = app
                .limits
                .count_form(actor.as_ref(), address.map(counted), now)
        {
            // A form is shown again with what was typed.
            parts.extensions.insert(wait);
        }
        parts.extensions.insert(caller);
    }
    next.run(Request::from_parts(parts, body)).await
}

fn count(limits: &Limits, actor: Option<&Actor>, parts: &Parts, now: Instant) -> Option<TooSoon> {
    let actor = actor?;
    let counted = limits.count_caller(actor, now).and_then(|()| {
        if is_heavy(&parts.uri) {
            limits.files.take(actor.person(), now)
        } else {
            Ok(())
        }
    });
    counted.err()
}

/// Whether a look is more than a page: a file with a whole list, a document, or the trial of a plan, which may keep others from writing while it looks.
fn is_heavy(uri: &Uri) -> bool {
    // As the handlers read it: an address can be spelled in many ways.
    let name = uri.path().rsplit('/').next().unwrap_or_default();
    let name = &*percent_decode_str(name).decode_utf8_lossy();
    let query = uri.query().unwrap_or_default();
    let has_trial = || form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "trial");
    let is_file = matches!(name, "pdf" | "csv" | "json")
        || name.ends_with(".csv")
        || name.ends_with(".jsonl")
        || name.ends_with(".json");
    is_file || (name == "edit" && has_trial())
}

/// In front of the vendors' webhooks: whoever sends what is refused again and again is not listened to for a while.
pub async fn admit_vendor(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Some(address) = app.limits.address_of(&parts).map(counted) else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    if let Err(wait) = app.limits.refused.peek(address, Instant::now()) {
        return say_in_text(wait);
    }
    let answer = next.run(Request::from_parts(parts, body)).await;
    if answer.status().is_client_error() {
        // That it is one too many is said to the next one.
        let _ = app.limits.refused.take(address, Instant::now());
    }
    answer
}

/// Counts a link that is to be mailed, by where it is asked for. How many one person gets is looked at where they are mailed: whoever asks is not told.
pub fn count_link(page: &Page) -> Result<(), UiError> {
    let (limits, now) = (&page.app.limits, Instant::now());
    let from = page.address().map_or(Ok(()), |address| {
        limits.links_from.take(counted(address), now)
    });
    from.map_err(|wait| page.too_soon(wait))
}

/// Counts a file that a scanner is to look at, by the partner whose it is.
pub fn count_upload(page: &Page) -> Result<(), UiError> {
    let taken = match page.actor()? {
        Actor::Member { partner, .. } => page.app.limits.uploads.take(*partner, Instant::now()),
        Actor::Staff { .. } => Ok(()),
    };
    taken.map_err(|wait| page.too_soon(wait))
}

/// Says that it was too often: a browser is shown a page, a server function's caller gets what it can read, and everybody else a sentence.
pub fn refuse(app: &AppState, parts: &Parts, wait: TooSoon) -> Response {
    app.limits.log_refusal("too often", parts);
    let wants_page = parts
        .headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accepted| accepted.contains("text/html"));
    if parts.uri.path().starts_with("/api/") {
        return calls::answer(&Page::of_nobody(app, parts).too_soon(wait));
    }
    if !wants_page {
        return say_in_text(wait);
    }
    let page = Page::of_nobody(app, parts);
    let error = page.too_soon(wait);
    let mut response = public::error(page, StatusCode::TOO_MANY_REQUESTS, &error);
    set_wait(&mut response, wait.seconds());
    response
}

fn say_in_text(wait: TooSoon) -> Response {
    let seconds = wait.seconds();
    let text = format!("Too many requests. Wait {seconds} seconds, then try again.\n");
    let mut response = (StatusCode::TOO_MANY_REQUESTS, text).into_response();
    set_wait(&mut response, seconds);
    response
}

/// Programs read when to come again in the header.
pub fn set_wait(response: &mut Response, seconds: u32) {
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
}

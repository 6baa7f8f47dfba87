//! The site's port: one task for each connection, each with so much time to say what it wants. `axum::serve` gives a client as long as it likes, and so everybody
//! a way to hold connections that cost nothing to open.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, HttpBody},
    extract::Request,
};
use futures::{StreamExt, stream};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{Instant, timeout_at},
};
use tower::ServiceExt;

use crate::web::client::Peer;

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until the whole head of a request is there, from the opening of the connection or the answer before.
    pub head: Duration,
    /// Until all that the request carries is there.
    pub body: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            // Longer than the minute after which proxies give up the connections that they keep, so that none of them sends something at the moment in which
            // we hang up.
            head: Duration::from_secs(75),
            // The largest file that is read to its end, over a line of two megabits a second.
            body: Duration::from_secs(120),
        }
    }
}

/// How many connections are open at most; whoever comes then waits. A stream of changes holds one, and a file descriptor.
const CONNECTIONS_MAX: usize = 8_192;
/// What keeps us from accepting, such as too many open files, has an end; asking at once again does not bring it nearer.
const PAUSE: Duration = Duration::from_millis(200);

/// Answers until the program ends, and finishes what is under way then.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    mut stop: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let ending = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    while !*stop.borrow() {
        tokio::select! {
            accepted = accept(&listener, &room) => match accepted {
                Ok((stream, address, place)) => {
                    let answers = answer(stream, address, router.clone(), patience, &ending);
                    connections.spawn(async move {
                        answers.await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!("Could not accept a connection: {error}");
                    tokio::time::sleep(PAUSE).await;
                }
            },
            Some(_) = connections.join_next() => {}
            _ = stop.changed() => break,
        }
    }
    drop(listener);
    ending.shutdown().await;
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await;
    let place = place.map_err(std::io::Error::other)?;
    let (stream, address) = listener.accept().await?;
    Ok((stream, address, place))
}

fn answer(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    patience: Patience,
    ending: &GracefulShutdown,
) -> impl Future<Output = ()> + use<> {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(|body| in_time(Body::new(body), patience.body));
        request.extensions_mut().insert(Peer(address.ip()));
        let router = router.clone();
        async move { router.oneshot(request).await as Result<_, Infallible> }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .serve_connection(TokioIo::new(stream), service);
    let connection = ending.watch(connection);
    async move {
        // Whoever hangs up in between is no event.
        if let Err(error) = connection.await {
            tracing::debug!("A connection ended: {error}");
        }
    }
}

/// A body that fails if it is not there in time. One that ended early must never look as if that were all of it.
fn in_time(body: Body, patience: Duration) -> Body {
    if body.is_end_stream() {
        return body;
    }
    let until = Instant::now() + patience;
    let chunks = Some(Box::pin(body.into_data_stream()));
    Body::from_stream(stream::unfold(chunks, move |chunks| async move {
        let mut chunks = chunks?;
        match timeout_at(until, chunks.next()).await {
            Ok(Some(chunk)) => Some((chunk, Some(chunks))),
            Ok(None) => None,
            Err(_) => {
                let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
                Some((Err(axum::Error::new(late)), None))
            }
        }
    }))
}

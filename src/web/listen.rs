//! The site's port: one task for each connection, each with so much time to say what it wants. `axum::serve` gives a client as long as it likes, and so everybody
//! a way to hold connections that cost nothing to open. Over TLS it is the same behind a handshake, which has its time too.

use std::{convert::Infallible, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, HttpBody},
    extract::Request,
};
use futures::{StreamExt, stream};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use rustls::{
    ServerConfig,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{Instant, timeout, timeout_at},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tower::ServiceExt;

use crate::{config::TlsFiles, web::client::Peer};

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until both ends have agreed on TLS, where the port speaks it.
    pub handshake: Duration,
    /// Until the whole head of a request is there, from the opening of the connection or the answer before.
    pub head: Duration,
    /// Until all that the request carries is there.
    pub body: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
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

/// What the port shows of itself over TLS. The files are read once, at the start.
///
/// # Errors
/// Why it cannot, beginning with the setting's name.
pub fn tls(files: &TlsFiles) -> Result<TlsAcceptor, String> {
    let unreadable = |name: &str, path: &Path, error: pem::Error| {
        format!("{name}: cannot read {}: {error}", path.display())
    };
    let found = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(|found| found.collect::<Result<Vec<_>, _>>());
    let chain = match found {
        Ok(chain) if chain.is_empty() => Err(pem::Error::NoItemsFound),
        found => found,
    };
    let chain =
        chain.map_err(|error| unreadable("PORTAL_TLS_CERTIFICATE", &files.certificate, error))?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| unreadable("PORTAL_TLS_KEY", &files.key, error))?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| format!("PORTAL_TLS_KEY, with PORTAL_TLS_CERTIFICATE: {error}"))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config).into())
}

/// Answers until the program ends, and finishes what is under way then.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
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
                    let client = Client {
                        address,
                        router: router.clone(),
                        patience,
                        ending: ending.watcher(),
                    };
                    let (tls, stop) = (tls.clone(), stop.clone());
                    connections.spawn(async move {
                        client.meet(stream, tls, stop).await;
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

/// Whoever is at the other end, and what answers it.
struct Client {
    address: SocketAddr,
    router: Router,
    patience: Patience,
    ending: Watcher,
}

impl Client {
    async fn meet(self, stream: TcpStream, tls: Option<TlsAcceptor>, stop: watch::Receiver<bool>) {
        let Some(tls) = tls else {
            return self.answer(stream).await;
        };
        if let Some(stream) = shake_hands(&tls, stream, self.patience.handshake, stop).await {
            self.answer(stream).await;
        }
    }

    async fn answer(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Self {
            address,
            router,
            patience,
            ending,
        } = self;
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
        // Whoever hangs up in between is no event.
        if let Err(error) = ending.watch(connection).await {
            tracing::debug!("A connection ended: {error}");
        }
    }
}

/// Whoever does not agree on TLS in time is hung up on, and so is everybody who has not once the program ends: nothing was asked yet.
async fn shake_hands(
    tls: &TlsAcceptor,
    stream: TcpStream,
    patience: Duration,
    mut stop: watch::Receiver<bool>,
) -> Option<TlsStream<TcpStream>> {
    let shaken = tokio::select! {
        shaken = timeout(patience, tls.accept(stream)) => shaken.ok()?,
        _ = stop.changed() => return None,
    };
    shaken
        .inspect_err(|error| tracing::debug!("A client and the port did not agree on TLS: {error}"))
        .ok()
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

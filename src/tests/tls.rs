//! The site's port over TLS: for a proxy on another machine, which trusts its one certificate, and for nobody in clear.

use std::{fs, net::SocketAddr, path::Path, time::Duration};

use axum::{Router, routing::get};
use portal::{
    config::TlsFiles,
    web::listen::{self, Patience},
};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::timeout,
};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A site that speaks TLS.
struct Site {
    address: SocketAddr,
    certificate: String,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

/// Makes a certificate of this machine with its key; answers the certificate.
fn make_files(files: &TlsFiles) -> String {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    fs::write(&files.certificate, cert.pem()).unwrap();
    fs::write(&files.key, signing_key.serialize_pem()).unwrap();
    cert.pem()
}

fn files_in(folder: &Path) -> TlsFiles {
    TlsFiles {
        certificate: folder.join("certificate.pem"),
        key: folder.join("key.pem"),
    }
}

impl Site {
    /// A site that waits so long for a handshake.
    async fn open(handshake: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = files_in(folder.path());
        let certificate = make_files(&files);
        let tls = listen::tls(&files).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(|| async { "answered" }));
        let patience = Patience {
            handshake,
            ..Patience::default()
        };
        let (stop, stopped) = watch::channel(false);
        let serving = listen::serve(listener, Some(tls), router, patience, stopped);
        Self {
            address,
            certificate,
            stop,
            serving: tokio::spawn(serving),
        }
    }

    /// What somebody hears who trusts a certificate.
    async fn asked(&self, scheme: &str, certificate: &str) -> Option<String> {
        let trusted = reqwest::Certificate::from_pem(certificate.as_bytes()).unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([trusted])
            .build()
            .unwrap();
        let url = format!("{scheme}://{}/", self.address);
        let answer = client.get(url).send().await.ok()?;
        answer.text().await.ok()
    }

    async fn close(self) {
        self.stop.send_replace(true);
        let ended = timeout(PATIENCE, self.serving).await;
        ended.expect("the site ends").unwrap();
    }
}

#[tokio::test]
async fn whoever_trusts_the_ports_certificate_is_answered_over_tls_and_nobody_is_in_clear() {
    let (site, other) = (Site::open(PATIENCE).await, Site::open(PATIENCE).await);
    let heard = site.asked("https", &site.certificate).await;
    assert_eq!(heard.as_deref(), Some("answered"));
    let heard = site.asked("https", &other.certificate).await;
    assert_eq!(heard, None, "another's certificate");
    let heard = site.asked("http", &site.certificate).await;
    assert_eq!(heard, None, "in clear");
    site.close().await;
    other.close().await;
}

#[tokio::test]
async fn a_client_that_shakes_no_hands_holds_up_nobody_and_is_hung_up_on() {
    let site = Site::open(Duration::from_millis(300)).await;
    let mut silent = TcpStream::connect(site.address).await.unwrap();
    let heard = site.asked("https", &site.certificate).await;
    assert_eq!(heard.as_deref(), Some("answered"));
    let mut said = Vec::new();
    let read = timeout(PATIENCE, silent.read_to_end(&mut said)).await;
    assert_eq!(read.expect("the site hangs up").unwrap(), 0);
    site.close().await;
}

#[tokio::test]
async fn a_site_that_ends_waits_for_nobody_who_has_asked_nothing() {
    let site = Site::open(2 * PATIENCE).await;
    let _silent = TcpStream::connect(site.address).await.unwrap();
    let heard = site.asked("https", &site.certificate).await;
    assert_eq!(heard.as_deref(), Some("answered"));
    site.close().await;
}

#[test]
fn files_that_are_no_certificate_or_not_its_key_are_told_by_their_setting() {
    let folder = tempfile::tempdir().unwrap();
    let files = files_in(folder.path());
    let refused = |files: &TlsFiles| listen::tls(files).err().unwrap();
    assert!(refused(&files).starts_with("PORTAL_TLS_CERTIFICATE: cannot read"));
    make_files(&files);
    assert!(listen::tls(&files).is_ok());
    let swapped = TlsFiles {
        certificate: files.key.clone(),
        key: files.certificate.clone(),
    };
    assert!(refused(&swapped).starts_with("PORTAL_TLS_CERTIFICATE: cannot read"));
    let keyless = TlsFiles {
        key: files.certificate.clone(),
        ..files.clone()
    };
    assert!(refused(&keyless).starts_with("PORTAL_TLS_KEY: cannot read"));
    let others = TlsFiles {
        certificate: folder.path().join("other.pem"),
        ..files.clone()
    };
    let own_key = fs::read(&files.key).unwrap();
    make_files(&others);
    fs::write(&files.key, own_key).unwrap();
    let error = refused(&others);
    assert!(error.starts_with("PORTAL_TLS_KEY, with"), "{error}");
}

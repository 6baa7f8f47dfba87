//! Files that partners hand in, before a real ClamAV daemon whose signatures know one thing alone: what it finds something in is not kept, and while it is gone nothing is
//! taken.

use std::{
    fs,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    net::UnixStream,
    process::{Child, Command},
};

use crate::{
    bill_files::{INVOICE, PDF, STATEMENT, hand_in, names},
    browser::english,
    portal::TestPortal,
    story::{POUNDS, Story},
};

/// What the daemon finds, and what it calls that.
const VIRUS: &[u8] = b"portal-test-virus-9f2d";
const FINDING: &str = "Portal.Test";
/// How long a daemon may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

struct Clamd {
    /// Its signatures, its configuration and its socket.
    folder: TempDir,
    process: Option<Child>,
}

impl Clamd {
    async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let signatures = folder.path().join("signatures");
        fs::create_dir(&signatures).unwrap();
        let bytes: String = VIRUS.iter().map(|byte| format!("{byte:02x}")).collect();
        // In files of every kind, at any place.
        let signature = format!("{FINDING}:0:*:{bytes}\n");
        fs::write(signatures.join("test.ndb"), signature).unwrap();
        let mut clamd = Self {
            folder,
            process: None,
        };
        let settings = format!(
            "Foreground yes\nMaxScanTime 15000\nAlertExceedsMax yes\nAlertEncrypted yes\nDatabaseDirectory {}\nLocalSocket {}\n",
            signatures.display(),
            clamd.socket().display()
        );
        fs::write(clamd.configuration(), settings).unwrap();
        clamd.restart().await;
        clamd
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("clamd.ctl")
    }

    fn configuration(&self) -> PathBuf {
        self.folder.path().join("clamd.conf")
    }

    /// It answers when this ends.
    async fn restart(&mut self) {
        let process = Command::new(program())
            .arg("--config-file")
            .arg(self.configuration())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("clamd is missing: run .setup/setup.sh clamd");
        self.process = Some(process);
        let begun = Instant::now();
        while UnixStream::connect(self.socket()).await.is_err() {
            assert!(begun.elapsed() < PATIENCE, "clamd does not answer");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn stop(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.kill().await.unwrap();
    }

    async fn portal(&self) -> TestPortal {
        let address = format!("unix:{}", self.socket().display());
        TestPortal::start_with(&[("PORTAL_VIRUS_SCANNER", address.as_str())]).await
    }
}

/// Where `.setup/setup.sh` puts it, also for who runs cargo without make; else one that is on the path.
fn program() -> PathBuf {
    let tools = ".cache/partner-portal/tools/bin/clamd";
    let own = std::env::home_dir().map(|home| home.join(tools));
    let own = own.filter(|own| own.exists());
    own.unwrap_or_else(|| PathBuf::from("clamd"))
}

/// The subjects of what operators were told of the scanner, oldest first.
async fn told(portal: &TestPortal) -> Vec<String> {
    let mails = portal.mails_to("operator@vendor.example").await;
    let subject = |mail: &Value| mail["subject"].as_str().unwrap().to_owned();
    let subjects = mails.iter().map(subject);
    subjects
        .filter(|subject| subject.starts_with("Virus scanner"))
        .collect()
}

async fn minutes_pass(portal: &TestPortal, minutes: i64) {
    for _ in 0..minutes {
        portal.advance_clock_by(1).await;
        portal.run_jobs().await;
    }
}

#[tokio::test]
async fn of_a_pdf_with_a_virus_nothing_is_kept_and_staff_alone_read_what_was_found() {
    let clamd = Clamd::start().await;
    let (story, _) = Story::of_a_stated_quarter_on(clamd.portal().await, POUNDS).await;
    let infected = [PDF, VIRUS].concat();
    let answer = story.try_raise_with("AST-1", &infected).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    assert!(answer.body.contains(&english("error-file-infected")));
    assert!(answer.body.contains("value=\"AST-1\""), "it is kept");
    assert!(!answer.body.contains(FINDING), "{}", answer.body);
    assert!(story.statements().await[0].bills.is_empty());
    let mut auditor = story.portal.sign_in(&story.portal.staff.auditor).await;
    let audit = auditor.get("/staff/audit?act=refuse_file").await.body;
    let act = english("audit-act-refuse_file");
    for said in [act.as_str(), "/api/raise_invoice", "Portal.Test.UNOFFICIAL"] {
        assert!(audit.contains(said), "{said}: {audit}");
    }
    assert_eq!(story.try_raise_with("AST-1", PDF).await.status, 303);
    story.portal.run_jobs().await;
    assert_eq!(names(&story).await, [STATEMENT, INVOICE]);
    story.portal.finish().await;
}

#[tokio::test]
async fn the_pdf_of_an_invoice_that_is_raised_already_is_looked_at_as_well() {
    let clamd = Clamd::start().await;
    let (story, _) = Story::of_a_stated_quarter_on(clamd.portal().await, POUNDS).await;
    story.raise("AST-1", "").await;
    let infected = [PDF, VIRUS].concat();
    let answer = hand_in(&story, &infected).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    assert!(answer.body.contains(&english("error-file-infected")));
    story.portal.run_jobs().await;
    assert_eq!(names(&story).await, [STATEMENT]);
    assert_eq!(hand_in(&story, PDF).await.status, 303);
    story.portal.run_jobs().await;
    assert_eq!(names(&story).await, [STATEMENT, INVOICE]);
    story.portal.finish().await;
}

#[tokio::test]
async fn one_partners_files_keep_the_scanner_from_nobody_else() {
    let clamd = Clamd::start().await;
    let (story, _) = Story::of_a_stated_quarter_on(clamd.portal().await, POUNDS).await;
    let infected = [PDF, VIRUS].concat();
    for _ in 0..10 {
        let answer = story.try_raise_with("AST-1", &infected).await;
        assert_eq!(answer.status, 422, "{}", answer.body);
    }
    let answer = story.try_raise_with("AST-1", &infected).await;
    assert_eq!(answer.status, 429, "{}", answer.body);
    let answer = story.try_raise_with("AST-1", b"no PDF").await;
    assert!(
        answer.body.contains(&english("error-pdf-unreadable")),
        "the scanner is not asked: {}",
        answer.body
    );
    assert_eq!(story.try_raise_with("AST-1", b"").await.status, 303);
    story.portal.finish().await;
}

#[tokio::test]
async fn while_the_scanner_is_gone_no_file_is_taken_and_operators_hear_of_it_and_of_its_return() {
    let mut clamd = Clamd::start().await;
    let (story, _) = Story::of_a_stated_quarter_on(clamd.portal().await, POUNDS).await;
    clamd.stop().await;
    let answer = story.try_raise_with("AST-1", PDF).await;
    assert_eq!(answer.status, 502, "{}", answer.body);
    let said = "Files cannot be checked for viruses just now";
    assert!(answer.body.contains(said), "{}", answer.body);
    assert!(answer.body.contains("value=\"AST-1\""), "it is kept");
    assert!(story.statements().await[0].bills.is_empty());
    // What has no file waits for no scanner.
    assert_eq!(story.try_raise_with("AST-1", b"").await.status, 303);
    let portal = &story.portal;
    minutes_pass(portal, 15).await;
    assert_eq!(told(portal).await, ["Virus scanner does not answer"]);
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = operator.get("/staff/integrations").await.body;
    assert!(page.contains("Virus scanner does not answer."), "{page}");
    clamd.restart().await;
    assert_eq!(hand_in(&story, PDF).await.status, 303);
    minutes_pass(portal, 3).await;
    let over = "Virus scanner answers again";
    assert_eq!(
        told(portal).await,
        ["Virus scanner does not answer", over],
        "once each"
    );
    assert_eq!(names(&story).await, [STATEMENT, INVOICE]);
    story.portal.finish().await;
}

#[tokio::test]
async fn a_scanner_looks_at_everything_and_so_nobody_pauses_it() {
    let portal = TestPortal::start().await;
    let mut operator = portal.sign_in(&portal.staff.operator).await;
    let page = operator.get("/staff/integrations/scanner").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains(&english("integration-state-unused")));
    assert!(!page.body.contains("pause_system"), "{}", page.body);
    let pause = [
        ("do", "pause_system"),
        ("system", "scanner"),
        ("reason", "It is slow"),
    ];
    let answer = operator.post("/staff/integrations/scanner", &pause).await;
    assert_eq!(answer.status, 404);
    portal.finish().await;
}

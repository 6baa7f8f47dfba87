//! Secrets that people type into the portal: the database alone opens none of them.

use std::{fs, os::unix::fs::PermissionsExt, sync::Arc};

use portal::{config::Settings, serve};
use portal_domain::secret::{Secret, SecretName};
use portal_services::{
    Ctx, ServiceError, messages,
    vault::{self, Vault, VaultError},
};

use crate::{database::Database, portal::TestPortal};

const SECRET: &str = "hooks-secret-4b3x9";

/// The same portal, started with other master keys.
fn with_keys(ctx: &Ctx, keys: &[&Secret]) -> Ctx {
    let keys: Vec<&str> = keys.iter().map(|key| key.reveal()).collect();
    Ctx {
        vault: Arc::new(Vault::parse(&keys.join(",").into()).unwrap()),
        ..ctx.clone()
    }
}

async fn put(ctx: &Ctx, name: &SecretName, secret: &str) {
    let mut tx = ctx.store.write().await.unwrap();
    vault::put(ctx, &mut tx, name, &secret.into())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn find(ctx: &Ctx, name: &SecretName) -> Result<Option<Secret>, ServiceError> {
    vault::find(ctx, &mut ctx.store.read().await.unwrap(), name).await
}

#[tokio::test]
async fn a_kept_secret_comes_back_and_is_nowhere_in_the_database() {
    let portal = TestPortal::start().await;
    let name = SecretName::SlackWebhook(portal.aster.id);
    assert_eq!(find(&portal.ctx, &name).await.unwrap(), None);
    put(&portal.ctx, &name, "before").await;
    put(&portal.ctx, &name, SECRET).await;
    assert_eq!(find(&portal.ctx, &name).await.unwrap(), Some(SECRET.into()));
    assert!(portal.database.contains("Aster").await, "the search finds");
    assert!(!portal.database.contains(SECRET).await);
    let mut tx = portal.ctx.store.write().await.unwrap();
    vault::remove(&mut tx, &name).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(find(&portal.ctx, &name).await.unwrap(), None);
    portal.finish().await;
}

#[tokio::test]
async fn a_secret_opens_in_its_own_place_alone() {
    let portal = TestPortal::start().await;
    let [aster, borealis] = [portal.aster.id, portal.borealis.id].map(SecretName::SlackWebhook);
    put(&portal.ctx, &aster, SECRET).await;
    put(&portal.ctx, &borealis, "another").await;
    let copy = format!(
        "UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE name = '{aster}') WHERE name = '{borealis}'"
    );
    portal.database.execute(&copy).await.unwrap();
    assert_eq!(
        find(&portal.ctx, &aster).await.unwrap(),
        Some(SECRET.into())
    );
    assert!(matches!(
        find(&portal.ctx, &borealis).await,
        Err(ServiceError::Vault(VaultError::Damaged(_)))
    ));
    portal.finish().await;
}

#[tokio::test]
async fn after_a_rotation_the_new_master_key_is_enough_and_the_old_one_is_not() {
    let portal = TestPortal::start().await;
    let [old, new] = [vault::new_master_key(), vault::new_master_key()];
    let names = [portal.aster.id, portal.borealis.id].map(SecretName::SlackWebhook);
    let before = with_keys(&portal.ctx, &[&old]);
    for name in &names {
        put(&before, name, SECRET).await;
    }
    let both = with_keys(&portal.ctx, &[&new, &old]);
    // Twice, as after a doubt whether the first one went through.
    for _ in 0..2 {
        assert_eq!(vault::rotate(&both).await.unwrap(), 2);
    }
    let after = with_keys(&portal.ctx, &[&new]);
    vault::check(&after).await.unwrap();
    for name in &names {
        assert_eq!(find(&after, name).await.unwrap(), Some(SECRET.into()));
    }
    let refused = vault::check(&with_keys(&portal.ctx, &[&old])).await;
    let words = refused.unwrap_err().to_string();
    assert!(words.contains("PORTAL_KEY"), "{words}");
    let keys = portal.database.rows("SELECT id FROM data_keys").await;
    assert_eq!(keys.len(), 1, "old keys are gone");
    portal.finish().await;
}

#[tokio::test]
async fn a_key_names_its_cipher_and_one_of_a_later_version_is_said_to_be_that() {
    let portal = TestPortal::start().await;
    let master = vault::new_master_key();
    let name = SecretName::SlackWebhook(portal.aster.id);
    put(&with_keys(&portal.ctx, &[&master]), &name, SECRET).await;
    let named = "SELECT id FROM data_keys WHERE cipher = 'AES-256-GCM'";
    assert_eq!(portal.database.rows(named).await.len(), 1);
    let later = "UPDATE data_keys SET cipher = 'ML-KEM-768'";
    portal.database.execute(later).await.unwrap();
    let refused = vault::check(&with_keys(&portal.ctx, &[&master])).await;
    let words = refused.unwrap_err().to_string();
    assert!(words.contains("ML-KEM-768"), "{words}");
    portal.finish().await;
}

#[tokio::test]
async fn what_was_kept_in_clear_is_sealed_at_the_next_start() {
    let portal = TestPortal::start().await;
    let aster = portal.aster.id;
    let row = format!(
        "INSERT INTO slack_webhooks (partner_id, url, changed_at) VALUES ('{aster}', '{SECRET}', 1)"
    );
    portal.database.execute(&row).await.unwrap();
    for _ in 0..2 {
        messages::seal_webhooks(&portal.ctx).await.unwrap();
    }
    let kept = find(&portal.ctx, &SecretName::SlackWebhook(aster)).await;
    assert_eq!(kept.unwrap(), Some(SECRET.into()));
    let clear = portal.database.rows("SELECT url FROM slack_webhooks").await;
    assert!(clear.is_empty());
    portal.finish().await;
}

#[tokio::test]
async fn the_first_start_makes_a_key_file_and_a_lost_one_is_never_made_again() {
    let database = Database::create().await;
    let data = database.folder().join("data");
    let settings = Settings::read(
        |name| match name {
            "DATABASE_URL" => Some(database.url().to_owned()),
            "PORTAL_DATA" => Some(data.display().to_string()),
            _ => None,
        },
        "",
    )
    .unwrap();
    let name = SecretName::SlackWebhook("01K8000000000000000000000A".parse().unwrap());
    let ctx = serve::open_books(&settings).await.unwrap();
    put(&ctx, &name, SECRET).await;
    ctx.store.close().await;
    let file = data.join("portal.key");
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let ctx = serve::open_books(&settings).await.unwrap();
    assert_eq!(find(&ctx, &name).await.unwrap(), Some(SECRET.into()));
    ctx.store.close().await;
    fs::remove_file(&file).unwrap();
    let refused = serve::open_books(&settings).await.err().unwrap();
    assert!(refused.to_string().contains("PORTAL_KEY_FILE"), "{refused}");
    assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
    database.remove().await;
}

#[test]
fn what_is_no_master_key_is_refused_with_a_sentence() {
    for wrong in ["", "secret", "c2hvcnQ=", ","] {
        let refused = Vault::parse(&wrong.into()).err().expect(wrong);
        assert!(refused.to_string().contains("base64"), "{refused}");
    }
}

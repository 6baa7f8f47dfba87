//! Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body, with a secret that each side keeps. Both directions are signed so.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use portal_domain::secret::Secret;
use sha2::Sha256;

use crate::signature::is_signed_with;

/// The same for a message however often it is sent.
pub const ID_HEADER: &str = "webhook-id";
/// Seconds since 1970 at which it was sent.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// `v1,` and the signature; several with blanks between while a secret is rotated.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// How old, or how far ahead of our clock, a request may be.
const WINDOW_MS: i64 = 5 * 60_000;
/// No sender has more secrets at once.
const SIGNATURES_MAX: usize = 10;
const ID_LENGTH_MAX: usize = 200;
/// Before every secret, so that it is known for what it is.
const PREFIX: &str = "whsec_";
const VERSION: &str = "v1,";

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("a header is missing")]
    Missing,
    #[error("the request is too old, or its time is no time")]
    OutOfTime,
    #[error("the signature is wrong")]
    Wrong,
}

/// The header that signs a message with every secret that is valid.
pub fn sign(secrets: &[Secret], id: &str, timestamp: &str, body: &[u8]) -> String {
    let keys = secrets.iter().filter_map(key_of);
    let signed = keys.map(|key| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        format!("{VERSION}{}", STANDARD.encode(mac.finalize().into_bytes()))
    });
    signed.collect::<Vec<_>>().join(" ")
}

/// Whether a request was signed with one of the secrets, not long ago. Answers its id.
///
/// # Errors
/// Why it is refused.
pub fn verify<'a>(
    secrets: &[Secret],
    id: Option<&'a str>,
    timestamp: Option<&str>,
    signature: Option<&str>,
    body: &[u8],
    now_ms: i64,
) -> Result<&'a str, SignatureError> {
    let (Some(id), Some(timestamp), Some(signature)) = (id, timestamp, signature) else {
        return Err(SignatureError::Missing);
    };
    if id.is_empty() || id.len() > ID_LENGTH_MAX {
        return Err(SignatureError::Missing);
    }
    let sent_ms = timestamp.parse::<i64>().ok();
    let sent_ms = sent_ms.and_then(|seconds| seconds.checked_mul(1_000));
    let is_in_time = sent_ms.is_some_and(|sent| now_ms.abs_diff(sent) <= WINDOW_MS.unsigned_abs());
    if !is_in_time {
        return Err(SignatureError::OutOfTime);
    }
    let parts = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
    let keys: Vec<Vec<u8>> = secrets.iter().filter_map(key_of).collect();
    let given = signature.split(' ').take(SIGNATURES_MAX);
    let is_signed = given
        .filter_map(|one| one.strip_prefix(VERSION))
        .any(|one| keys.iter().any(|key| is_signed_with(key, &parts, one)));
    if is_signed {
        Ok(id)
    } else {
        Err(SignatureError::Wrong)
    }
}

/// The bytes that a secret stands for.
fn key_of(secret: &Secret) -> Option<Vec<u8>> {
    let text = secret.reveal().strip_prefix(PREFIX)?;
    STANDARD.decode(text).ok().filter(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: &str = "1614265330";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const NOW_MS: i64 = 1_614_265_330_000;

    fn check(
        secrets: &[&str],
        signature: &str,
        body: &[u8],
        now_ms: i64,
    ) -> Result<(), SignatureError> {
        let secrets: Vec<Secret> = secrets.iter().copied().map(Secret::from).collect();
        verify(&secrets, Some(ID), Some(AT), Some(signature), body, now_ms)
            .map(|id| assert_eq!(id, ID))
    }

    #[test]
    fn the_published_vector_is_made_and_accepted() {
        assert_eq!(sign(&[SECRET.into()], ID, AT, BODY), SIGNED);
        assert_eq!(check(&[SECRET], SIGNED, BODY, NOW_MS), Ok(()));
    }

    #[test]
    fn either_of_two_secrets_and_any_of_several_signatures_will_do() {
        let other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert_eq!(check(&[other, SECRET], SIGNED, BODY, NOW_MS), Ok(()));
        let both = sign(&[other.into(), SECRET.into()], ID, AT, BODY);
        assert_eq!(both.split(' ').count(), 2);
        for known in [other, SECRET] {
            assert_eq!(check(&[known], &both, BODY, NOW_MS), Ok(()));
        }
        let newer = format!("v2,abc v1a,abc {SIGNED}");
        assert_eq!(check(&[SECRET], &newer, BODY, NOW_MS), Ok(()));
    }

    #[test]
    fn what_was_changed_forged_or_unsigned_is_refused() {
        let wrong = Err(SignatureError::Wrong);
        assert_eq!(
            check(&[SECRET], SIGNED, br#"{"test": 2432232315}"#, NOW_MS),
            wrong
        );
        assert_eq!(check(&[], SIGNED, BODY, NOW_MS), wrong);
        assert_eq!(
            check(&["whsec_", "no secret", ""], SIGNED, BODY, NOW_MS),
            wrong
        );
        for signature in ["", "v1,", "v1,not base64!", &SIGNED[3..], "v2,AAAA"] {
            assert_eq!(check(&[SECRET], signature, BODY, NOW_MS), wrong);
        }
        let secrets = [Secret::from(SECRET)];
        for (id, at, signature) in [
            (None, Some(AT), Some(SIGNED)),
            (Some(""), Some(AT), Some(SIGNED)),
            (Some(ID), None, Some(SIGNED)),
            (Some(ID), Some(AT), None),
        ] {
            assert_eq!(
                verify(&secrets, id, at, signature, BODY, NOW_MS),
                Err(SignatureError::Missing)
            );
        }
        assert_eq!(
            verify(
                &secrets,
                Some("msg_other"),
                Some(AT),
                Some(SIGNED),
                BODY,
                NOW_MS
            ),
            Err(SignatureError::Wrong)
        );
    }

    #[test]
    fn five_minutes_are_the_edge_on_either_side() {
        for (now_ms, expected) in [
            (NOW_MS + 300_000, Ok(())),
            (NOW_MS - 300_000, Ok(())),
            (NOW_MS + 300_001, Err(SignatureError::OutOfTime)),
            (NOW_MS - 300_001, Err(SignatureError::OutOfTime)),
        ] {
            assert_eq!(check(&[SECRET], SIGNED, BODY, now_ms), expected);
        }
        let secrets = [Secret::from(SECRET)];
        for at in ["", "soon", "9223372036854775807", "1614265330.0"] {
            assert_eq!(
                verify(&secrets, Some(ID), Some(at), Some(SIGNED), BODY, NOW_MS),
                Err(SignatureError::OutOfTime)
            );
        }
    }
}

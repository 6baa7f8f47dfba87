//! What all webhooks share: the keyed hash, compared in constant time, and what an object's id looks like. What is hashed is each vendor's own affair.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Whether `signature` is base64 of HMAC-SHA256 over `parts` in a row. An empty key signs nothing: anybody has it.
pub fn is_signed(key: &str, parts: &[&[u8]], signature: &str) -> bool {
    is_signed_with(key.as_bytes(), parts, signature)
}

/// The same with a key that is no text.
pub fn is_signed_with(key: &[u8], parts: &[&[u8]], signature: &str) -> bool {
    if key.is_empty() {
        return false;
    }
    let Ok(signature) = STANDARD.decode(signature.trim()) else {
        return false;
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    // Takes as long for a near miss as for a far one.
    mac.verify_slice(&signature).is_ok()
}

/// Whether a text can be the id of an object: a webhook names it before anybody has looked there.
pub fn is_id(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

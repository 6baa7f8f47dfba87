//! Who signed a webhook: no made-up header is taken for a signature, whatever body, time and address stand around it.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use portal_domain::secret::Secret;
use portal_integrations::{hubspot, relay, xero};

const NOW_MS: i64 = 1_790_000_000_000;

fuzz_target!(|parts: (&str, &str, &str, &str, &[u8])| -> Corpus {
    let (signature, timestamp, id, uri, body) = parts;
    let secret = "a secret that nobody made up has";
    for stamp in [timestamp, "1790000000000"] {
        let (stamp, given) = (Some(stamp), Some(signature));
        let checked = hubspot::signature::verify(&[secret], "POST", uri, body, stamp, given, NOW_MS);
        assert!(checked.is_err(), "HubSpot's signature was made up");
    }
    let checked = xero::signature::verify(secret, body, Some(signature));
    assert!(checked.is_err(), "Xero's signature was made up");
    let secrets = [Secret::from("whsec_YSBzZWNyZXQgdGhhdCBub2JvZHkgbWFkZSB1cCBoYXM=")];
    for stamp in [timestamp, "1790000000"] {
        let given = relay::signature::verify(&secrets, Some(id), Some(stamp), Some(signature), body, NOW_MS);
        assert!(given.is_err(), "the iPaaS' signature was made up");
    }
    Corpus::Keep
});

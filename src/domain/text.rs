//! Texts that must be well formed before anything is built on them: names, e-mail addresses, host names, phone numbers. `parse` is the only way in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Fault;

/// Reads a required single-line text of at most `length_max` characters; white space around it is dropped, line breaks are refused.
pub fn parse_line(text: &str, length_max: usize) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault::new("required"));
    }
    if text.chars().any(|c| c.is_control() || is_disruptive(c)) {
        return Err(Fault::new("control-characters"));
    }
    limit(text, length_max)
}

/// Reads a required text that may have several lines.
pub fn parse_paragraph(text: &str, length_max: usize) -> Result<String, Fault> {
    let text = text.trim().replace("\r\n", "\n");
    if text.is_empty() {
        return Err(Fault::new("required"));
    }
    if text
        .chars()
        .any(|c| (c.is_control() && c != '\n' && c != '\t') || is_disruptive(c))
    {
        return Err(Fault::new("control-characters"));
    }
    limit(&text, length_max)
}

/// Reads a required text that may have several lines and must say something: at least `length_min` characters.
pub fn parse_message(text: &str, length_min: usize, length_max: usize) -> Result<String, Fault> {
    let text = parse_paragraph(text, length_max)?;
    if text.chars().count() < length_min {
        return Err(Fault::with("too-short", length_min));
    }
    Ok(text)
}

/// What names and numbers are compared by: their letters without case, of every alphabet. A database's own LOWER may know those of English alone.
pub fn without_case(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Line breaks that are no control characters, and marks that turn the reading direction of what stands beside them.
const fn is_disruptive(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn limit(text: &str, length_max: usize) -> Result<String, Fault> {
    if text.chars().count() > length_max {
        return Err(Fault::with("too-long", length_max));
    }
    Ok(text.to_owned())
}

/// An e-mail address in lower case, shaped `name@host.tld`. Whether it receives mail, only a mail can tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address, at most 254 characters long.
    ///
    /// # Errors
    /// `required`, `too-long`, `control-characters`, `email-invalid`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = parse_line(text, 254)?.to_lowercase();
        let bad = || Fault::new("email-invalid");
        let (name, host) = text.rsplit_once('@').ok_or_else(bad)?;
        let name_ok = !name.is_empty()
            && name.len() <= 64
            && !name.starts_with('.')
            && !name.ends_with('.')
            && !name.contains("..")
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
        // A host is read out of whole web addresses too; in an e-mail address it must be all there is.
        let host_ok = Host::parse(host).is_ok_and(|parsed| parsed.as_str() == host);
        if !name_ok || !host_ok {
            return Err(bad());
        }
        Ok(Self(text))
    }

    /// The checked text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part behind the `@`.
    pub fn host(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, host)| host)
    }
}

/// A host name in lower case with at least one dot, taken from whatever was pasted: `https://www.Acme.com/shop` is `www.acme.com`.
/// Which part of it can be registered needs the public-suffix list, which the server has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Host(String);

impl Host {
    /// Reads the host out of a name, a web address or an e-mail address.
    ///
    /// # Errors
    /// `required`, `too-long`, `control-characters`, `domain-invalid`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = parse_line(text, 2_000)?.to_lowercase();
        let without_scheme = text
            .split_once("://")
            .map_or(text.as_str(), |(_, rest)| rest);
        let host = without_scheme
            .split(['/', '?', '#'])
            .next()
            .unwrap_or_default()
            .rsplit('@')
            .next()
            .unwrap_or_default();
        let host = host
            .split_once(':')
            .map_or(host, |(host, _)| host)
            .trim_end_matches('.');
        let labels: Vec<&str> = host.split('.').collect();
        let label_ok = |label: &&str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let numeric_end = labels
            .last()
            .is_some_and(|label| label.bytes().all(|byte| byte.is_ascii_digit()));
        if labels.len() < 2 || host.len() > 253 || numeric_end || !labels.iter().all(label_ok) {
            return Err(Fault::new("domain-invalid"));
        }
        Ok(Self(host.to_owned()))
    }

    /// The checked text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A phone number in E.164: `+`, then 8 to 15 digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Blanks, dashes, dots and brackets are dropped, and `(0)`, which is dialled at home only; `00` at the start is `+`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let compact: String = text
            .replace("(0)", "")
            .chars()
            .filter(|c| !c.is_whitespace() && !"-‐‑–.()/".contains(*c))
            .collect();
        let digits = compact
            .strip_prefix('+')
            .or_else(|| compact.strip_prefix("00"))
            .ok_or(Fault::new("phone-invalid"))?;
        let well_formed = (8..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if !well_formed {
            return Err(Fault::new("phone-invalid"));
        }
        Ok(Self(format!("+{digits}")))
    }

    /// The checked text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! parsed_text {
    ($($name:ident),+) => {$(
        impl TryFrom<String> for $name {
            type Error = Fault;

            fn try_from(text: String) -> Result<Self, Fault> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(parsed: $name) -> Self {
                parsed.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

// What is stored as JSON is read by `parse` too: there is no other way in.
parsed_text!(Email, Host, Phone);

/// Mail services that anybody can have an address at: such a domain names no company.
pub fn is_free_mail(registrable_domain: &str) -> bool {
    FREE_MAIL.binary_search(&registrable_domain).is_ok()
}

// Sorted, for the binary search.
#[rustfmt::skip]
const FREE_MAIL: &[&str] = &[
    "126.com", "163.com", "aol.com", "aol.de", "arcor.de", "att.net", "bigpond.com", "bluewin.ch",
    "bluewin.com", "btinternet.com", "comcast.net", "cox.net", "duck.com", "email.com",
    "fastmail.com", "fastmail.fm", "free.fr", "freenet.de", "gmail.com", "gmx.at", "gmx.ch",
    "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hey.com", "home.nl", "hotmail.co.uk",
    "hotmail.com", "hotmail.de", "hotmail.es", "hotmail.fr", "hotmail.it", "hotmail.se",
    "hushmail.com", "icloud.com", "inbox.com", "kpnmail.nl", "laposte.net", "libero.it",
    "live.co.uk", "live.com", "live.de", "live.fr", "live.nl", "live.se", "mac.com", "mail.com",
    "mail.de", "mail.ru", "mailbox.org", "me.com", "msn.com", "naver.com", "ntlworld.com", "o2.pl",
    "onet.pl", "optusnet.com.au", "orange.fr", "outlook.at", "outlook.com", "outlook.de",
    "outlook.es", "outlook.fr", "outlook.it", "pm.me", "posteo.de", "proton.me", "protonmail.ch",
    "protonmail.com", "qq.com", "rambler.ru", "rocketmail.com", "sbcglobal.net", "seznam.cz",
    "sfr.fr", "sky.com", "skynet.be", "t-online.de", "talktalk.net", "telenet.be", "tiscali.it",
    "tuta.com", "tutanota.com", "tutanota.de", "verizon.net", "virgilio.it", "virginmedia.com",
    "wanadoo.fr", "web.de", "wp.pl", "yahoo.ca", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk",
    "yahoo.com", "yahoo.com.au", "yahoo.com.br", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it",
    "yandex.com", "yandex.ru", "ymail.com", "ziggo.nl", "zoho.com",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_out_of_whatever_was_pasted() {
        for (text, host) in [
            ("acme.com", "acme.com"),
            ("  Acme.COM. ", "acme.com"),
            ("https://www.Acme.com/shop", "www.acme.com"),
            ("http://user:secret@acme.com:8080/a?b#c", "acme.com"),
            ("acme.com?x=@evil.org", "acme.com"),
            ("acme.com/@evil.org", "acme.com"),
            ("bob@acme.com", "acme.com"),
            ("bücher.example", "bücher.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("a-b.co.uk", "a-b.co.uk"),
        ] {
            let parsed = Host::parse(text).expect(text);
            assert_eq!(parsed.as_str(), host, "{text:?}");
            assert_eq!(Host::parse(host), Ok(parsed));
        }
    }

    #[test]
    fn what_is_no_public_host_name_is_refused() {
        let long_label = format!("{}.com", "a".repeat(64));
        let long_host = format!("{}com", "abcdefghi.".repeat(26));
        for text in [
            "localhost",
            "192.168.0.1",
            "[::1]",
            "https://",
            "//acme.com",
            "acme..com",
            ".acme.com",
            "-acme.com",
            "acme-.com",
            "ac me.com",
            "ac_me.com",
            "acme.com\\evil",
            long_label.as_str(),
            long_host.as_str(),
        ] {
            assert_eq!(
                Host::parse(text).expect_err(text).code,
                "domain-invalid",
                "{text:?}"
            );
        }
        let longest = format!("{}.com", "abcdefghi.".repeat(25).trim_end_matches('.'));
        assert_eq!(longest.len(), 253);
        assert!(Host::parse(&longest).is_ok());
        assert_eq!(Host::parse(" ").expect_err("empty").code, "required");
        assert_eq!(
            Host::parse("a\nb.com").expect_err("two lines").code,
            "control-characters"
        );
    }

    #[test]
    fn an_email_address_is_a_name_and_a_host_and_nothing_else() {
        for (text, address) in [
            ("Ada@Acme.com", "ada@acme.com"),
            (" ada.l+tag@mail.acme.co.uk ", "ada.l+tag@mail.acme.co.uk"),
            ("o'neil@acme.com", "o'neil@acme.com"),
            ("jörg@bücher.example", "jörg@bücher.example"),
        ] {
            let parsed = Email::parse(text).expect(text);
            assert_eq!(parsed.as_str(), address);
            assert_eq!(parsed.host(), address.split_once('@').expect("an @").1);
        }
        let long_name = format!("{}@acme.com", "a".repeat(65));
        for text in [
            "ada",
            "ada@",
            "@acme.com",
            "ada@acme",
            "ada@acme.com.",
            "ada@acme.com:25",
            "ada@https://acme.com/x",
            "ada@acme.com/x",
            "ada@acme.com?x",
            "a@b@acme.com",
            ".ada@acme.com",
            "ada.@acme.com",
            "a..da@acme.com",
            "ada l@acme.com",
            "Ada <ada@acme.com>",
            "\"ada\"@acme.com",
            "ada@[127.0.0.1]",
            long_name.as_str(),
        ] {
            assert_eq!(
                Email::parse(text).expect_err(text).code,
                "email-invalid",
                "{text:?}"
            );
        }
        let fault = Email::parse("ada@acme.com\r\nbcc: x@y.com").expect_err("two lines");
        assert_eq!(fault.code, "control-characters");
    }

    #[test]
    fn a_phone_number_is_kept_in_e164() {
        for (text, number) in [
            ("+49 30 123456", "+4930123456"),
            ("0049 (30) 123-456", "+4930123456"),
            ("+49 (0) 30 / 123456", "+4930123456"),
            ("+1 (415) 555.2671", "+14155552671"),
            ("+44 20–7946–0958", "+442079460958"),
            ("+123456789012345", "+123456789012345"),
        ] {
            assert_eq!(Phone::parse(text).expect(text).as_str(), number, "{text:?}");
        }
        for text in [
            "",
            "030 123456",
            "+1234567",
            "+1234567890123456",
            "+0123456789",
            "+49 30 call me",
            "+49+30123456",
            "+٤٩٣٠١٢٣٤٥٦",
        ] {
            assert_eq!(
                Phone::parse(text).expect_err(text).code,
                "phone-invalid",
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_line_is_one_line_and_a_paragraph_may_be_several() {
        assert_eq!(
            parse_line("  Acme & Söhne ", 120),
            Ok("Acme & Söhne".to_owned())
        );
        assert_eq!(parse_line("äöü", 3), Ok("äöü".to_owned()));
        let fault = parse_line("äöüß", 3).expect_err("four characters");
        assert_eq!((fault.code, fault.detail.as_str()), ("too-long", "3"));
        assert_eq!(parse_line(" \t ", 3).expect_err("blank").code, "required");
        for text in [
            "a\nb",
            "a\tb",
            "a\0b",
            "a\u{2028}b",
            "a\u{202e}b",
            "a\u{2066}b",
        ] {
            assert_eq!(
                parse_line(text, 9).expect_err(text).code,
                "control-characters"
            );
        }
        assert_eq!(
            parse_paragraph("a\r\nb\n\tc ", 9),
            Ok("a\nb\n\tc".to_owned())
        );
        assert_eq!(
            parse_paragraph("a\0b", 9).expect_err("nul").code,
            "control-characters"
        );
        assert_eq!(
            parse_paragraph("\r\n", 9).expect_err("blank").code,
            "required"
        );
    }

    #[test]
    fn a_message_says_something() {
        assert_eq!(
            parse_message(" 0123456789\r\n", 10, 20),
            Ok("0123456789".to_owned())
        );
        for (text, code, detail) in [
            ("   123456789   ", "too-short", "10"),
            ("äöüäöüäöü", "too-short", "10"),
            ("  ", "required", ""),
            ("123456789012345678901", "too-long", "20"),
            ("0123456789\u{202e}", "control-characters", ""),
        ] {
            let fault = parse_message(text, 10, 20).expect_err(text);
            assert_eq!((fault.code, fault.detail.as_str()), (code, detail));
        }
    }

    #[test]
    fn json_is_no_way_around_the_checks() {
        let email: Email = serde_json::from_str("\"Ada@Acme.com\"").expect("an address");
        assert_eq!(
            serde_json::to_string(&email).expect("json"),
            "\"ada@acme.com\""
        );
        assert!(serde_json::from_str::<Email>("\"ada\"").is_err());
        assert!(serde_json::from_str::<Host>("\"localhost\"").is_err());
        assert!(serde_json::from_str::<Phone>("\"030\"").is_err());
    }

    #[test]
    fn free_mail_services_are_known_and_companies_are_not() {
        assert!(FREE_MAIL.is_sorted(), "the binary search needs it");
        for domain in FREE_MAIL {
            assert!(is_free_mail(domain), "{domain}");
            assert_eq!(Host::parse(domain).expect(domain).as_str(), *domain);
        }
        for domain in ["acme.com", "gmail.co", "com", "", "mygmail.com"] {
            assert!(!is_free_mail(domain), "{domain:?}");
        }
    }
}

//! The inbox: mails as they were received, taken apart for reading. Nothing leaves it.

use mail_parser::{Address, MessageParser, MimeHeaders};
use serde::{Deserialize, Serialize};

/// How many mails are kept.
const KEPT: usize = 2_000;

/// A received mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mail {
    pub id: u64,
    pub at_ms: i64,
    /// The envelope's sender.
    pub envelope_from: String,
    /// The envelope's recipients, lower case: who really gets it.
    pub envelope_to: Vec<String>,
    pub from: String,
    pub to: Vec<String>,
    pub subject: String,
    pub message_id: String,
    pub text: String,
    pub html: String,
    /// Names of what is attached.
    pub attachments: Vec<String>,
    /// The headers that say what kind of mail it is.
    pub headers: Vec<(String, String)>,
}

/// All mails, the oldest first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Mailbox {
    pub mails: Vec<Mail>,
    next_id: u64,
}

impl Mailbox {
    /// Takes a mail apart and keeps it; gives its number.
    pub fn receive(
        &mut self,
        envelope_from: &str,
        envelope_to: &[String],
        raw: &[u8],
        at_ms: i64,
    ) -> u64 {
        self.next_id += 1;
        let mut mail = parse(raw);
        mail.id = self.next_id;
        mail.at_ms = at_ms;
        envelope_from.clone_into(&mut mail.envelope_from);
        mail.envelope_to = envelope_to.iter().map(|to| to.to_lowercase()).collect();
        self.mails.push(mail);
        let surplus = self.mails.len().saturating_sub(KEPT);
        self.mails.drain(..surplus);
        self.next_id
    }

    /// The mails to an address, or all; the newest first.
    pub fn to<'a>(&'a self, address: Option<&'a str>) -> impl Iterator<Item = &'a Mail> {
        let address = address.map(str::to_lowercase);
        self.mails.iter().rev().filter(move |mail| {
            address
                .as_ref()
                .is_none_or(|address| mail.envelope_to.contains(address))
        })
    }
}

fn parse(raw: &[u8]) -> Mail {
    let parsed = MessageParser::default().parse(raw);
    let Some(message) = parsed else {
        return Mail {
            text: String::from_utf8_lossy(raw).into_owned(),
            ..empty()
        };
    };
    let kept = [
        "Auto-Submitted",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "Reply-To",
        "In-Reply-To",
        "References",
    ];
    let header = |name: &&str| {
        message
            .header_raw(*name)
            .map(|value| ((*name).to_owned(), value.trim().to_owned()))
    };
    // The parser makes up the alternative that a mail does not have; only what was sent is shown.
    let text = message
        .text_body
        .first()
        .filter(|_| has_part(&message, "plain"))
        .and_then(|_| message.body_text(0));
    let html = message
        .html_body
        .first()
        .filter(|_| has_part(&message, "html"))
        .and_then(|_| message.body_html(0));
    let attachments = message
        .attachments()
        .map(|part| part.attachment_name().unwrap_or("unnamed").to_owned())
        .collect();
    Mail {
        from: message.from().map(addresses).unwrap_or_default().join(", "),
        to: message.to().map(addresses).unwrap_or_default(),
        subject: message.subject().unwrap_or_default().to_owned(),
        message_id: message.message_id().unwrap_or_default().to_owned(),
        text: text
            .map(|text| text.replace("\r\n", "\n"))
            .unwrap_or_default(),
        html: html.map(|html| html.into_owned()).unwrap_or_default(),
        attachments,
        headers: kept.iter().filter_map(header).collect(),
        ..empty()
    }
}

fn has_part(message: &mail_parser::Message<'_>, subtype: &str) -> bool {
    let is = |part: &mail_parser::MessagePart<'_>| match part.content_type() {
        Some(kind) => {
            kind.ctype().eq_ignore_ascii_case("text")
                && kind
                    .subtype()
                    .is_some_and(|given| given.eq_ignore_ascii_case(subtype))
        }
        None => subtype == "plain",
    };
    message.parts.iter().any(is)
}

fn addresses(list: &Address<'_>) -> Vec<String> {
    list.iter()
        .map(|address| match (address.name(), address.address()) {
            (Some(name), Some(address)) => format!("{name} <{address}>"),
            (_, Some(address)) => address.to_owned(),
            (name, None) => name.unwrap_or_default().to_owned(),
        })
        .collect()
}

fn empty() -> Mail {
    Mail {
        id: 0,
        at_ms: 0,
        envelope_from: String::new(),
        envelope_to: Vec::new(),
        from: String::new(),
        to: Vec::new(),
        subject: String::new(),
        message_id: String::new(),
        text: String::new(),
        html: String::new(),
        attachments: Vec::new(),
        headers: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_with_two_alternatives_is_taken_apart() {
        let raw = "From: \"Portal\" <portal@northwind.example>\r\nTo: Ada <ada@acme.example>\r\n\
            Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <notif-1@portal>\r\nAuto-Submitted: auto-generated\r\n\
            MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"b\"\r\n\r\n\
            --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nSch=C3=B6n, =\r\nAda\r\n\
            --b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+QWRhPC9iPg==\r\n--b--\r\n";
        let mail = parse(raw.as_bytes());
        assert_eq!(
            (mail.subject.as_str(), mail.message_id.as_str()),
            ("Grüße", "notif-1@portal")
        );
        assert_eq!(
            (mail.text.trim(), mail.html.as_str()),
            ("Schön, Ada", "<b>Ada</b>")
        );
        assert_eq!(mail.to, ["Ada <ada@acme.example>"]);
        assert_eq!(
            mail.headers,
            [("Auto-Submitted".to_owned(), "auto-generated".to_owned())]
        );
    }

    #[test]
    fn a_plain_mail_has_no_html() {
        let mail = parse(b"From: a@b.example\r\nSubject: Hi\r\n\r\nJust text\r\n");
        assert_eq!((mail.text.trim(), mail.html.as_str()), ("Just text", ""));
    }
}

//! The SMTP client. Where a person typed the server's address it is connected to as the guard of typed addresses allows, and to no other. SMTP knows no keys against doubles; the same Message-ID on every try lets receivers fold copies.

use std::fmt;

use lettre::{
    Address, AsyncTransport, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp,
};
use portal_domain::outward::OutwardHosts;
use reqwest::Url;

use super::server::{Server, Transport, transport_of};
use crate::{
    Secret,
    error::{CallError, ErrorKind, Vendor},
    gate::{self, Allowance, CallEnding},
};

/// How long to wait after a refusal for now, in milliseconds: a greylisting server wants to see us come back, but not at once.
const GREYLIST_WAIT_MS: i64 = 300_000;

/// Where mail is handed in and who sends it.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// `smtps://user:password@host`, `smtp://user:password@host:587?tls=required` (or `opportunistic`), or plain `smtp://127.0.0.1:2525`.
    /// To a host that is not this machine, `smtp://` without `tls=` means `required`; `tls=none` says that plain is meant, which is for hosts that the rules name.
    pub smtp_url: Secret,
    /// `Partner portal <portal@example.com>`, or the address alone.
    pub from: String,
    pub reach: MailReach,
}

/// Where a mail server may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailReach {
    /// Wherever whoever runs the program says, and has held against the rules.
    Anywhere,
    /// Where a person who is signed in says, as far as the rules let it.
    Typed(MailRules),
}

/// What whoever runs the portal lets mail servers be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailRules {
    /// In the own network, each with or without a port; all others are on the internet.
    pub internal: Vec<String>,
    /// Those of the internet.
    pub outward: OutwardHosts,
    /// Those that are spoken to without TLS, or without one that is asked for; each with or without a port.
    pub plain: Vec<String>,
}

/// Why mail does not go to an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailObjection {
    #[error("{0} may not be spoken to: whoever runs the portal can add it to OUTWARD_HOSTS")]
    Unlisted(String),
    #[error(
        "mail to {0} could be read on the way: smtps:// or ?tls=required asks for TLS and the server's own certificate, or whoever runs the portal can add it to PLAIN_INTERNAL_HOSTS"
    )]
    Plain(String),
}

/// Why mail cannot be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum MailSetupError {
    #[error("the address of the mail server is malformed: {0}")]
    Server(String),
    #[error("the sender is not a mail address: {0:?}")]
    Sender(String),
}

/// A mail to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMail {
    /// The address alone.
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The same on every try, such as `notice-01J…@portal.example.com`.
    pub message_id: String,
    /// Where one click stops mails of this kind; mail programs offer it beside the sender (RFC 8058).
    pub unsubscribe_url: Option<String>,
}

/// The client. A clone shares its connections.
#[derive(Clone)]
pub struct Mailer {
    /// `None`: nobody has connected a mail server.
    server: Option<Server>,
    from: Mailbox,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

impl Mailer {
    /// Prepares the client; nothing is connected yet.
    ///
    /// # Errors
    /// [`MailSetupError`] when the configuration is malformed.
    pub fn new(config: &MailConfig) -> Result<Self, MailSetupError> {
        let unconnected = Self::unconnected(&config.from)?;
        let server = Server::new(&config.smtp_url, &config.reach)?;
        Ok(Self {
            server: Some(server),
            ..unconnected
        })
    }

    /// The host that an address names which [`Self::new`] takes. A password that was not encoded may end up in any other part, which is then refused.
    ///
    /// # Errors
    /// [`MailSetupError`] when the address is malformed.
    pub fn host_of(address: &Secret) -> Result<String, MailSetupError> {
        let malformed = || MailSetupError::Server("it has a part out of its place".to_owned());
        let typed = Url::parse(address.reveal())
            .map_err(|error| MailSetupError::Server(error.to_string()))?;
        let after_host = [Some(typed.path()), typed.query(), typed.fragment()];
        let is_split = typed.fragment().is_some()
            || after_host
                .into_iter()
                .flatten()
                .any(|part| part.contains('@'));
        if is_split {
            return Err(malformed());
        }
        transport_of(address)?;
        match typed.host_str() {
            Some(host) if !host.is_empty() => Ok(host.to_owned()),
            _ => Err(malformed()),
        }
    }

    /// A client that sends nothing, as nobody has said where.
    ///
    /// # Errors
    /// [`MailSetupError`] when the sender is malformed.
    pub fn unconnected(from: &str) -> Result<Self, MailSetupError> {
        let from = from
            .parse()
            .map_err(|_| MailSetupError::Sender(from.to_owned()))?;
        Ok(Self { server: None, from })
    }

    /// Greets the server and signs in there, without sending anything.
    pub async fn greet(&self) -> Result<(), CallError> {
        match self.transport().await?.test_connection().await {
            Ok(true) => {
                gate::tell(Vendor::Mail, answered());
                Ok(())
            }
            Ok(false) => {
                let message = "the server did not say that it is well";
                Err(CallError::new(Vendor::Mail, ErrorKind::Retry, message).outage())
            }
            Err(error) => Err(failure_of(&error)),
        }
    }

    async fn transport(&self) -> Result<Transport, CallError> {
        let Some(server) = &self.server else {
            let message = "it is not connected yet";
            return Err(CallError::new(
                Vendor::Mail,
                ErrorKind::Unconnected,
                message,
            ));
        };
        server.transport().await
    }

    /// Hands the mail to the server. `Ok` means that the server took it, not that it was delivered.
    pub async fn send(&self, mail: &OutgoingMail) -> Result<(), CallError> {
        let message = self.compose(mail)?;
        let sent = self.transport().await?.send(message).await;
        let status = match &sent {
            Ok(answer) => Some(u16::from(answer.code())),
            Err(error) => error.status().map(u16::from),
        };
        // A mailbox that is full or unknown is an answer too; only the server's own troubles are none.
        gate::tell(
            Vendor::Mail,
            match status {
                Some(421 | 530 | 534 | 535 | 538) | None => CallEnding::Unanswered,
                Some(_) => answered(),
            },
        );
        sent.map(|_| ()).map_err(|error| failure_of(&error))
    }

    fn compose(&self, mail: &OutgoingMail) -> Result<Message, CallError> {
        let to: Address = mail
            .to
            .parse()
            .map_err(|_| refused("the recipient is not a mail address"))?;
        let headers = [&mail.subject, &mail.message_id];
        if headers
            .into_iter()
            .chain(&mail.unsubscribe_url)
            .any(|text| text.contains(char::is_control))
        {
            return Err(refused("a header holds a line break"));
        }
        let message_id = format!("<{}>", mail.message_id.trim_matches(['<', '>']));
        // Tells vacation responders to be quiet.
        let automatic = raw("Auto-Submitted", "auto-generated".to_owned());
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&mail.subject)
            .message_id(Some(message_id))
            .raw_header(automatic);
        if let Some(url) = &mail.unsubscribe_url {
            builder = builder
                .raw_header(raw("List-Unsubscribe", format!("<{url}>")))
                .raw_header(raw(
                    "List-Unsubscribe-Post",
                    "List-Unsubscribe=One-Click".to_owned(),
                ));
        }
        builder
            .multipart(MultiPart::alternative_plain_html(
                mail.text.clone(),
                mail.html.clone(),
            ))
            .map_err(|error| refused(&error.to_string()))
    }
}

/// What a server comes to that said something about what we sent.
fn answered() -> CallEnding {
    CallEnding::Answered {
        status: 250,
        allowance: Allowance::default(),
    }
}

fn raw(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

fn refused(message: &str) -> CallError {
    CallError::new(Vendor::Mail, ErrorKind::Refused, message)
}

fn failure_of(error: &smtp::Error) -> CallError {
    let code = error.status().map(u16::from);
    let message = error.to_string();
    let kind = match code {
        Some(code) if is_about_address(code, &message) => ErrorKind::NotFound,
        Some(530 | 534 | 535 | 538) => ErrorKind::Unauthorised,
        _ if error.is_permanent() || error.is_client() => ErrorKind::Refused,
        // It may have been taken before the answer was lost.
        _ if error.is_timeout() => ErrorKind::UnknownOutcome,
        _ => ErrorKind::Retry,
    };
    let wait_ms = error.is_transient().then_some(GREYLIST_WAIT_MS);
    let failure = CallError::new(Vendor::Mail, kind, message).after_ms(wait_ms);
    match code {
        // The server closes down.
        Some(421) => failure.outage(),
        None if !error.is_client() => failure.outage(),
        _ => failure,
    }
}

/// Whether a refusal says that the recipient's address takes no mail: the codes of mailboxes, unless the finer code (RFC 3463) says that it is about
/// something else, such as our own standing (5.7.x), which no other address would mend.
fn is_about_address(code: u16, words: &str) -> bool {
    if !matches!(code, 550 | 551 | 553) {
        return false;
    }
    let finer = words
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .find(|word| word.starts_with("5.") && word.matches('.').count() == 2);
    finer.is_none_or(|finer| finer.starts_with("5.1.") || finer.starts_with("5.2."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer() -> Mailer {
        let config = MailConfig {
            smtp_url: Secret::from("smtp://127.0.0.1:9"),
            from: "Portal <portal@example.com>".to_owned(),
            reach: MailReach::Anywhere,
        };
        Mailer::new(&config).unwrap()
    }

    fn mail() -> OutgoingMail {
        OutgoingMail {
            to: "ana@partner.example".to_owned(),
            subject: "Grüße".to_owned(),
            text: "Hello".to_owned(),
            html: "<p>Hello</p>".to_owned(),
            message_id: "notice-1@portal.example".to_owned(),
            unsubscribe_url: None,
        }
    }

    #[tokio::test]
    async fn a_mail_has_two_halves_and_says_that_a_machine_sent_it() {
        let raw = String::from_utf8(mailer().compose(&mail()).unwrap().formatted()).unwrap();
        assert!(
            raw.contains("Message-ID: <notice-1@portal.example>\r\n"),
            "{raw}"
        );
        assert!(
            raw.contains("Auto-Submitted: auto-generated\r\n")
                && raw.contains("multipart/alternative"),
            "{raw}"
        );
        assert!(
            raw.contains("text/plain") && raw.contains("text/html"),
            "{raw}"
        );
    }

    #[tokio::test]
    async fn a_mail_that_can_be_done_without_says_how_to_stop_it_with_one_click() {
        let optional = OutgoingMail {
            unsubscribe_url: Some("https://portal.example/unsubscribe/abc".to_owned()),
            ..mail()
        };
        let raw = String::from_utf8(mailer().compose(&optional).unwrap().formatted()).unwrap();
        let headers = "List-Unsubscribe: <https://portal.example/unsubscribe/abc>\r\n\
            List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
        assert!(raw.contains(headers), "{raw}");
    }

    #[test]
    fn only_what_is_said_of_the_address_is_a_bounce() {
        assert!(is_about_address(
            550,
            "permanent error (550): 5.1.1 user unknown"
        ));
        assert!(is_about_address(
            550,
            "permanent error (550): no such user here"
        ));
        assert!(is_about_address(
            550,
            "permanent error (550): 5.2.1 mailbox disabled"
        ));
        assert!(!is_about_address(
            550,
            "permanent error (550): 5.7.1 sender not allowed"
        ));
        assert!(!is_about_address(
            554,
            "permanent error (554): 5.7.1 blocked"
        ));
        assert!(!is_about_address(
            552,
            "permanent error (552): message too large"
        ));
    }

    #[tokio::test]
    async fn a_line_break_in_a_header_is_refused() {
        let injected = OutgoingMail {
            subject: "Hello\r\nBcc: all@example.com".to_owned(),
            ..mail()
        };
        assert_eq!(
            mailer().compose(&injected).unwrap_err().kind,
            ErrorKind::Refused
        );
        let nobody = OutgoingMail {
            to: "nobody".to_owned(),
            ..mail()
        };
        assert_eq!(
            mailer().compose(&nobody).unwrap_err().kind,
            ErrorKind::Refused
        );
    }

    #[test]
    fn a_password_that_was_not_encoded_is_never_taken_for_the_host() {
        let host = |address| Mailer::host_of(&Secret::from(address)).ok();
        let good = "smtps://name:pass%2Fword%3F@mail.example.com:465";
        assert_eq!(host(good).as_deref(), Some("mail.example.com"));
        assert_eq!(
            host("smtp://name:pass@word@mail.example.com").as_deref(),
            Some("mail.example.com")
        );
        for wrong in [
            "",
            "mail.example.com",
            "https://mail.example.com",
            "smtp://",
            "smtp://name:pass/word@mail.example.com",
            "smtp://name:1/word@mail.example.com",
            "smtp://name:1?word@mail.example.com",
            "smtp://name:1#word@mail.example.com",
            "smtp://secret/word@mail.example.com",
        ] {
            assert_eq!(host(wrong), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_tried_again_later() {
        assert_eq!(
            mailer().send(&mail()).await.unwrap_err().kind,
            ErrorKind::Retry
        );
    }
}

//! Single sign-on: people of a mail domain sign in at their own company's identity provider, which speaks OpenID Connect. What staff type of one.

use serde::{Deserialize, Serialize};

use crate::{
    error::{Fault, FieldErrors},
    text::{Host, is_free_mail, parse_line},
};

/// A provider, as typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOnForm {
    pub name: String,
    pub domain: String,
    pub issuer: String,
    pub client: String,
    /// Empty: the one that is kept already.
    #[serde(default)]
    pub secret: String,
    /// Words with spaces between; empty: nothing is asked.
    #[serde(default)]
    pub strength: String,
    /// Whatever a ticked box sends.
    #[serde(default)]
    pub only: String,
}

/// A secret may stand in it, so it is not printed whole.
impl std::fmt::Debug for SignOnForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignOnForm")
            .field("domain", &self.domain)
            .finish_non_exhaustive()
    }
}

/// What is known of a provider, its secret aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOn {
    /// What the button says.
    pub name: String,
    /// The part of mail addresses behind the `@` that the provider is believed for.
    pub domain: Host,
    /// Where it describes itself, without a slash at the end unless it has one in its own name.
    pub issuer: String,
    /// The portal's name there.
    pub client: String,
    /// Words of the provider's for how people prove themselves, one of which it must vouch for.
    pub strength: Vec<String>,
    /// Whether people of that domain sign in in no other way.
    pub is_only_way: bool,
}

impl SignOnForm {
    /// All faults at once, each with its field.
    ///
    /// # Errors
    /// What is wrong, never empty.
    pub fn parse(&self) -> Result<SignOn, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", parse_line(&self.name, 60));
        let domain = errors.take("domain", parse_domain(&self.domain));
        let issuer = errors.take("issuer", parse_issuer(&self.issuer));
        let client = errors.take("client", parse_line(&self.client, 300));
        let strength = errors.take("strength", parse_strength(&self.strength));
        match (name, domain, issuer, client, strength) {
            (Some(name), Some(domain), Some(issuer), Some(client), Some(strength)) => Ok(SignOn {
                name,
                domain,
                issuer,
                client,
                strength,
                is_only_way: !self.only.is_empty(),
            }),
            _ => Err(errors),
        }
    }
}

impl SignOn {
    /// Whether a provider vouches for enough, by what it says of a sign-in: a class of how people prove themselves (`acr`) and the ways in which this one did (`amr`).
    /// Who says nothing vouches for the least, which is enough only where nothing is asked.
    pub fn is_vouched_for(&self, acr: Option<&str>, amr: &[String]) -> bool {
        let is_said = |word: &String| acr == Some(word.as_str()) || amr.contains(word);
        self.strength.is_empty() || self.strength.iter().any(is_said)
    }
}

/// Words as a provider says them. They are sent in an address, and so are few.
fn parse_strength(text: &str) -> Result<Vec<String>, Fault> {
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let is_plain = |word: &String| word.chars().all(|c| c.is_ascii_graphic());
    if words.len() > 10 || text.trim().len() > 200 || !words.iter().all(is_plain) {
        return Err(Fault::new("strength-invalid"));
    }
    Ok(words)
}

/// Whoever keeps a mail service that anybody can have an address at speaks for no company.
fn parse_domain(text: &str) -> Result<Host, Fault> {
    let domain = Host::parse(text)?;
    if is_free_mail(domain.as_str()) {
        return Err(Fault::new("domain-of-everybody"));
    }
    Ok(domain)
}

/// An address whose answer nobody on the way can change. Numbers of this machine are for providers that run beside the portal: whether they may be called is not
/// decided here.
fn parse_issuer(text: &str) -> Result<String, Fault> {
    let text = parse_line(text, 500)?;
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://127.0.0.1:"));
    let is_plain = |rest: &str| {
        !rest.is_empty()
            && !rest.starts_with('/')
            && rest
                .chars()
                .all(|c| c.is_ascii_graphic() && !"?#@\\\"<>".contains(c))
    };
    if rest.is_some_and(is_plain) {
        Ok(text)
    } else {
        Err(Fault::new("issuer-invalid"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> SignOnForm {
        SignOnForm {
            name: "Example".to_owned(),
            domain: "Example.com".to_owned(),
            issuer: "https://login.example.com/realms/staff".to_owned(),
            client: "portal".to_owned(),
            secret: "kept aside".to_owned(),
            strength: String::new(),
            only: String::new(),
        }
    }

    #[track_caller]
    fn check(form: &SignOnForm, field: &str, code: &str) {
        let errors = form.parse().expect_err("refused").0;
        let found: Vec<_> = errors
            .iter()
            .map(|error| (&*error.field, &*error.code))
            .collect();
        assert_eq!(found, [(field, code)]);
    }

    #[test]
    fn a_provider_speaks_for_one_domain_and_is_asked_over_https() {
        let parsed = form().parse().expect("a provider");
        assert_eq!(parsed.domain.as_str(), "example.com");
        assert!(!parsed.is_only_way);
        let only = SignOnForm {
            only: "on".to_owned(),
            ..form()
        };
        assert!(only.parse().expect("a provider").is_only_way);
        for issuer in [
            "http://login.example.com",
            "ftp://login.example.com",
            "https://",
            "https:///etc",
            "https://user@login.example.com",
            "https://login.example.com/?next=1",
            "https://login.example.com/#x",
            "https://login.example.com/a b",
            "login.example.com",
        ] {
            let wrong = SignOnForm {
                issuer: issuer.to_owned(),
                ..form()
            };
            check(&wrong, "issuer", "issuer-invalid");
        }
    }

    #[test]
    fn a_provider_vouches_by_its_class_or_one_of_its_ways_and_else_for_the_least() {
        let typed = |strength: &str| SignOnForm {
            strength: strength.to_owned(),
            ..form()
        };
        let ways = |words: &str| -> Vec<String> { words.split(',').map(str::to_owned).collect() };
        let asked = typed(" mfa  urn:okta:loa:2fa:any ");
        let asked = asked.parse().expect("a provider");
        assert_eq!(asked.strength, ["mfa", "urn:okta:loa:2fa:any"]);
        assert!(asked.is_vouched_for(Some("urn:okta:loa:2fa:any"), &[]));
        assert!(asked.is_vouched_for(Some("1"), &ways("pwd,mfa")));
        assert!(!asked.is_vouched_for(Some("MFA"), &ways("pwd,mfa urn:okta:loa:2fa:any")));
        assert!(!asked.is_vouched_for(Some(""), &ways("")));
        assert!(!asked.is_vouched_for(None, &[]));
        let nothing = typed("  ").parse().expect("a provider");
        assert!(nothing.is_vouched_for(None, &[]));
        let (many, long) = ("a ".repeat(11), "a".repeat(201));
        for wrong in [many.as_str(), long.as_str(), "größer", "a\u{7}b"] {
            check(&typed(wrong), "strength", "strength-invalid");
        }
    }

    #[test]
    fn nobody_speaks_for_a_mail_service_of_everybody() {
        let wrong = SignOnForm {
            domain: "gmail.com".to_owned(),
            ..form()
        };
        check(&wrong, "domain", "domain-of-everybody");
    }

    #[test]
    fn a_form_with_a_secret_is_not_printed_whole() {
        assert!(!format!("{:?}", form()).contains("kept aside"));
    }
}

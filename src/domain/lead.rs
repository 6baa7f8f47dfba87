//! Leads: the form that a partner fills in, and the states that a lead goes through.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    access::words,
    error::FieldErrors,
    money::{Currency, Money},
    text::{Email, Host, Phone, parse_line, parse_paragraph},
};

/// A lead as typed; nothing is checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadForm {
    pub client_name: String,
    pub client_domain: String,
    pub contact_name: String,
    pub contact_email: String,
    #[serde(default)]
    pub contact_phone: String,
    pub need: String,
    #[serde(default)]
    pub value: String,
    #[serde(default)]
    pub currency: String,
    /// The word of a [`LawfulBasis`].
    #[serde(default)]
    pub lawful_basis: String,
    /// Only where that is consent: its day, and where its wording stands.
    #[serde(default)]
    pub consent_on: String,
    #[serde(default)]
    pub consent_source: String,
    /// Made with the empty form: the same key twice is the same lead, however often the button is pressed.
    #[serde(default)]
    pub submission_key: String,
}

/// A lead whose fields are well formed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadDraft {
    pub client_name: String,
    pub client_host: Host,
    pub contact_name: String,
    pub contact_email: Email,
    pub contact_phone: Option<Phone>,
    pub need: String,
    /// What the partner thinks the deal is worth; never used for commission.
    pub value: Option<Money>,
}

words! {
    /// What lets somebody pass on the details of a contact (GDPR, article 6).
    LawfulBasis {
        LegitimateInterest = "legitimate_interest",
        Consent = "consent",
        Contract = "contract",
    }
}

/// When somebody consented, and where the wording of that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    pub on: NaiveDate,
    pub source: String,
}

/// Why the contact of a lead may be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    pub lawful: LawfulBasis,
    /// There where it is consent.
    pub consent: Option<Consent>,
}

/// Characters of where a consent's wording stands.
const CONSENT_SOURCE_MAX: usize = 200;

impl LeadForm {
    /// Why the contact may be kept. Apart from the rest, which the browser checks too.
    pub fn parse_basis(&self, today: NaiveDate) -> Result<Basis, FieldErrors> {
        let Some(lawful) = LawfulBasis::parse(&self.lawful_basis) else {
            return Err(FieldErrors::one("lawful_basis", "choose-one"));
        };
        if lawful != LawfulBasis::Consent {
            return Ok(Basis {
                lawful,
                consent: None,
            });
        }
        let mut errors = FieldErrors::default();
        let on = match self.consent_on.trim() {
            "" => Err("required"),
            typed => typed.parse::<NaiveDate>().map_err(|_| "date-invalid"),
        };
        let on = on.and_then(|on| {
            if on > today {
                Err("date-to-come")
            } else {
                Ok(on)
            }
        });
        let on = on.map_err(|code| errors.add("consent_on", code)).ok();
        let source = parse_line(&self.consent_source, CONSENT_SOURCE_MAX);
        let source = errors.take("consent_source", source);
        match on.zip(source) {
            Some((on, source)) => Ok(Basis {
                lawful,
                consent: Some(Consent { on, source }),
            }),
            None => Err(errors),
        }
    }

    /// All faults at once, each with its field.
    pub fn parse(&self) -> Result<LeadDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let client_name = errors.take("client_name", parse_line(&self.client_name, 120));
        let client_host = errors.take("client_domain", Host::parse(&self.client_domain));
        let contact_name = errors.take("contact_name", parse_line(&self.contact_name, 120));
        let contact_email = errors.take("contact_email", Email::parse(&self.contact_email));
        let contact_phone = match self.contact_phone.trim() {
            "" => None,
            typed => errors.take("contact_phone", Phone::parse(typed)),
        };
        let need = errors.take("need", parse_paragraph(&self.need, 2_000));
        let value = match self.value.trim() {
            "" => None,
            typed => errors
                .take("currency", Currency::parse(&self.currency))
                .and_then(|currency| errors.take("value", Money::parse_typed(typed, currency))),
        };
        match (client_name, client_host, contact_name, contact_email, need) {
            (
                Some(client_name),
                Some(client_host),
                Some(contact_name),
                Some(contact_email),
                Some(need),
            ) if errors.is_empty() => Ok(LeadDraft {
                client_name,
                client_host,
                contact_name,
                contact_email,
                contact_phone,
                need,
                value,
            }),
            _ => Err(errors),
        }
    }
}

words! {
    /// Where a lead is. `Accepted` waits for HubSpot; from `Registered` on the deal's phase tells more. `Removed`: its deal is in HubSpot's bin, or went
    /// into another one; nobody said that the client decided otherwise.
    LeadState {
        InReview = "in_review",
        Accepted = "accepted",
        Registered = "registered",
        Won = "won",
        Lost = "lost",
        Removed = "removed",
        Rejected = "rejected",
        Withdrawn = "withdrawn",
    }
}

impl LeadState {
    /// Open leads protect their client against a second one.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::InReview | Self::Accepted | Self::Registered)
    }

    /// Whether a lead may go from here to there. Won and lost open again, as the CRM does, and removed is undone.
    pub const fn may_become(self, next: Self) -> bool {
        use LeadState as S;
        match self {
            S::InReview => matches!(next, S::Accepted | S::Rejected | S::Withdrawn),
            S::Accepted => matches!(next, S::Registered | S::Withdrawn),
            S::Registered => matches!(next, S::Won | S::Lost | S::Removed),
            S::Won => matches!(next, S::Registered | S::Lost | S::Removed),
            S::Lost => matches!(next, S::Registered | S::Won | S::Removed),
            S::Removed => matches!(next, S::Registered | S::Won | S::Lost),
            S::Rejected | S::Withdrawn => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> LeadForm {
        LeadForm {
            client_name: " Acme AG ".to_owned(),
            client_domain: "https://www.acme.example/about".to_owned(),
            contact_name: "Ada Example".to_owned(),
            contact_email: "Ada@Acme.example".to_owned(),
            contact_phone: "+49 30 123456".to_owned(),
            need: "A shop\r\nin three languages".to_owned(),
            value: "1.234,50".to_owned(),
            currency: "eur".to_owned(),
            lawful_basis: "contract".to_owned(),
            ..LeadForm::default()
        }
    }

    #[test]
    fn a_well_formed_lead_is_read() {
        let draft = form().parse().expect("well formed");
        assert_eq!(draft.client_name, "Acme AG");
        assert_eq!(draft.client_host.as_str(), "www.acme.example");
        assert_eq!(draft.contact_email.as_str(), "ada@acme.example");
        assert_eq!(draft.need, "A shop\nin three languages");
        assert_eq!(draft.value, Some(Money::new(123_450, Currency::EUR)));
        let json = serde_json::to_string(&draft).expect("json");
        assert_eq!(
            serde_json::from_str::<LeadDraft>(&json).expect("a draft"),
            draft
        );
    }

    #[test]
    fn a_contact_is_passed_on_for_a_reason_and_consent_has_its_day_and_its_wording() {
        let today = NaiveDate::from_ymd_opt(2026, 7, 6).expect("a day");
        let parse = |basis: &str, on: &str, source: &str| {
            let form = LeadForm {
                lawful_basis: basis.to_owned(),
                consent_on: on.to_owned(),
                consent_source: source.to_owned(),
                ..form()
            };
            form.parse_basis(today)
        };
        let contract = parse("contract", "no day", "").expect("no consent is needed");
        assert_eq!(contract.consent, None);
        let consent = parse("consent", "2026-07-06", " Newsletter ").expect("well formed");
        let consent = consent.consent.expect("consent");
        assert_eq!((consent.on, consent.source.as_str()), (today, "Newsletter"));
        for (basis, on, faults) in [
            ("", "", &[("lawful_basis", "choose-one")][..]),
            (
                "consent",
                "",
                &[("consent_on", "required"), ("consent_source", "required")],
            ),
            (
                "consent",
                "7/6",
                &[
                    ("consent_on", "date-invalid"),
                    ("consent_source", "required"),
                ],
            ),
            (
                "consent",
                "2026-07-07",
                &[
                    ("consent_on", "date-to-come"),
                    ("consent_source", "required"),
                ],
            ),
        ] {
            let errors = parse(basis, on, "").expect_err(on);
            let named = errors
                .0
                .iter()
                .map(|error| (error.field.as_str(), error.code.as_str()));
            assert_eq!(named.collect::<Vec<_>>(), faults);
        }
    }

    #[test]
    fn phone_and_value_may_be_left_out_and_then_the_currency_does_not_matter() {
        let draft = LeadForm {
            contact_phone: " ".to_owned(),
            value: String::new(),
            currency: "?".to_owned(),
            ..form()
        }
        .parse()
        .expect("well formed");
        assert_eq!((draft.contact_phone, draft.value), (None, None));
    }

    #[test]
    fn all_faults_are_named_at_once_each_with_its_field() {
        let errors = LeadForm {
            contact_phone: "030".to_owned(),
            value: "-1".to_owned(),
            ..LeadForm::default()
        }
        .parse()
        .expect_err("nothing is right");
        let named: Vec<_> = errors
            .0
            .iter()
            .map(|error| (error.field.as_str(), error.code.as_str()))
            .collect();
        assert_eq!(
            named,
            [
                ("client_name", "required"),
                ("client_domain", "required"),
                ("contact_name", "required"),
                ("contact_email", "required"),
                ("contact_phone", "phone-invalid"),
                ("need", "required"),
                ("currency", "currency-unknown"),
            ]
        );
        let errors = LeadForm {
            value: "0".to_owned(),
            ..form()
        }
        .parse()
        .expect_err("a value of nothing");
        assert_eq!(errors, FieldErrors::one("value", "amount-not-positive"));
    }

    #[test]
    fn a_lead_goes_only_the_ways_that_are_open() {
        use LeadState::{Accepted, InReview, Lost, Registered, Rejected, Removed, Withdrawn, Won};
        let open = [
            (InReview, Accepted),
            (InReview, Rejected),
            (InReview, Withdrawn),
            (Accepted, Registered),
            (Accepted, Withdrawn),
            (Registered, Won),
            (Registered, Lost),
            (Won, Registered),
            (Won, Lost),
            (Lost, Registered),
            (Lost, Won),
            (Registered, Removed),
            (Won, Removed),
            (Lost, Removed),
            (Removed, Registered),
            (Removed, Won),
            (Removed, Lost),
        ];
        for before in LeadState::ALL {
            for after in LeadState::ALL {
                assert_eq!(
                    before.may_become(*after),
                    open.contains(&(*before, *after)),
                    "{before} to {after}"
                );
            }
            let is_open = [InReview, Accepted, Registered].contains(before);
            assert_eq!(before.is_open(), is_open, "{before}");
            assert_eq!(LeadState::parse(before.as_str()), Some(*before));
        }
    }
}

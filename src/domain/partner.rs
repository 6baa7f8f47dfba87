//! Partners, their members, and the forms that change them.

use serde::{Deserialize, Serialize};

use crate::{
    access::MemberRole,
    address::Address,
    error::FieldErrors,
    notice::{SlackPlace, SlackWebhook},
    text::{Email, Host, parse_line},
};

/// What staff type to add a partner, and what an owner edits of the company, as typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyForm {
    pub name: String,
    pub legal_name: String,
    pub domain: String,
    /// Of the address all or nothing: the street in up to three lines, the postal code, the city.
    #[serde(default)]
    pub street: String,
    #[serde(default)]
    pub postal_code: String,
    #[serde(default)]
    pub city: String,
    pub country: String,
    pub vat_number: String,
    pub billing_email: String,
    /// Where the partner's Slack messages go: see [`SlackPlace`]; empty for nowhere.
    #[serde(default)]
    pub slack_channel: String,
}

/// A company's details, well formed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    pub name: String,
    pub legal_name: String,
    pub domain: Host,
    pub address: Address,
    /// ISO 3166 alpha-2 in capitals.
    pub country: String,
    /// As on invoices; empty if not registered.
    pub vat_number: String,
    pub billing_email: Email,
    /// A channel's id, a member's mail address, the end of a webhook, or nothing.
    pub slack_channel: String,
    /// The webhook that was pasted just now: on its way to where it is kept, and part of no record.
    #[serde(skip)]
    pub slack_webhook: Option<SlackWebhook>,
}

impl Company {
    /// Whether another version of its details has the same of what its money is paid by: a second person sees that before it is paid.
    pub fn is_paid_like(&self, other: &Self) -> bool {
        let details = |company: &Self| {
            (
                company.legal_name.clone(),
                company.address.clone(),
                company.country.clone(),
                company.vat_number.clone(),
                company.billing_email.clone(),
            )
        };
        details(self) == details(other)
    }
}

/// A webhook may stand in it, so it is not printed whole.
impl std::fmt::Debug for CompanyForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompanyForm")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl CompanyForm {
    /// All faults at once, each with its field.
    ///
    /// # Errors
    /// What is wrong, never empty.
    pub fn parse(&self) -> Result<Company, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", parse_line(&self.name, 120));
        let legal_name = errors.take("legal_name", parse_line(&self.legal_name, 200));
        let domain = errors.take("domain", Host::parse(&self.domain));
        let address = Address::parse(&self.street, &self.postal_code, &self.city);
        let address = errors.merge(address);
        let country = self.country.trim().to_uppercase();
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            errors.add("country", "country-invalid");
        }
        let vat_number: String = self.vat_number.to_uppercase().split_whitespace().collect();
        if vat_number.len() > 20
            || !vat_number
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".-/".contains(c))
        {
            errors.add("vat_number", "vat-number-invalid");
        }
        let billing_email = errors.take("billing_email", Email::parse(&self.billing_email));
        let place = SlackPlace::parse(&self.slack_channel);
        if place.is_none() {
            errors.add("slack_channel", "slack-channel-invalid");
        }
        let place = place.unwrap_or(SlackPlace::Nowhere);
        match (name, legal_name, domain, address, billing_email) {
            (Some(name), Some(legal_name), Some(domain), Some(address), Some(billing_email))
                if errors.is_empty() =>
            {
                Ok(Company {
                    name,
                    legal_name,
                    domain,
                    address,
                    country,
                    vat_number,
                    billing_email,
                    slack_channel: place.shown(),
                    slack_webhook: match place {
                        SlackPlace::Webhook(webhook) => Some(webhook),
                        _ => None,
                    },
                })
            }
            _ => Err(errors),
        }
    }
}

/// Inviting a colleague, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationForm {
    pub email: String,
    pub role: String,
}

impl InvitationForm {
    /// All faults at once, each with its field.
    ///
    /// # Errors
    /// What is wrong, never empty.
    pub fn parse(&self) -> Result<(Email, MemberRole), FieldErrors> {
        let mut errors = FieldErrors::default();
        let email = errors.take("email", Email::parse(&self.email));
        let role = MemberRole::parse(&self.role);
        if role.is_none() {
            errors.add("role", "choose-one");
        }
        match (email, role) {
            (Some(email), Some(role)) => Ok((email, role)),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> CompanyForm {
        CompanyForm {
            name: "Example Partners".to_owned(),
            legal_name: "Example Partners GmbH".to_owned(),
            domain: "example.com".to_owned(),
            street: "Hauptstraße 1".to_owned(),
            postal_code: "10115".to_owned(),
            city: "Berlin".to_owned(),
            country: " de ".to_owned(),
            vat_number: "de 123 456 789".to_owned(),
            billing_email: "Billing@Example.com".to_owned(),
            slack_channel: "C0123456789".to_owned(),
        }
    }

    #[test]
    fn a_well_formed_company_is_read() {
        let company = form().parse().expect("well formed");
        assert_eq!(company.country, "DE");
        let lines = company.address.lines(&company.country);
        assert_eq!(lines, ["Hauptstraße 1", "10115 Berlin"]);
        assert_eq!(company.vat_number, "DE123456789");
        assert_eq!(company.billing_email.as_str(), "billing@example.com");
        let bare = CompanyForm {
            vat_number: String::new(),
            slack_channel: "  ".to_owned(),
            street: String::new(),
            postal_code: String::new(),
            city: " ".to_owned(),
            ..form()
        };
        let company = bare.parse().expect("none of these is required");
        assert!(company.vat_number.is_empty() && company.slack_channel.is_empty());
        assert!(company.address.is_empty());
    }

    #[test]
    fn each_fault_of_a_company_is_named_with_its_field() {
        type Spoil = fn(&mut CompanyForm);
        let faults: [(Spoil, &str, &str); 11] = [
            (|form| form.name.clear(), "name", "required"),
            (|form| form.legal_name.clear(), "legal_name", "required"),
            (
                |form| form.domain = "x".to_owned(),
                "domain",
                "domain-invalid",
            ),
            (|form| form.city.clear(), "city", "required"),
            (
                |form| form.country = "DEU".to_owned(),
                "country",
                "country-invalid",
            ),
            (
                |form| form.country = "Ö".to_owned(),
                "country",
                "country-invalid",
            ),
            (
                |form| form.vat_number = "1".repeat(22),
                "vat_number",
                "vat-number-invalid",
            ),
            (
                |form| form.vat_number = "DE;1".to_owned(),
                "vat_number",
                "vat-number-invalid",
            ),
            (
                |form| form.billing_email = "x".to_owned(),
                "billing_email",
                "email-invalid",
            ),
            (
                |form| form.slack_channel = "#general".to_owned(),
                "slack_channel",
                "slack-channel-invalid",
            ),
            (
                |form| form.slack_channel = "C123".to_owned(),
                "slack_channel",
                "slack-channel-invalid",
            ),
        ];
        for (spoil, field, code) in faults {
            let mut form = form();
            spoil(&mut form);
            assert_eq!(form.parse(), Err(FieldErrors::one(field, code)));
        }
        let errors = CompanyForm::default().parse().expect_err("empty");
        assert_eq!(errors.0.len(), 5);
    }

    #[test]
    fn an_invitation_needs_an_address_and_one_of_the_roles() {
        let invitation = |email: &str, role: &str| {
            InvitationForm {
                email: email.to_owned(),
                role: role.to_owned(),
            }
            .parse()
        };
        let (email, role) = invitation("Ada@Example.com", "sales").expect("well formed");
        assert_eq!(
            (email.as_str(), role),
            ("ada@example.com", MemberRole::Sales)
        );
        assert_eq!(
            invitation("ada@example.com", "administrator"),
            Err(FieldErrors::one("role", "choose-one"))
        );
        assert_eq!(invitation("", "").expect_err("empty").0.len(), 2);
    }
}

//! What an administrator types about the vendor's own people.

use serde::{Deserialize, Serialize};

use crate::{
    access::StaffRole,
    error::{Fault, FieldErrors},
    text::{Email, parse_line},
};

/// How long the reason may be for which somebody is disabled.
pub const REASON_LENGTH_MAX: usize = 200;

/// Somebody who is to work in the portal at the vendor, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColleagueForm {
    pub name: String,
    pub email: String,
    pub role: String,
}

/// A colleague, well formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    pub name: String,
    pub email: Email,
    pub role: StaffRole,
}

impl ColleagueForm {
    /// All faults at once, each with its field.
    ///
    /// # Errors
    /// What is wrong, never empty.
    pub fn parse(&self) -> Result<Colleague, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", parse_line(&self.name, 120));
        let email = errors.take("email", Email::parse(&self.email));
        let role = StaffRole::parse(&self.role).ok_or(Fault::new("choose-one"));
        let role = errors.take("role", role);
        match (name, email, role) {
            (Some(name), Some(email), Some(role)) => Ok(Colleague { name, email, role }),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_with_a_colleague_is_said_at_once() {
        let form = ColleagueForm {
            name: " Ada Lovelace ".to_owned(),
            email: "Ada@Vendor.example".to_owned(),
            role: "auditor".to_owned(),
        };
        let colleague = form.parse().expect("well formed");
        assert_eq!(colleague.name, "Ada Lovelace");
        assert_eq!(colleague.email.as_str(), "ada@vendor.example");
        assert_eq!(colleague.role, StaffRole::Auditor);
        let form = ColleagueForm {
            role: "owner".to_owned(),
            ..ColleagueForm::default()
        };
        let errors = form.parse().expect_err("nothing was typed").0;
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["name", "email", "role"]);
    }
}

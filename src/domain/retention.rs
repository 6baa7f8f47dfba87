//! For how long what names people is kept.

use serde::{Deserialize, Serialize};

use crate::error::FieldErrors;

/// Longer than anybody needs anything: 50 years.
const MONTHS_MAX: u32 = 600;
const DAYS_MAX: u32 = 3_650;

/// After which time what goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// The contact of a lead that came to nothing.
    pub lead_months: u32,
    /// What stood in a mail, and to whom it went.
    pub mail_months: u32,
    /// Work that was given up and that a person set aside.
    pub dead_letter_months: u32,
    /// What the vendors' webhooks said.
    pub note_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            lead_months: 24,
            mail_months: 24,
            dead_letter_months: 12,
            note_days: 30,
        }
    }
}

/// The same as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionForm {
    pub lead_months: String,
    pub mail_months: String,
    pub dead_letter_months: String,
    pub note_days: String,
}

impl RetentionForm {
    /// All faults at once, each with its field.
    pub fn parse(&self) -> Result<Retention, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut take = |field: &str, typed: &str, most: u32| {
            let read = typed.trim().parse().ok();
            let read = read.filter(|read| (1..=most).contains(read));
            if read.is_none() {
                errors.add(field, "retention-invalid");
            }
            read.unwrap_or_default()
        };
        let retention = Retention {
            lead_months: take("lead_months", &self.lead_months, MONTHS_MAX),
            mail_months: take("mail_months", &self.mail_months, MONTHS_MAX),
            dead_letter_months: take("dead_letter_months", &self.dead_letter_months, MONTHS_MAX),
            note_days: take("note_days", &self.note_days, DAYS_MAX),
        };
        if errors.is_empty() {
            Ok(retention)
        } else {
            Err(errors)
        }
    }
}

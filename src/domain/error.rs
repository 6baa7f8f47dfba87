//! What can be wrong with input, said so that the UI and the API can show the same words: a field, a code, and what the code needs to be a sentence.

use serde::{Deserialize, Serialize};

/// One thing that is wrong with one field. The code is a key of the language catalogues (`error-<code>`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    pub field: String,
    pub code: String,
    /// A figure or word that the sentence needs, such as the longest length allowed.
    pub detail: String,
}

/// All that is wrong with a form, in the order of its fields; never empty where it is an `Err`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// A single fault, as an `Err` value wants it.
    pub fn one(field: &str, code: &str) -> Self {
        let mut errors = Self::default();
        errors.add(field, code);
        errors
    }

    /// Notes a fault of one field.
    pub fn add(&mut self, field: &str, code: &str) {
        self.add_with(field, code, "");
    }

    /// Notes a fault of one field, with what its sentence needs.
    pub fn add_with(&mut self, field: &str, code: &str, detail: &str) {
        self.0.push(FieldError {
            field: field.to_owned(),
            code: code.to_owned(),
            detail: detail.to_owned(),
        });
    }

    /// Keeps the value of a field that parsed, and the fault of one that did not.
    pub fn take<T>(&mut self, field: &str, parsed: Result<T, Fault>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(fault) => {
                self.add_with(field, fault.code, &fault.detail);
                None
            }
        }
    }

    /// Keeps a part of a form that parsed, and all faults of one that did not.
    pub fn merge<T>(&mut self, parsed: Result<T, Self>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(faults) => {
                self.0.extend(faults.0);
                None
            }
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The faults of one field.
    pub fn of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a FieldError> {
        self.0.iter().filter(move |error| error.field == field)
    }
}

/// Why one value does not parse; the form knows the field's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} {detail}")]
pub struct Fault {
    pub code: &'static str,
    pub detail: String,
}

impl Fault {
    /// A fault whose code says all.
    pub fn new(code: &'static str) -> Self {
        Self {
            code,
            detail: String::new(),
        }
    }

    /// A fault whose sentence needs a figure or word.
    pub fn with(code: &'static str, detail: impl ToString) -> Self {
        Self {
            code,
            detail: detail.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_kept_by_field_in_the_order_they_came() {
        let mut errors = FieldErrors::default();
        assert_eq!(errors.take("first", Ok(1)), Some(1));
        assert!(errors.is_empty());
        assert_eq!(
            errors.take::<i32>("second", Err(Fault::with("too-long", 3))),
            None
        );
        errors.add("third", "required");
        let details: Vec<&str> = errors
            .of("second")
            .map(|error| error.detail.as_str())
            .collect();
        assert_eq!(details, ["3"]);
        assert_eq!(errors.of("first").count(), 0);
        assert_eq!(errors.0.len(), 2);
        assert_eq!(FieldErrors::one("third", "required").0[0], errors.0[1]);
    }
}

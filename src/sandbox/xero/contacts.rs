//! Contacts: created and updated by name, number or id; names are unique among the active ones.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Xero;
use crate::dice::Dice;

/// A customer or supplier.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Contact {
    pub id: String,
    /// The key of another system, at most 50 characters.
    pub number: String,
    pub name: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub tax_number: String,
    pub bank_account: String,
    pub archived: bool,
    /// The contact that it was merged into.
    pub merged_to: Option<String>,
    pub updated_ms: i64,
}

/// Whether a request may change what exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// PUT: only creates.
    Create,
    /// POST: updates what it finds.
    CreateOrUpdate,
}

impl Xero {
    /// The active contact with a name.
    pub fn contact_by_name(&self, name: &str) -> Option<&Contact> {
        let name = name.trim();
        self.contacts
            .values()
            .find(|contact| !contact.archived && contact.name.eq_ignore_ascii_case(name))
    }

    /// A contact by id or by number.
    pub fn contact(&self, key: &str) -> Option<&Contact> {
        let by_number = || {
            self.contacts
                .values()
                .find(|contact| !contact.number.is_empty() && contact.number == key)
        };
        self.contacts.get(&key.to_lowercase()).or_else(by_number)
    }

    /// Merges one contact into another: it is archived and says into which, and its documents belong to the other.
    /// Only the contacts are told about: the documents themselves did not change.
    pub fn merge_contacts(
        &mut self,
        loser: &str,
        survivor: &str,
        now_ms: i64,
    ) -> Result<(), String> {
        if loser == survivor {
            return Err("A contact cannot be merged with itself.".to_owned());
        }
        for id in [loser, survivor] {
            if self.contacts.get(id).is_none_or(|contact| contact.archived) {
                return Err(format!("There is no active contact {id}."));
            }
        }
        let documents = self
            .invoices
            .values_mut()
            .map(|invoice| &mut invoice.contact_id);
        let credits = self
            .credits
            .values_mut()
            .map(|credit| &mut credit.contact_id);
        for owner in documents.chain(credits).filter(|owner| *owner == loser) {
            survivor.clone_into(owner);
        }
        if let Some(contact) = self.contacts.get_mut(loser) {
            contact.archived = true;
            contact.merged_to = Some(survivor.to_owned());
        }
        for id in [loser, survivor] {
            if let Some(contact) = self.contacts.get_mut(id) {
                contact.updated_ms = now_ms;
            }
            self.event("CONTACT", id, "UPDATE", now_ms);
        }
        Ok(())
    }

    /// Creates or updates one contact; gives its id or what is wrong.
    pub fn save_contact(
        &mut self,
        dice: &mut Dice,
        given: &Value,
        mode: Mode,
        now_ms: i64,
    ) -> Result<String, Vec<String>> {
        let text = |field: &str| given[field].as_str().map(str::trim);
        let existing = self.find_given(given, mode)?;
        let mut contact = existing.clone().unwrap_or_else(|| blank(dice));
        let set = |field: &mut String, value: Option<&str>| {
            if let Some(value) = value {
                value.clone_into(field);
            }
        };
        set(&mut contact.number, text("ContactNumber"));
        set(&mut contact.name, text("Name"));
        set(&mut contact.email, text("EmailAddress"));
        set(&mut contact.first_name, text("FirstName"));
        set(&mut contact.last_name, text("LastName"));
        set(&mut contact.tax_number, text("TaxNumber"));
        set(&mut contact.bank_account, text("BankAccountDetails"));
        if let Some(status) = text("ContactStatus") {
            contact.archived = status == "ARCHIVED";
        }
        self.check_contact(&contact)?;
        contact.updated_ms = now_ms;
        let (id, act) = (
            contact.id.clone(),
            if existing.is_some() {
                "UPDATE"
            } else {
                "CREATE"
            },
        );
        self.contacts.insert(id.clone(), contact);
        self.event("CONTACT", &id, act, now_ms);
        Ok(id)
    }

    fn find_given(&self, given: &Value, mode: Mode) -> Result<Option<Contact>, Vec<String>> {
        if let Some(id) = given["ContactID"].as_str() {
            let found = self.contacts.get(&id.to_lowercase()).cloned();
            return found
                .map(Some)
                .ok_or_else(|| vec!["The contact could not be found.".to_owned()]);
        }
        if mode == Mode::Create {
            return Ok(None);
        }
        let by_number = given["ContactNumber"]
            .as_str()
            .filter(|number| !number.is_empty())
            .and_then(|number| self.contact(number));
        let by_name = || {
            given["Name"]
                .as_str()
                .and_then(|name| self.contact_by_name(name))
        };
        Ok(by_number.or_else(by_name).cloned())
    }

    fn check_contact(&self, contact: &Contact) -> Result<(), Vec<String>> {
        let mut problems = Vec::new();
        let others = || {
            self.contacts
                .values()
                .filter(|other| other.id != contact.id && !other.archived)
        };
        if contact.name.is_empty() {
            problems.push("The contact name must be specified.".to_owned());
        } else if contact.name.chars().count() > 255 {
            problems.push("The contact name cannot be longer than 255 characters.".to_owned());
        } else if !contact.archived
            && others().any(|other| other.name.eq_ignore_ascii_case(&contact.name))
        {
            problems.push(format!(
                "The contact name {} is already assigned to another contact. The contact name must be unique across all active contacts.",
                contact.name
            ));
        }
        if contact.number.chars().count() > 50 {
            problems.push("The contact number cannot be longer than 50 characters.".to_owned());
        }
        if !contact.number.is_empty() && others().any(|other| other.number == contact.number) {
            problems.push(format!(
                "The contact number {} is already assigned to another contact.",
                contact.number
            ));
        }
        if !contact.email.is_empty() && !contact.email.contains('@') {
            problems.push("Email address is invalid.".to_owned());
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }
}

fn blank(dice: &mut Dice) -> Contact {
    Contact {
        id: dice.uuid(),
        number: String::new(),
        name: String::new(),
        email: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        tax_number: String::new(),
        bank_account: String::new(),
        archived: false,
        merged_to: None,
        updated_ms: 0,
    }
}

//! Privacy: what is kept of people, for how long, what there is of one of them, and taking it away. `docs/privacy.md` says what is kept where and why.

pub mod about;
pub mod erasure;
pub mod retention;

use portal_domain::text::Email;
use portal_store::{
    Tx, leads,
    leads::LeadRecord,
    people::{self, PersonRecord},
};

use crate::ServiceError;

/// Who has an address of mail: somebody with access, the contact of leads, or both.
#[derive(Clone, Debug)]
pub struct Subject {
    pub email: String,
    pub person: Option<PersonRecord>,
    pub leads: Vec<LeadRecord>,
}

impl Subject {
    async fn find(tx: &mut Tx, email: &str) -> Result<Self, ServiceError> {
        let email =
            Email::parse(email).map_err(|fault| ServiceError::field("email", fault.code))?;
        let email = email.as_str().to_owned();
        Ok(Self {
            person: people::find_by_email(tx, &email).await?,
            leads: leads::list_of_contact(tx, &email).await?,
            email,
        })
    }

    /// What names this person in other rows: the address, and the ids of its own rows.
    fn texts(&self) -> Vec<String> {
        let person = self.person.iter().map(|person| person.id.to_string());
        let leads = self.leads.iter().map(|lead| lead.id.to_string());
        std::iter::once(self.email.clone())
            .chain(person)
            .chain(leads)
            .collect()
    }
}

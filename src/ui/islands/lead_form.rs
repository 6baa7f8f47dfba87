//! The lead form, awake: it checks each answer by the same rules as the server (`portal_domain::lead`), says what is wrong beside the field,
//! sends once, and keeps what was typed whatever happens.

use std::collections::BTreeMap;

use leptos::prelude::*;

/// Wakes the form that the server rendered as its children.
#[island]
pub fn LeadFormIsland(
    /// The form's id.
    form: String,
    /// `error-*` by code, and `sending`, `errors`, `unreachable`.
    words: BTreeMap<String, String>,
    children: Children,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    awake::wake(form, words);
    #[cfg(not(feature = "hydrate"))]
    let _ = (form, words);
    children()
}

#[cfg(feature = "hydrate")]
mod awake {
    //! The browser's half.

    use std::{cell::Cell, collections::BTreeMap, rc::Rc};

    use portal_domain::lead::LeadForm;

    use crate::ui::{
        api::{FieldMessage, UiError, leads::submit_lead},
        browser::Form,
    };

    pub fn wake(id: String, words: BTreeMap<String, String>) {
        let Some(form) = Form::find(&id) else { return };
        let words = Rc::new(words);
        let sending = Rc::new(Cell::new(false));
        form.clone().on_submit(move || {
            if sending.get() {
                return;
            }
            let answers = read(&form);
            if let Err(errors) = answers.parse() {
                let fields = errors.0.iter().map(|error| FieldMessage {
                    field: error.field.clone(),
                    message: sentence(&words, &error.code),
                });
                return form.show_errors(word(&words, "errors"), &fields.collect::<Vec<_>>());
            }
            sending.set(true);
            form.set_busy(Some(word(&words, "sending")));
            let (form, words, sending) = (form.clone(), Rc::clone(&words), Rc::clone(&sending));
            leptos::task::spawn_local(async move {
                match submit_lead(answers).await {
                    Ok(done) => crate::ui::browser::go(&done.url()),
                    Err(error) => {
                        sending.set(false);
                        form.set_busy(None);
                        show(&form, &words, &error);
                    }
                }
            });
        });
    }

    fn read(form: &Form) -> LeadForm {
        let value = |name: &str| form.value(&format!("form[{name}]"));
        LeadForm {
            client_name: value("client_name"),
            client_domain: value("client_domain"),
            contact_name: value("contact_name"),
            contact_email: value("contact_email"),
            contact_phone: value("contact_phone"),
            need: value("need"),
            value: value("value"),
            currency: value("currency"),
            lawful_basis: value("lawful_basis"),
            consent_on: value("consent_on"),
            consent_source: value("consent_source"),
            submission_key: value("submission_key"),
        }
    }

    /// A refusal without words came from no rule of ours: the call itself failed.
    fn show(form: &Form, words: &BTreeMap<String, String>, error: &UiError) {
        let title = if error.message.is_empty() {
            word(words, "unreachable")
        } else {
            &error.message
        };
        form.show_errors(title, &error.fields);
    }

    fn sentence(words: &BTreeMap<String, String>, code: &str) -> String {
        let known = words
            .get(&format!("error-{code}"))
            .or_else(|| words.get("error-invalid"));
        known.cloned().unwrap_or_default()
    }

    fn word<'a>(words: &'a BTreeMap<String, String>, key: &str) -> &'a str {
        words.get(key).map_or("", String::as_str)
    }
}

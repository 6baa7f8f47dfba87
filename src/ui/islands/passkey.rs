//! The passkey form, awake: it shows itself where the browser knows passkeys, asks the browser for one, and hands its answer on.

use std::collections::BTreeMap;

use leptos::prelude::*;

/// Wakes the form `passkey` that the server rendered, hidden, as its children.
#[island]
pub fn PasskeyIsland(
    /// Whether it makes a passkey; else it signs in with one.
    adds: bool,
    /// `asking`, `failed`, `unreachable`.
    words: BTreeMap<String, String>,
    children: Children,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    awake::wake(adds, words);
    #[cfg(not(feature = "hydrate"))]
    let _ = (adds, words);
    children()
}

#[cfg(feature = "hydrate")]
mod awake {
    //! The browser's half.

    use std::{collections::BTreeMap, rc::Rc};

    use crate::ui::{
        api::{
            Done, UiError,
            access::{answer_with_passkey, ask_for_passkey},
        },
        browser::{self, Form, Passkey},
    };

    pub fn wake(adds: bool, words: BTreeMap<String, String>) {
        let Some(form) = Form::find("passkey") else {
            return;
        };
        if !browser::show_where_passkeys_are_known("passkey-card") {
            return;
        }
        let words = Rc::new(words);
        let word = |words: &BTreeMap<String, String>, name: &str| {
            words.get(name).cloned().unwrap_or_default()
        };
        form.clone().on_submit(move || {
            form.set_busy(Some(&word(&words, "asking")));
            let (form, words) = (form.clone(), Rc::clone(&words));
            leptos::task::spawn_local(async move {
                match ask(adds, &form).await {
                    Ok(Some(done)) => return browser::go(&done.url()),
                    // The person thought better of it, or the browser has none.
                    Ok(None) => form.show_errors(&word(&words, "failed"), &[]),
                    Err(error) if error.status == 0 => {
                        form.show_errors(&word(&words, "unreachable"), &[]);
                    }
                    Err(error) => form.show_errors(&error.message, &error.fields),
                }
                form.set_busy(None);
            });
        });
    }

    async fn ask(adds: bool, form: &Form) -> Result<Option<Done>, UiError> {
        let question = ask_for_passkey(adds).await?;
        let asked = if adds { Passkey::Made } else { Passkey::Used };
        let Some(answer) = asked.ask(&question.options).await else {
            return Ok(None);
        };
        let name = adds.then(|| form.value("name"));
        let next = form.value("next");
        answer_with_passkey(question.token, answer, name, next)
            .await
            .map(Some)
    }
}

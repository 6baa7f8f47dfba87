//! The passkey form, awake: it shows itself where the browser knows passkeys, asks the browser for one, and hands its answer on.

use std::collections::BTreeMap;

use leptos::prelude::*;

/// Wakes the form `passkey` that the server rendered, hidden, as its children.
#[island]
pub fn PasskeyIsland(
    /// Whether it makes a passkey; else it signs in with one.
    adds: bool,
    /// `asking`, `failed`.
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

    use std::collections::BTreeMap;

    use crate::ui::{
        api::access::ask_for_passkey,
        browser::{self, Form, Passkey},
    };

    pub fn wake(adds: bool, words: BTreeMap<String, String>) {
        let Some(form) = Form::find("passkey") else {
            return;
        };
        if !browser::show_where_passkeys_are_known("passkey-card") {
            return;
        }
        let word = move |name: &str| words.get(name).cloned().unwrap_or_default();
        let [asking, failed] = ["asking", "failed"].map(word);
        form.clone().on_submit(move || {
            form.set_busy(Some(&asking));
            let (form, failed) = (form.clone(), failed.clone());
            leptos::task::spawn_local(async move {
                if ask(adds, &form).await.is_none() {
                    // The person thought better of it, the browser has none, or nobody answers.
                    form.set_busy(None);
                    form.show_errors(&failed, &[]);
                }
            });
        });
    }

    /// Puts the browser's answer into the form, and sends it as any other; nothing if there is no answer.
    async fn ask(adds: bool, form: &Form) -> Option<()> {
        let question = ask_for_passkey(adds).await.ok()?;
        let asked = if adds { Passkey::Made } else { Passkey::Used };
        let answer = asked.ask(&question.options).await?;
        form.send_with(&[("token", &question.token), ("answer", &answer)])
    }
}

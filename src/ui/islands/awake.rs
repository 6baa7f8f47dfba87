//! What every page does once it is awake: it keeps its live parts up to date, follows what is typed, and sends no form twice.

use leptos::prelude::*;

/// Stands at the end of each page. Renders nothing.
#[island]
pub fn Awake(
    /// The stream that tells of changes; empty where nobody is signed in.
    stream: String,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        use crate::ui::browser;
        browser::send_forms_once();
        browser::follow_forms();
        if !stream.is_empty() {
            browser::listen(&stream, || {
                leptos::task::spawn_local(async {
                    if let Some(html) = browser::fetch_page().await {
                        browser::refresh_live_parts(&html);
                    }
                });
            });
        }
        browser::mark_awake();
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = stream;
}

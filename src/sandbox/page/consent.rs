//! The page on which a person lets an app in, as HubSpot and Xero have one: who asks for what, of which organisations, and two buttons.

use maud::{DOCTYPE, Markup, html};

use super::layout::head;
use crate::call::{Call, Reply, find_pair};

/// No scripts; styles only inline. Where the form leads to is the app's to say, so that is left open.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

/// What can be let into, by its id.
pub struct Choice<'a> {
    pub id: &'a str,
    pub name: &'a str,
}

/// What a person decided: nothing, or everything that the app asked with and what was chosen.
pub struct Decision {
    asked: Vec<(String, String)>,
}

impl Decision {
    /// Reads the form of the page.
    pub fn read(call: &Call) -> Self {
        Self { asked: call.form() }
    }

    /// Whether the app was let in.
    pub fn is_yes(&self) -> bool {
        self.field("decision") == "allow"
    }

    /// What the app asked with.
    pub fn field(&self, name: &str) -> &str {
        find_pair(&self.asked, name).unwrap_or_default()
    }

    /// Whether something was chosen.
    pub fn has_chosen(&self, id: &str) -> bool {
        self.asked
            .iter()
            .any(|(name, value)| name == "choice" && value == id)
    }

    /// Back to the app, with a code or with why there is none.
    pub fn back(&self, name: &str, value: &str) -> Reply {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair(name, value)
            .append_pair("state", self.field("state"))
            .finish();
        let address = self.field("redirect_uri");
        let joint = if address.contains('?') { '&' } else { '?' };
        Reply::see_other(format!("{address}{joint}{query}"))
    }
}

/// The page of a vendor.
pub fn page(vendor: &str, call: &Call, choices: &[Choice<'_>]) -> Reply {
    let scopes = call.query("scope").unwrap_or_default();
    let content = html! {
        h1 { "Let the partner portal into " (vendor) "?" }
        form.item method="post" action=(call.path) {
            @for (name, value) in &call.query { input type="hidden" name=(name) value=(value); }
            @if !choices.is_empty() {
                fieldset {
                    legend { "Organisations" }
                    @for choice in choices {
                        p { label { input type="checkbox" name="choice" value=(choice.id) checked style="inline-size:auto;block-size:auto"; " " (choice.name) } }
                    }
                }
            }
            @if !scopes.is_empty() { p.small { "It asks for: " (scopes) } }
            button.main name="decision" value="allow" { "Allow access" }
            " "
            button.plain name="decision" value="deny" { "Deny" }
        }
    };
    Reply::html(document(vendor, &content).into_string())
        .with_header("content-security-policy", POLICY.to_owned())
        .with_header("cache-control", "no-store".to_owned())
}

fn document(vendor: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(vendor))
            body { main id="main" { (content) } }
        }
    }
}

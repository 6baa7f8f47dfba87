//! The inbox: a list of what came, and one mail as its reader would see it.

use maud::{Markup, PreEscaped, html};

use super::layout::{frame, nothing};
use super::log;
use crate::call::Call;
use crate::clock::readable;
use crate::mail::Mail;
use crate::server::Shared;

/// `/mail`, or `/mail?to=…`.
pub fn render_list(shared: &Shared, call: &Call) -> Option<Markup> {
    let asked = call.query("to").filter(|to| !to.is_empty());
    let exchanges = log::beside(shared, "Mail");
    let content = {
        let world = shared.world();
        let mails: Vec<&Mail> = world.mail.to(asked).take(200).collect();
        html! {
            form method="get" action="/mail" {
                div.fields {
                    div.field.wide { label for="to" { "Recipient" } input id="to" name="to" type="email" value=(asked.unwrap_or_default()); }
                    button { "Show" }
                }
            }
            h2 { (mails.len()) " mails" }
            @if mails.is_empty() { (nothing("No mail yet.")) }
            div.stack {
                @for mail in &mails {
                    article.item data-mail-to=(mail.envelope_to.join(" ")) data-mail-subject=(mail.subject) {
                        div.top { h3 { a href={ "/mail/" (mail.id) } { (subject(mail)) } } span.soft.small { (readable(mail.at_ms)) } }
                        p.soft { "To " (mail.envelope_to.join(", ")) }
                    }
                }
            }
            (exchanges)
        }
    };
    Some(frame(shared, call, "Mail", &content))
}

fn subject(mail: &Mail) -> &str {
    if mail.subject.is_empty() {
        "(no subject)"
    } else {
        &mail.subject
    }
}

/// `/mail/{number}`.
pub fn render_one(shared: &Shared, call: &Call, id: &str) -> Option<Markup> {
    let id: u64 = id.parse().ok()?;
    let mail = shared
        .world()
        .mail
        .mails
        .iter()
        .find(|mail| mail.id == id)
        .cloned()?;
    // Links lead out of the frame, which may do nothing else.
    let document = format!("<base target=\"_top\">{}", mail.html);
    let content = html! {
        p { a href="/mail" { "All mails" } }
        dl.item {
            dt { "From" } dd { (mail.from) }
            dt { "To" } dd { (mail.to.join(", ")) }
            dt { "Delivered to" } dd { (mail.envelope_to.join(", ")) }
            dt { "When" } dd { (readable(mail.at_ms)) " UTC" }
            dt { "Message-ID" } dd { (mail.message_id) }
            @for (name, value) in &mail.headers { dt { (name) } dd { (value) } }
            @for name in &mail.attachments { dt { "Attachment" } dd { (name) } }
        }
        @if !mail.text.is_empty() {
            section aria-labelledby="text" { h2 id="text" { "Text" } div.item { pre { (with_links(&mail.text)) } } }
        }
        @if !mail.html.is_empty() {
            section aria-labelledby="html" {
                h2 id="html" { "HTML" }
                iframe title="The mail as HTML" sandbox="allow-top-navigation-by-user-activation" srcdoc=(document) {}
            }
        }
    };
    Some(frame(shared, call, subject(&mail), &content))
}

/// Text in which addresses of pages can be followed.
fn with_links(text: &str) -> Markup {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest
        .find("http://")
        .into_iter()
        .chain(rest.find("https://"))
        .min()
    {
        let end = rest[start..]
            .find(|c: char| c.is_whitespace() || "<>\"".contains(c))
            .map_or(rest.len(), |length| start + length);
        let url = rest[start..end].trim_end_matches(['.', ',', ')', ';', ':', '!', '?']);
        out.push_str(&html! { (&rest[..start]) a href=(url) { (url) } }.into_string());
        rest = &rest[start + url.len()..];
    }
    out.push_str(&html! { (rest) }.into_string());
    PreEscaped(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_made_and_everything_is_escaped() {
        let markup = with_links("Go to http://127.0.0.1:3000/a?b=1&c=2. <b>").into_string();
        assert_eq!(
            markup,
            "Go to <a href=\"http://127.0.0.1:3000/a?b=1&amp;c=2\">http://127.0.0.1:3000/a?b=1&amp;c=2</a>. &lt;b&gt;"
        );
    }
}

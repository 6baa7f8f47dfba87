//! What a mail looks like, the same for all of them: as text, and as HTML for mail programs, which know few styles and neither our style sheets nor our
//! fonts. Colours stand inline for a light page; where a program knows of dark ones, the style sheet in the head turns them, and where it turns them by
//! itself, each pair of ink and ground still stands out.

use portal_store::preferences::DigestItem;

use super::compose::Draft;
use crate::Ctx;

/// In a dark mail program. `!important` is what overrules an inline style.
const DARK: &str = "\
:root{color-scheme:light dark;supported-color-schemes:light dark}\
@media (prefers-color-scheme:dark){\
.page{background:#0f1513!important}\
.card{background:#18201d!important;border-color:#2d3935!important}\
.ink{color:#e9efec!important}\
.soft,.soft a{color:#a8b5af!important}\
.rule{border-color:#2d3935!important}\
.link{color:#7fd1c1!important}\
.button{background:#7fd1c1!important;color:#06231d!important}}";

/// A mail as it leaves.
#[derive(Clone, Debug)]
pub struct Laid {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// How a mail program shows its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Light,
    Dark,
}

/// A mail as a program shows it that is always light, or always dark, whatever the reader's own pages are.
pub(super) fn in_scheme(html: &str, scheme: Scheme) -> String {
    let (media, colors) = match scheme {
        Scheme::Light => ("not all", "light"),
        Scheme::Dark => ("all", "dark"),
    };
    html.replace("(prefers-color-scheme:dark)", media)
        .replace("light dark", colors)
}

/// `unsubscribe_url`: where one click stops mails of this kind, if they can be stopped.
pub(super) fn lay_out(ctx: &Ctx, name: &str, draft: &Draft, unsubscribe_url: Option<&str>) -> Laid {
    let letter = Letter {
        ctx,
        draft,
        greeting: draft.words.with("mail-greeting", &[("name", name.into())]),
        url: ctx.url(&draft.path),
        unsubscribe_url,
    };
    Laid {
        subject: draft.subject.clone(),
        text: letter.text(),
        html: letter.html(),
    }
}

struct Letter<'a> {
    ctx: &'a Ctx,
    draft: &'a Draft,
    greeting: String,
    url: String,
    unsubscribe_url: Option<&'a str>,
}

impl Letter<'_> {
    fn why(&self) -> String {
        let programme = [("programme", self.ctx.programme.name.as_str().into())];
        self.draft.words.with("mail-footer", &programme)
    }

    /// What the reader can do about such mails: a sentence and an address each.
    fn choices(&self) -> Vec<(String, String)> {
        let Some(stop) = self.unsubscribe_url else {
            return Vec::new();
        };
        let words = &self.draft.words;
        vec![
            (
                words.text("mail-footer-choose"),
                self.ctx.url("/preferences"),
            ),
            (words.text("mail-footer-stop"), stop.to_owned()),
        ]
    }

    fn text(&self) -> String {
        let draft = self.draft;
        let mut text = format!("{}\n\n{}\n\n", self.greeting, draft.paragraphs.join("\n\n"));
        for (label, value) in &draft.rows {
            text.push_str(&format!("{label}: {value}\n"));
        }
        if !draft.rows.is_empty() {
            text.push('\n');
        }
        for item in &draft.items {
            let url = self.ctx.url(&item.path);
            text.push_str(&format!("{}\n{}\n{url}\n\n", item.subject, item.summary));
        }
        text.push_str(&format!(
            "{}:\n{}\n\n--\n{}\n",
            draft.button,
            self.url,
            self.why()
        ));
        for (choice, url) in self.choices() {
            text.push_str(&format!("{choice}: {url}\n"));
        }
        text
    }

    fn html(&self) -> String {
        format!(
            "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\">\
             <title>{subject}</title><style>{DARK}</style></head>\
             <body class=\"page\" style=\"margin:0;padding:0;background:#f3f6f4\">\
             <table class=\"page\" role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"background:#f3f6f4\">\
             <tr><td align=\"center\" style=\"padding:24px 12px\">\
             <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"max-width:600px\">\
             <tr><td class=\"soft\" style=\"padding:0 4px 12px;{FONT};font-size:14px;font-weight:600;color:#4c5a55\">{programme}</td></tr>\
             <tr><td class=\"card\" style=\"background:#ffffff;border:1px solid #dbe3df;border-radius:12px;padding:28px 24px\">{content}</td></tr>\
             <tr><td class=\"soft\" style=\"padding:16px 4px 0;{FONT};font-size:13px;line-height:1.5;color:#4c5a55\">{footer}</td></tr>\
             </table></td></tr></table></body></html>",
            lang = self.draft.words.locale().as_str(),
            subject = escape(&self.draft.subject),
            programme = escape(&self.ctx.programme.name),
            content = self.content(),
            footer = self.footer(),
        )
    }

    fn content(&self) -> String {
        let paragraphs: String = std::iter::once(&self.greeting)
            .chain(&self.draft.paragraphs)
            .map(|paragraph| html_paragraph(paragraph))
            .collect();
        let button = format!(
            "<p style=\"margin:8px 0 0\"><a class=\"button\" href=\"{url}\" style=\"display:inline-block;padding:11px 20px;border-radius:8px;\
             background:#0d5c50;color:#ffffff;{FONT};font-size:16px;font-weight:600;text-decoration:none\">{label}</a></p>",
            url = escape(&self.url),
            label = escape(&self.draft.button),
        );
        let items: String = self
            .draft
            .items
            .iter()
            .map(|item| self.item(item))
            .collect();
        format!("{paragraphs}{}{items}{button}", self.table())
    }

    fn item(&self, item: &DigestItem) -> String {
        format!(
            "<div class=\"rule\" style=\"margin:0 0 16px;padding:0 0 16px;border-bottom:1px solid #dbe3df\">\
             <a class=\"link\" href=\"{url}\" style=\"{FONT};font-size:16px;font-weight:600;color:#0d5c50\">{subject}</a>\
             <p class=\"ink\" style=\"margin:4px 0 0;{FONT};font-size:15px;line-height:1.5;color:#17211d\">{summary}</p></div>",
            url = escape(&self.ctx.url(&item.path)),
            subject = escape(&item.subject),
            summary = escape(&item.summary),
        )
    }

    fn table(&self) -> String {
        const CELL: &str =
            "border-bottom:1px solid #dbe3df;font-size:15px;line-height:1.4;color:#17211d";
        if self.draft.rows.is_empty() {
            return String::new();
        }
        let rows: String = self
            .draft
            .rows
            .iter()
            .map(|(label, value)| {
                format!(
                    "<tr><td class=\"ink rule\" style=\"padding:8px 16px 8px 0;{FONT};{CELL}\">{}</td>\
                     <td class=\"ink rule\" align=\"right\" style=\"padding:8px 0;{FONT};{CELL};white-space:nowrap\">{}</td></tr>",
                    escape(label),
                    escape(value)
                )
            })
            .collect();
        format!(
            "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:0 0 24px;border-collapse:collapse\">{rows}</table>"
        )
    }

    fn footer(&self) -> String {
        let choices: String = self
            .choices()
            .iter()
            .map(|(choice, url)| {
                format!(
                    "<br><a href=\"{}\" style=\"color:#4c5a55\">{}</a>",
                    escape(url),
                    escape(choice)
                )
            })
            .collect();
        format!("{}{choices}", escape(&self.why()))
    }
}

const FONT: &str =
    "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

fn html_paragraph(paragraph: &str) -> String {
    let lines = escape(paragraph).replace('\n', "<br>");
    format!(
        "<p class=\"ink\" style=\"margin:0 0 16px;{FONT};font-size:16px;line-height:1.5;color:#17211d\">{lines}</p>"
    )
}

/// A mail in a person's own words: as they typed it, with nothing of ours around it.
pub(super) fn lay_out_typed(subject: &str, text: &str) -> Laid {
    let paragraphs: String = text.split("\n\n").map(html_paragraph).collect();
    let html = format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{}</title><style>{DARK}</style></head>\
         <body class=\"card\" style=\"margin:0;padding:24px 16px;background:#ffffff\">{paragraphs}</body></html>",
        escape(subject)
    );
    Laid {
        subject: subject.to_owned(),
        text: format!("{text}\n"),
        html,
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

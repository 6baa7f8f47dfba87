//! The small parts that pages are made of: icons, pills, money, times, fields, notices. Plain HTML in the classes of `style/`; no data is loaded here.

use leptos::prelude::*;
use portal_domain::{calendar::Timestamp, money::Money};

use crate::{ui::api::UiError, web::page::Page};

/// The icons, one path each on a 24 by 24 grid.
pub mod icons {
    pub const ALERT: &str = "M12 4 2.5 20.500h19zM12 10v4.500M12 17.500v.01";
    pub const AUDIT: &str =
        "M12 3 4.5 6v6c0 4.5 3.2 7.6 7.5 9 4.3-1.4 7.5-4.5 7.5-9V6zM9 12l2 2 4-4";
    pub const AUTO: &str = "M3 5h18v11H3zM8 20h8M12 16v4";
    pub const BUILDING: &str = "M5 21V4a1 1 0 0 1 1-1h8a1 1 0 0 1 1 1v17M15 9h3a1 1 0 0 1 1 1v11M3 21h18M8.5 7.500h3M8.5 12h3M8.5 16.500h3";
    pub const CHECK: &str = "M20 6 9 17l-5-5";
    pub const COINS: &str = "M14 8A6 6 0 1 1 2 8a6 6 0 1 1 12 0zM18.1 10.400A6 6 0 1 1 10.3 18M7 6h1v4M16.7 13.900l.7.7-2.8 2.8";
    pub const DONE: &str = "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM8.5 12.500l2.5 2.5 5-5.5";
    pub const DOWNLOAD: &str = "M12 4v11M7 10.500l5 5 5-5M4 20h16";
    pub const FILE: &str =
        "M14 3H6a1 1 0 0 0-1 1v16a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1V8zM14 3v5h5M9 13h6M9 17h6";
    pub const HOME: &str = "M3 10.5 12 3l9 7.500V20a1 1 0 0 1-1 1h-5v-6H9v6H4a1 1 0 0 1-1-1z";
    pub const INBOX: &str = "M3 13h5l1.5 3h5L16 13h5M5.5 5h13L21 13v6H3v-6z";
    pub const INFO: &str = "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM12 11v5M12 8v.01";
    pub const KEY: &str = "M14 9.500a5 5 0 1 1-10 0 5 5 0 0 1 10 0zM12.5 13l7 7M16.5 17l2.5-2.5";
    pub const LEADS: &str = "M3 4h18l-7 8.500V19l-4 2v-8.500z";
    pub const LEDGER: &str = "M5 3h14v18H5zM9 3v18M12 8h4M12 12h4M12 16h4";
    pub const LIST: &str = "M8 6h13M8 12h13M8 18h13M3.5 6v.01M3.5 12v.01M3.5 18v.01";
    pub const LOG_OUT: &str = "M9 21H5a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1h4M16 16l4-4-4-4M20 12H9";
    pub const MAIL: &str = "M3 5h18v14H3zM3 7l9 6 9-6";
    pub const MENU: &str = "M4 6h16M4 12h16M4 18h16";
    pub const MOON: &str = "M20.5 14.500A8.5 8.5 0 0 1 9.5 3.500a8.5 8.5 0 1 0 11 11z";
    pub const NEXT: &str = "M9 6l6 6-6 6";
    pub const PAUSE: &str = "M9 5v14M15 5v14";
    pub const PLANS: &str = "M12 3 2.5 8 12 13l9.5-5zM2.5 12.500l9.5 5 9.5-5";
    pub const PLUG: &str = "M9 2v6M15 2v6M6 8h12v3a6 6 0 0 1-12 0zM12 17v5";
    pub const PLUS: &str = "M12 5v14M5 12h14";
    pub const SCALE: &str =
        "M12 3v18M7 21h10M5 7h14M5 7l-3 7a3.5 3.5 0 0 0 6 0zM19 7l-3 7a3.5 3.5 0 0 0 6 0z";
    pub const SEARCH: &str = "M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0zM20.5 20.5 16 16";
    pub const SUN: &str = "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM12 2v2M12 20v2M4.9 4.900l1.4 1.400M17.7 17.700l1.4 1.400M2 12h2M20 12h2M6.3 17.700l-1.4 1.400M19.1 4.900l-1.4 1.4";
    pub const USERS: &str = "M15 20v-1.500a3.5 3.5 0 0 0-3.5-3.500h-5A3.5 3.5 0 0 0 3 18.500V20M12.5 8A3.5 3.5 0 1 1 5.5 8a3.5 3.5 0 1 1 7 0zM21 20v-1.500a3.5 3.5 0 0 0-2.6-3.400M15.5 4.600a3.5 3.5 0 0 1 0 6.8";
    pub const X: &str = "M18 6 6 18M6 6l12 12";
}

/// An icon; decoration only, so what it means must stand beside it or in a label.
pub fn icon(path: &'static str) -> AnyView {
    view! { <svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d=path></path></svg> }
        .into_any()
}

/// The portal's mark.
pub fn brand() -> AnyView {
    view! {
        <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="8" fill="currentColor"></rect>
            <path class="arch" d="M8 26V15a8 8 0 0 1 16 0v11"></path>
            <circle cx="16" cy="19" r="3.5" fill="#f2b544"></circle>
        </svg>
    }
    .into_any()
}

/// A state in its colour. `state` is the domain's word, `label` what people read.
pub fn pill(state: &str, label: String) -> AnyView {
    view! { <span class="pill" data-state=state.to_owned()>{label}</span> }.into_any()
}

/// An amount as the reader's language writes it.
pub fn money(page: &Page, money: Money) -> AnyView {
    let class = if money.minor < 0 {
        "money minus"
    } else {
        "money"
    };
    view! { <span class=class>{page.words.money(money)}</span> }.into_any()
}

/// An instant, in the programme's time zone.
pub fn instant(page: &Page, at: Timestamp) -> AnyView {
    let text = page.words.instant(at, page.ctx.programme.time_zone);
    view! { <time datetime=machine_time(at)>{text}</time> }.into_any()
}

/// How long ago it was; the instant itself on hover.
pub fn ago(page: &Page, at: Timestamp) -> AnyView {
    let text = page.words.ago(page.ctx.now(), at);
    let title = page.words.instant(at, page.ctx.programme.time_zone);
    view! { <time datetime=machine_time(at) title=title>{text}</time> }.into_any()
}

fn machine_time(at: Timestamp) -> String {
    chrono::DateTime::from_timestamp_millis(at.0).map_or_else(String::new, |at| at.to_rfc3339())
}

/// Initials for a person's round sign.
pub fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|part| part.chars().next())
        .take(2)
        .flat_map(char::to_uppercase)
        .collect()
}

/// A message in its colour: `good`, `info`, `wait` or `bad`.
pub fn notice(tone: &'static str, text: String) -> AnyView {
    let (path, role) = match tone {
        "good" => (icons::DONE, "status"),
        "bad" => (icons::ALERT, "alert"),
        "wait" => (icons::ALERT, "status"),
        _ => (icons::INFO, "status"),
    };
    view! { <div class="notice" data-tone=tone role=role>{icon(path)}<div><strong>{text}</strong></div></div> }.into_any()
}

/// What is wrong with a form as a whole, with a way to each field; hidden where nothing is, so that an island can fill it.
/// The list is made when the page is rendered: by then the fields behind it have said what they are called.
pub fn errors(page: &Page, refusal: Option<&UiError>) -> AnyView {
    let message = refusal
        .map(|error| error.message.clone())
        .unwrap_or_default();
    let fields = refusal
        .map(|error| error.fields.clone())
        .unwrap_or_default();
    let labels = page.labels().clone();
    let items = move || {
        fields
            .iter()
            .map(|field| view! { <li><a href=format!("#{}", field.field)>{labels.name(field)}</a></li> })
            .collect_view()
    };
    view! {
        <div class="notice" data-tone="bad" role="alert" id="errors" tabindex="-1" hidden=refusal.is_none()>
            {icon(icons::ALERT)}<div><h2>{message}</h2><ul>{items}</ul></div>
        </div>
    }
    .into_any()
}

/// One answer of a form. Made by [`field`]; every text is optional but the label.
pub struct Field<'a> {
    page: &'a Page,
    action: &'static str,
    /// What the refusal calls it, and its id.
    name: String,
    /// Its name in the form, such as `form[name]`.
    path: String,
    label: String,
    hint: String,
    first: String,
    kind: &'static str,
    required: bool,
    /// Whether it says that it must, or need not, be answered.
    marked: bool,
    full: bool,
    autocomplete: &'static str,
    maximum: u32,
    /// What begins so is a secret: it is not shown again.
    secret: Option<&'static str>,
}

/// A field of the form that calls the server function `action`. `path` is its name there; the part in brackets is what refusals call it.
pub fn field<'a>(
    page: &'a Page,
    action: &'static str,
    name: &str,
    path: &str,
    label: &str,
) -> Field<'a> {
    named_field(page, action, name, path, page.words.text(label))
}

/// The same with a label of its own, as one of several rows has.
pub fn named_field<'a>(
    page: &'a Page,
    action: &'static str,
    name: &str,
    path: &str,
    label: String,
) -> Field<'a> {
    page.labels().add(name, &label);
    Field {
        page,
        action,
        name: name.to_owned(),
        path: path.to_owned(),
        label,
        hint: String::new(),
        first: String::new(),
        kind: "text",
        required: true,
        marked: true,
        full: false,
        autocomplete: "off",
        maximum: 254,
        secret: None,
    }
}

impl Field<'_> {
    /// A key of the catalogues.
    pub fn hint(mut self, key: &str) -> Self {
        self.hint = self.page.words.text(key);
        self
    }

    /// What stands in it before anybody typed.
    pub fn first(mut self, value: &str) -> Self {
        value.clone_into(&mut self.first);
        self
    }

    /// `email`, `date`, `tel`, …
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// One of many that need not be answered: it does not say so each time.
    pub fn unmarked(mut self) -> Self {
        (self.required, self.marked) = (false, false);
        self
    }

    /// Over the whole width.
    pub fn full(mut self) -> Self {
        self.full = true;
        self
    }

    pub fn autocomplete(mut self, word: &'static str) -> Self {
        self.autocomplete = word;
        self
    }

    pub fn maximum(mut self, characters: u32) -> Self {
        self.maximum = characters;
        self
    }

    /// What was typed is not shown again if it begins so; what stood there before is.
    pub fn secret_after(mut self, beginning: &'static str) -> Self {
        self.secret = Some(beginning);
        self
    }

    /// A secret as a whole: neither what stands there nor what was typed is shown.
    pub fn hidden(mut self) -> Self {
        self.kind = "password";
        self.autocomplete = "new-password";
        self.secret = Some("");
        self
    }

    fn value(&self) -> String {
        let typed = self.page.typed(self.action, &self.path, &self.first);
        match self.secret {
            Some(beginning) if typed.trim_start().starts_with(beginning) => self.first.clone(),
            _ => typed,
        }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.page.wrong(self.action, &self.name).map(|_| "true")
    }

    /// A one-line input.
    pub fn input(self) -> AnyView {
        let (value, invalid, described_by) = (self.value(), self.invalid(), self.described_by());
        let input = view! {
            <input
                id=self.name.clone()
                name=self.path.clone()
                type=self.kind
                value=value
                required=self.required
                autocomplete=self.autocomplete
                maxlength=self.maximum.to_string()
                aria-invalid=invalid
                aria-describedby=described_by
            />
        };
        self.around(input.into_any())
    }

    /// A file of a kind that the browser offers, such as `.pdf`. What was chosen before cannot be shown again.
    pub fn file(self, accept: &'static str) -> AnyView {
        let (invalid, described_by) = (self.invalid(), self.described_by());
        let input = view! {
            <input
                id=self.name.clone()
                name=self.path.clone()
                type="file"
                accept=accept
                required=self.required
                aria-invalid=invalid
                aria-describedby=described_by
            />
        };
        self.around(input.into_any())
    }

    /// Several lines. Leptos writes a text area's content as it is, unlike all other text.
    pub fn text_area(self) -> AnyView {
        let (value, invalid, described_by) = (self.value(), self.invalid(), self.described_by());
        let area = view! {
            <textarea
                id=self.name.clone()
                name=self.path.clone()
                rows="4"
                required=self.required
                maxlength=self.maximum.to_string()
                aria-invalid=invalid
                aria-describedby=described_by
            >
                {escape_text(&value)}
            </textarea>
        };
        self.around(area.into_any())
    }

    /// A choice of values with their labels.
    pub fn select(self, options: Vec<(String, String)>) -> AnyView {
        let (chosen, invalid, described_by) = (self.value(), self.invalid(), self.described_by());
        let options = options
            .into_iter()
            .map(|(value, label)| {
                let selected = value == chosen;
                view! { <option value=value selected=selected>{label}</option> }
            })
            .collect_view();
        let select = view! {
            <select id=self.name.clone() name=self.path.clone() aria-invalid=invalid aria-describedby=described_by>{options}</select>
        };
        self.around(select.into_any())
    }

    /// Any control of the page's own, with the label, the hint and what is wrong around it. Its id must be the field's name.
    pub fn around(self, control: AnyView) -> AnyView {
        let mark = self.marked.then(|| {
            if self.required {
                view! { <span class="req" aria-hidden="true">"*"</span> }.into_any()
            } else {
                view! { <span class="opt">{self.page.words.text("form-optional")}</span> }
                    .into_any()
            }
        });
        let hint = (!self.hint.is_empty()).then(|| {
            view! { <span class="hint" id=format!("{}-hint", self.name)>{self.hint.clone()}</span> }
        });
        let wrong = self.page.wrong(self.action, &self.name);
        let class = if self.full { "field full" } else { "field" };
        view! {
            <div class=class>
                <label for=self.name.clone()>{self.label.clone()}" "{mark}</label>
                {hint}
                {control}
                <span class="wrong" id=format!("{}-error", self.name)>{wrong}</span>
            </div>
        }
        .into_any()
    }

    /// What a screen reader reads after the label: for a control of the page's own.
    pub fn described_by(&self) -> String {
        if self.hint.is_empty() {
            format!("{}-error", self.name)
        } else {
            format!("{0}-hint {0}-error", self.name)
        }
    }
}

/// For the one place that Leptos does not escape.
fn escape_text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A form of one button that calls a server function with fixed values.
pub fn button_form(
    action: &'static str,
    values: &[(&str, String)],
    label: String,
    class: &'static str,
) -> AnyView {
    let values = values
        .iter()
        .map(|(name, value)| view! { <input type="hidden" name=(*name).to_owned() value=value.clone() /> })
        .collect_view();
    view! {
        <form method="post">
            <input type="hidden" name="do" value=action />
            {values}
            <button class=class>{label}</button>
        </form>
    }
    .into_any()
}

/// What a list shows when there is nothing to show.
pub fn empty(
    path: &'static str,
    title: String,
    text: String,
    way_out: Option<(String, String)>,
) -> AnyView {
    let way_out = way_out.map(|(url, label)| view! { <a class="btn primary" href=url>{label}</a> });
    view! { <div class="empty">{icon(path)}<h2>{title}</h2><p>{text}</p>{way_out}</div> }.into_any()
}

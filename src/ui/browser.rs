//! The few things that islands need of the browser itself.

use wasm_bindgen::{
    JsCast, JsValue,
    prelude::{Closure, wasm_bindgen},
};
use wasm_bindgen_futures::{
    JsFuture,
    js_sys::{JSON, Object, Promise, Reflect},
};
use web_sys::{Document, Element, Event, HtmlElement, HtmlFormElement, Window};

use crate::ui::api::FieldMessage;

/// Opens another page of the portal.
pub fn go(path: &str) {
    // The browser refuses only while it is leaving the page anyway.
    let _ = window().location().set_href(path);
}

/// Says to whoever looks (tests do) that the islands are awake.
pub fn mark_awake() {
    if let Some(root) = document().document_element() {
        set(&root, "data-hydrated", "");
    }
}

/// Calls back for every message that the server sends on a stream; the browser itself connects again when the stream breaks.
pub fn listen(url: &str, mut on_message: impl FnMut() + 'static) {
    let Ok(source) = web_sys::EventSource::new(url) else {
        return;
    };
    let callback = Closure::<dyn FnMut()>::new(move || on_message());
    source.set_onmessage(Some(callback.as_ref().unchecked_ref()));
    // The page's own life is the stream's: the browser ends both.
    callback.forget();
    std::mem::forget(source);
}

/// This page, fetched anew; nothing if the server cannot be reached or does not show it. Where nobody is signed in any more, the page is left: nothing that it
/// shows stays in sight.
pub async fn fetch_page() -> Option<String> {
    let url = window().location().href().ok()?;
    let answer = JsFuture::from(window().fetch_with_str(&url)).await.ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok()?;
    if answer.redirected() {
        let _ = window().location().reload();
        return None;
    }
    if !answer.ok() {
        return None;
    }
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}

/// Replaces the parts of this page that are marked as live (`data-live`, each with an id) by what `html`, the same page anew, has there.
/// A part in which a person is just typing or choosing is left for the next time. A link or a button that has the focus does not hold its part back, since a
/// click leaves the focus there for good: its equal in the new part takes the focus over.
pub fn refresh_live_parts(html: &str) {
    let Ok(parser) = web_sys::DomParser::new() else {
        return;
    };
    let Ok(fresh) = parser.parse_from_string(html, web_sys::SupportedType::TextHtml) else {
        return;
    };
    for part in all("[data-live]") {
        let focused = document()
            .active_element()
            .filter(|active| part.contains(Some(active)));
        if let Some(new) = fresh.get_element_by_id(&part.id())
            && !focused
                .as_ref()
                .is_some_and(|focused| is_in_use(&part, focused))
            && new.inner_html() != part.inner_html()
        {
            // Before it goes: what a form around the part sends is known only here.
            let focused = focused.map(|focused| (focused.tag_name(), mark(&focused)));
            part.set_inner_html(&new.inner_html());
            if let Some((tag, mark)) = focused {
                give_focus_back(&part, &tag, &mark);
            }
        }
    }
}

/// What a person types or chooses in.
const FIELDS: &str = "input:not([type=button], [type=submit]), select, textarea, [contenteditable]";

/// Whether a new part would take from a person what it is at: a field, what was opened, or a form that was filled in and is not sent yet.
fn is_in_use(part: &Element, focused: &Element) -> bool {
    let around = |selector| focused.closest(selector).ok().flatten();
    let is_inside = |found: &Element| part.contains(Some(found));
    focused.matches(FIELDS).unwrap_or(false)
        || around("details[open], dialog[open]").is_some_and(|opened| is_inside(&opened))
        || around("form").is_some_and(|form| is_inside(&form) && is_filled_in(&form))
}

/// Whether a form says anything else than it did when it came; a chosen file cannot be compared, and counts.
fn is_filled_in(form: &Element) -> bool {
    let untouched = form.clone_node_with_deep(true).ok();
    let Some(untouched) = untouched.and_then(|copy| copy.dyn_into::<HtmlFormElement>().ok()) else {
        return false;
    };
    untouched.reset();
    form_data(form) != form_data(&untouched) || !within(form, "[type=file]").is_empty()
}

/// What a form would send, as text; empty if it is none.
fn form_data(form: &Element) -> String {
    form.dyn_ref::<HtmlFormElement>()
        .and_then(|form| web_sys::FormData::new_with_form(form).ok())
        // The browser takes a form's data for the list of pairs that it is.
        .and_then(|data| web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok())
        .map(|query| query.to_string().into())
        .unwrap_or_default()
}

/// The focus goes to what does the same as what had it, without the page moving to it. If nothing does any more, nothing has it.
fn give_focus_back(part: &Element, tag: &str, focused: &[String]) {
    let equal = within(part, tag)
        .into_iter()
        .find(|new| mark(new) == focused)
        .and_then(|equal| equal.dyn_into::<HtmlElement>().ok());
    if let Some(equal) = equal {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // An element that cannot take the focus leaves it where it is.
        let _ = equal.focus_with_options(&options);
    }
}

/// By what a link or a button is known again: its id, or else where it leads, or what its form sends where; two rows' buttons of the same name differ in that.
fn mark(element: &Element) -> Vec<String> {
    let attribute = |name| element.get_attribute(name).unwrap_or_default();
    if !element.id().is_empty() {
        return vec![element.id()];
    }
    if element.has_attribute("href") {
        return vec![attribute("href")];
    }
    let form = element.closest("form").ok().flatten();
    let action = form.as_ref().and_then(|form| form.get_attribute("action"));
    vec![
        action.unwrap_or_default(),
        form.as_ref().map(form_data).unwrap_or_default(),
        attribute("name"),
        attribute("value"),
        element.text_content().unwrap_or_default(),
    ]
}

/// Keeps the address as a form has it that marks itself so (`data-follow`), and the page's live parts as that address has them, while somebody types.
pub fn follow_forms() {
    let ask = Closure::<dyn FnMut()>::new(|| {
        leptos::task::spawn_local(async {
            let asked = window().location().href().ok();
            if let Some(html) = fetch_page().await
                // What was typed meanwhile is asked for by itself.
                && asked == window().location().href().ok()
            {
                refresh_live_parts(&html);
            }
        });
    });
    let mut timer = 0;
    let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        let form = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|target| target.closest("[data-follow]").ok().flatten())
            .filter(|form| form.has_type::<HtmlFormElement>());
        let Some(form) = form else { return };
        if let Ok(history) = window().history() {
            let url = format!("?{}", form_data(&form));
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
            window().clear_timeout_with_handle(timer);
            timer = window()
                .set_timeout_with_callback_and_timeout_and_arguments_0(
                    ask.as_ref().unchecked_ref(),
                    250,
                )
                .unwrap_or_default();
        }
    });
    let _ = document().add_event_listener_with_callback("input", listener.as_ref().unchecked_ref());
    listener.forget();
}

/// A second press of a button, before the first one's answer is there, sends nothing.
pub fn send_forms_once() {
    let listener = Closure::<dyn FnMut(Event)>::new(|event: Event| {
        let Some(form) = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
        else {
            return;
        };
        if event.default_prevented() {
            return;
        }
        if form.has_attribute("data-sent") {
            event.prevent_default();
        }
        set(&form, "data-sent", "");
    });
    // Adding a listener fails for no element that is there.
    let _ =
        document().add_event_listener_with_callback("submit", listener.as_ref().unchecked_ref());
    listener.forget();
    // A page that the browser brings back whole (the back button) may be sent again.
    let again = Closure::<dyn FnMut()>::new(|| {
        for form in all("[data-sent]") {
            remove(&form, "data-sent");
        }
    });
    let _ = window().add_event_listener_with_callback("pageshow", again.as_ref().unchecked_ref());
    again.forget();
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = PublicKeyCredential, js_name = parseCreationOptionsFromJSON)]
    fn read_creation_options(options: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = PublicKeyCredential, js_name = parseRequestOptionsFromJSON)]
    fn read_request_options(options: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["navigator", "credentials"], js_name = create)]
    fn create_credential(options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["navigator", "credentials"], js_name = get)]
    fn get_credential(options: &JsValue) -> Result<Promise, JsValue>;
}

/// What a browser is asked for.
#[derive(Clone, Copy)]
pub enum Passkey {
    /// A new one.
    Made,
    /// One that it has.
    Used,
}

impl Passkey {
    /// Asks with options as JSON; answers what the browser answers as JSON, nothing if there is none.
    pub async fn ask(self, options: &str) -> Option<String> {
        let key = JsValue::from_str("publicKey");
        let asked = Reflect::get(&JSON::parse(options).ok()?, &key).ok()?;
        let asked = match self {
            Self::Made => read_creation_options(&asked),
            Self::Used => read_request_options(&asked),
        };
        let options = Object::new();
        Reflect::set(&options, &key, &asked.ok()?).ok()?;
        let answer = match self {
            Self::Made => create_credential(&options),
            Self::Used => get_credential(&options),
        };
        let answer = JsFuture::from(answer.ok()?).await.ok()?;
        JSON::stringify(&answer).ok()?.as_string()
    }
}

/// Shows an element if the browser knows passkeys, and says whether it does.
pub fn show_where_passkeys_are_known(id: &str) -> bool {
    let known = Reflect::get(&window(), &JsValue::from_str("PublicKeyCredential"));
    let parses = known
        .and_then(|known| Reflect::has(&known, &JsValue::from_str("parseRequestOptionsFromJSON")));
    if !parses.unwrap_or(false) {
        return false;
    }
    if let Some(element) = document().get_element_by_id(id) {
        remove(&element, "hidden");
    }
    true
}

/// A form that the server rendered. A field named `form[x]` has the id `x`, and what is wrong with it stands in the element `x-error`.
#[derive(Clone)]
pub struct Form(HtmlFormElement);

impl Form {
    pub fn find(id: &str) -> Option<Self> {
        document().get_element_by_id(id)?.dyn_into().ok().map(Self)
    }

    /// Takes over what happens when the form is sent.
    pub fn on_submit(self, mut callback: impl FnMut() + 'static) {
        let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            event.prevent_default();
            callback();
        });
        let _ = self
            .0
            .add_event_listener_with_callback("submit", listener.as_ref().unchecked_ref());
        listener.forget();
    }

    /// What a field holds; empty if there is no such field.
    pub fn value(&self, name: &str) -> String {
        web_sys::FormData::new_with_form(&self.0)
            .ok()
            .and_then(|data| data.get(name).as_string())
            .unwrap_or_default()
    }

    /// Sends the form as the browser would, with values in its hidden fields; nothing if it cannot.
    pub fn send_with(&self, values: &[(&str, &str)]) -> Option<()> {
        for (name, value) in values {
            for field in within(&self.0, &format!("[name={name}]")) {
                set(&field, "value", value);
            }
        }
        self.0.submit().ok()
    }

    /// Shows that the form is being sent, with a word on its button, or that it no longer is.
    pub fn set_busy(&self, word: Option<&str>) {
        let Ok(Some(button)) = self.0.query_selector("button.primary") else {
            return;
        };
        match word {
            Some(word) => {
                set(
                    &button,
                    "data-word",
                    &button.text_content().unwrap_or_default(),
                );
                set(&button, "aria-busy", "true");
                button.set_text_content(Some(word));
            }
            None => {
                let before = button.get_attribute("data-word").unwrap_or_default();
                button.set_text_content(Some(&before));
                remove(&button, "aria-busy");
            }
        }
    }

    /// Says what is wrong: as a whole at the top, which takes the focus, and beside each field.
    pub fn show_errors(&self, title: &str, fields: &[FieldMessage]) {
        for invalid in within(&self.0, "[aria-invalid]") {
            remove(&invalid, "aria-invalid");
        }
        for wrong in within(&self.0, ".wrong") {
            wrong.set_text_content(None);
        }
        let mut links = String::new();
        for message in fields {
            if let Some(input) = document().get_element_by_id(&message.field) {
                set(&input, "aria-invalid", "true");
            }
            if let Some(wrong) = document().get_element_by_id(&format!("{}-error", message.field)) {
                let label = document()
                    .query_selector(&format!("label[for={}]", message.field))
                    .ok()
                    .flatten();
                let name = label
                    .and_then(|label| label.first_child()?.text_content())
                    .unwrap_or_default();
                // As text first, so that nothing in it is markup; what it is as HTML goes into the list.
                wrong.set_text_content(Some(&format!("{}: {}", name.trim(), message.message)));
                links.push_str(&format!(
                    "<li><a href=\"#{}\">{}</a></li>",
                    message.field,
                    wrong.inner_html()
                ));
                wrong.set_text_content(Some(&message.message));
            }
        }
        let Some(summary) = document()
            .get_element_by_id("errors")
            .and_then(|found| found.dyn_into::<HtmlElement>().ok())
        else {
            return;
        };
        if let Ok(Some(heading)) = summary.query_selector("h2") {
            heading.set_text_content(Some(title));
        }
        if let Ok(Some(list)) = summary.query_selector("ul") {
            list.set_inner_html(&links);
        }
        summary.set_hidden(false);
        // An element that cannot take the focus leaves it where it is.
        let _ = summary.focus();
    }
}

fn all(selector: &str) -> Vec<Element> {
    document()
        .document_element()
        .map(|root| within(&root, selector))
        .unwrap_or_default()
}

fn within(root: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = root.query_selector_all(selector) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into().ok())
        .collect()
}

/// Attributes of known names can always be set.
fn set(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

fn remove(element: &Element, name: &str) {
    let _ = element.remove_attribute(name);
}

fn window() -> Window {
    web_sys::window().expect("islands run in a window")
}

fn document() -> Document {
    window()
        .document()
        .expect("a window of a page has its document")
}

//! A message in Slack: a headline, labelled fields, a sentence, rows, and a button into the portal. Everything is plain text here and is escaped, cut and
//! counted in this one place, so that no name can call a channel and no message is one that Slack refuses for good.

use portal_words::Words;
use serde_json::{Value, json};

/// The longest texts that Slack takes in each place, in UTF-16 units: it does not say how it counts, and these are never fewer than characters.
const HEADER_LENGTH_MAX: usize = 150;
const SECTION_LENGTH_MAX: usize = 3_000;
const BUTTON_LENGTH_MAX: usize = 75;
/// Of the text for notifications; Slack advises it.
const FALLBACK_LENGTH_MAX: usize = 4_000;
const FIELDS_MAX: usize = 10;
/// Slack takes longer ones; a name that long tells nobody more.
const FIELD_LENGTH_MAX: usize = 400;
const ROW_LABEL_LENGTH_MAX: usize = 200;
/// More rows than these are read behind the button.
const ROWS_MAX: usize = 20;
/// What an empty value is written as: Slack refuses an empty text.
const NOTHING: &str = "–";

/// A message before it is laid out.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub words: Words,
    pub headline: String,
    /// What there is to say beside the fields; may be empty.
    pub text: String,
    pub fields: Vec<(String, String)>,
    pub rows: Vec<(String, String)>,
    /// Where in the portal something can be done about it.
    pub path: String,
}

impl Message {
    /// What notifications and old clients show.
    pub(crate) fn fallback(&self) -> String {
        let text = format!("{}\n{}", self.headline.trim(), self.text.trim());
        cut_escaped(&escape(text.trim()), FALLBACK_LENGTH_MAX)
    }

    /// What is seen in the channel; `url` opens [`Message::path`].
    pub(crate) fn blocks(&self, url: &str) -> Vec<Value> {
        let mut blocks = Vec::new();
        let headline = one_line(&self.headline);
        if !headline.is_empty() {
            let text = plain(&headline, HEADER_LENGTH_MAX);
            blocks.push(json!({ "type": "header", "text": text }));
        }
        if !self.fields.is_empty() {
            let fields: Vec<Value> = self.fields.iter().take(FIELDS_MAX).map(field).collect();
            blocks.push(json!({ "type": "section", "fields": fields }));
        }
        if !self.text.trim().is_empty() {
            blocks.push(section(&escape(self.text.trim())));
        }
        blocks.extend(row_sections(&self.rows).iter().map(|rows| section(rows)));
        if self.rows.len() > ROWS_MAX {
            let more = [("count", (self.rows.len() - ROWS_MAX).into())];
            blocks.push(small_print(&self.words.with("slack-more-rows", &more)));
        }
        blocks.push(json!({
            "type": "actions",
            "elements": [{
                "type": "button",
                "action_id": "open_portal",
                "text": plain(&self.words.text("slack-open-portal"), BUTTON_LENGTH_MAX),
                "url": url,
            }],
        }));
        blocks
    }
}

/// A line in small print.
pub(crate) fn small_print(text: &str) -> Value {
    json!({ "type": "context", "elements": [marked(&escape(text), SECTION_LENGTH_MAX)] })
}

/// Makes text stand for itself: out of these three characters Slack reads links, and names that call everybody.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn section(escaped: &str) -> Value {
    json!({ "type": "section", "text": marked(escaped, SECTION_LENGTH_MAX) })
}

fn field((label, value): &(String, String)) -> Value {
    let label = cut_escaped(&escape(&one_line(label)), FIELD_LENGTH_MAX);
    let value = cut_escaped(&escape(&or_nothing(value)), FIELD_LENGTH_MAX);
    marked(&format!("*{label}*\n{value}"), SECTION_LENGTH_MAX)
}

/// The rows, as few sections as they fit into; none is cut in two.
fn row_sections(rows: &[(String, String)]) -> Vec<String> {
    let mut sections: Vec<String> = Vec::new();
    for (label, value) in rows.iter().take(ROWS_MAX) {
        let label = cut_escaped(&escape(&one_line(label)), ROW_LABEL_LENGTH_MAX);
        let value = cut_escaped(&escape(&or_nothing(value)), ROW_LABEL_LENGTH_MAX);
        let row = format!("• {label}: *{value}*");
        match sections.last_mut() {
            Some(last) if length(last) + 1 + length(&row) <= SECTION_LENGTH_MAX => {
                last.push('\n');
                last.push_str(&row);
            }
            _ => sections.push(row),
        }
    }
    sections
}

fn plain(text: &str, length_max: usize) -> Value {
    json!({ "type": "plain_text", "text": cut(text, length_max) })
}

/// `verbatim`: what looks like a channel or a link in somebody's name stays text.
fn marked(escaped: &str, length_max: usize) -> Value {
    json!({ "type": "mrkdwn", "text": cut_escaped(escaped, length_max), "verbatim": true })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn or_nothing(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() {
        NOTHING.to_owned()
    } else {
        text
    }
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The first characters, ended by an ellipsis where something is lost.
fn cut(text: &str, length_max: usize) -> String {
    if length(text) <= length_max {
        return text.to_owned();
    }
    let mut room = length_max - 1;
    let mut kept: String = text
        .chars()
        .take_while(|c| {
            let fits = c.len_utf16() <= room;
            room = room.saturating_sub(c.len_utf16());
            fits
        })
        .collect();
    kept.push('…');
    kept
}

/// The same of an escaped text, and never within an `&amp;`.
fn cut_escaped(escaped: &str, length_max: usize) -> String {
    let mut kept = cut(escaped, length_max);
    if kept != escaped
        && let Some(at) = kept.rfind('&')
        && !kept[at..].contains(';')
    {
        kept.truncate(at);
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use portal_words::Locale;
    use proptest::{collection::vec, prelude::*};

    use super::*;

    /// What somebody may have typed as a name, and what would do harm as one.
    fn name() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[a-zA-Zäöü& ]{0,40}",
            Just("<!channel> & <@U1>".to_owned()),
            Just("&amp;<https://evil.example|Open>".to_owned()),
            (1_usize..1_200).prop_map(|times| "&<".repeat(times)),
            (1_usize..1_200).prop_map(|times| "💥".repeat(times)),
            Just(" \n\u{2028}\t ".to_owned()),
        ]
    }

    fn message() -> impl Strategy<Value = Message> {
        let pairs = |count| vec((name(), name()), 0..count);
        (name(), name(), pairs(14), pairs(60)).prop_map(|(headline, text, fields, rows)| Message {
            words: Words::of(Locale::De),
            headline,
            text,
            fields,
            rows,
            path: "/leads".to_owned(),
        })
    }

    fn texts<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
        if matches!(value["type"].as_str(), Some("mrkdwn" | "plain_text")) {
            found.push(value);
        }
        match value {
            Value::Array(list) => list.iter().for_each(|inner| texts(inner, found)),
            Value::Object(map) => map.values().for_each(|inner| texts(inner, found)),
            _ => {}
        }
    }

    fn check_markup(text: &str) {
        assert!(!text.contains(['<', '>']), "{text}");
        let entities = ["&amp;", "&lt;", "&gt;"];
        for (at, _) in text.match_indices('&') {
            assert!(
                entities.iter().any(|entity| text[at..].starts_with(entity)),
                "an entity was cut: {text}"
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_people_are_called_slack_takes_the_message_and_nobody_is_called(message in message()) {
            let blocks = message.blocks("https://portal.example/leads");
            prop_assert!(blocks.len() <= 50);
            for block in &blocks {
                let limit = match block["type"].as_str() {
                    Some("header") => 150,
                    Some("section") if block["fields"].is_array() => {
                        prop_assert!((1..=10).contains(&block["fields"].as_array().unwrap().len()));
                        2_000
                    }
                    Some("section" | "context") => 3_000,
                    Some("actions") => 75,
                    other => panic!("{other:?}"),
                };
                let mut found = Vec::new();
                texts(block, &mut found);
                prop_assert!(!found.is_empty());
                for text in found {
                    let words = text["text"].as_str().unwrap();
                    prop_assert!(!words.trim().is_empty() && words.encode_utf16().count() <= limit);
                    if text["type"] == "mrkdwn" {
                        check_markup(words);
                        prop_assert!(text["verbatim"] == true);
                    }
                }
            }
            check_markup(&message.fallback());
            prop_assert!(message.fallback().encode_utf16().count() <= 4_000);
        }
    }

    #[test]
    fn a_text_is_cut_between_characters_and_escapes() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("A & B and more", 6), "A & B…");
        assert_eq!(cut_escaped("ab&amp;cd", 5), "ab…");
        assert_eq!(cut_escaped("a&amp;b", 7), "a&amp;b");
        assert_eq!(cut("💥💥💥", 5), "💥💥…");
    }
}

//! Slack's blocks, cut to what Slack takes. Text from people must go through [`escape`], or a lead's name could call a whole channel.

use serde_json::{Value, json};

/// The longest texts that Slack takes in each place, in characters.
const HEADER_LENGTH_MAX: usize = 150;
const SECTION_LENGTH_MAX: usize = 3_000;
const FIELD_LENGTH_MAX: usize = 2_000;
const FIELDS_MAX: usize = 10;

/// Makes text stand for itself in a message: `&`, `<` and `>` lose their meaning.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A headline; plain text, so nothing is to be escaped.
pub fn header(text: &str) -> Value {
    json!({ "type": "header", "text": { "type": "plain_text", "text": cut(text, HEADER_LENGTH_MAX) } })
}

/// A paragraph in Slack's markup.
pub fn section(markup: &str) -> Value {
    json!({ "type": "section", "text": marked(markup, SECTION_LENGTH_MAX) })
}

/// Up to ten labels with their values, two in a row. Both are escaped here.
pub fn fields(pairs: &[(&str, &str)]) -> Value {
    let fields: Vec<Value> = pairs
        .iter()
        .take(FIELDS_MAX)
        .map(|(label, value)| {
            marked(
                &format!("*{}*\n{}", escape(label), escape(value)),
                FIELD_LENGTH_MAX,
            )
        })
        .collect();
    json!({ "type": "section", "fields": fields })
}

/// Small print in Slack's markup.
pub fn context(markup: &str) -> Value {
    json!({ "type": "context", "elements": [marked(markup, FIELD_LENGTH_MAX)] })
}

fn marked(markup: &str, length_max: usize) -> Value {
    json!({ "type": "mrkdwn", "text": cut(markup, length_max) })
}

/// The first characters, ended by an ellipsis where something is lost, and never within an `&amp;`.
pub(super) fn cut(text: &str, length_max: usize) -> String {
    if text.chars().count() <= length_max {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(length_max - 1).collect();
    if let Some(at) = kept.rfind('&')
        && !kept[at..].contains(';')
    {
        kept.truncate(at);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_call_a_channel() {
        assert_eq!(escape("<!channel> & co"), "&lt;!channel&gt; &amp; co");
        let block = fields(&[("Client", "<@U1>")]);
        assert_eq!(block["fields"][0]["text"], "*Client*\n&lt;@U1&gt;");
    }

    #[test]
    fn long_texts_are_cut_between_characters_and_escapes() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("ab&amp;cd", 5), "ab…");
        assert_eq!(
            header(&"ü".repeat(200))["text"]["text"]
                .as_str()
                .unwrap()
                .chars()
                .count(),
            150
        );
        assert_eq!(
            fields(&[("a", "b"); 12])["fields"]
                .as_array()
                .unwrap()
                .len(),
            10
        );
    }
}

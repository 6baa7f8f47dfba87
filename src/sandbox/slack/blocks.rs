//! What Slack takes as blocks: how many, how long, and in which words it refuses others.

use serde_json::Value;

const BLOCKS_MAX: usize = 50;
const HEADER_LENGTH_MAX: usize = 150;
const SECTION_LENGTH_MAX: usize = 3_000;
const FIELDS_MAX: usize = 10;
const FIELD_LENGTH_MAX: usize = 2_000;
const CONTEXT_ELEMENTS_MAX: usize = 10;
const ACTION_ELEMENTS_MAX: usize = 25;
const BUTTON_LENGTH_MAX: usize = 75;

/// The types of blocks that a bot may post.
const TYPES: [&str; 11] = [
    "actions",
    "context",
    "divider",
    "file",
    "header",
    "image",
    "input",
    "markdown",
    "rich_text",
    "section",
    "video",
];

/// What is wrong with the blocks, each with the place, as Slack says it; nothing when they are right.
pub fn problems(blocks: &[Value]) -> Vec<String> {
    let mut found = Vec::new();
    if blocks.len() > BLOCKS_MAX {
        found.push(format!(
            "no more than {BLOCKS_MAX} items allowed [json-pointer:/blocks]"
        ));
    }
    for (place, block) in blocks.iter().enumerate() {
        check(block, &format!("/blocks/{place}"), &mut found);
    }
    found
}

fn check(block: &Value, place: &str, found: &mut Vec<String>) {
    match block["type"].as_str().unwrap_or_default() {
        "header" => {
            check_length(
                &block["text"],
                HEADER_LENGTH_MAX,
                &format!("{place}/text"),
                found,
            );
            if block["text"]["type"] != "plain_text" {
                found.push(format!(
                    "must be plain_text [json-pointer:{place}/text/type]"
                ));
            }
        }
        "section" => check_section(block, place, found),
        "context" => check_elements(block, CONTEXT_ELEMENTS_MAX, place, found),
        "actions" => {
            check_elements(block, ACTION_ELEMENTS_MAX, place, found);
            for (number, element) in elements(block).enumerate() {
                let place = format!("{place}/elements/{number}/text");
                check_length(&element["text"], BUTTON_LENGTH_MAX, &place, found);
            }
        }
        known if TYPES.contains(&known) => {}
        other => found.push(format!(
            "unsupported type: {other} [json-pointer:{place}/type]"
        )),
    }
}

fn check_section(block: &Value, place: &str, found: &mut Vec<String>) {
    let fields = block["fields"].as_array().cloned().unwrap_or_default();
    if block["text"].is_null() && fields.is_empty() {
        found.push(format!(
            "missing required field: text [json-pointer:{place}]"
        ));
    }
    if !block["text"].is_null() {
        check_length(
            &block["text"],
            SECTION_LENGTH_MAX,
            &format!("{place}/text"),
            found,
        );
    }
    if fields.len() > FIELDS_MAX {
        found.push(format!(
            "no more than {FIELDS_MAX} items allowed [json-pointer:{place}/fields]"
        ));
    }
    for (number, field) in fields.iter().enumerate() {
        let place = format!("{place}/fields/{number}");
        check_length(field, FIELD_LENGTH_MAX, &place, found);
    }
    if block["accessory"]["type"] == "button" {
        let place = format!("{place}/accessory/text");
        check_length(
            &block["accessory"]["text"],
            BUTTON_LENGTH_MAX,
            &place,
            found,
        );
    }
}

fn elements(block: &Value) -> impl Iterator<Item = &Value> {
    block["elements"].as_array().into_iter().flatten()
}

fn check_elements(block: &Value, most: usize, place: &str, found: &mut Vec<String>) {
    match elements(block).count() {
        0 => found.push(format!(
            "no fewer than 1 items allowed [json-pointer:{place}/elements]"
        )),
        count if count > most => found.push(format!(
            "no more than {most} items allowed [json-pointer:{place}/elements]"
        )),
        _ => {}
    }
}

/// A text object's own text must be there and be no longer than `most` characters.
fn check_length(text: &Value, most: usize, place: &str, found: &mut Vec<String>) {
    match text["text"].as_str().unwrap_or_default().chars().count() {
        0 => found.push(format!(
            "must be more than 0 characters [json-pointer:{place}/text]"
        )),
        length if length > most => found.push(format!(
            "must be less than {} characters [json-pointer:{place}/text]",
            most + 1
        )),
        _ => {}
    }
}

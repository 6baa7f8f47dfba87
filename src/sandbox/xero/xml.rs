//! The same answers as XML, which is what Xero sends to a client that does not ask for JSON.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::filter::wire_instant;
use crate::call::Reply;
use crate::clock::iso_without_zone;

/// An answer in JSON as the same answer in XML; one that is not JSON stays what it is.
pub fn translate(reply: Reply) -> Reply {
    let parsed = std::str::from_utf8(&reply.body).ok();
    let fields = parsed.and_then(|text| serde_json::from_str::<Fields>(text).ok());
    let Some(fields) = fields.filter(|_| reply.content_type.starts_with("application/json")) else {
        return reply;
    };
    let root = if reply.status.is_success() {
        "Response"
    } else {
        "ApiException"
    };
    let mut xml = format!(
        "<{root} xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">"
    );
    write_fields(&mut xml, &fields);
    xml.push_str(&format!("</{root}>"));
    Reply {
        content_type: "text/xml; charset=utf-8",
        body: xml.into_bytes(),
        ..reply
    }
}

/// Values as they stand in the text, so that money keeps its decimals.
type Fields = BTreeMap<String, Box<RawValue>>;

fn write_fields(xml: &mut String, fields: &Fields) {
    for (name, value) in fields {
        // The readable twins of dates are JSON's alone.
        let is_twin = name.ends_with("DateString") || name.ends_with("UTCString");
        if !is_twin && value.get() != "null" {
            write_value(xml, name, value);
        }
    }
}

fn write_value(xml: &mut String, name: &str, value: &RawValue) {
    xml.push_str(&format!("<{name}>"));
    let text = value.get();
    if let Ok(fields) = serde_json::from_str::<Fields>(text) {
        write_fields(xml, &fields);
    } else if let Ok(items) = serde_json::from_str::<Vec<Box<RawValue>>>(text) {
        for item in &items {
            write_value(xml, singular(name), item);
        }
    } else if let Ok(words) = serde_json::from_str::<String>(text) {
        let instant = wire_instant(&words).map(iso_without_zone);
        xml.push_str(&escape(&instant.unwrap_or(words)));
    } else {
        xml.push_str(text);
    }
    xml.push_str(&format!("</{name}>"));
}

/// What one element of a list is called.
fn singular(name: &str) -> &str {
    match name {
        "Addresses" => "Address",
        "Currencies" => "Currency",
        "Elements" => "DataContractBase",
        "Tracking" => "TrackingCategory",
        name => name.strip_suffix('s').unwrap_or(name),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[test]
    fn a_list_becomes_elements_and_money_keeps_its_decimals() {
        let json = br#"{"Invoices":[{"Total":12.30,"DateString":"x","Date":"/Date(1790812800000+0000)/","Name":"A & B"}]}"#;
        let reply = Reply::bytes(StatusCode::OK, "application/json", json.to_vec());
        let xml = String::from_utf8(translate(reply).body).unwrap();
        assert!(
            xml.ends_with("><Invoices><Invoice><Date>2026-10-01T00:00:00</Date><Name>A &amp; B</Name><Total>12.30</Total></Invoice></Invoices></Response>"),
            "{xml}"
        );
    }
}

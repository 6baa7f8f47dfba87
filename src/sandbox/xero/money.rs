//! Money and decimals as integers, and their way into JSON: Xero writes numbers with two decimals.
//! No float takes part; a marked string in the tree becomes a bare number when it is printed.

use serde::ser::{Error, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// Marks a string that is printed as a number.
const MARK: char = '\u{E000}';

/// Minor units as a JSON number with two decimals.
pub fn money(minor: i64) -> Value {
    Value::String(format!("{MARK}{}", decimal(minor, 2)))
}

/// An integer of `places` decimals as a JSON number.
pub fn number(scaled: i64, places: u32) -> Value {
    Value::String(format!("{MARK}{}", decimal(scaled, places)))
}

/// `12345` with two places is `123.45`.
pub fn decimal(scaled: i64, places: u32) -> String {
    let unit = 10_u64.pow(places);
    let sign = if scaled < 0 { "-" } else { "" };
    let (whole, fraction) = (scaled.unsigned_abs() / unit, scaled.unsigned_abs() % unit);
    let width = usize::try_from(places).unwrap_or_default();
    format!("{sign}{whole}.{fraction:0width$}")
}

/// Reads a decimal into an integer of `places` decimals, rounding half away from zero. `None` for anything else.
pub fn parse_decimal(text: &str, places: u32) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = text
        .strip_prefix('-')
        .map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let kept = usize::try_from(places).ok()?;
    let padded: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(kept)
        .collect();
    let mut scaled: i64 = format!("0{whole}{padded}").parse().ok()?;
    if fraction
        .as_bytes()
        .get(kept)
        .is_some_and(|digit| *digit >= b'5')
    {
        scaled = scaled.checked_add(1)?;
    }
    Some(if negative { -scaled } else { scaled })
}

/// Reads a JSON number or a string that holds one.
pub fn parse_wire(value: &Value, places: u32) -> Option<i64> {
    match value {
        Value::Number(number) => parse_decimal(&number.to_string(), places),
        Value::String(text) => parse_decimal(text, places),
        _ => None,
    }
}

/// `part × numerator ÷ denominator`, rounded half away from zero. The denominator must be positive.
pub fn share(part: i64, numerator: i64, denominator: i64) -> i64 {
    let product = i128::from(part) * i128::from(numerator);
    let denominator = i128::from(denominator.max(1));
    let half = if product < 0 {
        -denominator / 2
    } else {
        denominator / 2
    };
    i64::try_from((product + half) / denominator).unwrap_or(i64::MAX)
}

/// Prints a tree with its marked numbers as numbers.
pub fn print(tree: &Value) -> Vec<u8> {
    serde_json::to_vec(&Exact(tree)).unwrap_or_default()
}

struct Exact<'a>(&'a Value);

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::String(text) => match text.strip_prefix(MARK) {
                // What a client sends may hold the mark as well; only a number is printed as one.
                Some(digits) if parse_decimal(digits, 4).is_some() => {
                    RawValue::from_string(digits.to_owned())
                        .map_err(S::Error::custom)?
                        .serialize(serializer)
                }
                _ => serializer.serialize_str(text),
            },
            Value::Array(items) => {
                let mut sequence = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    sequence.serialize_element(&Exact(item))?;
                }
                sequence.end()
            }
            Value::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, &Exact(value))?;
                }
                map.end()
            }
            other => other.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn money_is_printed_as_a_number_with_two_decimals() {
        let tree = json!({"Total": money(12_340), "Due": money(-5), "Name": "Acme"});
        assert_eq!(
            String::from_utf8_lossy(&print(&tree)),
            r#"{"Due":-0.05,"Name":"Acme","Total":123.40}"#
        );
    }

    #[test]
    fn decimals_are_read_exactly() {
        assert_eq!(parse_wire(&json!(123.45), 2), Some(12_345));
        assert_eq!(parse_wire(&json!("0.005"), 2), Some(1));
        assert_eq!(parse_wire(&json!("-7"), 2), Some(-700));
        assert_eq!(parse_wire(&json!("1e3"), 2), None);
        assert_eq!(parse_wire(&json!(""), 2), None);
    }

    #[test]
    fn shares_are_rounded_half_away_from_zero() {
        assert_eq!(
            (share(5, 1, 2), share(-5, 1, 2), share(100, 1, 3)),
            (3, -3, 33)
        );
    }
}

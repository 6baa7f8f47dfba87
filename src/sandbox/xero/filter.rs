//! The subset of Xero's `where` that clients use: comparisons joined by AND and OR, AND binding tighter, no brackets.

use std::cmp::Ordering;

use serde_json::Value;

use super::money::parse_decimal;
use crate::clock::parse_instant;

/// A parsed `where`: any of these groups, of which all conditions hold.
#[derive(Debug)]
pub struct Filter {
    any_of: Vec<Vec<Condition>>,
}

#[derive(Debug)]
struct Condition {
    field: String,
    operator: Operator,
    wanted: Literal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    StartsWith,
    EndsWith,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Literal {
    Text(String),
    /// Four decimals.
    Number(i64),
    /// Milliseconds.
    Instant(i64),
    Truth(bool),
    Nothing,
}

impl Filter {
    /// Reads a `where`; a sentence when it is beyond the subset.
    pub fn parse(text: &str) -> Result<Self, String> {
        let tokens = tokens(text)?;
        let mut any_of = vec![Vec::new()];
        let mut rest = tokens.as_slice();
        loop {
            let (condition, after) = condition(rest)
                .ok_or_else(|| format!("No property or field, or not supported here: {text}"))?;
            any_of
                .last_mut()
                .expect("it begins with one group")
                .push(condition);
            match after {
                [] => return Ok(Self { any_of }),
                [Token::Word(word), more @ ..] if word.eq_ignore_ascii_case("and") => rest = more,
                [Token::Word(word), more @ ..] if word.eq_ignore_ascii_case("or") => {
                    any_of.push(Vec::new());
                    rest = more;
                }
                _ => return Err(format!("Operator expected in: {text}")),
            }
        }
    }

    /// Whether an object, as the API gives it, is meant.
    pub fn matches(&self, wire: &Value) -> Result<bool, String> {
        for group in &self.any_of {
            let mut all = true;
            for condition in group {
                all &= condition.matches(wire)?;
            }
            if all {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Condition {
    fn matches(&self, wire: &Value) -> Result<bool, String> {
        let mut actual = wire;
        for part in self.field.split('.') {
            actual = &actual[part];
        }
        let order = self.compare(actual);
        Ok(match self.operator {
            Operator::Equal => order == Some(Ordering::Equal),
            Operator::NotEqual => order != Some(Ordering::Equal),
            Operator::Less => order == Some(Ordering::Less),
            Operator::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Operator::Greater => order == Some(Ordering::Greater),
            Operator::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            Operator::Contains => self.in_text(actual, |actual, wanted| actual.contains(wanted))?,
            Operator::StartsWith => {
                self.in_text(actual, |actual, wanted| actual.starts_with(wanted))?
            }
            Operator::EndsWith => {
                self.in_text(actual, |actual, wanted| actual.ends_with(wanted))?
            }
        })
    }

    fn in_text(&self, actual: &Value, test: impl Fn(&str, &str) -> bool) -> Result<bool, String> {
        let Literal::Text(wanted) = &self.wanted else {
            return Err(format!("{} needs a text", self.field));
        };
        Ok(test(
            &actual.as_str().unwrap_or_default().to_lowercase(),
            &wanted.to_lowercase(),
        ))
    }

    fn compare(&self, actual: &Value) -> Option<Ordering> {
        match &self.wanted {
            Literal::Text(wanted) => {
                Some(actual.as_str()?.to_lowercase().cmp(&wanted.to_lowercase()))
            }
            Literal::Number(wanted) => {
                let digits = actual.as_str()?.trim_start_matches('\u{E000}');
                Some(parse_decimal(digits, 4)?.cmp(wanted))
            }
            Literal::Instant(wanted) => Some(wire_instant(actual.as_str()?)?.cmp(wanted)),
            Literal::Truth(wanted) => Some(actual.as_bool()?.cmp(wanted)),
            Literal::Nothing => actual.is_null().then_some(Ordering::Equal),
        }
    }
}

/// Reads `/Date(1539993600000+0000)/`.
pub fn wire_instant(text: &str) -> Option<i64> {
    let inner = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let end = inner
        .rfind(['+', '-'])
        .filter(|end| *end > 0)
        .unwrap_or(inner.len());
    inner[..end].parse().ok()
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(String),
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let (mut tokens, mut rest) = (Vec::new(), text.trim_start());
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' {
            let end = rest[1..]
                .find('"')
                .ok_or_else(|| format!("Unterminated string literal in: {text}"))?;
            tokens.push(Token::Text(rest[1..=end].to_owned()));
            end + 2
        } else if first.is_alphanumeric() || first == '-' || first == '_' {
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || "._-".contains(c)))
                .unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_owned()));
            end
        } else {
            let two = ["==", "!=", ">=", "<=", "&&", "||"]
                .into_iter()
                .find(|sign| rest.starts_with(sign));
            let sign = two.map_or_else(|| first.to_string(), str::to_owned);
            let length = sign.len();
            tokens.push(match sign.as_str() {
                "&&" => Token::Word("AND".to_owned()),
                "||" => Token::Word("OR".to_owned()),
                _ => Token::Sign(sign),
            });
            length
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn condition(tokens: &[Token]) -> Option<(Condition, &[Token])> {
    let [Token::Word(field), rest @ ..] = tokens else {
        return None;
    };
    if let [
        Token::Sign(open),
        Token::Text(wanted),
        Token::Sign(close),
        rest @ ..,
    ] = rest
        && (open.as_str(), close.as_str()) == ("(", ")")
    {
        let (field, method) = field.rsplit_once('.')?;
        let operator = match method {
            "Contains" => Operator::Contains,
            "StartsWith" => Operator::StartsWith,
            "EndsWith" => Operator::EndsWith,
            _ => return None,
        };
        return Some((
            Condition {
                field: field.to_owned(),
                operator,
                wanted: Literal::Text(wanted.clone()),
            },
            rest,
        ));
    }
    let [Token::Sign(sign), rest @ ..] = rest else {
        return None;
    };
    let operator = match sign.as_str() {
        "==" | "=" => Operator::Equal,
        "!=" => Operator::NotEqual,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        _ => return None,
    };
    let (wanted, rest) = literal(rest)?;
    Some((
        Condition {
            field: field.clone(),
            operator,
            wanted,
        },
        rest,
    ))
}

fn literal(tokens: &[Token]) -> Option<(Literal, &[Token])> {
    match tokens {
        [Token::Text(text), rest @ ..] => Some((Literal::Text(text.clone()), rest)),
        [Token::Word(name), Token::Sign(_), rest @ ..]
            if ["guid", "datetime"].contains(&name.to_lowercase().as_str()) =>
        {
            let end = rest
                .iter()
                .position(|token| *token == Token::Sign(")".to_owned()))?;
            let wanted = match (&rest[..end], name.to_lowercase().as_str()) {
                ([Token::Text(id)], "guid") => Literal::Text(id.clone()),
                (parts, "datetime") => Literal::Instant(date_of(parts)?),
                _ => return None,
            };
            Some((wanted, &rest[end + 1..]))
        }
        [Token::Word(word), rest @ ..] => {
            let wanted = match word.as_str() {
                "true" => Literal::Truth(true),
                "false" => Literal::Truth(false),
                "null" => Literal::Nothing,
                number => Literal::Number(parse_decimal(number, 4)?),
            };
            Some((wanted, rest))
        }
        _ => None,
    }
}

/// `2026, 01, 31` with hours, minutes and seconds if given.
fn date_of(parts: &[Token]) -> Option<i64> {
    let numbers: Vec<&str> = parts
        .iter()
        .filter_map(|part| match part {
            Token::Word(digits) => Some(digits.as_str()),
            _ => None,
        })
        .collect();
    let at = |index: usize| {
        numbers
            .get(index)
            .and_then(|digits| digits.parse::<u32>().ok())
    };
    let (year, month, day) = (at(0)?, at(1)?, at(2)?);
    let (hour, minute, second) = (at(3).unwrap_or(0), at(4).unwrap_or(0), at(5).unwrap_or(0));
    parse_instant(&format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::money::money;
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        let bill = json!({
            "Type": "ACCPAY", "Status": "AUTHORISED", "InvoiceNumber": "PP-2026-000123", "AmountDue": money(12_345),
            "Contact": {"ContactID": "aa-1", "Name": "Acme Ltd"}, "Date": "/Date(1767225600000+0000)/",
        });
        let matched = Filter::parse(text).and_then(|filter| filter.matches(&bill));
        assert_eq!(matched, Ok(expected), "{text}");
    }

    #[test]
    fn the_usual_conditions_are_understood() {
        check(
            r#"Type=="ACCPAY" AND InvoiceNumber=="PP-2026-000123""#,
            true,
        );
        check(r#"Type=="ACCREC" AND Status=="AUTHORISED""#, false);
        check(
            r#"Contact.ContactID==guid("aa-1") && AmountDue>123.44"#,
            true,
        );
        check(
            r#"Date >= DateTime(2026, 01, 01) AND Date < DateTime(2026, 01, 02)"#,
            true,
        );
        check(r#"Status=="PAID" OR Contact.Name.Contains("acme")"#, true);
        check("FullyPaidOnDate==null", true);
    }

    #[test]
    fn what_is_not_supported_is_refused() {
        assert!(Filter::parse(r#"(Type=="ACCPAY")"#).is_err());
        assert!(Filter::parse("Type==").is_err());
    }
}

//! Postal addresses, as they are typed and as they stand on a document.

use serde::{Deserialize, Serialize};

use crate::{
    error::{Fault, FieldErrors},
    text::{parse_line, parse_paragraph},
};

/// As many lines as fit between a name and a city on an envelope.
const STREET_LINES_MAX: usize = 3;
/// Where the postal code follows the city; everywhere else it comes before it.
const CODE_LAST: [&str; 9] = ["AU", "CA", "GB", "IE", "IN", "NZ", "SG", "US", "ZA"];

/// Where post reaches a company, without the country: all of it is there, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street and number, and what stands above them: at most three lines with breaks between.
    pub street: String,
    /// Empty where a country has none.
    pub postal_code: String,
    pub city: String,
}

impl Address {
    /// All faults at once, each with its field.
    ///
    /// # Errors
    /// What is wrong, never empty: `required` under `street` or `city` where only a part is there, `too-many-lines`, `postal-code-invalid`, and what
    /// is wrong with any text.
    pub fn parse(street: &str, postal_code: &str, city: &str) -> Result<Self, FieldErrors> {
        if [street, postal_code, city]
            .iter()
            .all(|text| text.trim().is_empty())
        {
            return Ok(Self::default());
        }
        let mut errors = FieldErrors::default();
        let street = errors.take("street", parse_street(street));
        let postal_code = errors.take("postal_code", parse_postal_code(postal_code));
        let city = errors.take("city", parse_line(city, 80));
        match (street, postal_code, city) {
            (Some(street), Some(postal_code), Some(city)) => Ok(Self {
                street,
                postal_code,
                city,
            }),
            _ => Err(errors),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.city.is_empty()
    }

    /// Line by line, as the country (ISO 3166 alpha-2 in capitals) writes it.
    pub fn lines(&self, country: &str) -> Vec<String> {
        let place = if CODE_LAST.contains(&country) {
            [&self.city, &self.postal_code]
        } else {
            [&self.postal_code, &self.city]
        };
        let place = place.map(String::as_str).join(" ");
        let lines = self.street.lines().chain([place.trim()]);
        let lines = lines.filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    }
}

fn parse_street(text: &str) -> Result<String, Fault> {
    let text = parse_paragraph(text, 240)?;
    let lines = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    if lines.len() > STREET_LINES_MAX {
        return Err(Fault::with("too-many-lines", STREET_LINES_MAX));
    }
    Ok(lines.join("\n"))
}

fn parse_postal_code(text: &str) -> Result<String, Fault> {
    let code = text.to_uppercase();
    let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_one = |c: char| c.is_ascii_alphanumeric() || " -".contains(c);
    if code.len() > 12 || !code.chars().all(is_one) {
        return Err(Fault::new("postal-code-invalid"));
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_whole_or_not_at_all() {
        assert_eq!(Address::parse(" ", "", "\n"), Ok(Address::default()));
        let read = Address::parse("  Haus  Nord \r\n\r\nHafenstraße 7", "d-20457", " Hamburg ");
        let address = read.expect("well formed");
        assert_eq!(address.street, "Haus Nord\nHafenstraße 7");
        assert_eq!(address.postal_code, "D-20457");
        assert!(!address.is_empty());
        let longest = Address::parse("1\n2\n3", "123456789012", "Hamburg");
        assert_eq!(longest.map(|address| address.postal_code.len()), Ok(12));
        for (typed, field, code) in [
            (["", "20457", "Hamburg"], "street", "required"),
            (["Hafenstraße 7", "20457", ""], "city", "required"),
            (
                ["1\n2\n3\n4", "20457", "Hamburg"],
                "street",
                "too-many-lines",
            ),
            (
                ["Hafenstraße\u{202e} 7", "", "Bonn"],
                "street",
                "control-characters",
            ),
            (
                ["Hafenstraße 7", "20457;", "Hamburg"],
                "postal_code",
                "postal-code-invalid",
            ),
            (
                ["Hafenstraße 7", "1234567890123", "Hamburg"],
                "postal_code",
                "postal-code-invalid",
            ),
            (
                ["Hafenstraße 7", "20457", "Ham\nburg"],
                "city",
                "control-characters",
            ),
        ] {
            let [street, postal_code, city] = typed;
            let errors = Address::parse(street, postal_code, city).expect_err(code);
            assert_eq!(errors.0.len(), 1, "{errors:?}");
            assert_eq!(
                (errors.0[0].field.as_str(), errors.0[0].code.as_str()),
                (field, code)
            );
        }
    }

    #[test]
    fn the_postal_code_stands_where_the_country_has_it() {
        let address = |code: &str| Address {
            street: "Floor 2\n1 High Street".to_owned(),
            postal_code: code.to_owned(),
            city: "Town".to_owned(),
        };
        for (country, code, last) in [
            ("GB", "BS1 4XE", "Town BS1 4XE"),
            ("DE", "20457", "20457 Town"),
            ("HK", "", "Town"),
        ] {
            let lines = address(code).lines(country);
            assert_eq!(lines, ["Floor 2", "1 High Street", last]);
        }
        assert!(Address::default().lines("GB").is_empty());
    }
}

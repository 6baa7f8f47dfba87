//! The version of HubSpot's API that the portal speaks, and how long HubSpot answers it. Xero's and Slack's have no dates.

use chrono::{Months, NaiveDate};

/// The dated version that every path names: the month in which it came.
pub const HUBSPOT: &str = "2026-09";

/// A dated version lives so many months.
const LIFE_MONTHS: u32 = 18;
/// Before its end that is said: moving on to another version takes weeks.
const TOLD_DAYS: i64 = 90;

/// The first day on which HubSpot may answer the version no more.
pub fn hubspot_ends_on() -> NaiveDate {
    let came_on = format!("{HUBSPOT}-01").parse::<NaiveDate>();
    let came_on = came_on.expect("a version is named after a month");
    came_on + Months::new(LIFE_MONTHS)
}

/// Whether the end is so near that somebody must know.
pub fn hubspot_ends_soon(today: NaiveDate) -> bool {
    (hubspot_ends_on() - today).num_days() <= TOLD_DAYS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_lives_a_year_and_a_half_and_its_end_is_said_ninety_days_before() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(hubspot_ends_on(), day("2028-03-01"));
        assert!(!hubspot_ends_soon(day("2027-12-01")));
        assert!(hubspot_ends_soon(day("2027-12-02")));
        assert!(hubspot_ends_soon(day("2028-06-01")));
    }
}

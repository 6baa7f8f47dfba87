//! Where a sweep through the changed deals stands.

use portal_domain::calendar::Timestamp;

use super::failure::refused;
use crate::error::CallError;

/// Deals on one page of a search.
pub const SEARCH_PAGE: u32 = 200;

/// The row behind which HubSpot searches no further.
const SEARCH_ROWS_MAX: u64 = 10_000;

/// HubSpot's row within one search, and the instant that the search began at.
#[derive(Debug, PartialEq, Eq)]
pub struct Cursor {
    pub anchor_ms: i64,
    pub row: Option<String>,
}

impl Cursor {
    pub fn parse(since_ms: i64, after: Option<&str>) -> Result<Self, CallError> {
        let Some(after) = after else {
            return Ok(Self {
                anchor_ms: since_ms,
                row: None,
            });
        };
        let parts = after
            .split_once(':')
            .and_then(|(anchor, row)| Some((anchor.parse().ok()?, row)));
        let (anchor_ms, row) =
            parts.ok_or_else(|| refused("the place in the list of deals is not one of ours"))?;
        Ok(Self {
            anchor_ms,
            row: (!row.is_empty()).then(|| row.to_owned()),
        })
    }

    /// The place after a page whose last deal was changed at an instant. A deal that changes during the sweep goes to its end, and those behind it move up by
    /// one row: so the next search begins at the last deal seen, and rows are counted only where a whole page changed in one millisecond.
    pub fn next(&self, row: &str, last: Option<Timestamp>) -> Result<String, CallError> {
        if let Some(last) = last.filter(|last| last.0 > self.anchor_ms) {
            return Ok(format!("{}:", last.0));
        }
        let row_number: u64 = row
            .parse()
            .map_err(|_| refused("the search's next page has no row number"))?;
        if row_number.saturating_add(u64::from(SEARCH_PAGE)) > SEARCH_ROWS_MAX {
            return Err(refused(
                "more deals changed in one millisecond than a search can list",
            ));
        }
        Ok(format!("{}:{row}", self.anchor_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_sweep_goes_on_at_the_last_deal_seen_and_counts_rows_within_one_millisecond_alone() {
        let start = Cursor::parse(1_000, None).unwrap();
        let last = |at_ms| Some(Timestamp(at_ms));
        assert_eq!(start.next("200", last(5_000)).unwrap(), "5000:");
        assert_eq!(start.next("200", last(1_000)).unwrap(), "1000:200");
        assert_eq!(start.next("200", None).unwrap(), "1000:200");
        assert_eq!(
            start.next("9801", last(1_000)).unwrap_err().kind,
            ErrorKind::Refused
        );
    }

    #[test]
    fn a_place_in_the_list_is_read_again_as_it_was_given() {
        let place = |anchor_ms, row: Option<&str>| Cursor {
            anchor_ms,
            row: row.map(str::to_owned),
        };
        let read = |after| Cursor::parse(1_000, Some(after));
        assert_eq!(read("5000:200").unwrap(), place(5_000, Some("200")));
        assert_eq!(read("5000:").unwrap(), place(5_000, None));
        assert_eq!(read("200").unwrap_err().kind, ErrorKind::Refused);
    }
}

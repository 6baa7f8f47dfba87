//! Where a sweep through the changed deals stands.

use portal_domain::remote::RemoteDeal;

use super::failure::refused;
use crate::error::CallError;

/// Deals on one page of a search.
pub const SEARCH_PAGE: u32 = 200;

/// The row behind which HubSpot searches no further.
const SEARCH_ROWS_MAX: u64 = 10_000;

/// HubSpot's row within one search, and the instant that the search began at. When the rows run out, a new search begins at the last deal seen.
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

    pub fn next(&self, row: &str, last: Option<&RemoteDeal>) -> Result<String, CallError> {
        let row_number: u64 = row
            .parse()
            .map_err(|_| refused("the search's next page has no row number"))?;
        if row_number.saturating_add(u64::from(SEARCH_PAGE)) <= SEARCH_ROWS_MAX {
            return Ok(format!("{}:{row}", self.anchor_ms));
        }
        match last {
            Some(last) if last.modified_at.0 > self.anchor_ms => {
                Ok(format!("{}:", last.modified_at.0))
            }
            _ => Err(refused(
                "more deals changed in one millisecond than a search can list",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_sweep_begins_a_new_search_before_the_ten_thousandth_row() {
        let start = Cursor::parse(1_000, None).unwrap();
        assert_eq!(start.next("200", None).unwrap(), "1000:200");
        assert_eq!(
            Cursor::parse(1_000, Some("5000:200")).unwrap(),
            Cursor {
                anchor_ms: 5_000,
                row: Some("200".to_owned())
            }
        );
        assert_eq!(
            Cursor::parse(1_000, Some("5000:")).unwrap(),
            Cursor {
                anchor_ms: 5_000,
                row: None
            }
        );
        assert_eq!(
            start.next("10000", None).unwrap_err().kind,
            ErrorKind::Refused
        );
        assert_eq!(
            Cursor::parse(1_000, Some("200")).unwrap_err().kind,
            ErrorKind::Refused
        );
    }
}

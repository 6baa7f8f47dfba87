//! Reading columns as domain values. A value that the portal never writes is an error that names its column.

use std::str::FromStr;

use portal_domain::{
    calendar::{Month, Timestamp},
    money::{Currency, Money},
};
use sqlx::{Row, any::AnyRow};

use crate::error::StoreError;

/// Words of an enum have `parse` instead of `FromStr`.
pub(crate) type ParseWord<T> = fn(&str) -> Option<T>;

pub(crate) trait Read {
    fn text(&self, column: &'static str) -> Result<String, StoreError>;
    fn optional_text(&self, column: &'static str) -> Result<Option<String>, StoreError>;
    fn integer(&self, column: &'static str) -> Result<i64, StoreError>;
    fn optional_integer(&self, column: &'static str) -> Result<Option<i64>, StoreError>;
    fn optional_bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Ids, dates, currencies.
    fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        let value = self.text(column)?;
        value
            .parse()
            .map_err(|_| StoreError::Inconsistent { column, value })
    }

    fn optional_parsed<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        self.optional_text(column)?
            .map(|value| {
                value
                    .parse()
                    .map_err(|_| StoreError::Inconsistent { column, value })
            })
            .transpose()
    }

    fn word<T>(&self, column: &'static str, parse: ParseWord<T>) -> Result<T, StoreError> {
        let value = self.text(column)?;
        parse(&value).ok_or(StoreError::Inconsistent { column, value })
    }

    fn optional_word<T>(
        &self,
        column: &'static str,
        parse: ParseWord<T>,
    ) -> Result<Option<T>, StoreError> {
        self.optional_text(column)?
            .map(|value| parse(&value).ok_or(StoreError::Inconsistent { column, value }))
            .transpose()
    }

    fn instant(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.integer(column).map(Timestamp)
    }

    fn optional_instant(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.optional_integer(column)?.map(Timestamp))
    }

    fn month(&self, column: &'static str) -> Result<Month, StoreError> {
        read_month(column, self.integer(column)?)
    }

    fn optional_month(&self, column: &'static str) -> Result<Option<Month>, StoreError> {
        let value = self.optional_integer(column)?;
        value.map(|value| read_month(column, value)).transpose()
    }

    /// What [`crate::sql::sum`] added up.
    fn sum(&self) -> Result<i128, StoreError> {
        let (high, low) = (self.integer("sum_high")?, self.integer("sum_low")?);
        Ok((i128::from(high) << 32) + i128::from(low))
    }

    /// A column of minor units beside the row's `currency`.
    fn money(&self, column: &'static str) -> Result<Money, StoreError> {
        Ok(Money::new(
            self.integer(column)?,
            self.parsed::<Currency>("currency")?,
        ))
    }
}

impl Read for AnyRow {
    fn text(&self, column: &'static str) -> Result<String, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn optional_text(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn integer(&self, column: &'static str) -> Result<i64, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn optional_integer(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn optional_bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.try_get(column)?)
    }
}

fn read_month(column: &'static str, value: i64) -> Result<Month, StoreError> {
    i32::try_from(value)
        .map(Month)
        .map_err(|_| StoreError::Inconsistent {
            column,
            value: value.to_string(),
        })
}

/// Reads every row with the same function.
pub(crate) fn all<T>(
    rows: &[AnyRow],
    read: fn(&AnyRow) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    rows.iter().map(read).collect()
}

//! From Xero's objects to ours: exact amounts, and calendar dates as they stand, never moved by a time zone.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use portal_domain::{
    calendar::Timestamp,
    money::{Currency, Money},
    remote::{InvoiceType, RemoteContact, RemoteInvoice},
};

use super::{
    client::Organisation,
    wire::{Amount, Applied, Contact, Invoice, OrganisationData},
};
use crate::error::{CallError, ErrorKind, Vendor};

/// An invoice or bill that was read whole (by id or on a page, not in a summary).
pub fn invoice(wire: Invoice) -> Result<RemoteInvoice, CallError> {
    read_invoice(&wire).map_err(|what| {
        let message = format!(
            "invoice {} ({}) has {what} that cannot be read",
            wire.id,
            wire.number.as_deref().unwrap_or_default()
        );
        CallError::new(Vendor::Xero, ErrorKind::Refused, message)
    })
}

fn read_invoice(wire: &Invoice) -> Result<RemoteInvoice, String> {
    let kind = match wire.kind.as_str() {
        "ACCREC" => InvoiceType::Sale,
        "ACCPAY" => InvoiceType::Bill,
        other => return Err(format!("a type {other:?}")),
    };
    let currency =
        Currency::parse(&wire.currency).map_err(|_| format!("a currency {:?}", wire.currency))?;
    let minor = |name: &str, amount: &Option<Amount>| minor(name, amount.as_ref(), currency);
    let sum = |name: &str, applied: &[Applied]| {
        applied.iter().try_fold(0_i64, |total, one| {
            let more = minor(name, &one.applied_amount)?;
            total
                .checked_add(more)
                .ok_or_else(|| format!("{name} too large"))
        })
    };
    let amount_credited_minor = minor("an AmountCredited", &wire.amount_credited)?;
    let applied_minor = sum("a prepayment", &wire.prepayments)?
        .checked_add(sum("an overpayment", &wire.overpayments)?)
        .ok_or("prepayments too large")?;
    // AmountCredited is the sum of credit notes, pre- and overpayments, so it bounds what was applied.
    let prepaid_minor = applied_minor.min(amount_credited_minor);
    Ok(RemoteInvoice {
        id: wire.id.clone(),
        kind,
        number: wire.number.clone().unwrap_or_default(),
        reference: wire.reference.clone().unwrap_or_default(),
        contact_id: wire.contact.id.clone(),
        contact_name: wire.contact.name.clone().unwrap_or_default(),
        status: wire.status.clone(),
        date: date("a date", wire.date_text.as_deref(), wire.date.as_deref())?,
        due: date("a due date", wire.due_text.as_deref(), wire.due.as_deref())?,
        sub_total: Money::new(minor("a SubTotal", &wire.sub_total)?, currency),
        total: Money::new(minor("a Total", &wire.total)?, currency),
        paid_minor: minor("an AmountPaid", &wire.amount_paid)?,
        prepaid_minor,
        credited_minor: amount_credited_minor - prepaid_minor,
        due_minor: minor("an AmountDue", &wire.amount_due)?,
        updated_at: instant(&wire.updated)
            .ok_or_else(|| format!("an UpdatedDateUTC {:?}", wire.updated))?,
        description: wire
            .lines
            .first()
            .and_then(|line| line.description.clone())
            .unwrap_or_default(),
    })
}

/// An absent amount is nothing paid or credited yet; one that is there must be exact.
fn minor(name: &str, amount: Option<&Amount>, currency: Currency) -> Result<i64, String> {
    match amount.and_then(Amount::digits) {
        None => Ok(0),
        Some(digits) => Money::parse_decimal(digits, currency)
            .map(|money| money.minor)
            .map_err(|_| format!("{name} of {digits} {currency}")),
    }
}

/// The calendar date: from the text twin where there is one, else from `/Date(…)/`, which is midnight UTC of that day.
fn date(name: &str, text: Option<&str>, coded: Option<&str>) -> Result<Option<NaiveDate>, String> {
    let given = [text, coded]
        .into_iter()
        .flatten()
        .find(|given| !given.is_empty());
    let Some(given) = given else {
        return Ok(None);
    };
    let stands = given.get(..10).and_then(|day| day.parse().ok());
    let counted = || DateTime::from_timestamp_millis(coded_ms(given)?).map(|at| at.date_naive());
    stands
        .or_else(counted)
        .map(Some)
        .ok_or_else(|| format!("{name} {given:?}"))
}

/// An instant: `/Date(1439434356790+0000)/`, or ISO 8601, which is UTC when it names no zone.
pub fn instant(text: &str) -> Option<Timestamp> {
    if let Some(ms) = coded_ms(text) {
        return Some(Timestamp(ms));
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(Timestamp(at.timestamp_millis()));
    }
    text.parse::<NaiveDateTime>()
        .ok()
        .map(|at| Timestamp(at.and_utc().timestamp_millis()))
}

/// The milliseconds in `/Date(ms)/` or `/Date(ms+0000)/`. They count from 1970 in UTC; the zone behind them is only how Xero would show it.
fn coded_ms(text: &str) -> Option<i64> {
    let inside = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let zone_at = inside
        .get(1..)?
        .find(['+', '-'])
        .map_or(inside.len(), |at| at + 1);
    inside[..zone_at].parse().ok()
}

pub fn contact(wire: Contact) -> RemoteContact {
    RemoteContact {
        id: wire.id,
        name: wire.name.unwrap_or_default(),
        email: wire.email.unwrap_or_default(),
        number: wire.number.unwrap_or_default(),
    }
}

pub fn organisation(wire: OrganisationData) -> Result<Organisation, CallError> {
    let base_currency = Currency::parse(&wire.base_currency).map_err(|_| {
        let message = format!(
            "the organisation has a base currency {:?} that cannot be read",
            wire.base_currency
        );
        CallError::new(Vendor::Xero, ErrorKind::Refused, message)
    })?;
    Ok(Organisation {
        name: wire.name,
        base_currency,
        time_zone: wire.timezone,
        short_code: wire.short_code,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(amounts: &str) -> Result<RemoteInvoice, CallError> {
        let text = format!(
            r#"{{"InvoiceID":"i-1","Type":"ACCREC","InvoiceNumber":"INV-1","Contact":{{"ContactID":"c-1","Name":"Acme"}},"Status":"AUTHORISED",
            "Date":"/Date(1539993600000+0000)/","DateString":"2018-10-20T00:00:00","DueDate":"/Date(1542585600000)/",
            "UpdatedDateUTC":"/Date(1439434356790+0000)/",{amounts}}}"#
        );
        invoice(serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn amounts_keep_every_digit() {
        let read = read(r#""CurrencyCode":"EUR","SubTotal":0.30,"Total":90071992547409.93,"AmountDue":90071992547409.92,"AmountPaid":"0.01""#).unwrap();
        assert_eq!(read.sub_total.minor, 30);
        assert_eq!(read.total.minor, 9_007_199_254_740_993);
        assert_eq!(
            (read.due_minor, read.paid_minor),
            (9_007_199_254_740_992, 1)
        );
    }

    #[test]
    fn more_decimals_than_the_currency_has_are_refused_and_trailing_zeros_are_not() {
        let failure = read(r#""CurrencyCode":"EUR","Total":10.005"#).unwrap_err();
        assert_eq!(failure.kind, ErrorKind::Refused);
        assert!(
            failure.message.contains("INV-1") && failure.message.contains("10.005"),
            "{failure}"
        );
        // The sum that binary floating point gives for 0.1 + 0.2.
        assert!(read(r#""CurrencyCode":"EUR","Total":0.30000000000000004"#).is_err());
        assert_eq!(
            read(r#""CurrencyCode":"KWD","Total":10.005"#)
                .unwrap()
                .total
                .minor,
            10_005
        );
        assert_eq!(
            read(r#""CurrencyCode":"JPY","Total":1000.00"#)
                .unwrap()
                .total
                .minor,
            1_000
        );
        assert_eq!(
            read(r#""CurrencyCode":"EUR","Total":10.0000"#)
                .unwrap()
                .total
                .minor,
            1_000
        );
    }

    #[test]
    fn applied_prepayments_are_cash_and_the_rest_of_what_is_credited_is_not() {
        let read = read(
            r#""CurrencyCode":"EUR","Total":100.00,"AmountPaid":20.00,"AmountCredited":80.00,"AmountDue":0.00,
            "Prepayments":[{"AppliedAmount":30.00}],"Overpayments":[{"AppliedAmount":10.00}],"CreditNotes":[{"AppliedAmount":40.00}]"#,
        )
        .unwrap();
        assert_eq!(
            (read.paid_minor, read.prepaid_minor, read.credited_minor),
            (2_000, 4_000, 4_000)
        );
        assert_eq!(read.cash_minor(), 6_000);
    }

    #[test]
    fn calendar_dates_are_never_moved() {
        let read = read(r#""CurrencyCode":"EUR""#).unwrap();
        assert_eq!(read.date, NaiveDate::from_ymd_opt(2018, 10, 20));
        assert_eq!(read.due, NaiveDate::from_ymd_opt(2018, 11, 19));
        // Midnight of that day however the zone is shown.
        assert_eq!(
            date("a date", None, Some("/Date(1539993600000+1300)/")).unwrap(),
            NaiveDate::from_ymd_opt(2018, 10, 20)
        );
        assert_eq!(
            date("a date", None, Some("/Date(-86400000-0500)/")).unwrap(),
            NaiveDate::from_ymd_opt(1969, 12, 31)
        );
        assert!(date("a date", None, Some("tomorrow")).is_err());
    }

    #[test]
    fn instants_are_read_in_all_their_spellings() {
        assert_eq!(
            instant("/Date(1439434356790+0000)/"),
            Some(Timestamp(1_439_434_356_790))
        );
        assert_eq!(instant("/Date(-1)/"), Some(Timestamp(-1)));
        assert_eq!(
            instant("2015-08-13T02:52:36.79"),
            Some(Timestamp(1_439_434_356_790))
        );
        assert_eq!(
            instant("2015-08-13T02:52:36.790Z"),
            Some(Timestamp(1_439_434_356_790))
        );
        assert_eq!(instant("/Date()/"), None);
    }
}

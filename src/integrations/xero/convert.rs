//! From Xero's objects to ours: exact amounts, and calendar dates as they stand, never moved by a time zone.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use portal_domain::{
    calendar::Timestamp,
    money::{Currency, Money},
    remote::{
        CreditAllocation, InvoiceType, RemoteContact, RemoteCredit, RemoteInvoice, RemoteMoney,
    },
};

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{
    client::{Organisation, Unreadable},
    wire::{
        self, Allocation, Amount, Applied, Contact, CreditNote, Invoice, Named, OrganisationData,
        Refund,
    },
};
use crate::error::{CallError, ErrorKind, Vendor};

/// The words for what documents are.
const INVOICE: &str = "invoice";
const CREDIT_NOTE: &str = "credit note";

/// An invoice or bill that was read whole (by id or on a page, not in a summary).
pub fn invoice(document: &RawValue) -> Result<RemoteInvoice, Unreadable> {
    let wire: Invoice = parse(INVOICE, document)?;
    read_invoice(&wire).map_err(|what| unreadable(INVOICE, &wire.id, wire.number.as_deref(), &what))
}

/// A credit note, to a client or from a supplier, as Xero shows it.
pub fn credit_note(document: &RawValue) -> Result<CreditNote, Unreadable> {
    parse(CREDIT_NOTE, document)
}

/// A credit note to a client that shows all its payments and allocations (see [`is_whole`]).
pub fn credit(wire: &CreditNote) -> Result<RemoteCredit, Unreadable> {
    read_credit(wire)
        .map_err(|what| unreadable(CREDIT_NOTE, &wire.id, wire.number.as_deref(), &what))
}

fn parse<T: DeserializeOwned>(noun: &str, document: &RawValue) -> Result<T, Unreadable> {
    serde_json::from_str(document.get()).map_err(|error| {
        let named: Named = serde_json::from_str(document.get()).unwrap_or_default();
        let what = format!("a shape ({error})");
        unreadable(noun, &named.id, named.number.as_deref(), &what)
    })
}

fn unreadable(noun: &str, id: &str, number: Option<&str>, what: &str) -> Unreadable {
    let number = number.unwrap_or_default();
    Unreadable {
        id: id.to_owned(),
        message: format!("{noun} {id} ({number}) has {what} that cannot be read"),
    }
}

impl From<Unreadable> for CallError {
    fn from(unreadable: Unreadable) -> Self {
        Self::new(Vendor::Xero, ErrorKind::Unreadable, unreadable.message)
    }
}

/// When a document was changed last, whatever else of it cannot be read.
pub fn find_updated_at(document: &RawValue) -> Option<Timestamp> {
    let named: Named = serde_json::from_str(document.get()).ok()?;
    instant(&named.updated)
}

/// What a payment, a prepayment or an overpayment is for; `None` where it cannot be read: the documents that it is for are read again at night all the same.
pub fn money(document: &RawValue) -> Option<RemoteMoney> {
    let wire: wire::Money = serde_json::from_str(document.get()).ok()?;
    let on_account = wire.prepayment.or(wire.overpayment);
    let is_on_account = on_account.is_some();
    let invoice = wire.invoice.map(|invoice| invoice.id);
    let credit = wire.credit_note.map(|credit| credit.id);
    let documents = [invoice, credit].into_iter().flatten();
    let standing = wire.allocations.into_iter().filter(|part| !part.is_deleted);
    let set_against = standing.map(|part| part.invoice.id);
    Some(RemoteMoney {
        id: on_account.or(wire.payment)?,
        is_on_account,
        documents: documents.filter(|id| !id.is_empty()).collect(),
        set_against: set_against.filter(|id| !id.is_empty()).collect(),
        updated_at: instant(&wire.updated)?,
    })
}

fn read_credit(wire: &CreditNote) -> Result<RemoteCredit, String> {
    let currency = currency(&wire.currency)?;
    let minor = |name: &str, amount: &Option<Amount>| minor(name, amount.as_ref(), currency);
    Ok(RemoteCredit {
        id: wire.id.clone(),
        number: wire.number.clone().unwrap_or_default(),
        reference: wire.reference.clone().unwrap_or_default(),
        contact_id: wire.contact.id.clone(),
        contact_name: wire.contact.name.clone().unwrap_or_default(),
        status: wire.status.clone(),
        date: date("a date", wire.date_text.as_deref(), wire.date.as_deref())?,
        sub_total: Money::new(minor("a SubTotal", &wire.sub_total)?, currency),
        total: Money::new(minor("a Total", &wire.total)?, currency),
        refunded_minor: refunded_minor(&wire.payments, currency)?,
        allocations: allocations(&wire.allocations, currency)?,
        updated_at: instant(&wire.updated)
            .ok_or_else(|| format!("an UpdatedDateUTC {:?}", wire.updated))?,
    })
}

/// The payments on the credit note that stand.
fn refunded_minor(payments: &[Refund], currency: Currency) -> Result<i64, String> {
    payments
        .iter()
        .filter(|payment| payment.status.as_deref() != Some("DELETED"))
        .try_fold(0_i64, |total, payment| {
            let more = minor("a payment", payment.amount.as_ref(), currency)?;
            total
                .checked_add(more)
                .ok_or_else(|| "payments too large".to_owned())
        })
}

fn allocations(given: &[Allocation], currency: Currency) -> Result<Vec<CreditAllocation>, String> {
    given
        .iter()
        .filter(|allocation| !allocation.is_deleted)
        .map(|allocation| {
            Ok(CreditAllocation {
                invoice: allocation.invoice.id.clone(),
                amount_minor: minor("an allocation", allocation.amount.as_ref(), currency)?,
            })
        })
        .collect()
}

/// Whether all that is used of a credit note is shown in it: what is neither refunded nor allocated remains. One that is a draft or taken back has no
/// uses; what cannot be read is not whole.
pub fn is_whole(wire: &CreditNote) -> bool {
    if !matches!(wire.status.as_str(), "AUTHORISED" | "PAID") {
        return true;
    }
    let used = || {
        let currency = currency(&wire.currency).ok()?;
        let minor = |amount: &Amount| minor("", Some(amount), currency).ok();
        let total = minor(wire.total.as_ref()?)?;
        total.checked_sub(minor(wire.remaining_credit.as_ref()?)?)
    };
    let shown = || {
        let currency = currency(&wire.currency).ok()?;
        let allocated = allocations(&wire.allocations, currency).ok()?;
        let allocated = allocated
            .iter()
            .try_fold(0_i64, |total, one| total.checked_add(one.amount_minor))?;
        allocated.checked_add(refunded_minor(&wire.payments, currency).ok()?)
    };
    used().is_some_and(|used| Some(used) == shown())
}

fn currency(code: &str) -> Result<Currency, String> {
    Currency::parse(code).map_err(|_| format!("a currency {code:?}"))
}

fn read_invoice(wire: &Invoice) -> Result<RemoteInvoice, String> {
    let kind = match wire.kind.as_str() {
        "ACCREC" => InvoiceType::Sale,
        "ACCPAY" => InvoiceType::Bill,
        other => return Err(format!("a type {other:?}")),
    };
    let currency = currency(&wire.currency)?;
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
            .iter()
            .filter_map(|line| line.description.as_deref())
            .collect::<Vec<_>>()
            .join("\n"),
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
        merged_into: wire.merged_into.filter(|id| !id.is_empty()),
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
    let locked = [wire.period_lock_date, wire.end_of_year_lock_date];
    let mut locked_until = None;
    for day in locked.into_iter().flatten() {
        let read = date("a lock date", None, Some(&day)).map_err(|what| {
            let message = format!("the organisation has {what} that cannot be read");
            CallError::new(Vendor::Xero, ErrorKind::Unreadable, message)
        })?;
        locked_until = locked_until.max(read);
    }
    Ok(Organisation {
        locked_until,
        name: wire.name,
        base_currency,
        time_zone: wire.timezone,
        short_code: wire.short_code,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(amounts: &str) -> Result<RemoteInvoice, Unreadable> {
        let text = format!(
            r#"{{"InvoiceID":"i-1","Type":"ACCREC","InvoiceNumber":"INV-1","Contact":{{"ContactID":"c-1","Name":"Acme"}},"Status":"AUTHORISED",
            "Date":"/Date(1539993600000+0000)/","DateString":"2018-10-20T00:00:00","DueDate":"/Date(1542585600000)/",
            "UpdatedDateUTC":"/Date(1439434356790+0000)/",{amounts}}}"#
        );
        invoice(&RawValue::from_string(text).unwrap())
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
        assert_eq!(failure.id, "i-1");
        assert!(
            failure.message.contains("INV-1") && failure.message.contains("10.005"),
            "{failure:?}"
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
        assert_eq!(read.cash_minor(), Ok(6_000));
    }

    fn note(money: &str) -> CreditNote {
        // As the vendor's own description shows one, but for the amounts.
        let text = format!(
            r#"{{"CreditNoteID":"c-1","CreditNoteNumber":"CN-0005","ID":"c-1","CurrencyRate":1.000000,"Type":"ACCRECCREDIT","Reference":"US Tour",
            "HasAttachments":true,"Contact":{{"ContactID":"k-1","Name":"Liam","Addresses":[],"HasValidationErrors":false}},
            "DateString":"2019-03-05T00:00:00","Date":"/Date(1551744000000+0000)/","Status":"AUTHORISED","LineAmountTypes":"Exclusive",
            "LineItems":[],"UpdatedDateUTC":"/Date(1551812346157+0000)/","CurrencyCode":"NZD","SubTotal":30.00,"TotalTax":4.50,"Total":34.50,{money}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_credit_note_says_what_was_refunded_and_what_set_against_which_invoice() {
        let wire = note(
            r#""RemainingCredit":12.49,"Payments":[{"PaymentID":"p-1","Amount":2.00,"Reference":"Too much"},{"Amount":3.00,"Status":"DELETED"},
            {"Amount":0.01,"Status":"AUTHORISED"}],"Allocations":[{"Amount":10.00,"Invoice":{"InvoiceID":"i-1","InvoiceNumber":"INV-1"}},
            {"Amount":5.00,"Invoice":{"InvoiceID":"i-2"},"IsDeleted":true},{"Amount":10.00,"Invoice":{"InvoiceID":"i-3"},"IsDeleted":false}]"#,
        );
        assert!(is_whole(&wire) && wire.is_to_client());
        let read = credit(&wire).unwrap();
        assert_eq!(
            (read.number.as_str(), read.reference.as_str()),
            ("CN-0005", "US Tour")
        );
        assert_eq!((read.sub_total.minor, read.total.minor), (3_000, 3_450));
        assert_eq!(read.refunded_minor, 201);
        let allocated: Vec<(&str, i64)> = read
            .allocations
            .iter()
            .map(|one| (one.invoice.as_str(), one.amount_minor))
            .collect();
        assert_eq!(allocated, [("i-1", 1_000), ("i-3", 1_000)]);
        assert_eq!(read.date, NaiveDate::from_ymd_opt(2019, 3, 5));
        assert_eq!(read.updated_at, Timestamp(1_551_812_346_157));
    }

    #[test]
    fn a_credit_note_whose_parts_do_not_add_up_is_not_whole() {
        assert!(is_whole(&note(r#""RemainingCredit":34.50"#)));
        assert!(is_whole(&note(
            r#""RemainingCredit":0,"Payments":[{"Amount":34.50}]"#
        )));
        // Something was used of it that the list does not show.
        assert!(!is_whole(&note(r#""RemainingCredit":32.50"#)));
        assert!(!is_whole(&note(
            r#""RemainingCredit":34.50,"Payments":[{"Amount":2.00}]"#
        )));
        assert!(!is_whole(&note(r#""Payments":[{"Amount":2.00}]"#)));
        assert!(!is_whole(&note(r#""RemainingCredit":34.505"#)));
        let voided = CreditNote {
            status: "VOIDED".to_owned(),
            ..note(r#""RemainingCredit":0"#)
        };
        assert!(is_whole(&voided));
    }

    #[test]
    fn a_credit_note_that_cannot_be_read_says_which_and_why() {
        let failure = credit(&note(r#""Payments":[{"Amount":2.005}]"#)).unwrap_err();
        assert!(
            failure.message.contains("CN-0005") && failure.message.contains("2.005"),
            "{failure:?}"
        );
        let failure = CallError::from(failure);
        assert_eq!(
            failure.kind,
            ErrorKind::Unreadable,
            "it is the same tomorrow"
        );
        let too_large =
            r#""Payments":[{"Amount":90000000000000000.00},{"Amount":90000000000000000.00}]"#;
        assert!(credit(&note(too_large)).is_err());
    }

    #[test]
    fn a_document_of_another_shape_is_named_as_far_as_it_says_its_name() {
        let of = |text: &str| {
            let raw = RawValue::from_string(text.to_owned()).unwrap();
            (invoice(&raw).unwrap_err(), credit_note(&raw).err())
        };
        let (failure, _) = of(r#"{"InvoiceID":"i-1","InvoiceNumber":"INV-1","Contact":null}"#);
        assert_eq!(failure.id, "i-1");
        assert!(failure.message.contains("INV-1"), "{failure:?}");
        let (_, failure) = of(r#"{"CreditNoteID":"c-1","Allocations":7}"#);
        assert_eq!(failure.unwrap().id, "c-1");
        for nameless in [r#"{"InvoiceID":7}"#, "[]", "null"] {
            assert_eq!(of(nameless).0.id, "", "{nameless}");
        }
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

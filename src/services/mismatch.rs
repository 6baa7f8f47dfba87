//! Why a bill in Xero is not taken for the statement that it names: the rule, the case that finance has, and the one sentence that finance and the partner
//! read, in the case, in the mail and on the statement's page.

use portal_domain::{
    bill::lines_billed,
    money::{Currency, Money},
    remote::RemoteInvoice,
};
use portal_store::{
    Tx,
    bills::{self, BillRecord},
    exceptions::KnownException,
    statements::StatementRecord,
};
use portal_words::{Argument, Words};
use serde_json::{Value, json};

use crate::{
    Ctx, ServiceError,
    books::{self, About},
    messages,
    settlement::{self, Settlement},
};

/// The kind of the case.
pub(crate) const DIFFERS: &str = "bill_differs_from_statement";

/// What does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mismatch {
    Currency,
    /// It is for a part of the statement that is not whole lines.
    Net,
    /// It asks for nothing, or less.
    NotPositive,
    /// With the statement's other bills it asks for more than the statement.
    AboveRest,
    /// All of the statement has its bills.
    AlreadyInvoiced,
    /// The partner used that number for another bill.
    NumberUsed,
    /// It was taken, and asks for another amount by now.
    Changed,
    /// It was taken, and a credit note was set against it: what that settles of it is never paid.
    Credited,
    /// It is from somebody else.
    WrongContact,
}

impl Mismatch {
    /// The end of a key of the catalogues.
    const fn word(self) -> &'static str {
        match self {
            Self::Currency => "currency",
            Self::Net => "net",
            Self::NotPositive => "not_positive",
            Self::AboveRest => "above_rest",
            Self::AlreadyInvoiced => "already_invoiced",
            Self::NumberUsed => "number_used",
            Self::Changed => "changed",
            Self::Credited => "credited",
            Self::WrongContact => "wrong_contact",
        }
    }

    /// What became of a bill that was taken before.
    pub fn of_known(bill: &BillRecord, remote: &RemoteInvoice) -> Option<Self> {
        if remote.sub_total != bill.total {
            return Some(Self::Changed);
        }
        (remote.credited_minor > 0).then_some(Self::Credited)
    }
}

/// A bill without a number goes by its statement's.
pub(crate) fn number_of<'a>(remote: &'a RemoteInvoice, statement: &'a StatementRecord) -> &'a str {
    match remote.number.as_str() {
        "" => &statement.number,
        number => number,
    }
}

/// What keeps a bill that we did not make from being one of its statement's.
pub(crate) async fn find(
    tx: &mut Tx,
    statement: &StatementRecord,
    remote: &RemoteInvoice,
) -> Result<Option<Mismatch>, ServiceError> {
    let known = bills::list_of_statement(tx, statement.id).await?;
    let rest = Settlement::of(&known, statement.total)?.rest;
    let number = number_of(remote, statement);
    let same_number = bills::find_by_number(tx, statement.partner, number).await?;
    let unbilled = settlement::list_unbilled(tx, statement.id).await?;
    let unbilled = settlement::amounts_of(&unbilled);
    Ok(if remote.sub_total.currency != statement.total.currency {
        Some(Mismatch::Currency)
    } else if remote.sub_total.minor <= 0 {
        Some(Mismatch::NotPositive)
    } else if rest.minor <= 0 {
        Some(Mismatch::AlreadyInvoiced)
    } else if remote.sub_total.minor > rest.minor {
        Some(Mismatch::AboveRest)
    } else if lines_billed(&unbilled, remote.sub_total.minor).is_none() {
        Some(Mismatch::Net)
    } else if same_number.is_some() {
        Some(Mismatch::NumberUsed)
    } else {
        None
    })
}

/// Tells finance, and the partner once of each kind, why a bill is not taken, or that it is all right by now. Returns whether it is. The partner hears
/// nothing of somebody else's bill.
pub(crate) async fn flag(
    ctx: &Ctx,
    tx: &mut Tx,
    statement: &StatementRecord,
    remote: &RemoteInvoice,
    mismatch: Option<Mismatch>,
) -> Result<bool, ServiceError> {
    let about = About::Bill(&remote.id, statement.id);
    let facts = match mismatch {
        Some(mismatch) => Some(list_facts(tx, statement, remote, mismatch).await?),
        None => None,
    };
    if let Some(facts) = &facts
        && is_for_partner(facts)
        && !is_told(books::find_known(tx, DIFFERS, about).await?, facts)
    {
        messages::bill_differs(ctx, tx, statement, facts).await?;
    }
    books::raise_or_settle(ctx, tx, DIFFERS, about, facts).await?;
    Ok(mismatch.is_none())
}

/// A case that is open is told of again when something else is wrong; one that a person let stand, when its numbers change and it opens again.
fn is_told(known: Option<KnownException>, facts: &Value) -> bool {
    known.is_some_and(|known| {
        let before: Value = serde_json::from_str(&known.facts).unwrap_or(Value::Null);
        known.is_open && before["mismatch"] == facts["mismatch"] || known.stays && before == *facts
    })
}

/// A bill is nobody's any more: it was voided, or names no statement by now.
pub(crate) async fn forget(
    ctx: &Ctx,
    tx: &mut Tx,
    remote: &RemoteInvoice,
    resolution: &'static str,
) -> Result<(), ServiceError> {
    books::settle(ctx, tx, DIFFERS, About::Invoice(&remote.id), resolution).await
}

/// The keys of the mail to the partner about a case with these facts.
pub(crate) fn mail_key(facts: &Value) -> &'static str {
    if facts["mismatch"] == Mismatch::Credited.word() {
        "mail-bill-credited"
    } else {
        "mail-bill-differs"
    }
}

/// Whether a partner is told of a case with these facts.
pub(crate) fn is_for_partner(facts: &Value) -> bool {
    facts["mismatch"] != Mismatch::WrongContact.word()
}

async fn list_facts(
    tx: &mut Tx,
    statement: &StatementRecord,
    remote: &RemoteInvoice,
    mismatch: Mismatch,
) -> Result<Value, ServiceError> {
    let known = bills::list_of_statement(tx, statement.id).await?;
    let rest = Settlement::of(&known, statement.total)?.rest;
    let numbers: Vec<&str> = known.iter().map(|bill| bill.number.as_str()).collect();
    let own = known
        .iter()
        .find(|bill| bill.xero_invoice_id.as_deref() == Some(&remote.id));
    Ok(json!({
        "mismatch": mismatch.word(),
        "partner": statement.partner_name,
        "statement": statement.number,
        "expected_minor": statement.total.minor,
        "expected_currency": statement.total.currency,
        "rest_minor": rest.minor,
        "bill": number_of(remote, statement),
        "contact": remote.contact_name,
        "net_minor": remote.sub_total.minor,
        "tax_minor": books::difference(remote.total.minor, remote.sub_total.minor)?,
        "gross_minor": remote.total.minor,
        "credited_minor": remote.credited_minor,
        "currency": remote.sub_total.currency,
        // What the portal took it for, if it did.
        "raised_minor": own.map(|bill| bill.total.minor),
        // The bills that the statement has already.
        "billed_as": numbers.join(", "),
    }))
}

/// What is wrong with a bill, with the numbers that matter, and how much of it is tax: out of the facts of its case.
pub fn sentence(words: &Words, facts: &Value) -> String {
    let text = |name: &str| facts[name].as_str().unwrap_or_default().to_owned();
    let money = |name: &str, currency: &str| -> Argument {
        let currency: Option<Currency> = text(currency).parse().ok();
        let minor = facts[name].as_i64();
        let money = minor.zip(currency);
        let money = money.map(|(minor, currency)| words.money(Money::new(minor, currency)));
        money.unwrap_or_default().into()
    };
    let arguments = [
        ("bill", text("bill").into()),
        ("statement", text("statement").into()),
        ("partner", text("partner").into()),
        ("contact", text("contact").into()),
        ("others", text("billed_as").into()),
        ("rest", money("rest_minor", "expected_currency")),
        ("raised", money("raised_minor", "expected_currency")),
        ("net", money("net_minor", "currency")),
        ("tax", money("tax_minor", "currency")),
        ("gross", money("gross_minor", "currency")),
        ("credited", money("credited_minor", "currency")),
    ];
    let what = words.with(&format!("bill-mismatch-{}", text("mismatch")), &arguments);
    match facts["tax_minor"].as_i64() {
        None | Some(0) => what,
        Some(_) => format!("{what} {}", words.with("bill-mismatch-tax", &arguments)),
    }
}

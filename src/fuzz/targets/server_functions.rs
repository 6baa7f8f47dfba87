//! What forms send, decoded as server functions decode it and then read: whatever comes is taken or refused with a field's name, and nothing falls over.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portal_domain::{
    correction::EntryForm,
    lead::LeadForm,
    money::{Currency, Money},
    partner::{CompanyForm, InvitationForm},
    plan::PlanForm,
    relay::{RelayForm, StandIn},
    statement::InvoiceForm,
};
use serde::de::DeserializeOwned;

/// The decoder of server functions, which takes five levels and no more.
fn decode<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_qs::Config::new(5, false).deserialize_str(text).ok()
}

#[derive(serde::Deserialize)]
struct Sent<T> {
    form: T,
}

fn form<T: DeserializeOwned>(text: &str) -> Option<T> {
    decode::<Sent<T>>(text).map(|sent| sent.form)
}

fuzz_target!(|text: &str| {
    let euro = Currency::parse("EUR").expect("a currency");
    if let Some(form) = form::<LeadForm>(text)
        && let Err(errors) = form.parse()
    {
        assert!(!errors.0.is_empty(), "refused without a reason");
    }
    if let Some(form) = form::<CompanyForm>(text) {
        let _ = form.parse();
    }
    if let Some(form) = form::<InvitationForm>(text) {
        let _ = form.parse();
    }
    if let Some(form) = form::<PlanForm>(text)
        && let Ok((name, terms)) = form.parse()
    {
        // What was read is what would be typed for it again.
        let again = PlanForm::of(&name, &terms);
        assert_eq!(again.parse().map(|(_, terms)| terms), Ok(terms));
    }
    if let Some(form) = form::<RelayForm>(text) {
        let _ = form.parse(StandIn::Allowed);
        let _ = form.parse(StandIn::Refused);
    }
    if let Some(form) = form::<EntryForm>(text) {
        let month = portal_domain::calendar::Month::parse("2026-07").expect("a month");
        let _ = form.parse(euro, month, month);
    }
    if let Some(form) = form::<InvoiceForm>(text) {
        let _ = form.parse_amount(Money::new(100_000, euro), &[40_000, 60_000]);
        let _ = form.parse_number();
    }
});

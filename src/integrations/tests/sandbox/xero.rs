//! Xero's calls: tokens, contacts, sales invoices, bills.

use std::collections::HashSet;

use chrono::NaiveDate;
use portal_domain::{
    calendar::Timestamp,
    money::{Currency, Money},
    remote::InvoiceType,
};
use portal_integrations::{
    ErrorKind,
    xero::{BillStatus, InvoiceQuery, NewBill},
};
use reqwest::Method;
use serde_json::json;

use crate::stage::{START_MS, Stage};

const INVOICES: &str = "/api.xro/2.0/Invoices";

fn bill(contact_id: &str) -> NewBill {
    NewBill {
        contact_id: contact_id.to_owned(),
        number: "RE-2026-17".to_owned(),
        date: NaiveDate::from_ymd_opt(2026, 10, 1).unwrap(),
        due: NaiveDate::from_ymd_opt(2026, 10, 31).unwrap(),
        description: "PS-2026Q3-000042".to_owned(),
        amount: Money::new(12_345, Currency::EUR),
        account_code: "400".to_owned(),
        tax_type: None,
        status: BillStatus::Draft,
    }
}

fn all(page: u32) -> InvoiceQuery {
    InvoiceQuery {
        ids: Vec::new(),
        modified_since: None,
        page,
    }
}

/// A sales invoice of this net amount, as somebody in finance enters it; its id.
async fn sell(stage: &Stage, contact_id: &str, number: &str, unit_amount: &str) -> String {
    let invoice = json!({
        "Type": "ACCREC", "Contact": { "ContactID": contact_id }, "InvoiceNumber": number, "Reference": "deal 901",
        "Date": "2026-10-01", "DueDate": "2026-10-31", "CurrencyCode": "EUR", "LineAmountTypes": "Exclusive", "Status": "AUTHORISED",
        "LineItems": [{ "Description": "Subscription", "Quantity": "1", "UnitAmount": unit_amount, "AccountCode": "200" }],
    });
    let made = stage
        .xero_call(
            Method::PUT,
            INVOICES,
            Some(json!({ "Invoices": [invoice] })),
        )
        .await;
    made["Invoices"][0]["InvoiceID"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn the_organisation_is_read() {
    let stage = Stage::open().await;
    let organisation = stage.xero().read_organisation().await.unwrap();
    assert!(!organisation.name.is_empty() && !organisation.time_zone.is_empty());
    assert!(!stage.xero().tenant_id().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_token_is_fetched_once_for_many_and_renewed_when_it_has_run_out() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let all_at_once = tokio::join!(
        xero.read_organisation(),
        xero.read_organisation(),
        xero.read_organisation()
    );
    assert!(all_at_once.0.is_ok() && all_at_once.1.is_ok() && all_at_once.2.is_ok());
    // For the sandbox an hour goes by, for the client no time: so it finds out by the 401.
    stage.clock.advance_ms(3_600_000);
    xero.read_organisation().await.unwrap();
}

#[tokio::test]
async fn a_wrong_secret_is_for_a_person_to_mend() {
    let stage = Stage::open().await;
    let failure = stage
        .xero_with("guessed")
        .read_organisation()
        .await
        .unwrap_err();
    assert_eq!(failure.kind, ErrorKind::Unauthorised, "{failure}");
    assert!(!failure.to_string().contains("guessed"));
}

#[tokio::test]
async fn a_contact_is_found_by_number_and_by_name() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    assert_eq!(xero.find_contact("partner-17").await.unwrap(), None);
    let made = xero
        .create_contact("partner-17", "Acme \"Best\" & Söhne", "bills@acme.example")
        .await
        .unwrap();
    assert_eq!(
        xero.find_contact("partner-17").await.unwrap().as_ref(),
        Some(&made)
    );
    assert_eq!(
        (made.number.as_str(), made.email.as_str()),
        ("partner-17", "bills@acme.example")
    );
    assert_eq!(
        xero.find_contacts_by_name("acme \"best\" & söhne")
            .await
            .unwrap(),
        [made]
    );
    assert_eq!(xero.find_contacts_by_name("Acme").await.unwrap(), []);
    let failure = xero
        .create_contact("partner-18", "Acme \"Best\" & Söhne", "")
        .await
        .unwrap_err();
    assert_eq!(failure.kind, ErrorKind::Refused, "{failure}");
}

#[tokio::test]
async fn a_sales_invoice_is_read_to_the_minor_unit() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let client = xero.create_contact("client-1", "Client", "").await.unwrap();
    let id = sell(&stage, &client.id, "INV-1", "1000.30").await;
    let read = xero.read_invoice(&id).await.unwrap().unwrap();
    assert_eq!(
        (read.kind, read.number.as_str(), read.reference.as_str()),
        (InvoiceType::Sale, "INV-1", "deal 901")
    );
    assert_eq!(
        (read.contact_id.as_str(), read.status.as_str()),
        (client.id.as_str(), "AUTHORISED")
    );
    assert_eq!(read.sub_total, Money::new(100_030, Currency::EUR));
    assert_eq!((read.due_minor, read.paid_minor), (read.total.minor, 0));
    assert_eq!(read.date, NaiveDate::from_ymd_opt(2026, 10, 1));
    assert_eq!(read.due, NaiveDate::from_ymd_opt(2026, 10, 31));
    assert_eq!(read.updated_at, Timestamp(START_MS));
    assert_eq!(
        xero.read_invoice("00000000-0000-4000-8000-000000000000")
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_payment_is_cash_in_the_invoice() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let client = xero.create_contact("client-1", "Client", "").await.unwrap();
    let id = sell(&stage, &client.id, "INV-1", "100.00").await;
    let payment = json!({ "Invoice": { "InvoiceID": id }, "Account": { "Code": "090" }, "Date": "2026-10-02", "Amount": "40.10" });
    stage
        .xero_call(
            Method::PUT,
            "/api.xro/2.0/Payments",
            Some(json!({ "Payments": [payment] })),
        )
        .await;
    let read = xero.read_invoice(&id).await.unwrap().unwrap();
    assert_eq!(
        (
            read.paid_minor,
            read.credited_minor,
            read.cash_minor().unwrap()
        ),
        (4_010, 0, 4_010)
    );
    assert_eq!(read.due_minor, read.total.minor - 4_010);
}

#[tokio::test]
async fn a_document_that_cannot_be_read_hides_no_other_of_its_page() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let client = xero.create_contact("client-1", "Client", "").await.unwrap();
    let good = sell(&stage, &client.id, "INV-1", "1.00").await;
    let yen =
        json!({ "new_contact": "Client", "number": "INV-2", "net": "100.50", "currency": "JPY" });
    stage.act("xero/invoices", yen).await;
    let page = xero.list_invoices(&all(1)).await.unwrap();
    let read: Vec<&str> = page.invoices.iter().map(|read| read.id.as_str()).collect();
    assert_eq!(read, [good.as_str()]);
    let message = &page.unreadable[0].message;
    assert!(message.contains("INV-2"), "{message}");
}

#[tokio::test]
async fn invoices_are_listed_by_id_by_change_and_page_by_page() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let client = xero.create_contact("client-1", "Client", "").await.unwrap();
    let first = sell(&stage, &client.id, "INV-0", "1.00").await;
    stage.clock.advance_ms(60_000);
    for number in 1..=100 {
        sell(&stage, &client.id, &format!("INV-{number}"), "1.00").await;
    }
    let page = xero.list_invoices(&all(1)).await.unwrap();
    assert_eq!(page.invoices.len(), 100);
    let mut listed: HashSet<String> = page.invoices.into_iter().map(|one| one.id).collect();
    let rest = xero.list_invoices(&page.next.unwrap()).await.unwrap();
    listed.extend(rest.invoices.into_iter().map(|one| one.id));
    let rest = xero.list_invoices(&rest.next.unwrap()).await.unwrap();
    listed.extend(rest.invoices.into_iter().map(|one| one.id));
    assert_eq!((listed.len(), rest.next), (101, None));
    let changed = InvoiceQuery {
        modified_since: Some(Timestamp(START_MS + 60_000)),
        ..all(1)
    };
    let listed = xero.list_invoices(&changed).await.unwrap().invoices;
    assert!(listed.len() == 100 && listed.iter().all(|invoice| invoice.id != first));
    let one = xero
        .list_invoices(&InvoiceQuery {
            ids: vec![first.clone()],
            ..all(1)
        })
        .await
        .unwrap()
        .invoices;
    assert_eq!(
        one.iter()
            .map(|invoice| invoice.id.as_str())
            .collect::<Vec<_>>(),
        [first.as_str()]
    );
    let too_many = InvoiceQuery {
        ids: vec![first; 41],
        ..all(1)
    };
    assert_eq!(
        xero.list_invoices(&too_many).await.unwrap_err().kind,
        ErrorKind::Refused
    );
}

#[tokio::test]
async fn an_invoice_that_changes_between_two_pages_hides_no_other() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let client = xero.create_contact("client-1", "Client", "").await.unwrap();
    let mut made = HashSet::new();
    for number in 0..120 {
        stage.clock.advance_ms(1_000);
        made.insert(sell(&stage, &client.id, &format!("INV-{number}"), "1.00").await);
    }
    let first = xero.list_invoices(&all(1)).await.unwrap();
    stage.clock.advance_ms(1_000);
    to_paid(&stage, &first.invoices[0].id).await;
    let second = xero.list_invoices(&first.next.unwrap()).await.unwrap();
    let listed = first.invoices.into_iter().chain(second.invoices);
    let listed: HashSet<String> = listed.map(|invoice| invoice.id).collect();
    assert_eq!(listed, made);
}

async fn to_paid(stage: &Stage, invoice: &str) {
    let path = format!("xero/invoices/{invoice}/payments");
    stage.act(&path, json!({})).await;
}

#[tokio::test]
async fn the_same_key_makes_one_bill() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let partner = xero
        .create_contact("partner-17", "Partner", "")
        .await
        .unwrap();
    assert_eq!(xero.list_bills(&partner.id).await.unwrap().bills, []);
    let made = xero.create_bill(&bill(&partner.id), "key-1").await.unwrap();
    assert_eq!(
        (made.kind, made.status.as_str(), made.sub_total),
        (
            InvoiceType::Bill,
            "DRAFT",
            Money::new(12_345, Currency::EUR)
        )
    );
    assert_eq!(
        (made.number.as_str(), made.description.as_str()),
        ("RE-2026-17", "PS-2026Q3-000042")
    );
    let again = xero.create_bill(&bill(&partner.id), "key-1").await.unwrap();
    assert_eq!(again.id, made.id);
    let found = xero.list_bills(&partner.id).await.unwrap().bills;
    assert_eq!(
        found
            .iter()
            .map(|bill| bill.id.as_str())
            .collect::<Vec<_>>(),
        [made.id.as_str()]
    );
    // Xero takes the number a second time; looking first is what keeps it from happening.
    xero.create_bill(&bill(&partner.id), "key-2").await.unwrap();
    assert_eq!(xero.list_bills(&partner.id).await.unwrap().bills.len(), 2);
}

#[tokio::test]
async fn a_bill_whose_answer_was_lost_is_found_among_its_contacts_bills() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let partner = xero
        .create_contact("partner-17", "Partner", "")
        .await
        .unwrap();
    stage.fail(json!({ "xero": { "drop_after": 1 } })).await;
    let failure = xero
        .create_bill(&bill(&partner.id), "key-1")
        .await
        .unwrap_err();
    assert_eq!(failure.kind, ErrorKind::UnknownOutcome, "{failure}");
    assert_eq!(xero.list_bills(&partner.id).await.unwrap().bills.len(), 1);
    xero.create_bill(&bill(&partner.id), "key-1").await.unwrap();
    assert_eq!(xero.list_bills(&partner.id).await.unwrap().bills.len(), 1);
}

#[tokio::test]
async fn a_deleted_bill_is_not_found_any_more() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let partner = xero
        .create_contact("partner-17", "Partner", "")
        .await
        .unwrap();
    let made = xero.create_bill(&bill(&partner.id), "key-1").await.unwrap();
    let body = json!({ "Invoices": [{ "InvoiceID": made.id, "Status": "DELETED" }] });
    stage
        .xero_call(Method::POST, &format!("{INVOICES}/{}", made.id), Some(body))
        .await;
    assert_eq!(xero.list_bills(&partner.id).await.unwrap().bills, []);
    assert_eq!(
        xero.read_invoice(&made.id).await.unwrap().unwrap().status,
        "DELETED"
    );
}

#[tokio::test]
async fn a_contacts_bills_are_listed_whatever_their_numbers_with_what_their_lines_say() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let mut made = Vec::new();
    for (number, name) in [("partner-17", "Partner"), ("partner-18", "Other")] {
        let contact = xero.create_contact(number, name, "").await.unwrap();
        assert_eq!(xero.list_bills(&contact.id).await.unwrap().bills, []);
        for number in ["R-77", "R-78"] {
            let new = NewBill {
                number: number.to_owned(),
                ..bill(&contact.id)
            };
            let key = format!("{name}-{number}");
            made.push(xero.create_bill(&new, &key).await.unwrap());
        }
    }
    let body = json!({ "Invoices": [{ "InvoiceID": made[0].id, "Status": "DELETED" }] });
    stage
        .xero_call(
            Method::POST,
            &format!("{INVOICES}/{}", made[0].id),
            Some(body),
        )
        .await;
    let listed = xero.list_bills(&made[0].contact_id).await.unwrap().bills;
    let listed: Vec<_> = listed
        .iter()
        .map(|bill| (bill.number.as_str(), bill.description.as_str()))
        .collect();
    assert_eq!(listed, [("R-78", "PS-2026Q3-000042")]);
}

#[tokio::test]
async fn a_bill_that_xero_refuses_says_why() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let partner = xero
        .create_contact("partner-17", "Partner", "")
        .await
        .unwrap();
    let wrong = NewBill {
        account_code: "does-not-exist".to_owned(),
        ..bill(&partner.id)
    };
    let failure = xero.create_bill(&wrong, "key-1").await.unwrap_err();
    assert_eq!(failure.kind, ErrorKind::Refused);
    assert!(
        failure.message.to_lowercase().contains("account"),
        "{failure}"
    );
}

#[tokio::test]
async fn too_many_calls_say_when_to_come_back() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    xero.read_organisation().await.unwrap();
    stage
        .fail(json!({ "xero": { "too_many_requests": 1, "too_many_kind": "minute" } }))
        .await;
    let failure = xero.read_organisation().await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.retry_after_ms),
        (ErrorKind::RateLimited, Some(1_000))
    );
}

#[tokio::test]
async fn a_pdf_is_beside_its_bill_once_however_often_it_is_put_there() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let partner = xero
        .create_contact("partner-17", "Partner", "")
        .await
        .unwrap();
    let made = xero.create_bill(&bill(&partner.id), "key-1").await.unwrap();
    let listed = xero.list_attachments(&made.id).await.unwrap();
    assert_eq!(listed, Vec::<String>::new());
    for content in [&b"%PDF-1.7 first"[..], b"%PDF-1.7 second"] {
        let put = xero.attach_pdf(&made.id, "invoice-RE-2026-17.pdf", content.to_vec());
        put.await.unwrap();
        let listed = xero.list_attachments(&made.id).await.unwrap();
        assert_eq!(listed, ["invoice-RE-2026-17.pdf"]);
    }
    let nowhere = "00000000-0000-4000-a000-000000000000";
    let failure = xero.attach_pdf(nowhere, "a.pdf", b"%PDF-1.7".to_vec());
    assert_eq!(failure.await.unwrap_err().kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn a_file_that_xero_refuses_says_why_and_one_that_was_not_agreed_to_breaks_no_connection() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let partner = xero
        .create_contact("partner-17", "Partner", "")
        .await
        .unwrap();
    let made = xero.create_bill(&bill(&partner.id), "key-1").await.unwrap();
    let failure = xero.attach_pdf(&made.id, "a.pdf", Vec::new()).await;
    let failure = failure.unwrap_err();
    assert_eq!(failure.kind, ErrorKind::Refused);
    assert!(failure.message.contains("no content"), "{failure}");
    stage
        .fail(json!({ "missing_scopes": "accounting.attachments" }))
        .await;
    for failure in [
        xero.list_attachments(&made.id).await.err(),
        xero.attach_pdf(&made.id, "a.pdf", b"%PDF-1.7".to_vec())
            .await
            .err(),
    ] {
        let failure = failure.unwrap();
        assert_eq!(failure.kind, ErrorKind::MissingScope, "{failure}");
        assert!(failure.message.contains("accounting.attachments"));
    }
    xero.read_organisation().await.unwrap();
}

#[tokio::test]
async fn accounts_and_tax_types_are_listed_with_what_is_archived() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    for path in ["xero/accounts/429", "xero/tax-rates/RRINPUT"] {
        stage.act(path, json!({ "archived": true })).await;
    }
    let accounts = xero.list_accounts().await.unwrap();
    let seen: Vec<_> = accounts
        .iter()
        .map(|one| (one.code.as_str(), one.takes_bills(), one.is_choice()))
        .collect();
    let expected = [
        ("090", false, false),
        ("200", true, false),
        ("400", true, true),
        ("404", true, true),
        ("429", false, false),
    ];
    assert_eq!(seen, expected);
    let tax_types = xero.list_tax_types().await.unwrap();
    let choices: Vec<_> = tax_types
        .iter()
        .filter(|one| one.is_choice())
        .map(|one| one.code.as_str())
        .collect();
    assert_eq!(choices, ["INPUT2", "TAX001", "ZERORATEDINPUT", "NONE"]);
}

#[tokio::test]
async fn a_bill_has_the_tax_type_that_it_names_and_the_accounts_own_without_one() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let partner = xero
        .create_contact("partner-17", "Partner", "")
        .await
        .unwrap();
    for (tax_type, total_minor) in [(None, 14_814), (Some("NONE"), 12_345)] {
        let new = NewBill {
            tax_type: tax_type.map(str::to_owned),
            ..bill(&partner.id)
        };
        let key = format!("key-{total_minor}");
        let made = xero.create_bill(&new, &key).await.unwrap();
        assert_eq!(made.total.minor, total_minor);
    }
}

//! Credit notes, refunds, pre- and overpayments: what a bookkeeper does in Xero, and what our client then reads.
//!
//! Invoices here are of €100.00 net and €120.00 with VAT, unless a test says otherwise.

use std::{collections::HashSet, net::Ipv4Addr};

use portal_domain::{
    calendar::Timestamp,
    money::{Currency, Money},
    remote::{CreditAllocation, RemoteCredit, RemoteInvoice},
};
use portal_integrations::{
    Secret,
    xero::{CreditQuery, Xero, XeroConfig},
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

use crate::stage::{START_MS, Stage};

const NOTES: &str = "/api.xro/2.0/CreditNotes";

/// A sales invoice in euros; its id.
async fn sell(stage: &Stage, client: &str, net: &str) -> String {
    let fields =
        json!({ "new_contact": client, "net": net, "currency": "EUR", "reference": "Deal 901" });
    id_of(&stage.act("xero/invoices", fields).await, "id")
}

fn id_of(value: &Value, name: &str) -> String {
    let id = value[name].as_str();
    id.unwrap_or_else(|| panic!("no {name} in {value}"))
        .to_owned()
}

/// Does something to an invoice, a credit or the like.
async fn to(stage: &Stage, what: &str, id: &str, act: &str, fields: Value) -> Value {
    stage.act(&format!("xero/{what}/{id}/{act}"), fields).await
}

async fn invoice(stage: &Stage, id: &str) -> RemoteInvoice {
    stage.xero().read_invoice(id).await.unwrap().unwrap()
}

/// The one credit note, which the list and the note by itself must agree on.
async fn the_credit(stage: &Stage) -> RemoteCredit {
    let xero = stage.xero();
    let mut page = xero.list_credits(&all(1)).await.unwrap();
    assert_eq!((page.credits.len(), page.next), (1, None));
    let listed = page.credits.remove(0);
    let read = xero.read_credit(&listed.id).await.unwrap();
    assert_eq!(read.as_ref(), Some(&listed));
    listed
}

fn all(page: u32) -> CreditQuery {
    CreditQuery {
        modified_since: None,
        page,
    }
}

/// All credit notes of a query's pages, each once.
async fn list_all(xero: &Xero, query: CreditQuery) -> Vec<RemoteCredit> {
    let (mut all, mut next) = (Vec::new(), Some(query));
    while let Some(query) = next {
        let page = xero.list_credits(&query).await.unwrap();
        all.extend(page.credits);
        next = page.next;
    }
    let mut seen = HashSet::new();
    all.retain(|credit: &RemoteCredit| seen.insert(credit.id.clone()));
    all
}

fn part(invoice: &str, amount_minor: i64) -> CreditAllocation {
    CreditAllocation {
        invoice: invoice.to_owned(),
        amount_minor,
    }
}

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

#[tokio::test]
async fn a_credit_note_for_all_of_an_unpaid_invoice_settles_it_without_cash() {
    let stage = Stage::open().await;
    let sold = sell(&stage, "Acme", "100.00").await;
    let credited = to(&stage, "invoices", &sold, "credit", json!({})).await;
    let credit = the_credit(&stage).await;
    assert_eq!(credit.id, id_of(&credited, "credit_id"));
    assert_eq!((credit.status.as_str(), credit.counts()), ("PAID", true));
    assert_eq!(
        (credit.sub_total, credit.total, credit.refunded_minor),
        (euro(10_000), euro(12_000), 0)
    );
    assert_eq!(credit.allocations, [part(&sold, 12_000)]);
    assert_eq!(
        (credit.reference.as_str(), credit.contact_name.as_str()),
        ("Deal 901", "Acme")
    );
    assert_eq!(
        (credit.date.unwrap().to_string(), credit.updated_at),
        ("2026-10-01".to_owned(), Timestamp(START_MS))
    );
    let read = invoice(&stage, &sold).await;
    assert_eq!(
        (
            read.status.as_str(),
            read.cash_minor().unwrap(),
            read.credited_minor
        ),
        ("PAID", 0, 12_000)
    );
}

#[tokio::test]
async fn a_credit_note_refunded_in_cash_leaves_the_paid_invoice_as_it_was() {
    let stage = Stage::open().await;
    let sold = sell(&stage, "Acme", "100.00").await;
    to(&stage, "invoices", &sold, "payments", json!({})).await;
    stage.clock.advance_ms(60_000);
    let credited = to(&stage, "invoices", &sold, "credit", json!({ "net": "50" })).await;
    let id = id_of(&credited, "credit_id");
    assert_eq!(credited["allocation_id"], Value::Null, "nothing is due");
    stage.clock.advance_ms(60_000);
    to(&stage, "credits", &id, "refund", json!({})).await;
    let credit = the_credit(&stage).await;
    assert_eq!(
        (credit.status.as_str(), credit.refunded_minor),
        ("PAID", 6_000)
    );
    assert_eq!(credit.allocations, []);
    assert_eq!(
        credit.updated_at,
        Timestamp(START_MS + 120_000),
        "the refund changed it"
    );
    let read = invoice(&stage, &sold).await;
    assert_eq!((read.status.as_str(), read.paid_minor), ("PAID", 12_000));
    assert_eq!(read.updated_at, Timestamp(START_MS), "nobody touched it");
}

#[tokio::test]
async fn a_credit_note_is_set_against_two_invoices_refunded_in_part_and_something_is_left() {
    let stage = Stage::open().await;
    let (first, second) = (
        sell(&stage, "Acme", "100.00").await,
        sell(&stage, "Acme", "10.00").await,
    );
    let credited = to(
        &stage,
        "invoices",
        &first,
        "credit",
        json!({ "amount": "90.00", "allocate": "30.00" }),
    )
    .await;
    let id = id_of(&credited, "credit_id");
    to(
        &stage,
        "credits",
        &id,
        "allocations",
        json!({ "invoice": second }),
    )
    .await;
    to(
        &stage,
        "credits",
        &id,
        "refund",
        json!({ "amount": "7.50" }),
    )
    .await;
    let credit = the_credit(&stage).await;
    assert_eq!(
        (credit.status.as_str(), credit.refunded_minor),
        ("AUTHORISED", 750)
    );
    assert_eq!(credit.sub_total, euro(7_500));
    assert_eq!(
        credit.allocations,
        [part(&first, 3_000), part(&second, 1_200)]
    );
    assert_eq!(invoice(&stage, &first).await.due_minor, 9_000);
    assert_eq!(invoice(&stage, &second).await.status, "PAID");
    let refused = stage
        .refusal(
            &format!("xero/credits/{id}/refund"),
            json!({ "amount": "40.51" }),
        )
        .await;
    assert!(refused.contains("exceeds"), "{refused}");
}

#[tokio::test]
async fn a_voided_credit_note_counts_no_more_and_one_that_was_used_cannot_be_voided() {
    let stage = Stage::open().await;
    let sold = sell(&stage, "Acme", "100.00").await;
    let credited = to(
        &stage,
        "invoices",
        &sold,
        "credit",
        json!({ "net": "20.00" }),
    )
    .await;
    let id = id_of(&credited, "credit_id");
    let refused = stage
        .refusal(&format!("xero/credits/{id}/void"), json!({}))
        .await;
    assert!(refused.contains("allocated to it"), "{refused}");
    let allocation = id_of(&credited, "allocation_id");
    to(&stage, "allocations", &allocation, "delete", json!({})).await;
    let free = the_credit(&stage).await;
    assert_eq!(
        (free.counts(), free.allocations.len()),
        (true, 0),
        "{free:?}"
    );
    assert_eq!(invoice(&stage, &sold).await.due_minor, 12_000);
    to(&stage, "credits", &id, "void", json!({})).await;
    let voided = the_credit(&stage).await;
    assert_eq!((voided.status.as_str(), voided.counts()), ("VOIDED", false));
    let refused = stage
        .refusal(&format!("xero/credits/{id}/refund"), json!({}))
        .await;
    assert!(refused.contains("Authorised"), "{refused}");
}

#[tokio::test]
async fn a_draft_credit_note_is_read_and_counts_when_it_is_authorised() {
    let stage = Stage::open().await;
    let fields = json!({ "new_contact": "Acme", "amount": "24.00", "currency": "EUR", "status": "DRAFT", "number": "CN-77" });
    let made = stage.act("xero/credits", fields).await;
    let draft = the_credit(&stage).await;
    assert_eq!(
        (draft.status.as_str(), draft.counts(), draft.number.as_str()),
        ("DRAFT", false, "CN-77")
    );
    assert_eq!((draft.sub_total, draft.total), (euro(2_000), euro(2_400)));
    to(
        &stage,
        "credits",
        &id_of(&made, "id"),
        "authorise",
        json!({}),
    )
    .await;
    assert!(the_credit(&stage).await.counts());
}

#[tokio::test]
async fn a_prepayment_that_is_applied_is_cash_on_the_invoice() {
    let stage = Stage::open().await;
    let fields = json!({ "kind": "prepayment", "new_contact": "Acme", "amount": "50.00", "currency": "EUR" });
    let taken = stage.act("xero/credits", fields).await;
    let sold = sell(&stage, "Acme", "100.00").await;
    stage.clock.advance_ms(60_000);
    let fields = json!({ "invoice": sold, "amount": "40.00" });
    to(
        &stage,
        "credits",
        &id_of(&taken, "id"),
        "allocations",
        fields,
    )
    .await;
    let read = invoice(&stage, &sold).await;
    assert_eq!(
        (read.paid_minor, read.prepaid_minor, read.credited_minor),
        (0, 4_000, 0)
    );
    assert_eq!((read.cash_minor().unwrap(), read.due_minor), (4_000, 8_000));
    assert_eq!(read.updated_at, Timestamp(START_MS + 60_000));
    // It is no credit note.
    assert_eq!(
        stage.xero().list_credits(&all(1)).await.unwrap().credits,
        []
    );
    // Beside it, a credit note is no cash.
    to(
        &stage,
        "invoices",
        &sold,
        "credit",
        json!({ "amount": "30" }),
    )
    .await;
    let read = invoice(&stage, &sold).await;
    assert_eq!(
        (
            read.cash_minor().unwrap(),
            read.credited_minor,
            read.due_minor
        ),
        (4_000, 3_000, 5_000)
    );
}

#[tokio::test]
async fn an_overpayment_of_one_invoice_is_cash_on_the_next() {
    let stage = Stage::open().await;
    let first = sell(&stage, "Acme", "100.00").await;
    to(&stage, "invoices", &first, "payments", json!({})).await;
    let fields = json!({ "kind": "overpayment", "amount": "30.00" });
    let taken = to(&stage, "invoices", &first, "credit", fields).await;
    assert_eq!(taken["allocation_id"], Value::Null, "nothing is due");
    let second = sell(&stage, "Acme", "10.00").await;
    let id = id_of(&taken, "credit_id");
    to(
        &stage,
        "credits",
        &id,
        "allocations",
        json!({ "invoice": second }),
    )
    .await;
    let read = invoice(&stage, &second).await;
    assert_eq!(
        (
            read.status.as_str(),
            read.prepaid_minor,
            read.credited_minor
        ),
        ("PAID", 1_200, 0)
    );
    assert_eq!(invoice(&stage, &first).await.cash_minor().unwrap(), 12_000);
    let left = stage
        .xero_call(
            Method::GET,
            &format!("/api.xro/2.0/Overpayments/{id}"),
            None,
        )
        .await;
    assert_eq!(left["Overpayments"][0]["RemainingCredit"], json!(18.0));
}

#[tokio::test]
async fn a_deleted_payment_opens_the_invoice_and_a_deleted_refund_frees_the_credit() {
    let stage = Stage::open().await;
    let sold = sell(&stage, "Acme", "100.00").await;
    let part_paid = to(
        &stage,
        "invoices",
        &sold,
        "payments",
        json!({ "amount": "20.00" }),
    )
    .await;
    to(&stage, "invoices", &sold, "payments", json!({})).await;
    assert_eq!(invoice(&stage, &sold).await.status, "PAID");
    let first = id_of(&part_paid, "payment_id");
    stage.clock.advance_ms(60_000);
    to(&stage, "payments", &first, "delete", json!({})).await;
    let read = invoice(&stage, &sold).await;
    assert_eq!(
        (
            read.status.as_str(),
            read.cash_minor().unwrap(),
            read.due_minor
        ),
        ("AUTHORISED", 10_000, 2_000)
    );
    assert_eq!(read.updated_at, Timestamp(START_MS + 60_000));

    let fields = json!({ "amount": "60.00", "allocate": false });
    let credited = to(&stage, "invoices", &sold, "credit", fields).await;
    let id = id_of(&credited, "credit_id");
    to(
        &stage,
        "credits",
        &id,
        "refund",
        json!({ "amount": "1.00" }),
    )
    .await;
    let refunded = to(
        &stage,
        "credits",
        &id,
        "refund",
        json!({ "amount": "9.00" }),
    )
    .await;
    assert_eq!(the_credit(&stage).await.refunded_minor, 1_000);
    let refund = id_of(&refunded, "payment_id");
    to(&stage, "payments", &refund, "delete", json!({})).await;
    assert_eq!(the_credit(&stage).await.refunded_minor, 100);
}

#[tokio::test]
async fn credit_notes_are_listed_by_change_page_by_page_and_the_suppliers_are_left_out() {
    let stage = Stage::open().await;
    let xero = stage.xero();
    let note =
        |kind: &str, amount: &str| json!({ "new_contact": "Acme", "type": kind, "amount": amount });
    let old = stage.act("xero/credits", note("ACCREC", "1.00")).await;
    stage.clock.advance_ms(60_000);
    let of_supplier = stage.act("xero/credits", note("ACCPAY", "1.00")).await;
    for _ in 0..100 {
        stage.act("xero/credits", note("ACCREC", "2.00")).await;
    }
    // The supplier's takes a place on the first page or on the second.
    let listed = list_all(&xero, all(1)).await;
    assert_eq!(listed.len(), 101);
    assert_eq!(listed[0].id, id_of(&old, "id"));
    let changed = CreditQuery {
        modified_since: Some(Timestamp(START_MS + 60_000)),
        page: 1,
    };
    let changed = list_all(&xero, changed).await;
    assert_eq!(changed.len(), 100);
    let supplier = id_of(&of_supplier, "id");
    for credit in &changed {
        assert!(credit.id != supplier && credit.total.minor == 200);
    }
    assert_eq!(xero.read_credit(&supplier).await.unwrap(), None);
    let nobodys = "00000000-0000-4000-8000-000000000000";
    assert_eq!(xero.read_credit(nobodys).await.unwrap(), None);
}

#[tokio::test]
async fn xeros_own_calls_make_refund_allocate_and_void_a_credit_note() {
    let stage = Stage::open().await;
    let sold = sell(&stage, "Acme", "100.00").await;
    let note = json!({ "CreditNotes": [{
        "Type": "ACCRECCREDIT", "Contact": { "Name": "Acme" }, "Date": "2026-10-01", "CurrencyCode": "EUR", "Status": "AUTHORISED",
        "LineItems": [{ "Description": "Too much", "Quantity": 2.0, "UnitAmount": 20.0, "AccountCode": "200" }],
    }] });
    let made = stage.xero_call(Method::PUT, NOTES, Some(note)).await;
    let made = &made["CreditNotes"][0];
    assert_eq!(
        (&made["Total"], &made["RemainingCredit"], &made["Status"]),
        (&json!(48.0), &json!(48.0), &json!("AUTHORISED"))
    );
    let id = id_of(made, "CreditNoteID");
    let allocation = json!({ "Allocations": [{ "Invoice": { "InvoiceID": sold }, "Amount": 10, "Date": "2026-10-01" }] });
    let path = format!("{NOTES}/{id}/Allocations");
    let allocated = stage.xero_call(Method::PUT, &path, Some(allocation)).await;
    let allocation = id_of(&allocated["Allocations"][0], "AllocationID");
    let refund = json!({ "CreditNote": { "CreditNoteID": id }, "Account": { "Code": "090" }, "Amount": 38, "Date": "2026-10-01" });
    let paid = stage
        .xero_call(Method::PUT, "/api.xro/2.0/Payments", Some(refund))
        .await;
    let paid = &paid["Payments"][0];
    assert_eq!(
        (
            &paid["PaymentType"],
            &paid["Invoice"]["Type"],
            &paid["Invoice"]["InvoiceID"]
        ),
        (
            &json!("ARCREDITPAYMENT"),
            &json!("ACCRECCREDIT"),
            &json!(id)
        )
    );
    let used = the_credit(&stage).await;
    assert_eq!((used.status.as_str(), used.refunded_minor), ("PAID", 3_800));
    let path = format!("{NOTES}?where=Status%3D%3D%22PAID%22&order=Total%20DESC&page=1");
    let found = stage.xero_call(Method::GET, &path, None).await;
    assert_eq!(
        (
            &found["CreditNotes"][0]["LineItems"][0]["LineAmount"],
            &found["pagination"]["itemCount"]
        ),
        (&json!(40.0), &json!(1))
    );

    let path = format!("{NOTES}/{id}/Allocations/{allocation}");
    let removed = stage.xero_call(Method::DELETE, &path, None).await;
    assert_eq!(removed["IsDeleted"], json!(true));
    let path = format!("/api.xro/2.0/Payments/{}", id_of(paid, "PaymentID"));
    let deleted = json!({ "Payments": [{ "Status": "DELETED" }] });
    stage.xero_call(Method::POST, &path, Some(deleted)).await;
    let voided = json!({ "CreditNotes": [{ "Status": "VOIDED" }] });
    stage
        .xero_call(Method::POST, &format!("{NOTES}/{id}"), Some(voided))
        .await;
    let credit = the_credit(&stage).await;
    assert_eq!(
        (credit.status.as_str(), credit.refunded_minor),
        ("VOIDED", 0)
    );
    assert_eq!(invoice(&stage, &sold).await.credited_minor, 0);
}

#[tokio::test]
async fn a_prepayment_comes_in_by_a_bank_transaction_and_goes_with_it() {
    let stage = Stage::open().await;
    let sold = sell(&stage, "Acme", "100.00").await;
    let path = "/api.xro/2.0/BankTransactions";
    let received = json!({ "BankTransactions": [{
        "Type": "RECEIVE-PREPAYMENT", "Contact": { "Name": "Acme" }, "BankAccount": { "Code": "090" }, "CurrencyCode": "EUR",
        "LineItems": [{ "Description": "In advance", "UnitAmount": "100.00", "AccountCode": "200" }],
    }] });
    let taken = stage.xero_call(Method::PUT, path, Some(received)).await;
    let taken = &taken["BankTransactions"][0];
    assert_eq!(taken["Total"], json!(120.0));
    let id = id_of(taken, "PrepaymentID");
    let allocation =
        json!({ "Invoice": { "InvoiceID": sold }, "Amount": "120.00", "Date": "2026-10-01" });
    let allocations = format!("/api.xro/2.0/Prepayments/{id}/Allocations");
    let allocated = stage
        .xero_call(Method::PUT, &allocations, Some(allocation))
        .await;
    let read = invoice(&stage, &sold).await;
    assert_eq!(
        (read.status.as_str(), read.cash_minor().unwrap()),
        ("PAID", 12_000)
    );

    let allocation = id_of(&allocated["Allocations"][0], "AllocationID");
    stage
        .xero_call(Method::DELETE, &format!("{allocations}/{allocation}"), None)
        .await;
    let path = format!("{path}/{}", id_of(taken, "BankTransactionID"));
    let deleted = json!({ "BankTransactions": [{ "Status": "DELETED" }] });
    stage.xero_call(Method::POST, &path, Some(deleted)).await;
    let gone = stage
        .xero_call(Method::GET, &format!("/api.xro/2.0/Prepayments/{id}"), None)
        .await;
    assert_eq!(gone["Prepayments"][0]["Status"], json!("VOIDED"));
    assert_eq!(invoice(&stage, &sold).await.due_minor, 12_000);
}

#[tokio::test]
async fn an_invoice_of_several_lines_is_issued_and_moves_to_another_contact_until_it_is_paid() {
    let stage = Stage::open().await;
    let fields = json!({
        "new_contact": "Acme", "reference": "Deal 901", "number": "RE-9", "currency": "USD", "line_amounts": "inclusive",
        "lines": [{ "unit_amount": "59.50", "quantity": 2, "tax_rate": "19" }, { "unit_amount": 10, "tax_rate": "0", "description": "Setup" }],
    });
    let made = stage.act("xero/invoices", fields).await;
    let id = id_of(&made, "id");
    let read = invoice(&stage, &id).await;
    assert_eq!(
        (read.total, read.sub_total.minor),
        (Money::new(12_900, Currency::USD), 11_000)
    );
    let fields = json!({ "new_contact": "Acme Holding", "reference": "" });
    stage.act("xero/invoices/RE-9", fields).await;
    let moved = invoice(&stage, &id).await;
    assert_eq!(
        (moved.contact_name.as_str(), moved.reference.as_str()),
        ("Acme Holding", "")
    );
    assert_eq!(moved.total, read.total);
    to(
        &stage,
        "invoices",
        &id,
        "payments",
        json!({ "amount": "1" }),
    )
    .await;
    let refused = stage
        .refusal("xero/invoices/RE-9", json!({ "contact": "Acme" }))
        .await;
    assert!(refused.contains("modification"), "{refused}");
    let refused = stage
        .refusal(&format!("xero/invoices/{id}/void"), json!({}))
        .await;
    assert!(refused.contains("payment"), "{refused}");
}

/// Answers `GET`s from a table of path and body, as a Xero would whose lists are summaries.
async fn canned(table: &'static [(&'static str, &'static str)]) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                stream.read_line(&mut head).await.unwrap();
            }
            let path = head.split([' ', '?']).nth(1).unwrap();
            let found = table.iter().find(|(known, _)| *known == path);
            let body = found.expect("a path of the table").1;
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    url
}

#[tokio::test]
async fn a_list_that_does_not_show_a_refund_is_not_believed() {
    let stage = Stage::open().await;
    let base_url = canned(&[
        ("/connections", r#"[{"tenantId":"t-1"}]"#),
        (
            "/api.xro/2.0/CreditNotes",
            r#"{"CreditNotes":[{"CreditNoteID":"c-1","Type":"ACCRECCREDIT","Status":"PAID","CurrencyCode":"EUR","Total":12.00,
            "RemainingCredit":0.00,"UpdatedDateUTC":"/Date(1551812346157+0000)/"}]}"#,
        ),
        (
            "/api.xro/2.0/CreditNotes/c-1",
            r#"{"CreditNotes":[{"CreditNoteID":"c-1","Type":"ACCRECCREDIT","Status":"PAID","CurrencyCode":"EUR","Total":12.00,
            "RemainingCredit":0.00,"UpdatedDateUTC":"/Date(1551812346157+0000)/","Payments":[{"Amount":12.00}]}]}"#,
        ),
    ])
    .await;
    let config = XeroConfig {
        base_url,
        identity_url: stage.sandbox.http_url(),
        client_id: "xero-id".to_owned(),
        client_secret: Secret::from("xero-secret"),
        meant: None,
    };
    let xero = Xero::new(stage.http.clone(), config);
    let page = xero.list_credits(&all(1)).await.unwrap();
    assert_eq!(page.credits[0].refunded_minor, 1_200);
}

//! Our Xero client's requests and the sandbox's answers, held against Xero's own description of its API, where that is
//! at hand: it lies beside the checkout and is not part of it.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    rc::Rc,
};

use jsonschema::{Draft, Validator};
use portal_domain::{
    calendar::Timestamp,
    money::{Currency, Money},
};
use portal_integrations::xero::{
    BillStatus, CreditQuery, InvoiceQuery, MoneyKind, MoneyQuery, NewBill,
};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::stage::{START_MS, Stage};

const NOT_AT_HAND: &str = "skipped: Xero's description of its API does not lie in ../shared/specs/xero beside the checkout";

/// One request with its answer, as the sandbox's log has it.
#[derive(Clone)]
struct Exchange {
    method: String,
    path: String,
    query: Vec<String>,
    request: Option<Value>,
    status: u64,
    answer: Value,
}

/// Xero's description, made strict: a field is wrong that neither a schema nor one of the description's own examples
/// has (`DateString`, for one, is in the examples alone).
struct Description {
    document: Value,
    /// By the schema's text: each carries the whole description, which takes its time to be read.
    validators: RefCell<BTreeMap<String, Rc<Validator>>>,
}

impl Description {
    /// `None` where the description is not at hand.
    fn load() -> Option<Self> {
        let checkout = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        let file = checkout.join("../shared/specs/xero/xero_accounting.yaml");
        // A worktree lies one folder deeper than a checkout.
        let deeper = checkout.join("../../shared/specs/xero/xero_accounting.yaml");
        let text = fs::read_to_string(file)
            .or_else(|_| fs::read_to_string(deeper))
            .ok()?;
        let mut document: Value = serde_saphyr::from_str(&text).unwrap();
        let mut shown = BTreeSet::new();
        collect_shown(&document, false, &mut shown);
        let shown = shown.into_iter().map(|name| (name, json!(true))).collect();
        for (_, schema) in document["components"]["schemas"].as_object_mut().unwrap() {
            make_strict(schema, &shown);
        }
        Some(Self {
            document,
            validators: RefCell::default(),
        })
    }

    fn follow<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self.document.pointer(&reference[1..]).unwrap(),
            None => value,
        }
    }

    /// The operation that a path means; the most literal template wins, as in `/Invoices/{InvoiceID}/History`.
    fn operation(&self, method: &str, path: &str) -> Option<(&Value, &Value)> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |template: &str| {
            let template: Vec<&str> = template.split('/').collect();
            let one = |(known, given): (&&str, &&str)| known.starts_with('{') || known == given;
            template.len() == parts.len() && template.iter().zip(&parts).all(one)
        };
        let paths = self.document["paths"].as_object()?;
        let mut fitting: Vec<_> = paths
            .iter()
            .filter(|(template, _)| fits(template))
            .collect();
        fitting.sort_by_key(|(template, _)| template.matches('{').count());
        let method = method.to_lowercase();
        fitting
            .into_iter()
            .find_map(|(_, item)| Some((item.get(&method)?, item)))
    }

    /// All that is wrong with an exchange.
    fn faults(&self, exchange: &Exchange) -> Vec<String> {
        let Some((operation, item)) = self.operation(&exchange.method, &exchange.path) else {
            return vec![format!(
                "no operation {} {}",
                exchange.method, exchange.path
            )];
        };
        let mut faults = Vec::new();
        let shared = item["parameters"].as_array().into_iter().flatten();
        let own = operation["parameters"].as_array().into_iter().flatten();
        let known: Vec<&Value> = shared
            .chain(own)
            .map(|parameter| self.follow(parameter))
            .collect();
        let unknown = exchange
            .query
            .iter()
            .filter(|name| !known.iter().any(|known| known["name"] == name.as_str()));
        faults.extend(unknown.map(|name| format!("no parameter {name}")));
        if let Some(request) = &exchange.request {
            let body = self.follow(&operation["requestBody"]);
            faults.extend(self.check("request", body, request));
        }
        match operation["responses"].get(exchange.status.to_string()) {
            Some(response) => {
                faults.extend(self.check("answer", self.follow(response), &exchange.answer))
            }
            // 404 and 429 are in the documentation alone.
            None => faults.push(format!("no answer {} is described", exchange.status)),
        }
        faults
    }

    fn check(&self, what: &str, described: &Value, body: &Value) -> Vec<String> {
        let schema = &described["content"]["application/json"]["schema"];
        if schema.is_null() {
            return vec![format!("no {what} in JSON is described")];
        }
        let mut validators = self.validators.borrow_mut();
        let validator = validators.entry(schema.to_string()).or_insert_with(|| {
            let mut whole = schema.clone();
            whole["components"] = self.document["components"].clone();
            let options = jsonschema::options().with_draft(Draft::Draft7);
            Rc::new(options.build(&whole).unwrap())
        });
        let errors = validator.iter_errors(body);
        errors
            .map(|error| format!("{what} {}: {error}", error.instance_path()))
            .collect()
    }
}

/// The names of all fields in the description's examples.
fn collect_shown(value: &Value, in_example: bool, shown: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if in_example {
                    shown.insert(name.clone());
                }
                let is_example = in_example || matches!(name.as_str(), "example" | "examples");
                collect_shown(value, is_example, shown);
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect_shown(item, in_example, shown)),
        _ => {}
    }
}

/// Lets an object have the fields that its schema names and those that examples show, and no other.
fn make_strict(schema: &mut Value, shown: &Map<String, Value>) {
    match schema {
        Value::Object(fields) => {
            // Beside a reference nothing else counts, and here the reference says more.
            if fields.contains_key("$ref") {
                fields.retain(|name, _| name == "$ref");
            }
            fields
                .values_mut()
                .for_each(|inner| make_strict(inner, shown));
            if let Some(Value::Object(properties)) = fields.get_mut("properties") {
                for (name, anything) in shown {
                    properties.entry(name).or_insert_with(|| anything.clone());
                }
                fields.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| make_strict(item, shown)),
        _ => {}
    }
}

/// Everything that the client does, on a sandbox that has something to show for it.
async fn everything(stage: &Stage) {
    let xero = stage.xero();
    xero.read_organisation().await.unwrap();
    assert_eq!(xero.find_contact("partner-17").await.unwrap(), None);
    let contact = xero
        .create_contact("partner-17", "Partner GmbH", "bills@partner.example")
        .await
        .unwrap();
    xero.find_contact("partner-17").await.unwrap().unwrap();
    xero.find_contacts_by_name("partner gmbh").await.unwrap();
    xero.list_accounts().await.unwrap();
    xero.list_tax_types().await.unwrap();
    let other = json!({ "name": "Partner Holding" });
    let other = stage.act("xero/contacts", other).await;
    let other = other["id"].as_str().unwrap();
    xero.number_contact(other, "partner-18").await.unwrap();
    let merged = json!({ "contact": "Partner Holding", "into": "Partner GmbH" });
    stage.act("xero/contacts/merge", merged).await;
    let ids = [contact.id.clone(), other.to_owned()];
    let listed = xero.list_contacts(&ids).await.unwrap();
    let merged = listed.iter().find(|listed| listed.id == other).unwrap();
    assert_eq!(merged.merged_into.as_ref(), Some(&contact.id));
    let mut bill = NewBill {
        contact_id: contact.id.clone(),
        number: "PP-1".to_owned(),
        date: "2026-10-01".parse().unwrap(),
        due: "2026-10-31".parse().unwrap(),
        description: "Commission of Q3".to_owned(),
        amount: Money::new(12_345, Currency::EUR),
        account_code: "404".to_owned(),
        tax_type: Some("INPUT2".to_owned()),
        status: BillStatus::Authorised,
    };
    let made = xero.create_bill(&bill, "key-1").await.unwrap();
    let pdf = b"%PDF-1.7".to_vec();
    xero.attach_pdf(&made.id, "PP-1.pdf", pdf).await.unwrap();
    xero.list_attachments(&made.id).await.unwrap();
    bill.account_code = "999".to_owned();
    xero.create_bill(&bill, "key-2").await.unwrap_err();
    xero.list_bills(&contact.id).await.unwrap();
    let client = json!({ "new_contact": "Acme Ltd", "net": "100.00", "number": "INV-1", "reference": "lead-1" });
    let invoice = stage.act("xero/invoices", client).await;
    let id = invoice["id"].as_str().unwrap();
    for (path, body) in [
        ("credit", json!({ "amount": "30.00" })),
        ("credit", json!({ "kind": "prepayment", "amount": "10.00" })),
        ("credit", json!({ "kind": "overpayment", "amount": "5.00" })),
        ("payments", json!({ "amount": "20.00" })),
    ] {
        stage.act(&format!("xero/invoices/{id}/{path}"), body).await;
    }
    xero.read_invoice(id).await.unwrap().unwrap();
    for (ids, modified_since) in [
        (vec![id.to_owned()], None),
        (Vec::new(), Some(Timestamp(START_MS))),
    ] {
        let query = InvoiceQuery {
            ids,
            modified_since,
            page: 1,
        };
        assert_eq!(
            xero.list_invoices(&query).await.unwrap().unreadable,
            Vec::new()
        );
    }
    let query = CreditQuery {
        modified_since: Some(Timestamp(START_MS)),
        page: 1,
    };
    let credits = xero.list_credits(&query).await.unwrap().credits;
    xero.read_credit(&credits[0].id).await.unwrap().unwrap();
    for kind in MoneyKind::ALL {
        let query = MoneyQuery {
            kind,
            modified_since: Some(Timestamp(START_MS)),
            page: 1,
        };
        let listed = xero.list_money(&query).await.unwrap().money;
        assert_eq!(listed.len(), 1, "{kind:?}");
    }
    stage
        .xero_call(Method::GET, "/api.xro/2.0/Currencies", None)
        .await;
}

/// The exchanges with the accounting API that had an answer in JSON.
async fn exchanges(stage: &Stage) -> Vec<Exchange> {
    let log = stage.log("Xero").await;
    let entries = log.as_array().unwrap().iter();
    let kept = entries.filter_map(|entry| {
        let target = entry["target"].as_str().unwrap();
        let (path, query) = target
            .strip_prefix("/api.xro/2.0")?
            .split_once('?')
            .map_or_else(
                || (target.strip_prefix("/api.xro/2.0").unwrap(), ""),
                |(path, query)| (path, query),
            );
        let read = |name: &str| serde_json::from_str(entry[name].as_str().unwrap()).ok();
        Some(Exchange {
            method: entry["method"].as_str().unwrap().to_owned(),
            path: path.to_owned(),
            query: query
                .split('&')
                .filter_map(|pair| Some(pair.split_once('=')?.0.to_owned()))
                .collect(),
            request: read("request"),
            status: entry["status"].as_u64().unwrap(),
            answer: read("answer")?,
        })
    });
    kept.collect()
}

#[tokio::test]
async fn our_requests_and_the_sandboxs_answers_are_what_xero_describes() {
    let Some(description) = Description::load() else {
        eprintln!("{NOT_AT_HAND}");
        return;
    };
    let stage = Stage::open().await;
    everything(&stage).await;
    let exchanges = exchanges(&stage).await;
    let writes = exchanges
        .iter()
        .filter(|exchange| exchange.request.is_some())
        .count();
    assert!(
        exchanges.len() >= 20 && writes >= 4,
        "{} exchanges, {writes} with a body",
        exchanges.len()
    );
    let mut faults = Vec::new();
    for exchange in &exchanges {
        for fault in description.faults(exchange) {
            faults.push(format!(
                "{} {} {}: {fault}",
                exchange.method, exchange.path, exchange.status
            ));
        }
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Makes one thing of a right exchange wrong.
type Plant = fn(&mut Exchange);

#[tokio::test]
async fn what_xero_does_not_describe_is_found() {
    let Some(description) = Description::load() else {
        eprintln!("{NOT_AT_HAND}");
        return;
    };
    let stage = Stage::open().await;
    everything(&stage).await;
    let exchanges = exchanges(&stage).await;
    let is_bill = |exchange: &&Exchange| {
        exchange.method == "PUT" && exchange.path == "/Invoices" && exchange.status == 200
    };
    let right = exchanges.iter().find(is_bill).unwrap();
    assert_eq!(description.faults(right), Vec::<String>::new());
    let planted: [(&str, Plant); 9] = [
        ("/Invoices/0/Total", |wrong| {
            wrong.answer["Invoices"][0]["Total"] = json!("148.14")
        }),
        ("/Invoices/0/Status", |wrong| {
            wrong.answer["Invoices"][0]["Status"] = json!("OPEN")
        }),
        ("/Invoices/0/InvoiceNumber", |wrong| {
            wrong.answer["Invoices"][0]["InvoiceNumber"] = json!("9".repeat(256))
        }),
        ("Colour", |wrong| {
            wrong.answer["Invoices"][0]["Colour"] = json!("red")
        }),
        ("/Invoices/0/LineItems", |wrong| {
            wrong.answer["Invoices"][0]["LineItems"] = json!({})
        }),
        ("request /Invoices/0/Type", |wrong| {
            wrong.request.as_mut().unwrap()["Invoices"][0]["Type"] = json!("BILL")
        }),
        ("Documents", |wrong| {
            wrong.request = Some(Value::Object(Map::from_iter([(
                "Documents".to_owned(),
                json!([]),
            )])))
        }),
        ("no parameter pagesize", |wrong| {
            wrong.query.push("pagesize".to_owned())
        }),
        ("no answer 418", |wrong| wrong.status = 418),
    ];
    for (expected, plant) in planted {
        let mut wrong = right.clone();
        plant(&mut wrong);
        let faults = description.faults(&wrong).join("\n");
        assert!(faults.contains(expected), "{expected}: {faults}");
    }
    let elsewhere = Exchange {
        path: "/Bills".to_owned(),
        ..right.clone()
    };
    assert!(description.faults(&elsewhere)[0].contains("no operation"));
}

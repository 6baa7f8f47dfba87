//! Xero: XML, lock dates, organisations, tokens, remembered answers, limits, files, merged contacts.

use serde_json::{Value, json};

use super::{Bench, bill};

const TENANT: &str = "5f1c2a90-7b6e-4d3c-a8f2-90cbd41e7a55";

async fn contact(bench: &Bench, name: &str) -> Value {
    bench
        .control("/xero/contacts", json!({"name": name}))
        .await
        .1["id"]
        .clone()
}

fn message(body: &Value) -> &str {
    let found = &body["Elements"][0]["ValidationErrors"][0]["Message"];
    found.as_str().unwrap_or_default()
}

#[tokio::test]
async fn who_does_not_ask_for_json_gets_xml() {
    let bench = Bench::start().await;
    bench.invoice("INV-1", "12.30").await;
    for accept in ["", "*/*", "application/xml"] {
        let request = bench.client.get(bench.url("/api.xro/2.0/Invoices"));
        let request = request
            .bearer_auth(&bench.xero_token)
            .header("xero-tenant-id", TENANT);
        let answer = request.header("accept", accept).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        assert!(
            answer.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/xml")
        );
        let xml = answer.text().await.unwrap();
        assert!(
            xml.contains("<Invoices><Invoice>") && xml.contains("<Total>14.76</Total>"),
            "{xml}"
        );
    }
}

#[tokio::test]
async fn both_lock_dates_stop_what_lies_behind_them_and_are_told() {
    let bench = Bench::start().await;
    let contact = contact(&bench, "Partner GmbH").await;
    for (name, told, words) in [
        ("period_lock_date", "PeriodLockDate", "period lock date"),
        (
            "end_of_year_lock_date",
            "EndOfYearLockDate",
            "end of year lock date",
        ),
    ] {
        bench
            .control("/xero/organisation", json!({name: "2026-10-01"}))
            .await;
        let (_, organisation) = bench.xero("GET", "/Organisation", "", Value::Null).await;
        let lock = &organisation["Organisations"][0][told];
        assert_eq!(lock, &json!("/Date(1790812800000+0000)/"));
        let (status, refused) = bench
            .xero("PUT", "/Invoices", "", bill(&contact, "10.00"))
            .await;
        let expected = format!("The document date cannot be before the {words}.");
        assert_eq!((status, message(&refused)), (400, expected.as_str()));
    }
    bench.control("/xero/organisation", json!({})).await;
    let (status, made) = bench
        .xero("PUT", "/Invoices", "", bill(&contact, "10.00"))
        .await;
    assert_eq!(status, 200);
    bench
        .control(
            "/xero/organisation",
            json!({"end_of_year_lock_date": "2026-10-05"}),
        )
        .await;
    let id = made["Invoices"][0]["InvoiceID"].clone();
    let payment = json!({"Payments": [{"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-10-05", "Amount": 5}]});
    let (_, refused) = bench.xero("PUT", "/Payments", "", payment).await;
    assert!(
        message(&refused).contains("end of year lock date"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_second_organisation_is_listed_and_has_books_of_its_own() {
    let bench = Bench::start().await;
    let connections = async || {
        let request = bench.client.get(bench.url("/connections"));
        bench.send(request.bearer_auth(&bench.xero_token)).await.1
    };
    assert_eq!(connections().await.as_array().unwrap().len(), 1);
    bench.invoice("INV-1", "10").await;
    bench
        .control("/xero/connections", json!({"second": true}))
        .await;
    let listed = connections().await;
    let second = listed[1]["tenantId"].as_str().unwrap();
    assert_eq!(listed[1]["tenantName"], json!("Northwind Trading Ltd"));
    let body = json!({"new_contact": "Zwei GmbH", "net": "20", "number": "SECOND-1"});
    assert_eq!(bench.control("/xero-second/invoices", body).await.0, 200);
    let numbers = async |tenant: &str| {
        let request = bench.client.get(bench.url("/api.xro/2.0/Invoices"));
        let request = request
            .bearer_auth(&bench.xero_token)
            .header("xero-tenant-id", tenant);
        let (_, list) = bench
            .send(request.header("accept", "application/json"))
            .await;
        list["Invoices"][0]["InvoiceNumber"].clone()
    };
    assert_eq!(numbers(TENANT).await, json!("INV-1"));
    assert_eq!(numbers(second).await, json!("SECOND-1"));
    let request = bench.client.delete(bench.url(&format!(
        "/connections/{}",
        listed[1]["id"].as_str().unwrap()
    )));
    assert_eq!(
        bench.send(request.bearer_auth(&bench.xero_token)).await.0,
        204
    );
    assert_eq!(numbers(second).await, Value::Null);
    bench
        .control("/xero/connections", json!({"second": false}))
        .await;
    assert_eq!(connections().await.as_array().unwrap().len(), 1);
}

/// Asks the identity server for something.
async fn identity(bench: &Bench, path: &str, form: &str) -> (u16, Value) {
    let body = format!("client_id=xero-id&client_secret=xero-secret&{form}");
    let request = bench.client.post(bench.url(path));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    bench.send(request.body(body)).await
}

const BACK: &str = "http://localhost/back";

/// Lets the web app into organisations, and gives the code; `challenge` is PKCE's, or empty.
async fn consent(bench: &Bench, organisations: &[&str], challenge: &str) -> String {
    let chosen: String = organisations
        .iter()
        .map(|id| format!("&choice={id}"))
        .collect();
    let form = format!(
        "client_id=xero-id&redirect_uri={BACK}&state=s&code_challenge={challenge}&decision=allow{chosen}"
    );
    let request = bench.client.post(bench.url("/identity/connect/authorize"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(form).send().await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(location.starts_with(&format!("{BACK}?code=")) && location.ends_with("&state=s"));
    let code = location.split("code=").nth(1).unwrap();
    code.split('&').next().unwrap().to_owned()
}

/// The tokens of a person who lets the web app into the organisation.
async fn tokens(bench: &Bench) -> Value {
    let code = consent(bench, &[TENANT], "").await;
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri={BACK}");
    identity(bench, "/connect/token", &form).await.1
}

async fn connect(bench: &Bench) -> String {
    let tokens = tokens(bench).await;
    tokens["refresh_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_lets_the_app_into_organisations_or_does_not() {
    let bench = Bench::start().await;
    let asked = format!("?client_id=xero-id&redirect_uri={BACK}&state=s&scope=offline_access");
    let page = bench.url(&format!("/identity/connect/authorize{asked}"));
    let page = bench.client.get(page).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains("Northwind Software Ltd") && page.contains("Deny"));
    let foreign = bench.url("/identity/connect/authorize?client_id=other&redirect_uri=x");
    assert_eq!(
        bench.client.get(foreign).send().await.unwrap().status(),
        400
    );
    let request = bench.client.post(bench.url("/identity/connect/authorize"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let denied = format!("redirect_uri={BACK}&state=s&decision=deny");
    let answer = request.body(denied).send().await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap();
    assert_eq!(location, format!("{BACK}?error=access_denied&state=s"));
}

#[tokio::test]
async fn a_code_is_used_once_in_time_by_whoever_asked_for_it() {
    let bench = Bench::start().await;
    // RFC 7636, appendix B.
    let (verifier, challenge) = (
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    );
    let exchange = async |code: &str, rest: &str| {
        let form = format!("grant_type=authorization_code&code={code}{rest}");
        identity(&bench, "/connect/token", &form).await.0
    };
    let good = format!("&redirect_uri={BACK}&code_verifier={verifier}");
    for wrong in [
        format!("&redirect_uri={BACK}"),
        format!("&redirect_uri={BACK}&code_verifier=guessed"),
        format!("&redirect_uri=http://elsewhere&code_verifier={verifier}"),
    ] {
        let code = consent(&bench, &[TENANT], challenge).await;
        assert_eq!(exchange(&code, &wrong).await, 400, "{wrong}");
        assert_eq!(exchange(&code, &good).await, 400, "and is used up");
    }
    let code = consent(&bench, &[TENANT], challenge).await;
    assert_eq!(exchange(&code, &good).await, 200);
    assert_eq!(exchange(&code, &good).await, 400, "once");
    let late = consent(&bench, &[TENANT], challenge).await;
    let to = json!({"to": "2026-10-01T08:05:00Z"});
    bench.control("/clock", to).await;
    assert_eq!(exchange(&late, &good).await, 400, "five minutes");
}

#[tokio::test]
async fn a_refresh_token_rotates_and_the_old_one_works_for_half_an_hour_more() {
    let bench = Bench::start().await;
    let first = connect(&bench).await;
    let renew = async |token: &str| {
        let form = format!("grant_type=refresh_token&refresh_token={token}");
        identity(&bench, "/connect/token", &form).await
    };
    let (status, second) = renew(&first).await;
    let second = second["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(status, 200);
    assert_ne!(first, second);
    bench
        .control("/clock", json!({"to": "2026-10-01T08:29:59Z"}))
        .await;
    assert_eq!(renew(&first).await.0, 200);
    bench
        .control("/clock", json!({"to": "2026-10-01T08:30:00Z"}))
        .await;
    assert_eq!(
        renew(&first).await,
        (400, json!({"error": "invalid_grant"}))
    );
    assert_eq!(renew(&second).await.0, 200);
    bench
        .control("/clock", json!({"to": "2026-12-30T08:00:00Z"}))
        .await;
    assert_eq!(renew(&second).await.0, 400, "sixty days unused");
}

#[tokio::test]
async fn a_revoked_refresh_token_is_dead_and_lets_the_web_app_in_nowhere() {
    let bench = Bench::start().await;
    let given = tokens(&bench).await;
    let organisation = async || {
        let request = bench.client.get(bench.url("/api.xro/2.0/Organisation"));
        let request = request.header("xero-tenant-id", TENANT);
        let token = given["access_token"].as_str().unwrap();
        bench.send(request.bearer_auth(token)).await.0
    };
    assert_eq!(organisation().await, 200);
    let token = given["refresh_token"].as_str().unwrap();
    let (status, _) = identity(&bench, "/connect/revocation", &format!("token={token}")).await;
    assert_eq!(status, 200);
    let form = format!("grant_type=refresh_token&refresh_token={token}");
    let refused = identity(&bench, "/connect/token", &form).await;
    assert_eq!(refused, (400, json!({"error": "invalid_grant"})));
    assert_eq!(organisation().await, 403);
    let custom = bench.xero("GET", "/Organisation", "", Value::Null).await.0;
    assert_eq!(custom, 200, "the custom connection is another one");
    let unknown = identity(&bench, "/connect/revocation", "token=never-was").await;
    assert_eq!(unknown.0, 200);
}

#[tokio::test]
async fn a_consent_that_is_taken_back_ends_its_tokens_at_once() {
    let bench = Bench::start().await;
    let given = tokens(&bench).await;
    bench.control("/xero/consent/take-back", json!({})).await;
    let request = bench.client.get(bench.url("/connections"));
    let token = given["access_token"].as_str().unwrap();
    assert_eq!(bench.send(request.bearer_auth(token)).await.0, 401);
    let form = format!(
        "grant_type=refresh_token&refresh_token={}",
        given["refresh_token"].as_str().unwrap()
    );
    assert_eq!(identity(&bench, "/connect/token", &form).await.0, 400);
}

#[tokio::test]
async fn a_token_is_good_for_the_scopes_that_were_asked_for_and_no_others() {
    let bench = Bench::start().await;
    let invoice = bench.invoice("INV-1", "10").await;
    let scope = "accounting.invoices+accounting.contacts.read+accounting.settings.read";
    let form = format!("grant_type=client_credentials&scope={scope}");
    let (_, token) = identity(&bench, "/connect/token", &form).await;
    let ask = async |method: &str, path: &str| {
        let url = bench.url(&format!("/api.xro/2.0{path}"));
        let request = bench.client.request(method.parse().unwrap(), url);
        let request = request.bearer_auth(token["access_token"].as_str().unwrap());
        let request = request.header("xero-tenant-id", TENANT);
        let request = request.header("accept", "application/json").body("{}");
        bench.send(request).await
    };
    let attachment = format!(
        "/Invoices/{}/Attachments/a.pdf",
        invoice["id"].as_str().unwrap()
    );
    for (method, path, is_allowed) in [
        ("GET", "/Invoices", true),
        ("GET", "/CreditNotes", true),
        ("PUT", "/Invoices", true),
        ("GET", "/Contacts", true),
        ("PUT", "/Contacts", false),
        ("GET", "/Payments", false),
        ("PUT", attachment.as_str(), false),
        ("GET", "/Organisation", true),
    ] {
        let (status, body) = ask(method, path).await;
        let is_refused = (status, &body["Detail"]) == (401, &json!("AuthorizationUnsuccessful"));
        assert_eq!(is_refused, !is_allowed, "{method} {path}: {status} {body}");
    }
    let gone = json!({"missing_scopes": "accounting.invoices"});
    bench.control("/faults", gone).await;
    assert_eq!(bench.xero("GET", "/Invoices", "", Value::Null).await.0, 401);
}

#[tokio::test]
async fn an_error_is_remembered_under_its_key_like_any_answer() {
    let bench = Bench::start().await;
    let locked = json!({"period_lock_date": "2026-10-01"});
    bench.control("/xero/organisation", locked).await;
    let contact = contact(&bench, "Partner GmbH").await;
    let body = bill(&contact, "10.00");
    assert_eq!(
        bench
            .xero("PUT", "/Invoices", "key-1", body.clone())
            .await
            .0,
        400
    );
    bench.control("/xero/organisation", json!({})).await;
    let again = bench.xero("PUT", "/Invoices", "key-1", body.clone()).await;
    assert_eq!(again.0, 400, "the cause is mended, the answer is not");
    assert_eq!(
        bench
            .xero("PUT", "/Invoices", "key-2", body.clone())
            .await
            .0,
        200
    );
    bench
        .control("/clock", json!({"to": "2026-10-01T08:06:00Z"}))
        .await;
    assert_eq!(bench.xero("PUT", "/Invoices", "key-1", body).await.0, 200);
}

#[tokio::test]
async fn a_failed_element_is_told_inside_a_200_when_the_client_wants_it_so() {
    let bench = Bench::start().await;
    let contact = contact(&bench, "Partner GmbH").await;
    let good = bill(&contact, "10.00")["Invoices"][0].clone();
    let bad = bill(&json!("nobody"), "10.00")["Invoices"][0].clone();
    let path = "/Invoices?summarizeErrors=false";
    let (status, body) = bench
        .xero("PUT", path, "", json!({"Invoices": [bad, good]}))
        .await;
    let (bad, good) = (&body["Invoices"][0], &body["Invoices"][1]);
    assert_eq!(
        (status, &bad["HasErrors"], &bad["StatusAttributeString"]),
        (200, &json!(true), &json!("ERROR"))
    );
    assert!(
        !bad["ValidationErrors"][0]["Message"]
            .as_str()
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        (&good["StatusAttributeString"], &good["HasErrors"]),
        (&json!("OK"), &json!(false))
    );
}

#[tokio::test]
async fn the_limits_of_a_day_and_at_once_are_enforced_at_the_size_that_is_set() {
    let bench = Bench::start().await;
    let fault = json!({"xero": {"limits_enforced": true}, "limits": {"xero_day": 2}});
    bench.control("/faults", fault).await;
    let ask = async || {
        let request = bench.client.get(bench.url("/api.xro/2.0/Organisation"));
        let request = request
            .bearer_auth(&bench.xero_token)
            .header("xero-tenant-id", TENANT);
        request
            .header("accept", "application/json")
            .send()
            .await
            .unwrap()
    };
    // What was called before the size was set is not counted.
    assert_eq!(ask().await.headers()["x-daylimit-remaining"], "1");
    assert_eq!(ask().await.status().as_u16(), 200);
    let refused = ask().await;
    assert_eq!(refused.status().as_u16(), 429);
    assert_eq!(refused.headers()["x-rate-limit-problem"], "day");
    let wait: u64 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(wait > 80_000);

    let fault =
        json!({"xero": {"latency_ms": 300}, "limits": {"xero_day": 5_000, "xero_in_flight": 1}});
    bench.control("/faults", fault).await;
    let (first, second) = tokio::join!(ask(), ask());
    let refused = [first, second]
        .into_iter()
        .find(|answer| answer.status().as_u16() == 429);
    let refused = refused.expect("one of two at once is refused");
    assert_eq!(refused.headers()["x-rate-limit-problem"], "concurrent");
    assert!(!refused.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_by_name_by_id_and_by_the_page() {
    let bench = Bench::start().await;
    let invoice = bench.invoice("INV-1", "10").await;
    let id = invoice["id"].as_str().unwrap();
    let bytes: Vec<u8> = (0..=255).collect();
    let ask = |method: &str, path: &str| {
        let url = bench.url(&format!("/api.xro/2.0/Invoices/{id}/Attachments{path}"));
        let request = bench.client.request(method.parse().unwrap(), url);
        request
            .bearer_auth(&bench.xero_token)
            .header("xero-tenant-id", TENANT)
    };
    let request =
        ask("PUT", "/my%20bill.pdf?IncludeOnline=true").header("accept", "application/json");
    let request = request
        .header("content-type", "application/pdf")
        .body(bytes.clone());
    let (status, made) = bench.send(request).await;
    assert_eq!(
        (status, &made["Attachments"][0]["ContentLength"]),
        (200, &json!(256))
    );
    assert_eq!(made["Attachments"][0]["IncludeOnline"], json!(true));
    let file = made["Attachments"][0]["AttachmentID"].as_str().unwrap();
    for path in ["/my%20bill.pdf".to_owned(), format!("/{file}")] {
        let answer = ask("GET", &path).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        assert_eq!(answer.bytes().await.unwrap(), bytes);
    }
    let url = bench.url(&format!("/xero/attachments/{file}"));
    let shown = bench.client.get(url).send().await.unwrap();
    assert_eq!(shown.bytes().await.unwrap(), bytes);
    assert_eq!(
        ask("GET", "/nothing.pdf")
            .send()
            .await
            .unwrap()
            .status()
            .as_u16(),
        404
    );
}

#[tokio::test]
async fn what_is_archived_is_listed_as_that_and_nothing_new_is_booked_under_it() {
    let bench = Bench::start().await;
    let contact = contact(&bench, "Partner GmbH").await;
    for (path, list, code) in [
        ("accounts/404", "Accounts", "404"),
        ("tax-rates/INPUT2", "TaxRates", "INPUT2"),
    ] {
        let (id, _) = path.split_once('/').unwrap();
        let field = if id == "accounts" { "Code" } else { "TaxType" };
        let status = async || {
            let (_, listed) = bench
                .xero("GET", &format!("/{list}"), "", Value::Null)
                .await;
            let listed = listed[list].as_array().unwrap();
            let found = listed.iter().find(|one| one[field] == code);
            found.unwrap()["Status"].as_str().unwrap().to_owned()
        };
        let act = format!("/xero/{path}");
        bench.control(&act, json!({ "archived": true })).await;
        assert_eq!(status().await, "ARCHIVED");
        let mut body = bill(&contact, "10.00");
        body["Invoices"][0]["LineItems"][0]["AccountCode"] = json!("404");
        body["Invoices"][0]["LineItems"][0]["TaxType"] = json!("INPUT2");
        let (refused, answer) = bench.xero("PUT", "/Invoices", "", body.clone()).await;
        assert_eq!(refused, 400, "{answer}");
        assert!(message(&answer).contains(code), "{answer}");
        bench.control(&act, json!({ "archived": false })).await;
        assert_eq!(status().await, "ACTIVE");
        assert_eq!(bench.xero("PUT", "/Invoices", "", body).await.0, 200);
    }
}

#[tokio::test]
async fn a_file_without_content_or_with_a_name_that_none_has_is_refused_and_so_is_the_eleventh() {
    let bench = Bench::start().await;
    let invoice = bench.invoice("INV-1", "10").await;
    let id = invoice["id"].as_str().unwrap();
    let put = async |name: &str, body: &'static str| {
        let url = bench.url(&format!("/api.xro/2.0/Invoices/{id}/Attachments/{name}"));
        let request = bench.client.put(url).bearer_auth(&bench.xero_token);
        let request = request
            .header("xero-tenant-id", TENANT)
            .header("accept", "application/json");
        bench.send(request.body(body)).await
    };
    for (name, body, said) in [
        ("a.pdf", "", "no content"),
        ("invoice", "x", "an ending"),
        (".pdf", "x", "an ending"),
        ("2026%2F17.pdf", "x", "none of"),
        ("what%3F.pdf", "x", "none of"),
    ] {
        let (status, answer) = put(name, body).await;
        assert_eq!(status, 400, "{name}");
        assert!(message(&answer).contains(said), "{name}: {answer}");
    }
    for number in 0..10 {
        assert_eq!(put(&format!("{number}.pdf"), "x").await.0, 200);
    }
    assert_eq!(put("9.pdf", "y").await.0, 200, "it takes its own place");
    assert_eq!(put("10.pdf", "x").await.0, 400);
}

#[tokio::test]
async fn a_merged_contact_is_archived_says_into_which_and_its_invoices_are_the_others() {
    let bench = Bench::start().await;
    let invoice = bench.invoice("INV-1", "10").await;
    let survivor = contact(&bench, "Acme Holding").await;
    let before = bench
        .xero("GET", "/Invoices/INV-1", "", Value::Null)
        .await
        .1;
    bench
        .control("/clock", json!({"to": "2026-10-01T08:20:00Z"}))
        .await;
    let body = json!({"contact": "Acme Ltd", "into": "Acme Holding"});
    assert_eq!(
        bench.control("/xero/contacts/merge", body.clone()).await.0,
        200
    );
    assert_eq!(
        bench.control("/xero/contacts/merge", body).await.0,
        422,
        "it is gone"
    );
    let loser = before["Invoices"][0]["Contact"]["ContactID"]
        .as_str()
        .unwrap();
    let (_, read) = bench
        .xero("GET", &format!("/Contacts/{loser}"), "", Value::Null)
        .await;
    let read = &read["Contacts"][0];
    assert_eq!(
        (&read["ContactStatus"], &read["MergedToContactID"]),
        (&json!("ARCHIVED"), &survivor)
    );
    let after = bench
        .xero("GET", "/Invoices/INV-1", "", Value::Null)
        .await
        .1;
    let after = &after["Invoices"][0];
    assert_eq!(after["Contact"]["ContactID"], survivor);
    assert_eq!(after["InvoiceID"], invoice["id"]);
    assert_eq!(
        after["UpdatedDateUTC"],
        before["Invoices"][0]["UpdatedDateUTC"]
    );
    let page = bench.page("/xero").await;
    assert!(page.contains("merged into Acme Holding"));
}

#[tokio::test]
async fn another_due_date_of_a_part_paid_invoice_moves_no_date_of_change() {
    let bench = Bench::start().await;
    let invoice = bench.invoice("INV-1", "100").await;
    let id = invoice["id"].as_str().unwrap();
    let payments = format!("/xero/invoices/{id}/payments");
    bench.control(&payments, json!({"amount": "20.00"})).await;
    let read = async || {
        let (_, read) = bench
            .xero("GET", &format!("/Invoices/{id}"), "", Value::Null)
            .await;
        read["Invoices"][0].clone()
    };
    let before = read().await;
    bench
        .control("/clock", json!({"to": "2026-10-01T08:20:00Z"}))
        .await;
    let later = json!({"DueDate": "2026-12-31"});
    let path = format!("/Invoices/{id}");
    assert_eq!(bench.xero("POST", &path, "", later).await.0, 200);
    let after = read().await;
    assert_ne!(after["DueDate"], before["DueDate"]);
    assert_eq!(after["UpdatedDateUTC"], before["UpdatedDateUTC"]);
    let named = json!({"Reference": "lead-2"});
    assert_eq!(bench.xero("POST", &path, "", named).await.0, 200);
    assert_ne!(read().await["UpdatedDateUTC"], before["UpdatedDateUTC"]);
}

#[tokio::test]
async fn prepayments_overpayments_and_notes_are_listed() {
    let bench = Bench::start().await;
    let invoice = bench.invoice("INV-1", "100").await;
    let id = invoice["id"].as_str().unwrap();
    for (kind, amount) in [("prepayment", "10.00"), ("overpayment", "5.00")] {
        let body = json!({"kind": kind, "amount": amount});
        let path = format!("/xero/invoices/{id}/credit");
        assert_eq!(bench.control(&path, body).await.0, 200);
    }
    let (_, prepayments) = bench.xero("GET", "/Prepayments", "", Value::Null).await;
    assert_eq!(prepayments["Prepayments"][0]["Total"], json!(10.0));
    let (_, overpayments) = bench.xero("GET", "/Overpayments", "", Value::Null).await;
    assert_eq!(overpayments["Overpayments"][0]["Total"], json!(5.0));
    let note = json!({"HistoryRecords": [{"Details": "portal payout 123"}]});
    let path = format!("/Invoices/{id}/History");
    assert_eq!(bench.xero("PUT", &path, "", note).await.0, 200);
    let (_, history) = bench.xero("GET", &path, "", Value::Null).await;
    assert_eq!(
        history["HistoryRecords"][0]["Details"],
        json!("portal payout 123")
    );
}

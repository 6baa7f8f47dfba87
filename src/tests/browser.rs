//! A browser as far as tests need one: it keeps its cookies, says where its requests come from, follows no redirect and runs no script.

use std::collections::BTreeMap;

use portal_words::{Locale, Words};
use reqwest::{Client, RequestBuilder, header, redirect::Policy};

/// A text as readers of English see it.
pub fn english(key: &str) -> String {
    Words::of(Locale::En).text(key)
}

pub struct Browser {
    client: Client,
    url: String,
    cookies: BTreeMap<String, String>,
    /// What it says with every request.
    headers: Vec<(&'static str, String)>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Where a redirect leads; empty for none.
    pub location: String,
    pub headers: header::HeaderMap,
    pub body: String,
}

impl Answer {
    /// Where a page leads on to by itself, which is elsewhere.
    #[track_caller]
    pub fn leads_to(&self) -> &str {
        let goes_on = self.headers.get("refresh").expect(&self.body);
        let goes_on = goes_on.to_str().unwrap().strip_prefix("0;url=");
        goes_on.expect("an address")
    }
}

impl Browser {
    pub fn new(url: &str) -> Self {
        Self {
            client: Client::builder()
                .no_proxy()
                .tls_certs_only([])
                .redirect(Policy::none())
                .build()
                .unwrap(),
            url: url.to_owned(),
            cookies: BTreeMap::new(),
            headers: Vec::new(),
        }
    }

    /// Says something with every request from now on, such as where a proxy has it from.
    pub fn say(&mut self, name: &'static str, value: &str) {
        self.headers.retain(|(said, _)| *said != name);
        self.headers.push((name, value.to_owned()));
    }

    /// The same person in another browser, or a request that is still on its way.
    pub fn again(&self) -> Self {
        Self {
            client: self.client.clone(),
            url: self.url.clone(),
            cookies: self.cookies.clone(),
            headers: self.headers.clone(),
        }
    }

    /// What a cookie holds that it was given.
    pub fn held(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Takes a cookie that it was given elsewhere.
    pub fn keep(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        let request = self
            .client
            .get(format!("{}{path}", self.url))
            .header("sec-fetch-site", "same-origin");
        self.send(request).await
    }

    /// What an answer says before its body, which may have no end.
    pub async fn head_of_get(&mut self, path: &str) -> Answer {
        let url = format!("{}{path}", self.url);
        let request = self
            .client
            .get(url)
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, self.cookie());
        let answer = self.with_headers(request).send().await.unwrap();
        Answer {
            status: answer.status().as_u16(),
            location: String::new(),
            headers: answer.headers().clone(),
            body: String::new(),
        }
    }

    /// Sends a form as a page of ours would.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from(
            path,
            fields,
            &[
                ("sec-fetch-site", "same-origin"),
                ("origin", &self.url.clone()),
            ],
        )
        .await
    }

    /// Sends a form with a file as a page of ours would: `file` is the field, the name and what is in it.
    pub async fn post_file(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        (field, name, content): (&str, &str, &[u8]),
    ) -> Answer {
        const BOUNDARY: &str = "----form-of-a-test";
        let mut body = Vec::new();
        for (field, value) in fields {
            let part = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let request = self
            .client
            .post(format!("{}{path}", self.url))
            .header("sec-fetch-site", "same-origin")
            .header(
                "content-type",
                format!("multipart/form-data; boundary={BOUNDARY}"),
            )
            .body(body);
        self.send(request).await
    }

    /// Sends a form with these headers and no others that say where it comes from.
    pub async fn post_from(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.client.post(format!("{}{path}", self.url)).form(fields);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// Sends JSON as a program would, such as a vendor's webhook.
    pub async fn send_json(
        &mut self,
        path: &str,
        body: impl Into<reqwest::Body>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self
            .client
            .post(format!("{}{path}", self.url))
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body)).await
    }

    /// Opens an answer that does not end.
    pub async fn open(&mut self, path: &str) -> reqwest::Response {
        let request = self
            .client
            .get(format!("{}{path}", self.url))
            .header(header::COOKIE, self.cookie());
        let answer = self.with_headers(request).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        answer
    }

    fn cookie(&self) -> String {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        cookies.join("; ")
    }

    fn with_headers(&self, request: RequestBuilder) -> RequestBuilder {
        let said = self.headers.iter();
        said.fold(request, |request, (name, value)| {
            request.header(*name, value)
        })
    }

    async fn send(&mut self, request: RequestBuilder) -> Answer {
        let answer = self
            .with_headers(request)
            .header(header::COOKIE, self.cookie())
            .send()
            .await
            .unwrap();
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = answer
            .headers()
            .get(header::LOCATION)
            .map_or("", |value| value.to_str().unwrap());
        Answer {
            status: answer.status().as_u16(),
            location: location.to_owned(),
            headers: answer.headers().clone(),
            body: answer.text().await.unwrap(),
        }
    }
}

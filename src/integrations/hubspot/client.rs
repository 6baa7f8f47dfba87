//! HubSpot's calls, one verb each, made once. The order in which a lead becomes a deal, and what is done after a failure, is the caller's.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use portal_domain::{
    line_item::LineItem,
    money::Money,
    remote::{AccountCurrencies, RemoteDeal, RemoteOwner, RemoteStage, UnreadableDeal},
    version,
};
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    convert,
    cursor::{Cursor, SEARCH_PAGE},
    failure::{existing_id, failure_of, read_batch, succeed, words_of},
    properties::{contact_properties, own_properties},
    wire,
};
use crate::{
    Secret,
    error::{CallError, ErrorKind, Vendor},
    http::{self, Answer, Call, Effect, Http, Login, Payload},
    token::{Access, FixedToken, TokenSource},
};

/// The dated version of the API that every path names.
pub const VERSION: &str = version::HUBSPOT;

/// HubSpot's type ids of associations; labels may be renamed, ids not.
const DEAL_TO_CONTACT: u32 = 3;
const DEAL_TO_PRIMARY_COMPANY: u32 = 5;
/// Made with the primary one.
const DEAL_TO_COMPANY: u32 = 341;

/// How many objects one batch may name.
pub const BATCH_MAX: usize = 100;

/// How many objects one reading of associations may name.
pub const ASSOCIATIONS_MAX: usize = 1_000;

/// How many owners one answer may hold.
const OWNERS_PAGE: u32 = 500;

/// The longest deal name, in characters.
const DEAL_NAME_LENGTH_MAX: usize = 255;

/// Where HubSpot is and who we are there.
#[derive(Clone, Debug)]
pub struct HubSpotConfig {
    /// `https://api.hubapi.com`, or a stand-in.
    pub base_url: String,
    /// The static token of the app.
    pub token: Secret,
}

/// A contact as the lead has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContact {
    /// Sent in lower case: it is how HubSpot knows a contact again.
    pub email: String,
    /// The last word becomes the last name.
    pub full_name: String,
    /// E.164.
    pub phone: Option<String>,
}

/// A deal as the lead has it. Every field is written when it is made, never later: then it is the sales people's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDeal {
    /// `portal_lead_id`: the same key is the same deal, however often it is sent.
    pub lead_key: String,
    /// Cut to 255 characters.
    pub name: String,
    /// Internal id of the pipeline.
    pub pipeline: String,
    /// Internal id of the stage.
    pub stage: String,
    pub amount: Option<Money>,
    pub description: String,
}

/// One page of changed deals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DealPage {
    pub deals: Vec<RemoteDeal>,
    pub unreadable: Vec<UnreadableDeal>,
    /// What to hand over for the next page; `None` after the last one. Opaque.
    pub next: Option<String>,
}

/// One page of owners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerPage {
    pub owners: Vec<RemoteOwner>,
    /// What to hand over for the next page; `None` after the last one. Opaque.
    pub next: Option<String>,
}

/// The account that a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its number (Hub ID).
    pub id: String,
    /// By whose midnight its calls of a day are counted, as `Europe/London`; empty if HubSpot does not say.
    pub time_zone: String,
}

/// The client. A clone shares its connections.
#[derive(Clone)]
pub struct HubSpot {
    http: Http,
    base_url: Arc<str>,
    tokens: Arc<dyn TokenSource>,
}

impl fmt::Debug for HubSpot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubSpot")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

impl HubSpot {
    /// With a static token.
    pub fn new(http: Http, config: HubSpotConfig) -> Self {
        let tokens = Arc::new(FixedToken::new(config.token));
        Self::with_tokens(http, &config.base_url, tokens)
    }

    /// With tokens from anywhere.
    pub fn with_tokens(http: Http, base_url: &str, tokens: Arc<dyn TokenSource>) -> Self {
        Self {
            http,
            base_url: base_url.into(),
            tokens,
        }
    }

    /// The account that we are let into.
    pub async fn read_account(&self) -> Result<Account, CallError> {
        let url = self.url(&["account-info", VERSION, "details"])?;
        let details: wire::AccountDetails = self.read("read_account", url).await?;
        Ok(Account {
            id: details.portal_id,
            time_zone: details.time_zone,
        })
    }

    /// All stages of all live deal pipelines.
    pub async fn list_stages(&self) -> Result<Vec<RemoteStage>, CallError> {
        let url = self.url(&["crm", "pipelines", VERSION, "deals"])?;
        let pipelines = self.read("list_stages", url).await?;
        Ok(convert::stages(pipelines))
    }

    /// The currencies that deals can be in.
    pub async fn read_currencies(&self) -> Result<AccountCurrencies, CallError> {
        let of = |rest: &[&str]| {
            let path = [&["settings", "currencies", VERSION], rest].concat();
            self.url(&path)
        };
        let home: wire::CompanyCurrency = self
            .read("read_currency", of(&["company-currency"])?)
            .await?;
        let rates = of(&["exchange-rates", "current"])?;
        let rates: wire::ExchangeRates = self.read("list_exchange_rates", rates).await?;
        convert::currencies(&home, &rates).ok_or_else(|| {
            let message = format!("the account's currency {:?} is none", home.code);
            CallError::new(Vendor::HubSpot, ErrorKind::Unreadable, message)
        })
    }

    /// The users who can own deals, [`OWNERS_PAGE`] at a time; those who were deactivated are left out.
    pub async fn list_owners(&self, after: Option<String>) -> Result<OwnerPage, CallError> {
        let mut url = self.url(&["crm", "owners", VERSION])?;
        url.query_pairs_mut()
            .append_pair("limit", &OWNERS_PAGE.to_string());
        if let Some(after) = &after {
            url.query_pairs_mut().append_pair("after", after);
        }
        let found: wire::Owners = self.read("list_owners", url).await?;
        let next = found.paging.and_then(|paging| paging.next);
        Ok(OwnerPage {
            owners: found.results.into_iter().map(convert::owner).collect(),
            next: next.map(|next| next.after),
        })
    }

    /// Makes the portal's own properties where they are missing. To be called at start; repeatable.
    pub async fn ensure_properties(&self) -> Result<(), CallError> {
        for (object_type, property) in own_properties() {
            let url = self.url(&["crm", "properties", VERSION, object_type, property.name])?;
            let there: Option<wire::Property> = self.read_if_there("read_property", url).await?;
            match there {
                Some(there) if property.has_unique_value && !there.has_unique_value => {
                    let message = format!(
                        "the property {} of {object_type} exists but its values are not unique; it must be removed first",
                        property.name
                    );
                    return Err(CallError::new(Vendor::HubSpot, ErrorKind::Refused, message));
                }
                Some(_) => {}
                None => {
                    let url = self.url(&["crm", "properties", VERSION, object_type])?;
                    let answer = self
                        .call(
                            "create_property",
                            Method::POST,
                            url,
                            http::json(&property),
                            Effect::Write,
                        )
                        .await?;
                    // Somebody else made it in between.
                    if answer.status != 409 {
                        succeed(answer)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The id of the company that carries our key.
    pub async fn find_company_by_key(&self, key: &str) -> Result<Option<String>, CallError> {
        self.find_id(
            "find_company_by_key",
            "companies",
            key,
            "portal_company_key",
        )
        .await
    }

    /// Ids of companies with this domain, oldest first, at most 100. The search index lags behind: this finds what to adopt, it proves no absence.
    pub async fn search_companies_by_domain(&self, domain: &str) -> Result<Vec<String>, CallError> {
        let filter = json!({ "propertyName": "domain", "operator": "EQ", "value": domain });
        let body = wire::search_body(&filter, &["domain", "createdate"], "createdate", 100, None);
        let found: wire::Found = self
            .search("search_companies_by_domain", "companies", &body)
            .await?;
        Ok(found
            .results
            .into_iter()
            .map(|company| company.id)
            .collect())
    }

    /// Puts our key on a company that was there before us, and answers which one carries it: somebody may have been faster, with another one.
    pub async fn adopt_company(&self, id: &str, key: &str) -> Result<String, CallError> {
        let properties = wire::Properties::from([("portal_company_key", key.to_owned())]);
        let adopted = self
            .patch("adopt_company", "companies", id, &properties)
            .await;
        match adopted {
            Ok(()) => Ok(id.to_owned()),
            // HubSpot's words for a value that is taken vary; whose it is does not.
            Err(failure) if failure.kind == ErrorKind::Refused => {
                let holder = self.find_company_by_key(key).await?;
                holder.ok_or(failure)
            }
            Err(failure) => Err(failure),
        }
    }

    /// The id under which a company is there now: its own, or that of the one it was merged into.
    pub async fn find_company(&self, id: &str) -> Result<Option<String>, CallError> {
        self.find_current("find_company", "companies", id).await
    }

    /// The same of a contact.
    pub async fn find_contact(&self, id: &str) -> Result<Option<String>, CallError> {
        self.find_current("find_contact", "contacts", id).await
    }

    /// The same of a deal.
    pub async fn find_deal(&self, id: &str) -> Result<Option<String>, CallError> {
        self.find_current("find_deal", "deals", id).await
    }

    /// The id of the company with this key; made if there is none.
    pub async fn upsert_company(
        &self,
        key: &str,
        name: &str,
        domain: &str,
    ) -> Result<String, CallError> {
        let properties = wire::Properties::from([
            ("portal_company_key", key.to_owned()),
            ("name", name.to_owned()),
            ("domain", domain.to_owned()),
        ]);
        self.upsert(
            "upsert_company",
            "companies",
            "portal_company_key",
            key,
            &properties,
        )
        .await
    }

    /// The id of the contact with this address.
    pub async fn find_contact_by_email(&self, email: &str) -> Result<Option<String>, CallError> {
        self.find_id(
            "find_contact_by_email",
            "contacts",
            &email.to_lowercase(),
            "email",
        )
        .await
    }

    /// Makes a contact and gives its id; of one that is already there with the same address, its id.
    pub async fn create_contact(&self, contact: &NewContact) -> Result<String, CallError> {
        let mut properties = contact_properties(contact);
        properties.insert("email", contact.email.to_lowercase());
        let url = self.url(&["crm", "objects", VERSION, "contacts"])?;
        let body = http::json(&wire::create_body(&properties));
        let answer = self
            .call("create_contact", Method::POST, url, body, Effect::Write)
            .await?;
        if answer.status != 409 {
            let created: wire::Object = succeed(answer)?.parse()?;
            return Ok(created.id);
        }
        if let Some(id) = existing_id(&words_of(&answer).message) {
            return Ok(id);
        }
        let found = self.find_contact_by_email(&contact.email).await?;
        found.ok_or_else(|| failure_of(&answer))
    }

    /// Writes name and phone where the contact has none, and leaves everything else as the sales people have it.
    pub async fn fill_contact_blanks(
        &self,
        id: &str,
        contact: &NewContact,
    ) -> Result<(), CallError> {
        let mut url = self.url(&["crm", "objects", VERSION, "contacts", id])?;
        url.query_pairs_mut()
            .append_pair("properties", "firstname,lastname,phone");
        let there: wire::Object = self.read("read_contact", url).await?;
        let mut blanks = contact_properties(contact);
        // Half a name from the lead beside half a name from them would be neither.
        let named = there.property("firstname").is_some() || there.property("lastname").is_some();
        blanks.retain(|name, _| match *name {
            "firstname" | "lastname" => !named,
            name => there.property(name).is_none(),
        });
        if blanks.is_empty() {
            return Ok(());
        }
        self.patch("fill_contact_blanks", "contacts", id, &blanks)
            .await
    }

    /// The id of the live deal that carries this lead's key.
    pub async fn find_deal_by_lead(&self, lead_key: &str) -> Result<Option<String>, CallError> {
        self.find_id("find_deal_by_lead", "deals", lead_key, "portal_lead_id")
            .await
    }

    /// The id of the lead's deal; made if there is none. It writes every field, so a repetition must begin with [`Self::find_deal_by_lead`]:
    /// sales may have moved the deal by then.
    pub async fn upsert_deal(&self, deal: &NewDeal) -> Result<String, CallError> {
        let mut properties = wire::Properties::from([
            ("portal_lead_id", deal.lead_key.clone()),
            (
                "dealname",
                deal.name.chars().take(DEAL_NAME_LENGTH_MAX).collect(),
            ),
            ("pipeline", deal.pipeline.clone()),
            ("dealstage", deal.stage.clone()),
            ("description", deal.description.clone()),
        ]);
        if let Some(amount) = deal.amount {
            properties.insert("amount", amount.to_decimal());
            properties.insert("deal_currency_code", amount.currency.to_string());
        }
        self.upsert(
            "upsert_deal",
            "deals",
            "portal_lead_id",
            &deal.lead_key,
            &properties,
        )
        .await
    }

    /// Puts a lead's key on a deal that was there before it.
    pub async fn adopt_deal(&self, id: &str, lead_key: &str) -> Result<(), CallError> {
        let properties = wire::Properties::from([("portal_lead_id", lead_key.to_owned())]);
        self.patch("adopt_deal", "deals", id, &properties).await
    }

    /// The companies that each of some deals is tied to, at most [`ASSOCIATIONS_MAX`]; a deal with none is left out.
    pub async fn list_companies_of(
        &self,
        deals: &[String],
    ) -> Result<HashMap<String, Vec<String>>, CallError> {
        let listed = self.list_associations("deals", deals, "companies").await?;
        let tied = listed.into_iter().map(|one| {
            let ends = one.to.into_iter().map(|end| end.to_object_id);
            (one.from.id, ends.collect())
        });
        Ok(tied.collect())
    }

    /// Ties the deal to its contact and its (primary) company, and the contact to the company. Repeatable.
    pub async fn associate_deal(
        &self,
        deal: &str,
        company: &str,
        contact: &str,
    ) -> Result<(), CallError> {
        self.associate_by_default("deals", deal, "contacts", contact)
            .await?;
        let url = self.url(&[
            "crm",
            "objects",
            VERSION,
            "deals",
            deal,
            "associations",
            "companies",
            company,
        ])?;
        let types = json!([{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": DEAL_TO_PRIMARY_COMPANY }]);
        let answer = self
            .call(
                "associate_primary_company",
                Method::PUT,
                url,
                http::json(&types),
                Effect::Write,
            )
            .await?;
        succeed(answer)?;
        self.associate_by_default("contacts", contact, "companies", company)
            .await
    }

    /// Whether HubSpot itself says that the deal is tied to both, and to the company as its primary one.
    pub async fn verify_deal_associations(
        &self,
        deal: &str,
        company: &str,
        contact: &str,
    ) -> Result<bool, CallError> {
        let types = [DEAL_TO_PRIMARY_COMPANY, DEAL_TO_COMPANY];
        Ok(self
            .is_associated(deal, "companies", company, &types)
            .await?
            && self
                .is_associated(deal, "contacts", contact, &[DEAL_TO_CONTACT])
                .await?)
    }

    /// Which of some deals, at most [`BATCH_MAX`], are tied to no company, or to no contact.
    pub async fn list_untied(&self, deals: &[String]) -> Result<Vec<String>, CallError> {
        let mut tied_to_both: HashSet<String> = deals.iter().cloned().collect();
        for to_type in ["companies", "contacts"] {
            let listed = self.list_associations("deals", deals, to_type).await?;
            let tied = listed.into_iter().filter(|one| !one.to.is_empty());
            let tied: HashSet<String> = tied.map(|one| one.from.id).collect();
            tied_to_both.retain(|deal| tied.contains(deal));
        }
        let untied = deals.iter().filter(|deal| !tied_to_both.contains(*deal));
        Ok(untied.cloned().collect())
    }

    /// The deal, wherever it went: a merged one comes back under its new id, a deleted one as `Removed`. `None` if HubSpot knows nothing of it.
    pub async fn read_deal(
        &self,
        id: &str,
    ) -> Result<Option<Result<RemoteDeal, UnreadableDeal>>, CallError> {
        let live = self.read_deal_archived(id, "false").await?;
        let found = match live {
            Some(deal) => Some(deal),
            None => self.read_deal_archived(id, "true").await?,
        };
        Ok(found.as_ref().map(convert::deal))
    }

    /// All line items of a deal.
    pub async fn list_line_items(&self, deal: &str) -> Result<Vec<LineItem>, CallError> {
        let ids = self.list_associated("deals", deal, "line_items").await?;
        let mut items = Vec::with_capacity(ids.len());
        for some in ids.chunks(BATCH_MAX) {
            let url = self.url(&["crm", "objects", VERSION, "line_items", "batch", "read"])?;
            let inputs = some.iter().map(|end| json!({ "id": end.to_object_id }));
            let inputs: Vec<Value> = inputs.collect();
            let body = json!({ "inputs": inputs, "properties": convert::LINE_ITEM_PROPERTIES });
            let body = http::json(&body);
            let answer = self
                .call("list_line_items", Method::POST, url, body, Effect::Read)
                .await?;
            let batch: wire::Batch<wire::Object> = read_batch(&succeed(answer)?)?;
            items.extend(batch.results.iter().map(convert::line_item));
        }
        Ok(items)
    }

    /// Those of some deals that are there under their ids; at most [`BATCH_MAX`]. One that was deleted or merged is left out.
    pub async fn list_deals_there(
        &self,
        ids: &[String],
    ) -> Result<Vec<Result<RemoteDeal, UnreadableDeal>>, CallError> {
        let url = self.url(&["crm", "objects", VERSION, "deals", "batch", "read"])?;
        let inputs: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
        let body = json!({ "inputs": inputs, "properties": convert::DEAL_PROPERTIES });
        let answer = self
            .call(
                "list_deals_there",
                Method::POST,
                url,
                http::json(&body),
                Effect::Read,
            )
            .await?;
        // What is not there is an error entry beside the others.
        let batch: wire::Batch<wire::Object> = succeed(answer)?.parse()?;
        let there = batch.results.iter().filter(|object| !object.archived);
        Ok(there.map(convert::deal).collect())
    }

    /// Deals changed at or after this instant (milliseconds), oldest change first. `after` is the last page's `next`, with the same `since_ms`.
    /// The search index lags behind, so a sweep should reach back a few minutes; deals seen twice are the caller's to fold.
    pub async fn list_deals_modified_since(
        &self,
        since_ms: i64,
        after: Option<String>,
    ) -> Result<DealPage, CallError> {
        let cursor = Cursor::parse(since_ms, after.as_deref())?;
        let filter = json!({ "propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": cursor.anchor_ms.to_string() });
        let body = wire::search_body(
            &filter,
            &convert::DEAL_PROPERTIES,
            "hs_lastmodifieddate",
            SEARCH_PAGE,
            cursor.row.as_deref(),
        );
        let found: wire::Found = self
            .search("list_deals_modified_since", "deals", &body)
            .await?;
        let (mut deals, mut unreadable) = (Vec::new(), Vec::new());
        for object in &found.results {
            match convert::deal(object) {
                Ok(deal) => deals.push(deal),
                Err(found) => unreadable.push(found),
            }
        }
        let dated = found.results.iter().rev();
        let last = dated
            .filter_map(|object| convert::find_modified_at(object).ok())
            .next();
        let next = match found.paging.and_then(|paging| paging.next) {
            Some(next) => Some(cursor.next(&next.after, last)?),
            None => None,
        };
        Ok(DealPage {
            deals,
            unreadable,
            next,
        })
    }
}

/// The plumbing under the calls.
impl HubSpot {
    fn url(&self, segments: &[&str]) -> Result<Url, CallError> {
        http::address(Vendor::HubSpot, &self.base_url, segments)
    }

    async fn call(
        &self,
        name: &'static str,
        method: Method,
        url: Url,
        payload: Payload,
        effect: Effect,
    ) -> Result<Answer, CallError> {
        let call = async |access: &Access, payload: Payload| {
            let call = Call {
                vendor: Vendor::HubSpot,
                name,
                method: method.clone(),
                url: url.clone(),
                login: Login::Bearer(access.token.reveal()),
                headers: Vec::new(),
                payload,
                effect,
            };
            self.http.send(call).await
        };
        let access = self.tokens.access(None).await?;
        let answer = call(&access, payload.clone()).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        // Nothing was done; where tokens are given for a while, the next one may be taken.
        let renewed = self.tokens.access(Some(&access.token)).await?;
        if renewed.token == access.token {
            return Ok(answer);
        }
        call(&renewed, payload).await
    }

    async fn read<T: DeserializeOwned>(
        &self,
        name: &'static str,
        url: Url,
    ) -> Result<T, CallError> {
        let answer = self
            .call(name, Method::GET, url, Payload::Nothing, Effect::Read)
            .await?;
        succeed(answer)?.parse()
    }

    async fn read_if_there<T: DeserializeOwned>(
        &self,
        name: &'static str,
        url: Url,
    ) -> Result<Option<T>, CallError> {
        match self.read(name, url).await {
            Ok(there) => Ok(Some(there)),
            Err(failure) if failure.kind == ErrorKind::NotFound => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn find_id(
        &self,
        name: &'static str,
        object_type: &str,
        value: &str,
        id_property: &str,
    ) -> Result<Option<String>, CallError> {
        let mut url = self.url(&["crm", "objects", VERSION, object_type, value])?;
        url.query_pairs_mut().append_pair("idProperty", id_property);
        let found: Option<wire::Object> = self.read_if_there(name, url).await?;
        Ok(found.map(|object| object.id))
    }

    async fn find_current(
        &self,
        name: &'static str,
        object_type: &str,
        id: &str,
    ) -> Result<Option<String>, CallError> {
        let url = self.url(&["crm", "objects", VERSION, object_type, id])?;
        let found: Option<wire::Object> = self.read_if_there(name, url).await?;
        Ok(found.map(|object| object.id))
    }

    async fn search(
        &self,
        name: &'static str,
        object_type: &str,
        body: &Value,
    ) -> Result<wire::Found, CallError> {
        let url = self.url(&["crm", "objects", VERSION, object_type, "search"])?;
        let answer = self
            .call(name, Method::POST, url, http::json(body), Effect::Read)
            .await?;
        succeed(answer)?.parse()
    }

    async fn patch(
        &self,
        name: &'static str,
        object_type: &str,
        id: &str,
        properties: &wire::Properties,
    ) -> Result<(), CallError> {
        let url = self.url(&["crm", "objects", VERSION, object_type, id])?;
        let body = http::json(&wire::patch_body(properties));
        let answer = self
            .call(name, Method::PATCH, url, body, Effect::Write)
            .await?;
        succeed(answer).map(|_| ())
    }

    /// The object with this value of its unique property, made if there is none. Two that make it at the same moment may both have found none: then the one
    /// that HubSpot refuses has what the other made.
    async fn upsert(
        &self,
        name: &'static str,
        object_type: &str,
        id_property: &str,
        id: &str,
        properties: &wire::Properties,
    ) -> Result<String, CallError> {
        let url = self.url(&["crm", "objects", VERSION, object_type, "batch", "upsert"])?;
        let body = http::json(&wire::upsert_body(id_property, id, properties));
        let answer = self
            .call(name, Method::POST, url, body, Effect::Write)
            .await?;
        let batch: wire::Batch<wire::Object> =
            match succeed(answer).and_then(|answer| read_batch(&answer)) {
                Err(refused) if refused.kind == ErrorKind::Refused => {
                    let there = self.find_id(name, object_type, id, id_property).await?;
                    return there.ok_or(refused);
                }
                batch => batch?,
            };
        let one = batch.results.into_iter().next();
        one.map(|object| object.id).ok_or_else(|| {
            CallError::new(
                Vendor::HubSpot,
                ErrorKind::UnknownOutcome,
                "the batch came back without a result and without an error",
            )
        })
    }

    async fn associate_by_default(
        &self,
        from_type: &str,
        from: &str,
        to_type: &str,
        to: &str,
    ) -> Result<(), CallError> {
        let url = self.url(&[
            "crm",
            "objects",
            VERSION,
            from_type,
            from,
            "associations",
            "default",
            to_type,
            to,
        ])?;
        let answer = self
            .call(
                "associate",
                Method::PUT,
                url,
                Payload::Nothing,
                Effect::Write,
            )
            .await?;
        read_batch::<Value>(&succeed(answer)?).map(|_| ())
    }

    /// What some objects are tied to, of one kind. One that is tied to nothing is an error entry there, and to us simply left out: so the errors are not
    /// looked at.
    async fn list_associations(
        &self,
        from_type: &str,
        from: &[String],
        to_type: &str,
    ) -> Result<Vec<wire::Association>, CallError> {
        let url = self.url(&[
            "crm",
            "associations",
            VERSION,
            from_type,
            to_type,
            "batch",
            "read",
        ])?;
        let inputs: Vec<Value> = from.iter().map(|id| json!({ "id": id })).collect();
        let body = http::json(&json!({ "inputs": inputs }));
        let answer = self
            .call("list_associations", Method::POST, url, body, Effect::Read)
            .await?;
        let batch: wire::Batch<wire::Association> = succeed(answer)?.parse()?;
        Ok(batch.results)
    }

    /// The same of one.
    async fn list_associated(
        &self,
        from_type: &str,
        from: &str,
        to_type: &str,
    ) -> Result<Vec<wire::AssociationTo>, CallError> {
        let listed = self
            .list_associations(from_type, &[from.to_owned()], to_type)
            .await?;
        let own = listed.into_iter().filter(|one| one.from.id == from);
        Ok(own.flat_map(|one| one.to).collect())
    }

    async fn is_associated(
        &self,
        deal: &str,
        to_type: &str,
        to: &str,
        types: &[u32],
    ) -> Result<bool, CallError> {
        let tied = self.list_associated("deals", deal, to_type).await?;
        let known: HashSet<u32> = tied
            .iter()
            .filter(|end| end.to_object_id == to)
            .flat_map(|end| &end.association_types)
            .map(|kind| kind.type_id)
            .collect();
        Ok(types.iter().all(|kind| known.contains(kind)))
    }

    async fn read_deal_archived(
        &self,
        id: &str,
        archived: &str,
    ) -> Result<Option<wire::Object>, CallError> {
        let mut url = self.url(&["crm", "objects", VERSION, "deals", id])?;
        url.query_pairs_mut()
            .append_pair("properties", &convert::DEAL_PROPERTIES.join(","))
            .append_pair("archived", archived);
        self.read_if_there("read_deal", url).await
    }
}

//! From HubSpot's objects to ours. Nothing is guessed: an amount stays the text it is, and a deal with a date that does not parse is one that cannot be read.

use chrono::{DateTime, NaiveDate};
use portal_domain::{
    calendar::Timestamp,
    deal::DealState,
    line_item::LineItem,
    money::Currency,
    remote::{AccountCurrencies, RemoteDeal, RemoteOwner, RemoteStage, UnreadableDeal},
};

use super::wire::{CompanyCurrency, ExchangeRates, Object, Owner, Pipelines};

/// The deal properties that [`deal`] reads; HubSpot answers only what it is asked for.
pub const DEAL_PROPERTIES: [&str; 15] = [
    "dealname",
    "pipeline",
    "dealstage",
    "amount",
    "deal_currency_code",
    "closedate",
    "hs_is_closed",
    "hs_is_closed_won",
    "hs_lastmodifieddate",
    "hs_merged_object_ids",
    "portal_lead_id",
    "portal_billing_period",
    "portal_start_date",
    "portal_end_date",
    "hubspot_owner_id",
];

/// Stages of all live pipelines, in their order.
pub fn stages(pipelines: Pipelines) -> Vec<RemoteStage> {
    let mut stages = Vec::new();
    for pipeline in pipelines
        .results
        .into_iter()
        .filter(|pipeline| !pipeline.archived)
    {
        for stage in pipeline.stages.into_iter().filter(|stage| !stage.archived) {
            let said = |name: &str| stage.metadata.get(name).map_or("", String::as_str);
            let probability = said("probability");
            let won = matches!(probability.trim_end_matches('0'), "1." | "1");
            let closed = match said("isClosed") {
                "" => won || matches!(probability, "0" | "0.0" | "0.00"),
                word => word.eq_ignore_ascii_case("true"),
            };
            stages.push(RemoteStage {
                pipeline: pipeline.id.clone(),
                pipeline_label: pipeline.label.clone(),
                id: stage.id,
                label: stage.label,
                display_order: stage.display_order,
                closed,
                won: won && closed,
            });
        }
    }
    stages
}

/// A deal that was read with [`DEAL_PROPERTIES`].
pub fn deal(object: &Object) -> Result<RemoteDeal, UnreadableDeal> {
    let text = |name: &str| object.property(name).map(str::to_owned);
    let is = |name: &str| {
        object
            .property(name)
            .is_some_and(|word| word.eq_ignore_ascii_case("true"))
    };
    let state = match (object.archived, is("hs_is_closed_won"), is("hs_is_closed")) {
        (true, ..) => DealState::Removed,
        (false, true, _) => DealState::Won,
        (false, false, true) => DealState::Lost,
        (false, false, false) => DealState::Open,
    };
    let currency = object
        .property("deal_currency_code")
        .map(|code| {
            Currency::parse(code).map_err(|_| unreadable(object, "deal_currency_code", code))
        })
        .transpose()?;
    // An open deal's close date is a forecast.
    let closed_at = match state {
        DealState::Won | DealState::Lost => object
            .property("closedate")
            .map(|text| instant(text).ok_or_else(|| unreadable(object, "closedate", text)))
            .transpose()?,
        DealState::Removed => instant(&object.archived_at),
        DealState::Open => None,
    };
    Ok(RemoteDeal {
        id: object.id.clone(),
        name: text("dealname").unwrap_or_default(),
        pipeline: name_of_kind(object, "pipeline")?,
        stage: name_of_kind(object, "dealstage")?,
        state,
        amount: text("amount"),
        currency,
        billing_period: text("portal_billing_period"),
        start: date(object, "portal_start_date")?,
        // HubSpot names the last day that is charged; the day after it is the first that is not.
        end: date(object, "portal_end_date")?.and_then(|last| last.succ_opt()),
        closed_at,
        modified_at: modified_at(object)?,
        lead_key: text("portal_lead_id"),
        merged_ids: object
            .property("hs_merged_object_ids")
            .map(|ids| {
                ids.split([';', ','])
                    .map(|id| id.trim().to_owned())
                    .filter(|id| !id.is_empty())
                    .collect()
            })
            .unwrap_or_default(),
        owner: text("hubspot_owner_id"),
        line_items: Vec::new(),
    })
}

/// The longest name of a pipeline or a stage by which it is looked up, in characters: HubSpot's own are shorter, and an iPaaS may send anything.
const KIND_LENGTH_MAX: usize = 250;

fn name_of_kind(object: &Object, property: &str) -> Result<String, UnreadableDeal> {
    let name = object.property(property).unwrap_or_default();
    if name.chars().count() > KIND_LENGTH_MAX {
        let begun: String = name.chars().take(KIND_LENGTH_MAX).collect();
        return Err(unreadable(object, property, &begun));
    }
    Ok(name.to_owned())
}

/// The properties that [`line_item`] reads.
pub const LINE_ITEM_PROPERTIES: [&str; 5] = [
    "name",
    "amount",
    "hs_line_item_currency_code",
    "recurringbillingfrequency",
    "hs_recurring_billing_period",
];

/// A line item that was read with [`LINE_ITEM_PROPERTIES`].
pub fn line_item(object: &Object) -> LineItem {
    let text = |name: &str| object.property(name).map(str::to_owned);
    LineItem {
        name: text("name").unwrap_or_default(),
        amount: text("amount"),
        currency: text("hs_line_item_currency_code"),
        frequency: text("recurringbillingfrequency"),
        term: text("hs_recurring_billing_period"),
    }
}

/// The account's own currency, and those that it has rates for. One that the portal does not know is not taken for any other.
pub fn currencies(home: &CompanyCurrency, rates: &ExchangeRates) -> Option<AccountCurrencies> {
    let known = |code: &str| Currency::parse(code).ok();
    let visible = rates.results.iter().filter(|rate| rate.is_visible);
    Some(AccountCurrencies {
        home: known(&home.code)?,
        others: visible.filter_map(|rate| known(&rate.from_code)).collect(),
    })
}

/// An owner; one without a name is called by the address.
pub fn owner(owner: Owner) -> RemoteOwner {
    let name = format!("{} {}", owner.first_name.trim(), owner.last_name.trim());
    let name = match name.trim() {
        "" => owner.email.clone(),
        name => name.to_owned(),
    };
    RemoteOwner {
        id: owner.id,
        name,
        email: owner.email,
    }
}

/// When a deal was changed last.
fn modified_at(object: &Object) -> Result<Timestamp, UnreadableDeal> {
    find_modified_at(object).map_err(|modified| unreadable(object, "hs_lastmodifieddate", modified))
}

/// The same, or what it says that is no instant.
pub fn find_modified_at(object: &Object) -> Result<Timestamp, &str> {
    let modified = object
        .property("hs_lastmodifieddate")
        .unwrap_or(&object.updated_at);
    instant(modified).ok_or(modified)
}

/// An instant, as HubSpot writes it: ISO 8601 with a zone, or milliseconds.
pub fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(ms) = text.parse::<i64>() {
        return Some(Timestamp(ms));
    }
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|at| Timestamp(at.timestamp_millis()))
}

/// A date-only property: `2026-10-01`, or midnight UTC as ISO 8601 or milliseconds. The day is taken as it stands.
fn date(object: &Object, name: &str) -> Result<Option<NaiveDate>, UnreadableDeal> {
    let Some(text) = object.property(name) else {
        return Ok(None);
    };
    let day = text.get(..10).and_then(|day| day.parse().ok());
    let at = || {
        instant(text)
            .and_then(|at| DateTime::from_timestamp_millis(at.0))
            .map(|at| at.date_naive())
    };
    day.or_else(at)
        .map(Some)
        .ok_or_else(|| unreadable(object, name, text))
}

fn unreadable(object: &Object, name: &str, text: &str) -> UnreadableDeal {
    UnreadableDeal {
        id: object.id.clone(),
        lead_key: object.property("portal_lead_id").map(str::to_owned),
        why: format!("{name} is {text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(properties: serde_json::Value) -> Object {
        serde_json::from_value(json!({
            "id": 901, "properties": properties, "createdAt": "2026-10-01T00:00:00Z", "updatedAt": "2026-10-02T03:04:05.678Z"
        }))
        .unwrap()
    }

    #[test]
    fn a_won_deal_is_read_with_its_texts_and_dates_as_they_stand() {
        let read = deal(&object(json!({
            "dealname": "Acme", "pipeline": "default", "dealstage": "closedwon", "amount": "1500.00", "deal_currency_code": "EUR",
            "closedate": "2026-10-01T22:30:00Z", "hs_is_closed": "true", "hs_is_closed_won": true, "hs_lastmodifieddate": "1790000000000",
            "hs_merged_object_ids": "1;22", "portal_lead_id": "lead-1", "portal_billing_period": "12", "portal_start_date": "2026-11-01",
            "portal_end_date": "1793491200000"
        })))
        .unwrap();
        assert_eq!(read.id, "901");
        assert_eq!(read.state, DealState::Won);
        assert_eq!(read.amount.as_deref(), Some("1500.00"));
        assert_eq!(read.closed_at, Some(Timestamp(1_790_893_800_000)));
        assert_eq!(read.modified_at, Timestamp(1_790_000_000_000));
        assert_eq!(read.start, NaiveDate::from_ymd_opt(2026, 11, 1));
        // HubSpot's end is the last day that the client is charged for.
        assert_eq!(read.end, NaiveDate::from_ymd_opt(2026, 11, 2));
        assert_eq!(read.merged_ids, ["1", "22"]);
    }

    #[test]
    fn an_open_deal_has_no_close_date_and_an_empty_amount_is_none() {
        let read = deal(&object(json!({ "amount": "", "closedate": "2026-12-31T00:00:00Z", "hs_is_closed": "false", "deal_currency_code": null }))).unwrap();
        assert_eq!(
            (read.state, read.amount, read.closed_at, read.currency),
            (DealState::Open, None, None, None)
        );
        assert_eq!(read.modified_at, Timestamp(1_790_910_245_678));
    }

    #[test]
    fn a_deal_in_the_bin_was_closed_when_it_was_put_there() {
        let read = |archived_at: &str| {
            let mut object =
                object(json!({ "closedate": "2026-10-01T00:00:00Z", "hs_is_closed": "true" }));
            object.archived = true;
            archived_at.clone_into(&mut object.archived_at);
            deal(&object).unwrap()
        };
        let read_at = read("2026-11-02T00:00:00Z");
        assert_eq!(read_at.state, DealState::Removed);
        assert_eq!(read_at.closed_at, instant("2026-11-02T00:00:00Z"));
        assert_eq!(read("").closed_at, None);
    }

    #[test]
    fn a_deal_with_a_date_that_is_none_is_named_with_its_lead_and_the_property() {
        let wrong = json!({ "portal_start_date": "soon", "portal_lead_id": "lead-1" });
        let unreadable = deal(&object(wrong)).unwrap_err();
        assert_eq!(unreadable.id, "901");
        assert_eq!(unreadable.lead_key.as_deref(), Some("lead-1"));
        assert_eq!(unreadable.why, "portal_start_date is \"soon\"");
    }

    #[test]
    fn stages_are_won_or_closed_by_their_metadata_never_by_their_label() {
        let pipelines = serde_json::from_value(json!({ "results": [{ "id": "default", "label": "Sales", "stages": [
            { "id": "1", "label": "Won?", "displayOrder": 0, "metadata": { "isClosed": "false", "probability": "0.1" } },
            { "id": "2", "label": "Yes", "displayOrder": 1, "metadata": { "isClosed": "true", "probability": "1.0" } },
            { "id": "3", "label": "No", "displayOrder": 2, "metadata": { "isClosed": "true", "probability": "0.0" } },
            { "id": "4", "label": "Old", "displayOrder": 3, "archived": true, "metadata": {} },
        ] }] }))
        .unwrap();
        let read: Vec<_> = stages(pipelines)
            .into_iter()
            .map(|stage| (stage.id, stage.closed, stage.won))
            .collect();
        assert_eq!(
            read,
            [
                ("1".to_owned(), false, false),
                ("2".to_owned(), true, true),
                ("3".to_owned(), true, false)
            ]
        );
    }
}

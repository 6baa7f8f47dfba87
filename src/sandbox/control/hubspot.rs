//! What a person does inside HubSpot, below `/sandbox/hubspot/`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Done, text};
use crate::call::Reply;
use crate::hubspot::records::Record;
use crate::hubspot::{AccountSettings, HubSpot, Kind, Pipeline, Source};
use crate::world::World;

type Fields = Map<String, Value>;

/// Does what the address says.
pub fn act(
    world: &mut World,
    parts: &[&str],
    fields: &Fields,
    now_ms: i64,
) -> Result<Done, String> {
    match parts {
        ["merge"] => merge(world, fields, now_ms),
        ["settings"] => set_account(world, fields),
        ["consent", "take-back"] => {
            world.hubspot.take_consent_back();
            let words = "Nobody lets the OAuth app in any more.";
            Ok(Done::new(json!({"consent": false}), words))
        }
        ["pipelines", parts @ ..] => edit_pipelines(&mut world.hubspot, parts, fields),
        ["deals", id, "line_items"] => add_line_item(world, id, fields, now_ms),
        [kind] => create_record(world, kind, fields, now_ms),
        [kind, id] => change_record(world, kind, id, fields, now_ms),
        [kind, id, act @ ("archive" | "restore")] => {
            archive_or_restore(world, kind, id, act, now_ms)
        }
        _ => Err("There is nothing at this address.".to_owned()),
    }
}

/// Puts a line item on a deal.
fn add_line_item(
    world: &mut World,
    deal: &str,
    fields: &Fields,
    now_ms: i64,
) -> Result<Done, String> {
    let mut fields = fields.clone();
    // What a form leaves empty is not said.
    fields.retain(|_, value| value.as_str() != Some(""));
    fields.insert("to_deal".to_owned(), json!(deal));
    let made = create_record(world, Kind::LineItems.plural(), &fields, now_ms)?;
    Ok(Done::new(made.value, "The line item is on the deal."))
}

fn edit_pipelines(hubspot: &mut HubSpot, parts: &[&str], fields: &Fields) -> Result<Done, String> {
    match parts {
        [] => {
            let first = fields
                .get("stage")
                .map(|label| json!({"label": label, "probability": fields.get("probability")}));
            let given = fields.get("stages").and_then(Value::as_array).cloned();
            let stages = given.unwrap_or_else(|| first.into_iter().collect());
            let stages: Vec<Value> = stages
                .iter()
                .filter_map(|stage| stage.as_object().map(stage_wire))
                .collect();
            let id =
                hubspot.add_pipeline(&json!({"label": text(fields, "label"), "stages": stages}))?;
            Ok(Done::new(
                pipeline_value(hubspot, &id),
                "The pipeline was made.",
            ))
        }
        [pipeline] => {
            hubspot.rename_pipeline(pipeline, &json!({"label": text(fields, "label")}))?;
            Ok(Done::new(
                pipeline_value(hubspot, pipeline),
                "It has another name now.",
            ))
        }
        [pipeline, "archive"] => {
            hubspot.archive_pipeline(pipeline)?;
            Ok(Done::new(
                json!({"archived": pipeline}),
                "The pipeline is gone from the lists.",
            ))
        }
        [pipeline, "stages"] => {
            let id = hubspot.add_stage(pipeline, &stage_wire(fields))?;
            Ok(Done::new(json!({"id": id}), "The stage was made."))
        }
        [pipeline, "stages", stage] => {
            hubspot.change_stage(pipeline, stage, &stage_wire(fields))?;
            Ok(Done::new(
                pipeline_value(hubspot, pipeline),
                "The stage was changed.",
            ))
        }
        [pipeline, "stages", stage, "archive"] => {
            hubspot.archive_stage(pipeline, stage)?;
            Ok(Done::new(
                json!({"archived": stage}),
                "The stage is gone from the lists; deals in it stay.",
            ))
        }
        _ => Err("There is nothing at this address.".to_owned()),
    }
}

/// A stage as a form says it, as the API takes it.
fn stage_wire(fields: &Fields) -> Value {
    let mut wire = json!({});
    if let Some(label) = text(fields, "label") {
        wire["label"] = json!(label);
    }
    if let Some(probability) = text(fields, "probability") {
        wire["metadata"] = json!({"probability": probability});
        if let Some(closed) = fields.get("closed").filter(|closed| !closed.is_null()) {
            wire["metadata"]["isClosed"] = closed.clone();
        }
    }
    if let Some(place) = fields.get("place").and_then(Value::as_u64) {
        wire["displayOrder"] = json!(place);
    }
    wire
}

fn pipeline_value(hubspot: &HubSpot, id: &str) -> Value {
    let found = hubspot
        .live_pipelines()
        .enumerate()
        .find(|(_, known)| known.id == id);
    found.map_or(Value::Null, |(order, pipeline)| {
        Pipeline::wire(pipeline, order)
    })
}

/// What an administrator wants of new records. What is not said is not wanted.
fn set_account(world: &mut World, fields: &Fields) -> Result<Done, String> {
    let names = |kind: Kind| -> BTreeSet<String> {
        let given = text(fields, &format!("required_{}", kind.plural())).unwrap_or_default();
        let names = given.split([',', ' ']).filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    };
    let required: BTreeMap<Kind, BTreeSet<String>> = Kind::ALL
        .into_iter()
        .map(|kind| (kind, names(kind)))
        .filter(|(_, names)| !names.is_empty())
        .collect();
    for (kind, names) in &required {
        let known = &world.hubspot.table(*kind).properties;
        if let Some(name) = names.iter().find(|name| !known.contains_key(*name)) {
            return Err(format!("There is no property {name} of {}.", kind.plural()));
        }
    }
    let companies_with_contacts = matches!(
        fields
            .get("companies_with_contacts")
            .map(|given| given.to_string().replace('"', ""))
            .as_deref(),
        Some("true" | "on")
    );
    world.hubspot.settings = AccountSettings {
        required,
        companies_with_contacts,
    };
    Ok(Done::new(
        json!(world.hubspot.settings),
        "The account is set so.",
    ))
}

fn kind_of(text: &str) -> Result<Kind, String> {
    Kind::parse(text).ok_or_else(|| format!("There are no {text} in HubSpot."))
}

fn id_of(world: &World, kind: Kind, text: &str) -> Result<u64, String> {
    let id = text
        .parse()
        .ok()
        .and_then(|id| world.hubspot.table(kind).live(id))
        .map(|record| record.id);
    id.ok_or_else(|| format!("There is no {} {text}.", kind.singular()))
}

fn record_value(world: &World, kind: Kind, id: u64) -> Value {
    world
        .hubspot
        .table(kind)
        .records
        .get(&id)
        .map_or(Value::Null, Record::wire_in_full)
}

/// A refusal as a sentence: what HubSpot would have answered.
fn words(reply: &Reply) -> String {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let detail = body["errors"][0]["message"]
        .as_str()
        .or_else(|| body["message"].as_str());
    detail.unwrap_or("HubSpot refuses this.").to_owned()
}

fn create_record(
    world: &mut World,
    kind: &str,
    fields: &Fields,
    now_ms: i64,
) -> Result<Done, String> {
    let kind = kind_of(kind)?;
    let mut wire = fields.clone();
    let tied = tied_to(world, &mut wire)?;
    let made = world
        .hubspot
        .check(kind, None, &Value::Object(wire))
        .and_then(|values| world.hubspot.create(kind, values, Source::CrmUi, now_ms));
    let id = made.map_err(|refusal| words(&refusal.reply()))?;
    for other in tied {
        world
            .hubspot
            .link((kind, id), other, true, Source::CrmUi, now_ms);
    }
    Ok(Done::new(
        record_value(world, kind, id),
        format!("{} {id} was made.", kind.title()),
    ))
}

/// The records that a new one is to be tied to, taken out of its fields.
fn tied_to(world: &World, fields: &mut Fields) -> Result<Vec<(Kind, u64)>, String> {
    let mut tied = Vec::new();
    for name in ["to_company", "to_contact", "to_deal"] {
        if let Some(id) = fields.remove(name) {
            let kind = kind_of(name.trim_start_matches("to_"))?;
            let id = id.as_str().unwrap_or_default();
            tied.push((kind, id_of(world, kind, id)?));
        }
    }
    Ok(tied)
}

fn change_record(
    world: &mut World,
    kind: &str,
    id: &str,
    fields: &Fields,
    now_ms: i64,
) -> Result<Done, String> {
    let kind = kind_of(kind)?;
    let id = id_of(world, kind, id)?;
    let wire = Value::Object(with_pipeline(world, kind, fields));
    let values = world
        .hubspot
        .check(kind, Some(id), &wire)
        .map_err(|refusal| words(&refusal.reply()))?;
    world.hubspot.write(kind, id, values, Source::CrmUi, now_ms);
    let record = world.hubspot.table(kind).records.get(&id);
    let sentence = match record.filter(|_| kind == Kind::Deals) {
        Some(deal) => {
            let stage = world
                .hubspot
                .stage(deal.value("dealstage"))
                .map_or("", |stage| stage.label.as_str());
            format!("{} is in {stage}.", deal.value("dealname"))
        }
        None => "Saved.".to_owned(),
    };
    Ok(Done::new(record_value(world, kind, id), sentence))
}

fn archive_or_restore(
    world: &mut World,
    kind: &str,
    id: &str,
    act: &str,
    now_ms: i64,
) -> Result<Done, String> {
    let kind = kind_of(kind)?;
    let id: u64 = id.parse().map_err(|_| format!("{id} is not a number."))?;
    if act == "archive" {
        if !world.hubspot.archive(kind, id, Source::CrmUi, now_ms) {
            return Err(format!("There is no {} {id}.", kind.singular()));
        }
        return Ok(Done::new(
            record_value(world, kind, id),
            "It is in the bin.",
        ));
    }
    world
        .hubspot
        .restore(kind, id, Source::CrmUi, now_ms)
        .map_err(|refusal| words(&refusal.reply()))?;
    Ok(Done::new(record_value(world, kind, id), "It is back."))
}

fn merge(world: &mut World, fields: &Fields, now_ms: i64) -> Result<Done, String> {
    let kind = kind_of(text(fields, "kind").unwrap_or("deals"))?;
    let given = |names: [&str; 2]| {
        let value = names.iter().find_map(|name| fields.get(*name))?;
        value
            .as_u64()
            .or_else(|| value.as_str()?.trim().parse().ok())
    };
    let primary = given(["primaryObjectId", "primary"]).ok_or("primary is missing.")?;
    let other = given(["objectIdToMerge", "other"]).ok_or("other is missing.")?;
    let merged = world
        .hubspot
        .merge(kind, primary, other, Source::CrmUi, now_ms);
    let id = merged.map_err(|refusal| words(&refusal.reply()))?;
    Ok(Done::new(
        record_value(world, kind, id),
        format!("Both are now {} {id}.", kind.singular()),
    ))
}

/// A person picks a stage of any pipeline; HubSpot's page moves the deal into that pipeline.
fn with_pipeline(world: &World, kind: Kind, fields: &Fields) -> Fields {
    let mut fields = fields.clone();
    let stage = text(&fields, "dealstage").filter(|_| kind == Kind::Deals);
    let mut pipelines = world.hubspot.live_pipelines();
    let pipeline = stage.and_then(|stage| {
        pipelines.find(|pipeline| pipeline.live_stages().any(|known| known.id == stage))
    });
    if let Some(pipeline) = pipeline {
        fields
            .entry("pipeline")
            .or_insert_with(|| json!(pipeline.id));
    }
    fields
}

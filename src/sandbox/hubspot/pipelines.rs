//! Deal pipelines and their stages: read, made, renamed and archived, by call and by hand.
//! Ids stay what they are when a label changes; only they may be relied on.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::errors::{error, error_with, invalid, no_such_path, not_found};
use super::schema::scaled;
use super::{HubSpot, Kind, Pipeline, Stage};
use crate::call::{Call, Reply};

impl HubSpot {
    /// Adds a pipeline with its stages; gives its id.
    pub fn add_pipeline(&mut self, body: &Value) -> Result<String, String> {
        let label = label_of(body)?;
        let given = body["stages"].as_array().cloned().unwrap_or_default();
        if given.is_empty() {
            return Err("Invalid input JSON: a pipeline needs at least one stage".to_owned());
        }
        if self.live_pipelines().any(|known| known.label == label) {
            return Err(format!("A pipeline with the label {label} already exists."));
        }
        let mut stages = Vec::new();
        for stage in &given {
            stages.push(self.new_stage(stage)?);
        }
        let id = self.take_record_number().to_string();
        self.pipelines.push(Pipeline {
            id: id.clone(),
            label,
            stages,
            archived: false,
        });
        Ok(id)
    }

    /// Adds a stage at the place that `displayOrder` says, at the end without one; gives its id.
    pub fn add_stage(&mut self, pipeline: &str, body: &Value) -> Result<String, String> {
        let stage = self.new_stage(body)?;
        let id = stage.id.clone();
        let pipeline = self.pipeline_mut(pipeline)?;
        if pipeline
            .live_stages()
            .any(|known| known.label == stage.label)
        {
            return Err(format!(
                "A stage with the label {} already exists.",
                stage.label
            ));
        }
        let end = pipeline.stages.len();
        let place = body["displayOrder"]
            .as_u64()
            .and_then(|place| usize::try_from(place).ok());
        pipeline.stages.insert(place.unwrap_or(end).min(end), stage);
        Ok(id)
    }

    /// Gives a pipeline another label.
    pub fn rename_pipeline(&mut self, pipeline: &str, body: &Value) -> Result<(), String> {
        let label = label_of(body)?;
        self.pipeline_mut(pipeline)?.label = label;
        Ok(())
    }

    /// Gives a stage another label or meaning. What deals in it say of themselves follows when they next move.
    pub fn change_stage(
        &mut self,
        pipeline: &str,
        stage: &str,
        body: &Value,
    ) -> Result<(), String> {
        let stage = self.stage_mut(pipeline, stage)?;
        if !body["label"].is_null() {
            stage.label = label_of(body)?;
        }
        if !body["metadata"].is_null() {
            (stage.closed, stage.probability) = meaning_of(body)?;
        }
        Ok(())
    }

    /// Archives a pipeline.
    pub fn archive_pipeline(&mut self, pipeline: &str) -> Result<(), String> {
        self.pipeline_mut(pipeline)?.archived = true;
        Ok(())
    }

    /// Archives a stage. Deals in it stay where they are, with an id that no list holds any more.
    pub fn archive_stage(&mut self, pipeline: &str, stage: &str) -> Result<(), String> {
        self.stage_mut(pipeline, stage)?.archived = true;
        Ok(())
    }

    fn new_stage(&mut self, body: &Value) -> Result<Stage, String> {
        let (closed, probability) = meaning_of(body)?;
        Ok(Stage {
            id: self.take_record_number().to_string(),
            label: label_of(body)?,
            closed,
            probability,
            archived: false,
        })
    }

    fn pipeline_mut(&mut self, id: &str) -> Result<&mut Pipeline, String> {
        let mut live = self
            .pipelines
            .iter_mut()
            .filter(|pipeline| !pipeline.archived);
        live.find(|pipeline| pipeline.id == id)
            .ok_or_else(|| format!("There is no pipeline {id}."))
    }

    fn stage_mut(&mut self, pipeline: &str, id: &str) -> Result<&mut Stage, String> {
        let stages = &mut self.pipeline_mut(pipeline)?.stages;
        let mut live = stages.iter_mut().filter(|stage| !stage.archived);
        live.find(|stage| stage.id == id)
            .ok_or_else(|| format!("There is no stage {id}."))
    }

    fn is_stage_used(&self, stage: &str) -> bool {
        let mut deals = self.table(Kind::Deals).all_live();
        deals.any(|deal| deal.value("dealstage") == stage)
    }
}

fn label_of(body: &Value) -> Result<String, String> {
    let label = body["label"].as_str().map(str::trim).unwrap_or_default();
    match label {
        "" => Err("Invalid input JSON: label is missing".to_owned()),
        label => Ok(label.to_owned()),
    }
}

/// Whether a stage is closed, and its probability: 1.0 is won, 0.0 and closed is lost. Deal stages must have one.
fn meaning_of(body: &Value) -> Result<(bool, String), String> {
    let text = |name: &str| match &body["metadata"][name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let probability = text("probability");
    let number = scaled(&probability).filter(|number| (0..=1_000_000).contains(number));
    let number = number.ok_or("metadata.probability must be a number from 0.0 to 1.0")?;
    let closed = match text("isClosed").as_str() {
        "" => number == 1_000_000 || number == 0,
        said => said == "true",
    };
    let tenths = (number + 50_000) / 100_000;
    Ok((closed, format!("{}.{}", tenths / 10, tenths % 10)))
}

/// `/crm/pipelines/…/deals/…`.
pub fn answer(hubspot: &mut HubSpot, rest: &[&str], call: &Call) -> Reply {
    if call.method == "GET" {
        return read(hubspot, rest);
    }
    if call.method == "DELETE" {
        return archive(hubspot, rest, call);
    }
    let body = match call.json() {
        Ok(body) => body,
        Err(message) => return invalid(&format!("Invalid input JSON: {message}")),
    };
    let outcome = match (call.method.as_str(), rest) {
        ("POST", []) => hubspot
            .add_pipeline(&body)
            .map(|id| (StatusCode::CREATED, vec![id])),
        ("PATCH", [pipeline]) => hubspot
            .rename_pipeline(pipeline, &body)
            .map(|()| (StatusCode::OK, vec![(*pipeline).to_owned()])),
        ("POST", [pipeline, "stages"]) => hubspot.add_stage(pipeline, &body).map(|id| {
            (
                StatusCode::CREATED,
                vec![(*pipeline).to_owned(), "stages".to_owned(), id],
            )
        }),
        ("PATCH", [pipeline, "stages", stage]) => {
            hubspot.change_stage(pipeline, stage, &body).map(|()| {
                (
                    StatusCode::OK,
                    rest.iter().map(|part| (*part).to_owned()).collect(),
                )
            })
        }
        _ => return no_such_path(),
    };
    match outcome {
        Ok((status, place)) => {
            let place: Vec<&str> = place.iter().map(String::as_str).collect();
            let shown = read(hubspot, &place);
            Reply { status, ..shown }
        }
        Err(message) if message.starts_with("There is no") => not_found(),
        Err(message) => invalid(&message),
    }
}

fn read(hubspot: &HubSpot, rest: &[&str]) -> Reply {
    let all: Vec<Value> = hubspot
        .live_pipelines()
        .enumerate()
        .map(|(order, pipeline)| pipeline.wire(order))
        .collect();
    let find = |id: &str| all.iter().find(|pipeline| pipeline["id"] == id);
    match rest {
        [] => Reply::json(StatusCode::OK, &json!({"results": all})),
        [id] => find(id).map_or_else(not_found, |pipeline| Reply::json(StatusCode::OK, pipeline)),
        [id, "stages"] => find(id).map_or_else(not_found, |pipeline| {
            Reply::json(StatusCode::OK, &json!({"results": pipeline["stages"]}))
        }),
        [id, "stages", stage] => {
            let stages = find(id).and_then(|pipeline| pipeline["stages"].as_array());
            let found = stages.and_then(|stages| stages.iter().find(|known| known["id"] == *stage));
            found.map_or_else(not_found, |stage| Reply::json(StatusCode::OK, stage))
        }
        _ => no_such_path(),
    }
}

fn archive(hubspot: &mut HubSpot, rest: &[&str], call: &Call) -> Reply {
    let asked_to_check = call.query("validateDealStageUsagesBeforeDelete") == Some("true");
    let outcome = match rest {
        [pipeline] => hubspot.archive_pipeline(pipeline),
        [_, "stages", stage] if asked_to_check && hubspot.is_stage_used(stage) => {
            let detail = json!([{"message": "Stage is being used by deals", "code": "STAGE_ID_IN_USE", "context": {"stageId": [stage]}}]);
            return error_with(
                StatusCode::BAD_REQUEST,
                "VALIDATION_ERROR",
                "Stage IDs are being referenced by object IDs",
                detail,
            );
        }
        [pipeline, "stages", stage] => hubspot.archive_stage(pipeline, stage),
        _ => {
            return error(
                StatusCode::METHOD_NOT_ALLOWED,
                "VALIDATION_ERROR",
                "HTTP 405 Method Not Allowed",
            );
        }
    };
    match outcome {
        Ok(()) => Reply::empty(StatusCode::NO_CONTENT),
        Err(_) => not_found(),
    }
}

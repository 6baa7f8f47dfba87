//! What a person does in the iPaaS, below `/sandbox/ipaas/`.

use serde_json::{Map, Value, json};

use super::{Done, text};
use crate::ipaas::{Moods, call_back};
use crate::world::World;

/// Does what the address says.
pub fn act(
    world: &mut World,
    parts: &[&str],
    fields: &Map<String, Value>,
    now_ms: i64,
) -> Result<Done, String> {
    match parts {
        ["secrets"] => {
            let secrets = &mut world.ipaas.secrets;
            let pasted = |name: &str| text(fields, name).map(|secret| secret.trim().to_owned());
            if let Some(secret) = pasted("signing_secret") {
                secrets.signing = secret;
            }
            if let Some(secret) = pasted("callback_secret") {
                secrets.callback = secret;
            }
            Ok(Done::new(json!({"saved": true}), "The secrets are saved."))
        }
        ["moods"] => set_moods(world, fields),
        ["send"] => {
            let kind = text(fields, "type").ok_or("type is missing.")?.to_owned();
            let data = fields.get("data").cloned().unwrap_or_default();
            call_back(world, &kind, data, now_ms);
            Ok(Done::new(json!({"sent": true}), "The event is on its way."))
        }
        _ => Err("There is nothing at this address.".to_owned()),
    }
}

/// Changes what is said, and leaves the rest. A form has texts only.
fn set_moods(world: &mut World, fields: &Map<String, Value>) -> Result<Done, String> {
    let mut next = serde_json::to_value(&world.ipaas.moods).unwrap_or_default();
    for (name, value) in fields {
        let given = value.as_str().map(str::trim);
        next[name] = match (&next[name], given) {
            (Value::Number(_), Some("")) => json!(0),
            (Value::Number(_), Some(text)) => text
                .parse::<u32>()
                .map_or(Value::Null, |number| json!(number)),
            (Value::Bool(_), Some(text)) => json!(matches!(text, "true" | "on")),
            _ => value.clone(),
        };
    }
    let moods: Moods = serde_json::from_value(next)
        .map_err(|error| format!("This is not understood: {error}."))?;
    world.ipaas.moods = moods;
    Ok(Done::new(
        json!(world.ipaas.moods),
        "It behaves so from now on.",
    ))
}

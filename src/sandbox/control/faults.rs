//! Sets what the stand-ins do wrong.

use serde_json::{Map, Value, json};

use super::{Done, text};
use crate::faults::{Faults, PathRule};
use crate::world::World;

/// Below `/sandbox/faults`.
pub fn act(world: &mut World, parts: &[&str], fields: &Map<String, Value>) -> Result<Done, String> {
    match parts {
        [] => set_faults(world, fields),
        ["rules"] => add_rule(world, fields),
        ["rules", "clear"] => {
            world.faults.rules.clear();
            Ok(Done::new(json!([]), "No path has a fault of its own."))
        }
        _ => Err("There is nothing at this address.".to_owned()),
    }
}

fn add_rule(world: &mut World, fields: &Map<String, Value>) -> Result<Done, String> {
    let mut wire = Value::Object(fields.clone());
    // A form has texts only.
    for name in ["after", "times"] {
        if let Some(count) = text(fields, name) {
            wire[name] = count
                .parse::<u32>()
                .map_or(Value::Null, |count| json!(count));
        }
    }
    let rule: PathRule = serde_json::from_value(wire)
        .map_err(|error| format!("This rule is not understood: {error}."))?;
    if !["hubspot", "xero", "slack", "ipaas"].contains(&rule.system.as_str()) {
        return Err(format!("There is no system {}.", rule.system));
    }
    if rule.times == 0 {
        return Err("times must be 1 or more.".to_owned());
    }
    world.faults.rules.push(rule);
    Ok(Done::new(
        json!(world.faults.rules),
        "The rule stands until it is used up.",
    ))
}

/// Merges what is given into the faults. Names may be nested or joined by dots, as forms have them.
fn set_faults(world: &mut World, fields: &Map<String, Value>) -> Result<Done, String> {
    let mut next = serde_json::to_value(&world.faults).unwrap_or_default();
    for (name, value) in fields {
        let place = name
            .split('.')
            .fold(&mut next, |place, part| &mut place[part]);
        overlay(place, value);
    }
    let faults: Faults = serde_json::from_value(next)
        .map_err(|error| format!("These faults are not understood: {error}."))?;
    world.faults = faults;
    let quiet = world.faults == Faults::default();
    let sentence = if quiet {
        "Nothing fails."
    } else {
        "The faults are set."
    };
    Ok(Done::new(json!(world.faults), sentence))
}

/// Puts a value in place of another; a form's text becomes what stood there before: a number, a truth or a text.
fn overlay(place: &mut Value, value: &Value) {
    match (&mut *place, value) {
        (Value::Object(known), Value::Object(given)) => {
            for (name, value) in given {
                overlay(known.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (Value::Number(_), Value::String(text)) => {
            *place = text.trim().parse::<i64>().map_or_else(
                |_| {
                    if text.trim().is_empty() {
                        json!(0)
                    } else {
                        value.clone()
                    }
                },
                |number| json!(number),
            );
        }
        (Value::Bool(_), Value::String(text)) => {
            *place = json!(matches!(text.as_str(), "true" | "on"))
        }
        _ => *place = value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_set_by_nested_and_by_dotted_names() {
        let mut world = World::seed();
        let given = json!({"hubspot.error_percent": "10", "xero": {"drop_after": 2}, "slack.token_revoked": "true", "search_lag_ms": "500"});
        let done = set_faults(&mut world, given.as_object().unwrap());
        assert!(done.is_ok());
        assert_eq!(
            (
                world.faults.hubspot.error_percent,
                world.faults.xero.drop_after
            ),
            (10, 2)
        );
        assert!(world.faults.slack.token_revoked && world.faults.search_lag_ms == 500);
        assert!(
            set_faults(
                &mut world,
                json!({"hubspot": {"typo": 1}}).as_object().unwrap()
            )
            .is_err()
        );
    }
}

//! Every address that the site answers, as its list of routes (`src/web/mod.rs`) has it: read out of the text, so that no test forgets a new one.

use std::fs;

/// One route of the list.
#[derive(Clone, Debug)]
pub struct Route {
    /// With its places, such as `/leads/{id}`.
    pub path: String,
    pub is_get: bool,
}

impl Route {
    /// The path with something in each of its places: `given` where a place of that route is named there, else the id of nothing.
    pub fn filled(&self, given: &[(&str, &str)]) -> String {
        let mut path = self.path.clone();
        while let Some((before, rest)) = path.split_once('{') {
            let (place, after) = rest.split_once('}').expect("a place ends");
            let section = format!("{before}{{{place}}}");
            let found = given
                .iter()
                .find(|(known, _)| section.ends_with(known) || *known == place);
            let value = found.map_or("01ARZ3NDEKTSV4RRFFQ69G5FAV", |(_, value)| *value);
            path = format!("{before}{value}{after}");
        }
        path
    }
}

/// All routes but those of the site's own files.
pub fn list() -> Vec<Route> {
    let routes = routes_in(&read("src/web/mod.rs"));
    assert!(
        routes.len() > 50,
        "are routes written in another way by now?"
    );
    routes
}

/// Those that programs call.
pub fn list_for_programs() -> Vec<Route> {
    let text = read("src/web/mod.rs");
    let (_, rest) = text
        .split_once("fn for_programs(")
        .expect("what lists them");
    let (body, _) = rest.split_once("\n}\n").expect("its end");
    routes_in(body)
}

fn routes_in(text: &str) -> Vec<Route> {
    text.split(".route(")
        .skip(1)
        .map(|rest| {
            let (path, handlers) = rest.split_once(',').expect("a path and its handlers");
            let handlers = handlers.split(".route(").next().unwrap_or_default();
            let handlers = handlers.split(".layer(").next().unwrap_or_default();
            Route {
                path: path_of(path.trim()),
                is_get: handlers.contains("get("),
            }
        })
        .collect()
}

/// A path as it stands in the list: a text, or a constant of the room that it is named after.
fn path_of(written: &str) -> String {
    if let Some(text) = written.strip_prefix('"') {
        return text.trim_end_matches('"').to_owned();
    }
    let (room, constant) = written.rsplit_once("::").expect("a room and a constant");
    let room = match room.strip_prefix("portal_services::") {
        Some(room) => format!("src/services/{room}"),
        None => format!("src/ui/pages/{}", room.replace("::", "/")),
    };
    let files = [
        format!("{room}.rs"),
        format!("{room}/mod.rs"),
        format!("{room}/relay.rs"),
    ];
    let head = format!("const {constant}: &str = \"");
    let found = files.iter().find_map(|file| {
        let text = fs::read_to_string(in_project(file)).ok()?;
        let (_, rest) = text.split_once(&head)?;
        Some(rest.split('"').next()?.to_owned())
    });
    found.unwrap_or_else(|| panic!("no {constant} in {files:?}"))
}

fn read(file: &str) -> String {
    fs::read_to_string(in_project(file)).unwrap()
}

fn in_project(file: &str) -> String {
    format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))
}

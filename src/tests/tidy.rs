//! Rules about the text of the project that no compiler holds. Each failure names the file, the line, and why the rule is there.

use std::{
    fs,
    path::{Path, PathBuf},
};

use portal_words::{Locale, Words};

/// One file of ours, by its path from the top.
struct File {
    path: String,
    text: String,
}

impl File {
    /// Whether it lies below one of these.
    fn is_in(&self, places: &[&str]) -> bool {
        places
            .iter()
            .any(|place| self.path == *place || self.path.starts_with(&format!("{place}/")))
    }

    /// A test of ours, wherever it lies: tests may reach where the program may not.
    fn is_test(&self) -> bool {
        self.path
            .split('/')
            .any(|part| part == "tests" || part == "tests.rs")
    }

    fn line_of(&self, place: usize) -> usize {
        self.text[..place].matches('\n').count() + 1
    }
}

fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files of an ending below a folder.
fn files(folder: &str, ending: &str) -> Vec<File> {
    let mut found = Vec::new();
    let mut folders = vec![top().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(read(&path));
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(!found.is_empty(), "{folder} holds no .{ending}");
    found
}

fn read(path: &Path) -> File {
    File {
        path: path
            .strip_prefix(top())
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/"),
        text: fs::read_to_string(path).unwrap(),
    }
}

/// Rust of ours but for this file, which names all that it looks for.
fn rust() -> Vec<File> {
    let mut found = files("src", "rs");
    found.retain(|file| file.path != "src/tests/tidy.rs");
    found
}

#[track_caller]
fn assert_tidy(why: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{why}\n{}", faults.join("\n"));
}

/// Where a text stands in files that must not hold it.
fn find(needle: &str, forbidden: impl Fn(&File) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for file in rust().iter().filter(|file| forbidden(file)) {
        for (place, _) in file.text.match_indices(needle) {
            let is_word =
                !file.text[..place].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            let line = file
                .text
                .lines()
                .nth(file.line_of(place) - 1)
                .unwrap_or_default()
                .trim();
            if is_word && !line.starts_with("//") {
                faults.push(format!("{}:{}: {line}", file.path, file.line_of(place)));
            }
        }
    }
    faults
}

#[test]
fn every_file_says_at_its_head_what_it_holds() {
    let without = rust()
        .into_iter()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| format!("{}:1", file.path));
    assert_tidy(
        "A reader must know from the first line whether this is the file: begin it with `//!`.",
        &without.collect::<Vec<_>>(),
    );
}

#[test]
fn sql_is_in_the_store_alone() {
    // What we are measured against keeps its jobs as it likes, in a program of its own.
    let elsewhere = ["src/store", "src/tests", "src/bench/apalis"];
    let faults = find("sqlx::", |file| !file.is_in(&elsewhere) && !file.is_test());
    assert_tidy(
        "Every statement runs on both databases: `src/store` is where that is looked after.",
        &faults,
    );
}

#[test]
fn http_calls_are_in_the_integrations_alone() {
    let faults = find("reqwest::", |file| {
        !file.is_in(&["src/integrations", "src/sandbox", "src/tests"])
    });
    assert_tidy(
        "Time limits, budgets and retries are `src/integrations`' to look after.",
        &faults,
    );
}

#[test]
fn the_two_halves_are_told_apart_in_few_places() {
    let faults = find("cfg(feature", |file| {
        !file.is_in(&["src/lib.rs", "src/ui/mod.rs", "src/ui/islands"])
    });
    assert_tidy(
        "What is for the browser and what for the server is decided by room, not line by line.",
        &faults,
    );
}

#[test]
fn server_functions_are_in_one_folder() {
    let faults = find("#[server", |file| !file.is_in(&["src/ui/api"]));
    assert_tidy(
        "A server function is a public address: all of them stand in `src/ui/api`.",
        &faults,
    );
}

#[test]
fn no_server_function_is_called_by_a_look() {
    let mut faults = Vec::new();
    for needle in [
        "GetUrl",
        "GetCbor",
        "GetJson",
        "GetMsgPack",
        "GetPostcard",
        "GetRkyv",
    ] {
        faults.extend(find(needle, |file| file.is_in(&["src/ui"])));
    }
    assert_tidy(
        "Links, pictures and addresses that somebody typed are looks: whatever may change something is a POST.",
        &faults,
    );
}

#[test]
fn nothing_is_left_half_done() {
    let mut faults = Vec::new();
    for needle in ["todo!", "unimplemented!", "dbg!", "#[ignore"] {
        faults.extend(find(needle, |_| true));
    }
    for file in rust() {
        for (place, line) in file.text.lines().enumerate() {
            if ["TODO", "FIXME", "XXX"]
                .iter()
                .any(|mark| line.contains(mark))
            {
                faults.push(format!("{}:{}: {}", file.path, place + 1, line.trim()));
            }
        }
    }
    assert_tidy(
        "What is to come stands in the issues; what is here works, and is tested.",
        &faults,
    );
}

#[test]
fn pages_have_no_inline_styles() {
    let faults = find("style=", |file| file.is_in(&["src/ui"]));
    assert_tidy(
        "The content security policy refuses inline styles: write a class in `style/`.",
        &faults,
    );
}

#[test]
fn only_the_clocks_ask_what_time_it_is() {
    let mut faults = Vec::new();
    for needle in ["Utc::now(", "SystemTime::now(", "Local::now("] {
        faults.extend(find(needle, |file| {
            !file.is_in(&["src/clock.rs"]) && !file.is_test()
        }));
    }
    assert_tidy(
        "Time is an argument: ask `ctx.now()`, so that tests and the sandbox can move it.",
        &faults,
    );
}

#[test]
fn rooms_know_only_the_rooms_below_them() {
    let rooms = [
        (
            "src/domain",
            &[
                "portal_store",
                "portal_services",
                "portal_integrations",
                "portal_jobs",
                "portal_sandbox",
                "portal_words",
            ][..],
        ),
        (
            "src/store",
            &[
                "portal_services",
                "portal_integrations",
                "portal_jobs",
                "portal_sandbox",
                "portal_words",
            ],
        ),
        (
            "src/services",
            &["portal_integrations", "portal_jobs", "portal_sandbox"],
        ),
        (
            "src/documents",
            &[
                "portal_store",
                "portal_services",
                "portal_integrations",
                "portal_jobs",
                "portal_sandbox",
            ],
        ),
        (
            "src/integrations",
            &["portal_store", "portal_services", "portal_jobs"],
        ),
        ("src/jobs", &["portal_sandbox"]),
        (
            "src/sandbox",
            &[
                "portal_domain",
                "portal_store",
                "portal_services",
                "portal_integrations",
                "portal_jobs",
                "portal_words",
            ],
        ),
        (
            "src/ui",
            &["portal_integrations", "portal_jobs", "portal_sandbox"],
        ),
    ];
    let mut faults = Vec::new();
    for (room, strangers) in rooms {
        for stranger in strangers {
            faults.extend(find(&format!("{stranger}::"), |file| {
                file.is_in(&[room]) && !file.is_test()
            }));
        }
    }
    assert_tidy(
        "The map of rooms in README.md says which room may use which.",
        &faults,
    );
}

/// The literal that begins at a place: what stands between two quotation marks, if that is a plain text.
fn literal(text: &str) -> Option<&str> {
    let text = text.trim_start().strip_prefix('"')?;
    let (literal, _) = text.split_once('"')?;
    (!literal.contains('\\')).then_some(literal)
}

/// The arguments of a call, whose opening parenthesis was just read: split at the commas that belong to it.
fn arguments(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut quoted) = (0_usize, 0, false);
    let mut found = Vec::new();
    for (place, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth > 0 => depth -= 1,
            ')' => {
                found.push(&text[start..place]);
                break;
            }
            ',' if depth == 0 => {
                found.push(&text[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    found
}

/// How texts are named in the code: the call, which of its arguments is the key, and what stands before it in the catalogues.
const USES: [(&str, usize, &str); 10] = [
    ("words.text(", 0, ""),
    ("words.with(", 0, ""),
    (".hint(", 0, ""),
    (" field(", 4, ""),
    ("kit::field(", 4, ""),
    ("ServiceError::field(", 1, "error-"),
    ("ServiceError::Conflict(", 0, "error-"),
    ("Fault::new(", 0, "error-"),
    ("Fault::with(", 0, "error-"),
    ("Done::new(", 1, "notice-"),
];

#[test]
fn every_text_that_the_code_names_is_in_both_catalogues() {
    let mut faults = Vec::new();
    let mut checked = 0;
    for file in rust().iter().filter(|file| {
        file.is_in(&[
            "src/ui",
            "src/web",
            "src/services",
            "src/jobs",
            "src/documents",
        ]) && !file.is_test()
    }) {
        for (call, argument, prefix) in USES {
            for (place, _) in file.text.match_indices(call) {
                let given = arguments(&file.text[place + call.len()..]);
                let Some(key) = given
                    .get(argument)
                    .and_then(|given| literal(given))
                    .filter(|key| !key.is_empty())
                else {
                    continue;
                };
                checked += 1;
                let key = format!("{prefix}{key}");
                for locale in Locale::ALL {
                    if !Words::of(*locale).has(&key) {
                        faults.push(format!(
                            "{}:{}: `{key}` is not in {}",
                            file.path,
                            file.line_of(place),
                            locale.as_str()
                        ));
                    }
                }
            }
        }
    }
    assert!(
        checked > 300,
        "only {checked} texts were found: does the code name them in another way by now?"
    );
    assert_tidy("A key that is missing is shown as itself.", &faults);
}

#[test]
fn every_refusal_of_the_rules_has_its_sentence() {
    let (mut faults, mut checked) = (Vec::new(), 0);
    for file in rust().iter().filter(|file| file.is_in(&["src/domain"])) {
        // What is below the tests is no rule.
        let text = file.text.split("#[cfg(test)]").next().unwrap_or_default();
        for (call, argument) in [
            ("Fault::new(", 0),
            ("Fault::with(", 0),
            ("errors.add(", 1),
            ("errors.add_with(", 1),
            ("FieldErrors::one(", 1),
        ] {
            for (place, _) in text.match_indices(call) {
                let given = arguments(&text[place + call.len()..]);
                let Some(code) = given.get(argument).and_then(|code| literal(code)) else {
                    continue;
                };
                checked += 1;
                for locale in Locale::ALL
                    .iter()
                    .filter(|locale| !Words::of(**locale).has(&format!("error-{code}")))
                {
                    faults.push(format!(
                        "{}:{}: `error-{code}` is not in {}",
                        file.path,
                        file.line_of(place),
                        locale.as_str()
                    ));
                }
            }
        }
    }
    assert!(
        checked > 20,
        "only {checked} refusals were found: are they written in another way by now?"
    );
    assert_tidy(
        "Whoever is refused is told why, and how to mend it.",
        &faults,
    );
}

#[test]
fn what_a_deployed_binary_knows_of_its_site_is_what_it_was_built_with() {
    let parse = |name: &str| -> toml::Table {
        fs::read_to_string(top().join(name))
            .unwrap()
            .parse()
            .unwrap()
    };
    let (deployed, built) = (parse("Leptos.toml"), parse("Cargo.toml"));
    let deployed = deployed["package"]["metadata"]["leptos"]
        .as_table()
        .unwrap();
    let built = built["workspace"]["metadata"]["leptos"][0]
        .as_table()
        .unwrap();
    let faults: Vec<String> = deployed
        .iter()
        .filter(|(name, value)| built.get(*name) != Some(value))
        .map(|(name, value)| {
            format!(
                "Leptos.toml: {name} = {value:?}, in Cargo.toml {:?}",
                built.get(name)
            )
        })
        .collect();
    assert_tidy(
        "The server looks for the files under the names that cargo-leptos gave them.",
        &faults,
    );
}

#[test]
fn every_test_file_is_listed() {
    let main = fs::read_to_string(top().join("src/tests/main.rs")).unwrap();
    let unlisted = files("src/tests", "rs").into_iter().filter(|file| {
        let name = file
            .path
            .strip_prefix("src/tests/")
            .and_then(|name| name.strip_suffix(".rs"))
            .unwrap();
        name != "main" && !main.contains(&format!("mod {name};"))
    });
    assert_tidy(
        "A file that `main.rs` does not list is never compiled.",
        &unlisted.map(|file| file.path).collect::<Vec<_>>(),
    );
}

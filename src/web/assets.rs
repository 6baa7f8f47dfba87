//! What every page loads: the style sheet, and the script and WASM of the islands, under the names that cargo-leptos gave them. Read once at the start.

use std::sync::Arc;

use leptos::{
    hydration::{HydrationScripts, HydrationScriptsProps},
    nonce::Nonce,
    prelude::{IntoView, LeptosOptions, Owner, RenderHtml, provide_context},
};

/// Stands in the prepared text where each answer's own nonce goes.
const NONCE: &str = "nonce-of-this-answer";

/// The part of the head that is the same on every page.
#[derive(Clone, Debug)]
pub struct Assets {
    /// The folder with what was built.
    pub site_root: String,
    /// Below it, and in addresses, the folder of hashed files.
    pub pkg: String,
    head: String,
}

impl Assets {
    /// `options` say where the site is. Without the list of hashes beside the program, as in a test, the files have their plain names.
    pub fn new(mut options: LeptosOptions) -> Self {
        let hashes = read_hashes(&options);
        options.hash_files = hashes.is_some();
        let style = style_name(&options, hashes.as_deref());
        let pkg = format!("/{}", options.site_pkg_dir);
        Self {
            site_root: options.site_root.to_string(),
            head: format!(
                "<link rel=\"stylesheet\" href=\"{pkg}/{style}\">{}",
                scripts(&options)
            ),
            pkg,
        }
    }

    /// The head's links and scripts for one answer.
    pub fn head(&self, nonce: &str) -> String {
        self.head.replace(NONCE, nonce)
    }
}

fn scripts(options: &LeptosOptions) -> String {
    let owner = Owner::new_root(Some(Arc::new(
        hydration_context::SsrSharedContext::new_islands(),
    )));
    owner.with(|| {
        provide_context(Nonce::from_value(NONCE));
        let props = HydrationScriptsProps::builder()
            .options(options.clone())
            .islands(true)
            .build();
        HydrationScripts(props).into_view().to_html()
    })
}

/// The list of hashes that cargo-leptos puts beside the program.
fn read_hashes(options: &LeptosOptions) -> Option<String> {
    if !options.hash_files {
        return None;
    }
    let program = std::env::current_exe().ok()?;
    std::fs::read_to_string(program.with_file_name(options.hash_file.as_ref())).ok()
}

fn style_name(options: &LeptosOptions, hashes: Option<&str>) -> String {
    hashes
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(file, _)| file.trim() == "css")
        .map_or_else(
            || format!("{}.css", options.output_name),
            |(_, hash)| format!("{}.{}.css", options.output_name, hash.trim()),
        )
}

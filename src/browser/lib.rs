//! What the browser loads. A package of its own, since only a library that is a `cdylib` and nothing else gets link-time optimisation.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once the module is there.
#[wasm_bindgen]
pub fn hydrate() {
    portal::hydrate();
}

//! Statements as files. Each is made from the frozen body alone, so that a statement reads the same however often and however late it is asked for:
//! nothing is loaded here, nothing is computed but sums of widths, and no clock is read.
//!
//! The JSON is not made here: it is the stored text itself, which the hash is over.

mod csv;
mod pdf;
mod sheet;
mod text;

#[cfg(test)]
mod tests;

pub use crate::{csv::csv, pdf::pdf};

/// Why a document could not be made. None of this is the reader's doing.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("the CSV could not be written: {0}")]
    Csv(String),
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
}

//! A PDF that somebody hands in: known by its content, never by its name or by what a browser calls it.

use crate::error::Fault;

/// The largest that is taken: Xero reads requests of up to 3.5 MB safely.
pub const PDF_BYTES_MAX: usize = 3_000_000;

/// What every PDF begins with.
const MARK: &[u8] = b"%PDF-";

/// A file that begins as a PDF does and is small enough to be passed on. What else is in it is for whoever opens it: the portal never does.
#[derive(Clone, PartialEq, Eq)]
pub struct Pdf(Vec<u8>);

impl Pdf {
    /// # Errors
    /// `pdf-too-large` with the most megabytes; `pdf-unreadable` for what is no PDF.
    pub fn parse(content: &[u8]) -> Result<Self, Fault> {
        if content.len() > PDF_BYTES_MAX {
            let megabytes = PDF_BYTES_MAX / 1_000_000;
            return Err(Fault::with("pdf-too-large", megabytes));
        }
        if !content.starts_with(MARK) {
            return Err(Fault::new("pdf-unreadable"));
        }
        Ok(Self(content.to_vec()))
    }

    pub fn content(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Pdf {
    /// What it says is between its writer and its reader.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[PDF of {} bytes]", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pdf_is_known_by_its_first_bytes_and_is_no_larger_than_xero_takes() {
        let largest = [MARK, &vec![b' '; PDF_BYTES_MAX - MARK.len()]].concat();
        for (content, fault) in [
            (&b"%PDF-1.7\n"[..], None),
            (&largest, None),
            (&[&largest[..], b" "].concat(), Some("pdf-too-large")),
            (b"", Some("pdf-unreadable")),
            (b"%PDF", Some("pdf-unreadable")),
            (b"\n%PDF-1.7", Some("pdf-unreadable")),
            (b"<html>%PDF-1.7</html>", Some("pdf-unreadable")),
        ] {
            let parsed = Pdf::parse(content);
            assert_eq!(parsed.err().map(|fault| fault.code), fault);
        }
    }

    #[test]
    fn what_a_pdf_says_is_not_printed() {
        let pdf = Pdf::parse(b"%PDF-1.7 secret").expect("a PDF");
        assert_eq!(format!("{pdf:?}"), "[PDF of 15 bytes]");
    }
}

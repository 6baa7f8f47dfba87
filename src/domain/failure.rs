//! Why a piece of work failed, as far as it matters for what a person can do about it.

use crate::access::words;

words! {
    /// The kind of a failure.
    Failure {
        // The other side will not do this, however often it is asked.
        Refused = "refused",
        // What the work names is not there.
        NotFound = "not_found",
        // It is there, and cannot be read.
        Unreadable = "unreadable",
        // The app lacks a scope.
        MissingScope = "missing_scope",
        // Our credentials are not accepted, or there are none.
        Credentials = "credentials",
        // No answer came, or only that of a failure.
        NoAnswer = "no_answer",
        // It may have been done: the answer was lost.
        Unsure = "unsure",
        // Too many calls.
        TooMany = "too_many",
        // The portal itself says no: something in its own books stands against it.
        Ours = "ours",
        // The work broke off: a panic, or a worker that went silent.
        Broke = "broke",
    }
}

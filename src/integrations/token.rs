//! Where the token of a call comes from: it is fixed, or given for half an hour at a time, or there is none yet. The clients ask before each call and know no more.

use std::pin::Pin;

use crate::{
    Secret,
    error::{CallError, ErrorKind, Vendor},
};

/// What a call is made with.
#[derive(Clone, Debug)]
pub struct Access {
    pub token: Secret,
    /// Which of Xero's organisations is meant; empty elsewhere.
    pub tenant: String,
}

/// An access, once it is there.
pub type Asked<'a> = Pin<Box<dyn Future<Output = Result<Access, CallError>> + Send + 'a>>;

/// Gives out what calls are made with.
pub trait TokenSource: Send + Sync {
    /// The access of now; another one, if there can be one, than the token that was just refused.
    fn access<'a>(&'a self, refused: Option<&'a Secret>) -> Asked<'a>;

    /// The vendor knows us and does not let us into the organisation: whatever is known of that is looked at again.
    fn shut_out(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async {})
    }
}

/// A token that a person was given once.
pub struct FixedToken(Secret);

impl FixedToken {
    pub const fn new(token: Secret) -> Self {
        Self(token)
    }
}

impl TokenSource for FixedToken {
    fn access<'a>(&'a self, _: Option<&'a Secret>) -> Asked<'a> {
        Box::pin(async move {
            Ok(Access {
                token: self.0.clone(),
                tenant: String::new(),
            })
        })
    }
}

/// Nobody has connected the system, or somebody must again: each call fails in these words, and asks nobody.
pub struct NoToken {
    vendor: Vendor,
    message: &'static str,
}

impl NoToken {
    pub const fn new(vendor: Vendor, message: &'static str) -> Self {
        Self { vendor, message }
    }
}

impl TokenSource for NoToken {
    fn access<'a>(&'a self, _: Option<&'a Secret>) -> Asked<'a> {
        Box::pin(async move {
            let kind = ErrorKind::Unconnected;
            Err(CallError::new(self.vendor, kind, self.message))
        })
    }
}

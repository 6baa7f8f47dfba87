//! Where the vendors' own pages of an object are: in HubSpot and Xero, or in the sandbox that stands for them.

use portal_jobs::Pages;

/// The addresses of the vendors' pages.
#[derive(Clone, Debug, Default)]
pub struct VendorPages(pub Pages);

impl VendorPages {
    /// A deal in HubSpot; nowhere as long as nobody said in which account.
    pub fn deal(&self, id: &str) -> Option<String> {
        match (&self.0.sandbox_hubspot, &self.0.hubspot_account) {
            (Some(sandbox), _) => Some(format!("{sandbox}/hubspot#deal-{}", encode(id))),
            (None, Some(account)) => Some(format!(
                "https://app.hubspot.com/contacts/{}/record/0-3/{}",
                encode(account),
                encode(id)
            )),
            (None, None) => None,
        }
    }

    /// A sales invoice in Xero.
    pub fn invoice(&self, id: &str) -> String {
        let id = encode(id);
        match &self.0.sandbox_xero {
            Some(sandbox) => format!("{sandbox}/xero#invoice-{id}"),
            None => format!("https://go.xero.com/AccountsReceivable/View.aspx?InvoiceID={id}"),
        }
    }

    /// A credit note to a client in Xero.
    pub fn credit(&self, id: &str) -> String {
        let id = encode(id);
        match &self.0.sandbox_xero {
            Some(sandbox) => format!("{sandbox}/xero#credit-{id}"),
            None => format!(
                "https://go.xero.com/AccountsReceivable/ViewCreditNote.aspx?creditNoteID={id}"
            ),
        }
    }
}

fn encode(id: &str) -> String {
    form_urlencoded::byte_serialize(id.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_shown_where_it_is() {
        let real = VendorPages(Pages {
            hubspot_account: Some("145".to_owned()),
            ..Pages::default()
        });
        assert_eq!(
            real.deal("90\"01").as_deref(),
            Some("https://app.hubspot.com/contacts/145/record/0-3/90%2201")
        );
        assert_eq!(
            real.invoice("a&b"),
            "https://go.xero.com/AccountsReceivable/View.aspx?InvoiceID=a%26b"
        );
        assert_eq!(VendorPages::default().deal("9001"), None);
        let sandbox = VendorPages(Pages {
            sandbox_hubspot: Some("http://127.0.0.1:1".to_owned()),
            sandbox_xero: Some("http://127.0.0.1:1".to_owned()),
            hubspot_account: None,
        });
        assert_eq!(
            sandbox.deal("9001").as_deref(),
            Some("http://127.0.0.1:1/hubspot#deal-9001")
        );
        assert_eq!(sandbox.credit("c"), "http://127.0.0.1:1/xero#credit-c");
    }
}

//! Everything that the sandbox remembers: one struct behind one lock, saved as one JSON file.
//! What the vendors do with it lies in their own modules.

use serde::{Deserialize, Serialize};

use crate::dice::Dice;
use crate::faults::Faults;
use crate::hubspot::HubSpot;
use crate::ipaas::Ipaas;
use crate::mail::Mailbox;
use crate::slack::Slack;
use crate::xero::Xero;

/// The state of all stand-ins.
#[derive(Debug, Serialize, Deserialize)]
pub struct World {
    /// The CRM account.
    pub hubspot: HubSpot,
    /// The accounting organisation.
    pub xero: Xero,
    /// Another organisation that the same app is connected to, where there is one.
    pub second_xero: Option<Xero>,
    /// The Slack workspace.
    pub slack: Slack,
    /// The iPaaS.
    #[serde(default)]
    pub ipaas: Ipaas,
    /// The inbox.
    pub mail: Mailbox,
    /// What is told to fail.
    pub faults: Faults,
    /// Chance and ids.
    pub dice: Dice,
}

impl World {
    /// A fresh world: accounts that are set up and hold no business yet.
    pub fn seed() -> Self {
        Self::seed_with(Dice::new(20_261_001))
    }

    fn seed_with(mut dice: Dice) -> Self {
        Self {
            hubspot: HubSpot::seed(),
            xero: Xero::seed(&mut dice),
            second_xero: None,
            slack: Slack::default(),
            ipaas: Ipaas::default(),
            mail: Mailbox::default(),
            faults: Faults::default(),
            dice,
        }
    }

    /// Back to the beginning. Ids go on from where they were, so that what the portal remembers from before can
    /// never be taken for something new; and tokens stay good, so that nobody needs to connect anew.
    pub fn reset(&mut self) {
        let mut before = std::mem::replace(self, Self::seed_with(self.dice.clone()));
        self.hubspot.continue_from(&mut before.hubspot);
        self.xero.keep_tokens_of(&mut before.xero);
        self.ipaas.keep_connection_of(&mut before.ipaas);
    }
}

//! What documents are for, by hand: which deal an invoice must be linked to, and which it must not be.

use std::collections::BTreeMap;

use portal_domain::{calendar::Month, deal::DealState, remote::RemoteInvoice};
use portal_store::{
    deals::DealRecord,
    invoices::{self, InvoiceLink},
    lines as line_rows,
};

use super::{
    network::Network,
    script::OWNERS,
    vendors::{contact_id, hubspot_id},
};

impl Network {
    /// Where no person says it, an invoice is for the deal that its Reference names, if that is open or was won; else for one of its client's that had begun
    /// and was not lost by its day, or for none. A client's only deal has all of them from the win to its end or its loss.
    pub async fn check_links_by_hand(&self) {
        let mut tx = self.world.ctx.store.read().await.unwrap();
        let known = self.known_deals(&mut tx).await;
        let mut nameable = BTreeMap::new();
        for (number, deal) in &known {
            let lines = line_rows::list_of_deal(&mut tx, deal.id).await.unwrap();
            let is_live = matches!(deal.state, DealState::Open | DealState::Won);
            if is_live || !lines.is_empty() {
                let client = contact_id(self.script.clients[*number]);
                nameable.insert(deal.id, (format!("Deal {}", hubspot_id(*number)), client));
            }
        }
        let contacts: Vec<String> = (0..OWNERS.len()).map(contact_id).collect();
        for invoice in invoices::list_for(&mut tx, &[], &contacts).await.unwrap() {
            if invoice.is_said_by_person() {
                continue;
            }
            let (remote, links) = (&invoice.remote, &invoice.links);
            let is_named = |(reference, _): &&(String, String)| *reference == remote.reference;
            if let Some(named) = nameable.values().find(is_named) {
                assert_eq!(links.len(), 1, "{} names {}", remote.id, named.0);
                assert_eq!(nameable.get(&links[0].deal), Some(named), "{}", remote.id);
                continue;
            }
            if let Some(link) = links.first() {
                let client = nameable.get(&link.deal).map(|known| &known.1);
                assert_eq!(client, Some(&remote.contact_id), "{}", remote.id);
                assert_eq!((links.len(), link.share_minor), (1, None));
            }
            self.check_contact_by_hand(&known, remote, links);
        }
    }

    fn check_contact_by_hand(
        &self,
        known: &[(usize, DealRecord)],
        remote: &RemoteInvoice,
        links: &[InvoiceLink],
    ) {
        let day = remote.date.expect("a date");
        let of_client = known
            .iter()
            .filter(|(number, _)| contact_id(self.script.clients[*number]) == remote.contact_id);
        let deals: Vec<&DealRecord> = of_client.map(|(_, deal)| deal).collect();
        let lost_on = |deal: &DealRecord| deal.lost_at.map(|at| self.world.ctx.date_of(at));
        let is_lost = |deal: &DealRecord| lost_on(deal).is_some_and(|lost_on| lost_on <= day);
        for deal in deals
            .iter()
            .filter(|deal| links.iter().any(|link| link.deal == deal.id))
        {
            let begins = deal.start.or(deal.won_on).map(Month::of);
            assert!(
                begins.is_some_and(|begins| begins <= Month::of(day)),
                "{}",
                remote.id
            );
            assert!(!is_lost(deal), "{} came after the loss", remote.id);
        }
        if let [only] = deals[..]
            && only.won_on.is_some_and(|won_on| won_on <= day)
            && only
                .start
                .is_some_and(|start| Month::of(start) <= Month::of(day))
            && only.end.is_none_or(|end| day < end)
            && !is_lost(only)
        {
            assert_eq!(links.len(), 1, "{} came before the loss", remote.id);
        }
    }
}

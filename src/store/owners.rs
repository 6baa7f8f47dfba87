//! HubSpot's owners of deals: its own users, whom we know by name and mail alone.

use portal_domain::{calendar::Timestamp, ids::DealId, remote::RemoteOwner};

use crate::{
    StoreError, Tx,
    read::Read,
    sql::{ROWS_AT_ONCE, execute, execute_many, execute_one, places, row, values},
};

/// All owners as they were just read; whoever is not among them owns nothing any more.
pub async fn replace_all(
    tx: &mut Tx,
    owners: &[RemoteOwner],
    seen_at: Timestamp,
) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM hubspot_owners")?;
    for some in owners.chunks(ROWS_AT_ONCE) {
        let mut bound = Vec::with_capacity(some.len() * 4);
        for owner in some {
            bound.extend(values![owner.id, owner.name, owner.email, seen_at]);
        }
        let text = format!(
            "INSERT INTO hubspot_owners (id, name, email, seen_at) VALUES {}",
            places(some.len(), 4, 1)
        );
        execute_many(tx, text, bound).await?;
    }
    Ok(())
}

pub async fn is_known(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    let found = row!(tx, "SELECT id FROM hubspot_owners WHERE id = $1", id)?;
    Ok(found.is_some())
}

/// Who owns a deal by a fresh reading.
pub async fn set_of_deal(tx: &mut Tx, deal: DealId, owner: Option<&str>) -> Result<(), StoreError> {
    execute_one!(
        tx,
        "deal",
        "UPDATE deals SET hubspot_owner = $2 WHERE id = $1",
        deal,
        owner,
    )
}

/// Who owns a deal; nobody where HubSpot names nobody, or somebody who is there no more.
pub async fn find_of_deal(tx: &mut Tx, deal: DealId) -> Result<Option<RemoteOwner>, StoreError> {
    row!(
        tx,
        "SELECT hubspot_owners.id, hubspot_owners.name, hubspot_owners.email
         FROM deals JOIN hubspot_owners ON hubspot_owners.id = deals.hubspot_owner
         WHERE deals.id = $1",
        deal,
    )?
    .map(|row| {
        Ok(RemoteOwner {
            id: row.text("id")?,
            name: row.text("name")?,
            email: row.text("email")?,
        })
    })
    .transpose()
}

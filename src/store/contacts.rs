//! Xero's contacts, as far as they are a client's or a partner's.

use crate::{
    StoreError, Tx,
    read::{Read, all},
    sql::rows,
};

/// Ids of contacts after one, in their order.
pub async fn list_known_after(
    tx: &mut Tx,
    contact: &str,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    let rows = rows!(
        tx,
        "SELECT xero_contact_id FROM clients WHERE xero_contact_id > $1
         UNION SELECT xero_contact_id FROM partners WHERE xero_contact_id > $1
         ORDER BY xero_contact_id LIMIT $2",
        contact,
        limit,
    )?;
    all(&rows, |row| row.text("xero_contact_id"))
}

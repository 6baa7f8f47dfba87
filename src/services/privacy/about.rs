//! Everything about a person (GDPR, article 15), by its address of mail: all rows of all tables in which the address stands, or the id of the person or of one of its
//! leads. Whoever hands it over reads it first: rows tell of others too.

use portal_domain::access::{Action, Actor};
use portal_store::personal::{self, Held, Table};
use serde_json::{Map, Value, json};

use super::Subject;
use crate::{Ctx, ServiceError, access::require_staff, audit};

/// What proves who somebody is, and is nobody's to read.
const SECRET_TABLES: [&str; 3] = ["secrets", "data_keys", "passkey_questions"];
const SECRET_COLUMNS: [&str; 7] = [
    "token_hash",
    "code_hash",
    "browser_hash",
    "known_hash",
    "unsubscribe_hash",
    "unsubscribe_url",
    "credential",
];

/// How many rows of each table tell of a person.
#[derive(Clone, Debug)]
pub struct Found {
    pub subject: Subject,
    pub tables: Vec<(String, usize)>,
}

/// What there is of a person, to look at before it is handed over or erased.
pub async fn find(ctx: &Ctx, actor: &Actor, email: &str) -> Result<Found, ServiceError> {
    require_staff(actor, Action::ManagePrivacy)?;
    let mut tx = ctx.store.read().await?;
    let subject = Subject::find(&mut tx, email).await?;
    let texts = subject.texts();
    let mut tables = Vec::new();
    for table in list_open_tables(&mut tx).await? {
        let count = personal::find_rows(&mut tx, &table, &texts).await?.len();
        if count > 0 {
            tables.push((table.name, count));
        }
    }
    Ok(Found { subject, tables })
}

/// All of it as JSON, by table. That it was taken is in the audit log.
pub async fn export(ctx: &Ctx, actor: &Actor, email: &str) -> Result<Value, ServiceError> {
    require_staff(actor, Action::ManagePrivacy)?;
    let mut tx = ctx.store.read().await?;
    let subject = Subject::find(&mut tx, email).await?;
    let texts = subject.texts();
    let mut tables = Map::new();
    for table in list_open_tables(&mut tx).await? {
        let rows = personal::find_rows(&mut tx, &table, &texts).await?;
        if !rows.is_empty() {
            let rows: Vec<Value> = rows
                .iter()
                .map(|row| as_json(&table, &row.values))
                .collect();
            tables.insert(table.name, Value::Array(rows));
        }
    }
    drop(tx);
    let person = subject.person.as_ref().map(|person| person.id);
    // The log keeps no address of whoever may be erased tomorrow.
    let facts = json!({ "person": person, "leads": subject.leads.len(), "tables": tables.len() });
    let about = person.map_or_else(|| "contact".to_owned(), |person| person.to_string());
    audit::note(ctx, actor.person(), "export_person", &about, &facts).await?;
    Ok(json!({ "email": subject.email, "exported_at": ctx.now().0, "tables": tables }))
}

async fn list_open_tables(tx: &mut portal_store::Tx) -> Result<Vec<Table>, ServiceError> {
    let mut tables = personal::list_tables(tx).await?;
    tables.retain(|table| !SECRET_TABLES.contains(&table.name.as_str()));
    Ok(tables)
}

fn as_json(table: &Table, values: &[Held]) -> Value {
    let named = table.columns.iter().zip(values);
    let shown = named.filter(|(column, _)| !SECRET_COLUMNS.contains(&column.name.as_str()));
    let shown = shown.map(|(column, held)| {
        let value = match held {
            Held::Text(text) => json!(text),
            Held::Number(number) => json!(number),
        };
        (column.name.clone(), value)
    });
    Value::Object(shown.collect())
}

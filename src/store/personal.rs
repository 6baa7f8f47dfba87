//! What the database holds of a person, wherever it stands: rows that are found by a text in any of their columns, whatever table a newer version adds. Which texts are
//! looked for, and what becomes of them, the services say.
//!
//! Bytes are not looked into: what is sealed tells nobody anything, and files of partners are documents of the books.

use sqlx::{Row as _, any::AnyRow};

use crate::{
    StoreError, Tx,
    dialect::Dialect,
    read::Read,
    sql::{Bind, Value, execute_many, rows, rows_many},
};

/// A table with its columns that are texts or numbers.
#[derive(Clone, Debug)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
}

#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub is_text: bool,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    Text(Option<String>),
    Number(Option<i64>),
}

/// A row, and where it lies: good until the row is written.
#[derive(Clone, Debug)]
pub struct Row {
    place: String,
    /// In the order of the table's columns.
    pub values: Vec<Held>,
}

const IN_SQLITE: &str = "SELECT tables.name AS table_name, columns.name AS column_name, LOWER(columns.type) AS column_type
    FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND tables.name <> '_sqlx_migrations'
    ORDER BY tables.name, columns.cid";
const IN_POSTGRES: &str = "SELECT CAST(table_name AS TEXT) AS table_name, CAST(column_name AS TEXT) AS column_name, CAST(data_type AS TEXT) AS column_type
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name <> '_sqlx_migrations'
    ORDER BY table_name, ordinal_position";

/// Every table there is.
pub async fn list_tables(tx: &mut Tx) -> Result<Vec<Table>, StoreError> {
    let rows = match tx.dialect() {
        Dialect::Sqlite => rows!(tx, IN_SQLITE)?,
        Dialect::Postgres => rows!(tx, IN_POSTGRES)?,
    };
    let mut tables: Vec<Table> = Vec::new();
    for row in &rows {
        let name = row.text("table_name")?;
        let kind = row.text("column_type")?;
        if tables.last().is_none_or(|last| last.name != name) {
            tables.push(Table {
                name,
                columns: Vec::new(),
            });
        }
        let is_text = kind == "text";
        if (is_text || kind == "bigint")
            && let Some(last) = tables.last_mut()
        {
            last.columns.push(Column {
                name: row.text("column_name")?,
                is_text,
            });
        }
    }
    Ok(tables)
}

/// The rows of a table in which any of some texts stands, written large or small. What is too short to mean anybody must not be looked for.
pub async fn find_rows(
    tx: &mut Tx,
    table: &Table,
    texts: &[String],
) -> Result<Vec<Row>, StoreError> {
    let searched = table.columns.iter().filter(|column| column.is_text);
    let conditions: Vec<String> = searched
        .flat_map(|column| {
            let condition = |place| format!("LOWER(\"{}\") LIKE ${place} ESCAPE '!'", column.name);
            (1..=texts.len()).map(condition)
        })
        .collect();
    if conditions.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|column| format!("\"{}\"", column.name))
        .collect();
    let text = format!(
        "SELECT CAST({place} AS TEXT) AS place, {names} FROM \"{table}\" WHERE {conditions}",
        place = place(tx),
        names = names.join(", "),
        table = table.name,
        conditions = conditions.join(" OR "),
    );
    let patterns = texts.iter().filter_map(|text| crate::sql::pattern(text));
    let patterns = patterns.map(|pattern| pattern.value()).collect();
    let found = rows_many(tx, text, patterns).await?;
    found.iter().map(|row| read(row, table)).collect()
}

fn read(row: &AnyRow, table: &Table) -> Result<Row, StoreError> {
    let values = table.columns.iter().enumerate().map(|(index, column)| {
        Ok(if column.is_text {
            Held::Text(row.try_get(index + 1)?)
        } else {
            Held::Number(row.try_get(index + 1)?)
        })
    });
    Ok(Row {
        place: row.text("place")?,
        values: values.collect::<Result<_, StoreError>>()?,
    })
}

/// Writes some texts of a row anew, each in its column.
pub async fn rewrite(
    tx: &mut Tx,
    table: &Table,
    row: &Row,
    texts: &[(String, String)],
) -> Result<(), StoreError> {
    let sets: Vec<String> = texts
        .iter()
        .enumerate()
        .map(|(index, (column, _))| format!("\"{column}\" = ${}", index + 1))
        .collect();
    let kind = match tx.dialect() {
        Dialect::Sqlite => "BIGINT",
        Dialect::Postgres => "tid",
    };
    let text = format!(
        "UPDATE \"{table}\" SET {sets} WHERE {place} = CAST(${last} AS {kind})",
        table = table.name,
        sets = sets.join(", "),
        place = place(tx),
        last = texts.len() + 1,
    );
    let mut values: Vec<Value> = texts.iter().map(|(_, text)| text.value()).collect();
    values.push(row.place.value());
    expect_one(execute_many(tx, text, values).await?)
}

/// Somebody else who wrote the row meanwhile has put it elsewhere: what was to be done must be begun anew.
const fn expect_one(actual: u64) -> Result<(), StoreError> {
    match actual {
        1 => Ok(()),
        actual => Err(StoreError::RowsAffected {
            what: "row that names somebody",
            actual,
        }),
    }
}

/// Takes a row away.
pub async fn remove(tx: &mut Tx, table: &Table, row: &Row) -> Result<(), StoreError> {
    let kind = match tx.dialect() {
        Dialect::Sqlite => "BIGINT",
        Dialect::Postgres => "tid",
    };
    let text = format!(
        "DELETE FROM \"{table}\" WHERE {place} = CAST($1 AS {kind})",
        table = table.name,
        place = place(tx),
    );
    expect_one(execute_many(tx, text, vec![row.place.value()]).await?)
}

const fn place(tx: &Tx) -> &'static str {
    match tx.dialect() {
        Dialect::Sqlite => "rowid",
        Dialect::Postgres => "ctid",
    }
}

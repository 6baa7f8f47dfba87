-- Keys that seal secrets, themselves sealed under the master key, which is never in the database.
CREATE TABLE data_keys (
    id TEXT PRIMARY KEY,
    -- Tells which master key opens it.
    sealed_by TEXT NOT NULL,
    sealed BLOB NOT NULL,
    made_at BIGINT NOT NULL
);

-- Secrets that people typed into the portal, or that vendors gave it.
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    data_key_id TEXT NOT NULL REFERENCES data_keys (id),
    sealed BLOB NOT NULL,
    changed_at BIGINT NOT NULL
);

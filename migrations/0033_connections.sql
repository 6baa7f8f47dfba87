-- How each outside system is connected, where that was said in the portal and not in the environment: the public parts alone. Secrets are in the vault.
CREATE TABLE connections (
    system TEXT PRIMARY KEY REFERENCES vendors (name),
    state TEXT NOT NULL,
    -- Raised with every change, so that workers know when a client is no longer of today.
    version BIGINT NOT NULL,
    way TEXT,
    -- The vendor's own system, or the sandbox's.
    place TEXT,
    -- The app's public name (its client id).
    app TEXT,
    -- The account, organisation or workspace behind it, as the vendor numbers and names it.
    account TEXT,
    account_name TEXT,
    -- Xero's name for the tie between app and organisation.
    tie TEXT,
    -- The organisations of which one is to be chosen, as JSON.
    choices TEXT,
    scopes TEXT,
    -- The access token's end, and how often the pair was renewed.
    expires_at BIGINT,
    renewed_at BIGINT,
    renewals BIGINT NOT NULL DEFAULT 0,
    -- Who renews it now, and until when nobody else does.
    lease TEXT,
    lease_ends_at BIGINT,
    -- Why it broke, in the vendor's words.
    said TEXT,
    changed_at BIGINT,
    changed_by TEXT REFERENCES people (id),
    -- The last test: whether it went well, and what came back.
    tested_at BIGINT,
    test_went_well BIGINT,
    test_said TEXT
);
INSERT INTO connections (system, state, version) VALUES ('hubspot', 'none', 0), ('xero', 'none', 0), ('slack', 'none', 0), ('mail', 'none', 0);

-- Consents that a person was sent to a vendor for: which session asked, until when, and whether the answer came. Only hashes are kept.
CREATE TABLE consents (
    state_hash TEXT PRIMARY KEY,
    system TEXT NOT NULL REFERENCES connections (system),
    session_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- Consents that a person was sent to a vendor for: which session asked, until when, and whether the answer came. Only hashes are kept.
CREATE TABLE consents (
    state_hash TEXT PRIMARY KEY,
    system TEXT NOT NULL REFERENCES connections (system),
    session_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- The PDFs that belong to a bill, and whether Xero has them beside it.
CREATE TABLE bill_files (
    bill_id TEXT NOT NULL REFERENCES bills (id),
    kind TEXT NOT NULL CHECK (kind IN ('statement', 'invoice')),
    -- The partner's own invoice as it was handed in; empty for the statement, whose PDF is made of what is frozen.
    content BYTEA NOT NULL,
    added_by TEXT REFERENCES people (id),
    added_at BIGINT NOT NULL,
    -- When Xero was seen to have it.
    attached_at BIGINT,
    PRIMARY KEY (bill_id, kind)
);

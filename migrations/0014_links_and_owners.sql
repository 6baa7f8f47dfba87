-- Who said that an invoice is for no deal at all; nothing else takes it for one then.
ALTER TABLE invoices ADD COLUMN no_deal_said_by TEXT REFERENCES people (id);

-- HubSpot's owners, as last read as a whole, and which of them owns a deal: the account owner, who is written to when a client does not pay.
CREATE TABLE hubspot_owners (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);
-- HubSpot's id of the owner, which may be one that nobody knows any more.
ALTER TABLE deals ADD COLUMN hubspot_owner TEXT;

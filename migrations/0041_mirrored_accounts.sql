-- Whose objects the mirrored ones are, as the vendor numbers and names the account: HubSpot's account, Xero's organisation. It is kept apart from the connection,
-- which comes and goes.
CREATE TABLE mirrored_accounts (
    system TEXT PRIMARY KEY REFERENCES vendors (name),
    account TEXT NOT NULL,
    account_name TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    -- Another account, which our credentials let us into by now. As long as it stands here nothing is read or written there.
    other TEXT,
    other_name TEXT,
    other_at BIGINT
);
INSERT INTO mirrored_accounts (system, account, account_name, recorded_at)
SELECT system, account, COALESCE(account_name, account), COALESCE(changed_at, 0) FROM connections
WHERE system IN ('hubspot', 'xero') AND account IS NOT NULL AND state IN ('connected', 'broken') AND place = 'vendor';

-- With which account an object was left, when another one was meant from then on: it stays as it was, and is asked for no more.
ALTER TABLE deals ADD COLUMN left_with TEXT;
ALTER TABLE invoices ADD COLUMN left_with TEXT;
ALTER TABLE credits ADD COLUMN left_with TEXT;

-- Objects that a system did not have any more when very many were missing at once: what that means a person says. Until then they stay as they were.
CREATE TABLE missing_objects (
    system TEXT NOT NULL REFERENCES vendors (name),
    remote_id TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    -- When a person said that they are gone; from then on the next reading decides.
    confirmed_at BIGINT,
    PRIMARY KEY (system, remote_id)
);

-- What Xero's chart of accounts and its tax rates are, as last read: one row for each, and none for what is gone there.
CREATE TABLE xero_accounts (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- Xero's words, such as BANK and EXPENSE.
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    archived BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE TABLE xero_tax_types (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    on_expenses BIGINT NOT NULL,
    archived BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);

-- The day on which a bill was dated because Xero's books were locked, and until when they were.
ALTER TABLE bills ADD COLUMN dated_on TEXT;
ALTER TABLE bills ADD COLUMN locked_until TEXT;

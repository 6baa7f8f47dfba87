-- Bills that ended stay, and each bill has its own lines. It does not serve the code before it: nothing ran in production yet.

-- A number may be used again once its bill ended, as in Xero, and so may Xero's bill be taken anew; `state` says how a bill ended, so it is none of the
-- statement's any more. The table is made again because SQLite drops no constraint.
CREATE TABLE bills_kept (
    id TEXT PRIMARY KEY,
    statement_id TEXT NOT NULL REFERENCES statements (id),
    partner_id TEXT NOT NULL REFERENCES partners (id),
    -- The partner's own invoice number.
    number TEXT NOT NULL,
    currency TEXT NOT NULL,
    -- Net.
    total_minor BIGINT NOT NULL,
    -- What Xero says of its tax, once it is there.
    tax_minor BIGINT NOT NULL,
    paid_minor BIGINT NOT NULL,
    -- Net, of payments that were undone and not made again.
    undone_minor BIGINT NOT NULL,
    -- raised, asked, booked, part_paid, paid; or voided, withdrawn.
    state TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    xero_invoice_id TEXT,
    raised_by TEXT REFERENCES people (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
INSERT INTO bills_kept (id, statement_id, partner_id, number, currency, total_minor, tax_minor, paid_minor, undone_minor, state, idempotency_key,
    xero_invoice_id, raised_by, created_at, updated_at)
SELECT id, statement_id, partner_id, number, currency, total_minor, tax_minor, paid_minor, undone_minor,
    CASE state WHEN 'stated' THEN 'raised' WHEN 'invoiced' THEN 'booked' ELSE state END, idempotency_key,
    xero_invoice_id, raised_by, created_at, updated_at FROM bills;
DROP TABLE bills;
ALTER TABLE bills_kept RENAME TO bills;
CREATE INDEX bills_by_statement ON bills (statement_id);
CREATE UNIQUE INDEX bills_by_number ON bills (partner_id, LOWER(number)) WHERE state NOT IN ('voided', 'withdrawn');
CREATE UNIQUE INDEX bills_by_xero_invoice ON bills (xero_invoice_id) WHERE state NOT IN ('voided', 'withdrawn');

-- Which bill a line of a statement is on; of a statement with several bills from before, nobody said.
ALTER TABLE lines ADD COLUMN bill_id TEXT REFERENCES bills (id);
UPDATE lines SET bill_id = (SELECT MIN(bills.id) FROM bills WHERE bills.statement_id = lines.statement_id)
WHERE statement_id IN (SELECT statements.id FROM statements JOIN bills ON bills.statement_id = statements.id WHERE bills.total_minor = statements.total_minor);

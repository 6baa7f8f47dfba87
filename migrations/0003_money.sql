-- Money in depth: split lines, disputes, invoices for several deals, credit notes, waivers, and several bills for one statement.
-- It does not serve the code before it: nothing ran in production yet.

-- A split plan has one line for each partner and month.
DROP INDEX lines_by_deal;
CREATE UNIQUE INDEX lines_by_deal ON lines (deal_id, kind, position, partner_id);
-- Who entered a manual line or adjustment: never the one who approves it.
ALTER TABLE lines ADD COLUMN entered_by TEXT REFERENCES people (id);
-- Since when its partner disputes it.
ALTER TABLE lines ADD COLUMN disputed_at BIGINT;
-- Who refused it: it stays cancelled whatever the schedule says.
ALTER TABLE lines ADD COLUMN refused_by TEXT REFERENCES people (id);
CREATE INDEX lines_disputed ON lines (disputed_at);

-- The thread of a dispute; only ever added to.
CREATE TABLE dispute_messages (
    line_id TEXT NOT NULL REFERENCES lines (id),
    position BIGINT NOT NULL,
    -- opened, answered or resolved.
    kind TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    text TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (line_id, position)
);

-- From when the partner is in the programme no more.
ALTER TABLE partners ADD COLUMN left_on TEXT;

-- When a person decided what becomes of a deal that was merged into another partner's.
ALTER TABLE deals ADD COLUMN merge_decided_at BIGINT;
CREATE INDEX deals_by_plan_version ON deals (plan_version_id);

-- Which deals an invoice is for: one, or several with the part of its SubTotal that is each one's.
DROP TABLE invoice_links;
CREATE TABLE invoice_links (
    invoice_id TEXT NOT NULL REFERENCES invoices (id),
    deal_id TEXT NOT NULL REFERENCES deals (id),
    -- person, reference or contact.
    how TEXT NOT NULL,
    -- None: all of it.
    share_minor BIGINT,
    linked_by TEXT REFERENCES people (id),
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (invoice_id, deal_id)
);
CREATE INDEX invoice_links_by_deal ON invoice_links (deal_id);

-- Mirror of Xero's credit notes to clients, as last read.
CREATE TABLE credits (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL,
    reference TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    status TEXT NOT NULL,
    issued_on TEXT,
    currency TEXT NOT NULL,
    sub_total_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    -- Cash that went back to the client for it.
    refunded_minor BIGINT NOT NULL,
    -- Which invoices it was set against, as JSON.
    allocations TEXT NOT NULL,
    deal_id TEXT REFERENCES deals (id),
    -- person, invoice, reference or contact.
    how TEXT,
    linked_by TEXT REFERENCES people (id),
    xero_updated_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX credits_by_deal ON credits (deal_id);

-- What a person said need not be collected of a month; only ever added to.
CREATE TABLE waivers (
    deal_id TEXT NOT NULL REFERENCES deals (id),
    month BIGINT NOT NULL,
    position BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    reason TEXT NOT NULL,
    waived_by TEXT NOT NULL REFERENCES people (id),
    waived_at BIGINT NOT NULL,
    PRIMARY KEY (deal_id, month, position)
);

-- A statement may be invoiced by several bills, together never above it.
CREATE TABLE bills_of_statements (
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
    state TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    xero_invoice_id TEXT UNIQUE,
    raised_by TEXT REFERENCES people (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (partner_id, number)
);
INSERT INTO bills_of_statements (id, statement_id, partner_id, number, currency, total_minor, tax_minor, paid_minor, state, idempotency_key,
    xero_invoice_id, raised_by, created_at, updated_at)
SELECT id, statement_id, partner_id, number, currency, total_minor, 0, paid_minor, state, idempotency_key,
    xero_invoice_id, raised_by, created_at, updated_at FROM bills;
DROP TABLE bills;
ALTER TABLE bills_of_statements RENAME TO bills;
CREATE INDEX bills_by_statement ON bills (statement_id);

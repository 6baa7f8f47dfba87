-- Which deals an invoice or credit note is for: refunds of several deals, deals that go on in another, and what finding them needs.

-- The deal in which one goes on that was merged away in HubSpot, once a person said so.
ALTER TABLE deals ADD COLUMN merged_into TEXT REFERENCES deals (id);

-- Which deals a credit note takes money from, as `invoice_links` has it. What `credits` itself says of its deal is read no more; a later migration drops it.
CREATE TABLE credit_links (
    credit_id TEXT NOT NULL REFERENCES credits (id),
    deal_id TEXT NOT NULL REFERENCES deals (id),
    -- person, invoice, reference or contact.
    how TEXT NOT NULL,
    -- Which part of the SubTotal; none: all of it.
    share_minor BIGINT,
    linked_by TEXT REFERENCES people (id),
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (credit_id, deal_id)
);
INSERT INTO credit_links (credit_id, deal_id, how, linked_by, linked_at)
SELECT id, deal_id, how, linked_by, seen_at FROM credits WHERE deal_id IS NOT NULL AND how IS NOT NULL;
CREATE INDEX credit_links_by_deal ON credit_links (deal_id);

CREATE INDEX credits_by_contact ON credits (contact_id);
CREATE INDEX credits_by_contact_name ON credits (LOWER(contact_name));
CREATE INDEX invoices_by_contact_name ON invoices (LOWER(contact_name));
CREATE INDEX clients_by_name ON clients (LOWER(name));
-- What the backstop reads again, longest unseen first.
CREATE INDEX invoices_by_status ON invoices (status, seen_at);

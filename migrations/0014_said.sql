-- Who said that an invoice is for no deal at all; nothing else takes it for one then.
ALTER TABLE invoices ADD COLUMN no_deal_said_by TEXT REFERENCES people (id);

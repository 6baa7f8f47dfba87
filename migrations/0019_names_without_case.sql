-- What names and numbers are compared by: their letters in lower case, as the portal writes them. SQLite's LOWER knows those of English alone, so that a client
-- with an umlaut was found on PostgreSQL and not there. Rows from before get them from the database, and the portal's own with their next reading.
ALTER TABLE clients ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE invoices ADD COLUMN contact_key TEXT NOT NULL DEFAULT '';
ALTER TABLE credits ADD COLUMN contact_key TEXT NOT NULL DEFAULT '';
ALTER TABLE bills ADD COLUMN number_key TEXT NOT NULL DEFAULT '';
UPDATE clients SET name_key = LOWER(name);
UPDATE invoices SET contact_key = LOWER(contact_name);
UPDATE credits SET contact_key = LOWER(contact_name);
UPDATE bills SET number_key = LOWER(number);

DROP INDEX credits_by_contact_name;
DROP INDEX invoices_by_contact_name;
DROP INDEX clients_by_name;
DROP INDEX bills_by_number;
CREATE INDEX credits_by_contact_key ON credits (contact_key);
CREATE INDEX invoices_by_contact_key ON invoices (contact_key);
CREATE INDEX clients_by_name_key ON clients (name_key);
CREATE UNIQUE INDEX bills_by_number ON bills (partner_id, number_key) WHERE state NOT IN ('voided', 'withdrawn');

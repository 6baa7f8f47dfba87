-- Why the contact of a lead may be kept; nothing for leads from before. And when the contact was taken out.
ALTER TABLE leads ADD COLUMN lawful_basis TEXT;
-- When consent was given, and where its wording stands, where it is consent.
ALTER TABLE leads ADD COLUMN consent_on TEXT;
ALTER TABLE leads ADD COLUMN consent_source TEXT;
ALTER TABLE leads ADD COLUMN pseudonymised_at BIGINT;
CREATE INDEX leads_by_contact ON leads (contact_email);
CREATE INDEX mails_by_recipient ON mails (recipient);

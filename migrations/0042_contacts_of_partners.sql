-- A contact of Xero's is one partner's: whoever else was given it by its name would have its bills paid to that one. Where two have the same, the one that came
-- first keeps it, and the other's is looked for anew.
UPDATE partners SET xero_contact_id = NULL
WHERE xero_contact_id IS NOT NULL
    AND EXISTS (SELECT 1 FROM partners AS first WHERE first.xero_contact_id = partners.xero_contact_id AND first.id < partners.id);
CREATE UNIQUE INDEX partners_by_contact ON partners (xero_contact_id);

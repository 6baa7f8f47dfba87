-- Since when a deal that was won is not won any more: what its client is invoiced for from that day on may be for something else. Where it was read before,
-- that is its last change.
ALTER TABLE deals ADD COLUMN lost_at BIGINT;
UPDATE deals SET lost_at = hubspot_modified_at WHERE state <> 'won' AND won_on IS NOT NULL;

-- Who said that a credit note takes money from no deal at all; nothing else takes it for one then.
ALTER TABLE credits ADD COLUMN no_deal_said_by TEXT REFERENCES people (id);

-- What is divided beyond its net amount may be a credit note by now.
UPDATE exceptions SET kind = 'shares_beyond_document', subject = 'shares_beyond_document' || substr(subject, 22) WHERE kind = 'shares_beyond_invoice';

-- Which of a thousand bundles a partner's pack lies in: the random end of its id. One of a portal that knows nothing of it yet lies in a bundle for itself.
ALTER TABLE partner_changes ADD COLUMN bucket TEXT NOT NULL DEFAULT '-';
UPDATE partner_changes SET bucket = substr(partner_id, 25);
CREATE INDEX partner_changes_by_bucket ON partner_changes (bucket, version);

-- The packs of all partners of one bucket, in one row: a row for each partner cost more to read than to compute from.
-- `packs` is read no more; a later migration drops it.
CREATE TABLE bundles (
    bucket TEXT PRIMARY KEY,
    -- How many partners of the bucket had changes, and the sum of their versions, when it was made: both only grow, so the same numbers mean no change.
    partners BIGINT NOT NULL,
    versions BIGINT NOT NULL,
    body BYTEA NOT NULL
);
-- They are packed already: nothing is to be gained from packing them again.
ALTER TABLE bundles ALTER COLUMN body SET STORAGE EXTERNAL;

-- PostgreSQL knows no REPLACE that could take the place of a statement in its partner's chain.

-- Bundles hold the packs since version 10.
DROP TABLE packs;

-- How often a partner of a bucket changed: counting its partners' changes each time cost more than reading the bundles. A bundle is made of rows, and is
-- made anew by whoever misses it.
UPDATE partner_changes SET bucket = substr(partner_id, 25) WHERE bucket = '-';
CREATE TABLE bucket_changes (
    bucket TEXT PRIMARY KEY,
    version BIGINT NOT NULL
);
INSERT INTO bucket_changes (bucket, version) SELECT bucket, 1 FROM partner_changes GROUP BY bucket;
DROP INDEX partner_changes_by_bucket;
CREATE INDEX partner_changes_by_bucket ON partner_changes (bucket);
DROP TABLE bundles;
CREATE TABLE bundles (
    bucket TEXT PRIMARY KEY,
    -- That of the bucket's changes when it was made.
    version BIGINT NOT NULL,
    body BYTEA NOT NULL
);
-- They are packed already: nothing is to be gained from packing them again.
ALTER TABLE bundles ALTER COLUMN body SET STORAGE EXTERNAL;

-- With an index for the partner alone, SQLite reads all won deals rather than those of some partners.
DROP INDEX deals_by_partner;
CREATE INDEX deals_by_partner ON deals (partner_id, state);

-- How an outside system stands, said once for all instances.
-- Outages in a row; from some of them on it is taken to be down: nothing is sent but one job at a time that finds out.
ALTER TABLE vendors ADD COLUMN outages BIGINT NOT NULL DEFAULT 0;
ALTER TABLE vendors ADD COLUMN down_at BIGINT;
-- It does not accept our credentials: the same, until a call works again or a person says so.
ALTER TABLE vendors ADD COLUMN held_at BIGINT;
-- When the next job may find out whether either is over.
ALTER TABLE vendors ADD COLUMN probe_at BIGINT;
-- It asked for fewer calls.
ALTER TABLE vendors ADD COLUMN wait_until BIGINT;
-- A person wants nothing sent.
ALTER TABLE vendors ADD COLUMN paused_at BIGINT;
ALTER TABLE vendors ADD COLUMN paused_by TEXT REFERENCES people (id);
ALTER TABLE vendors ADD COLUMN paused_reason TEXT;
INSERT INTO vendors (name) VALUES ('hubspot'), ('xero'), ('slack'), ('mail') ON CONFLICT (name) DO NOTHING;

-- 0: a person waits for it; 1: as usual; 2: whenever there is time.
ALTER TABLE jobs ADD COLUMN priority BIGINT NOT NULL DEFAULT 1;
DROP INDEX jobs_due;
CREATE INDEX jobs_by_priority ON jobs (lane, state, priority, run_at, id);
CREATE INDEX jobs_by_age ON jobs (lane, state, run_at, id);
UPDATE jobs SET lane = 'inbox' WHERE kind = 'work_inbox';

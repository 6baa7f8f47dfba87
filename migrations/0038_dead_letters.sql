-- What kind of failure a job's last try ended with: what a person can do about it goes by that.
ALTER TABLE jobs ADD COLUMN failure TEXT;

-- A person said of a dead job that nothing will come of it: it is kept with its tries, and fails no more.
ALTER TABLE jobs ADD COLUMN set_aside_at BIGINT;
ALTER TABLE jobs ADD COLUMN set_aside_by TEXT REFERENCES people (id);
ALTER TABLE jobs ADD COLUMN set_aside_reason TEXT;
CREATE INDEX jobs_by_ending ON jobs (lane, finished_at, id) WHERE state = 'dead';

-- What is done is looked for by nobody: it stands in no index of what is due or under way, so that claiming and finishing touch as few of them as can be.
DROP INDEX jobs_by_priority;
DROP INDEX jobs_by_age;
CREATE INDEX jobs_by_priority ON jobs (lane, priority, run_at, id) WHERE state = 'waiting';
CREATE INDEX jobs_by_age ON jobs (lane, run_at, id) WHERE state = 'waiting';
CREATE INDEX jobs_by_lease ON jobs (lane, lease_until) WHERE state = 'running';

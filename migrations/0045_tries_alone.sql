-- What is done at its first claim is removed, thousands of jobs a second, and none of those has a try: that need not be looked up for each of them.
ALTER TABLE job_tries RENAME TO job_tries_before;
CREATE TABLE job_tries (
    job_id TEXT NOT NULL,
    fence BIGINT NOT NULL,
    ending TEXT NOT NULL CHECK (ending IN ('failed', 'waited', 'lost')),
    error TEXT NOT NULL,
    ended_at BIGINT NOT NULL,
    PRIMARY KEY (job_id, fence)
);
INSERT INTO job_tries (job_id, fence, ending, error, ended_at) SELECT job_id, fence, ending, error, ended_at FROM job_tries_before;
DROP TABLE job_tries_before;

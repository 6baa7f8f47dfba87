-- Every try of a job that did not do its work, by the number of its claim. That number never begins anew, so the history stays when a person has the tries
-- counted from the beginning. A try was failed (it counts), waited (the vendor's doing: it does not count), or lost with its worker (it counts).
CREATE TABLE job_tries (
    job_id TEXT NOT NULL REFERENCES jobs (id),
    fence BIGINT NOT NULL,
    ending TEXT NOT NULL CHECK (ending IN ('failed', 'waited', 'lost')),
    error TEXT NOT NULL,
    ended_at BIGINT NOT NULL,
    PRIMARY KEY (job_id, fence)
);
INSERT INTO job_tries (job_id, fence, ending, error, ended_at)
    SELECT job_id, attempt, 'failed', error, failed_at FROM job_failures;
DROP TABLE job_failures;

-- How many workers in a row went silent over it: a job that kills its worker must not go on doing so.
ALTER TABLE jobs ADD COLUMN losses BIGINT NOT NULL DEFAULT 0;

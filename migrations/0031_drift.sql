-- When all that a system has of ours was last read again and compared with what we have.
CREATE TABLE comparisons (
    system TEXT PRIMARY KEY,
    began_at BIGINT NOT NULL,
    -- None while it goes on.
    ended_at BIGINT,
    compared BIGINT NOT NULL,
    differed BIGINT NOT NULL
);

-- What was not there as it is here.
CREATE TABLE differences (
    system TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    field TEXT NOT NULL,
    -- Empty for nothing.
    ours TEXT NOT NULL,
    theirs TEXT NOT NULL,
    -- The first of the comparisons in a row that found the same.
    first_found_at BIGINT NOT NULL,
    found_at BIGINT NOT NULL,
    PRIMARY KEY (system, remote_id, field)
);

-- The first change after the last webhook that a sweep found and no webhook had told of.
ALTER TABLE vendors ADD COLUMN unheard_at BIGINT;

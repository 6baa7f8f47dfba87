-- What somebody must know of the machinery, one row for each cause: told once when it begins and once when it is over.
CREATE TABLE alerts (
    -- What is wrong and where, such as `held hubspot`.
    cause TEXT PRIMARY KEY,
    told_at BIGINT NOT NULL,
    -- It was told that it is over.
    over_at BIGINT
);

-- How many calls the account of an outside system still takes, for all workers of all instances.
CREATE TABLE budgets (
    name TEXT PRIMARY KEY,
    -- The next call's turn, in microseconds since 1970.
    next_us BIGINT NOT NULL,
    -- What the system itself said: so many calls in so many milliseconds, and what is left of how many for the day.
    calls BIGINT,
    window_ms BIGINT,
    day_left BIGINT,
    day_most BIGINT,
    told_at BIGINT
);

-- Notes as they came, byte for byte, with the headers that show who sent them.
CREATE TABLE inbox_raw (
    id TEXT PRIMARY KEY,
    vendor TEXT NOT NULL,
    -- Two deliveries of the same note are one.
    dedupe_key TEXT NOT NULL UNIQUE,
    body BLOB NOT NULL,
    -- JSON, name to value.
    headers TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    worked_at BIGINT,
    -- What was found in it when it was worked off: how many events, and how many of them cannot be read.
    events BIGINT,
    faults BIGINT,
    -- When a person had it worked off again.
    replayed_at BIGINT
);
INSERT INTO inbox_raw (id, vendor, dedupe_key, body, headers, received_at, worked_at)
    SELECT id, vendor, dedupe_key, CAST(body AS BLOB), '{}', received_at, worked_at FROM inbox;
DROP TABLE inbox;
ALTER TABLE inbox_raw RENAME TO inbox;
CREATE INDEX inbox_by_time ON inbox (vendor, received_at);

-- Events that carry a key of the vendor's own, and the note that told of them first.
CREATE TABLE inbox_events (
    event_key TEXT PRIMARY KEY,
    inbox_id TEXT NOT NULL REFERENCES inbox (id) ON DELETE CASCADE,
    seen_at BIGINT NOT NULL
);
CREATE INDEX inbox_events_by_time ON inbox_events (seen_at);

-- Requests that were no vendor's, by day and reason.
CREATE TABLE refusals (
    vendor TEXT NOT NULL,
    reason TEXT NOT NULL,
    day TEXT NOT NULL,
    requests BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (vendor, reason, day)
);

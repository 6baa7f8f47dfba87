-- Notes as they came, byte for byte, with the headers that show who sent them.
ALTER TABLE inbox ALTER COLUMN body TYPE BYTEA USING convert_to(body, 'UTF8');
-- JSON, name to value.
ALTER TABLE inbox ADD COLUMN headers TEXT NOT NULL DEFAULT '{}';
ALTER TABLE inbox ALTER COLUMN headers DROP DEFAULT;
-- What was found in it when it was worked off: how many events, and how many of them cannot be read.
ALTER TABLE inbox ADD COLUMN events BIGINT;
ALTER TABLE inbox ADD COLUMN faults BIGINT;
-- When a person had it worked off again.
ALTER TABLE inbox ADD COLUMN replayed_at BIGINT;
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

-- A key outlives the note that told of it: as a reference, each note that is dropped would be looked for among all keys.
CREATE TABLE inbox_events_alone (
    event_key TEXT PRIMARY KEY,
    inbox_id TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);
INSERT INTO inbox_events_alone (event_key, inbox_id, seen_at) SELECT event_key, inbox_id, seen_at FROM inbox_events;
DROP TABLE inbox_events;
ALTER TABLE inbox_events_alone RENAME TO inbox_events;
CREATE INDEX inbox_events_by_time ON inbox_events (seen_at);

-- A key outlives the note that told of it: as a reference, each note that is dropped would be looked for among all keys.
ALTER TABLE inbox_events DROP CONSTRAINT inbox_events_inbox_id_fkey;

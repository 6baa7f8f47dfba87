-- Notes are worked off together, all that wait; one that cannot be gets a job of its own, and since when is said here.
ALTER TABLE inbox ADD COLUMN apart_at BIGINT;
CREATE INDEX inbox_waiting ON inbox (id) WHERE worked_at IS NULL AND apart_at IS NULL;

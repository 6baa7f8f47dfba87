-- The first request under a system's name that was refused after the last one that was accepted.
ALTER TABLE vendors ADD COLUMN refused_at BIGINT;

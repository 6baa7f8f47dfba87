-- Since when an outside system has wanted no calls, or none but one now and then.
ALTER TABLE vendors ADD COLUMN limited_at BIGINT;

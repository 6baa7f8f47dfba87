-- The month in which position 0 of a deal's lines lies, where it is not that of the start: lines that are on a statement keep theirs when the start moves.
ALTER TABLE deals ADD COLUMN origin_month BIGINT;

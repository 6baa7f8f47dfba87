-- The month in which position 0 of a deal's lines lies, where it is not that of the start: lines that are on a statement keep theirs when the start moves.
ALTER TABLE deals ADD COLUMN origin_month BIGINT;

-- What was waived in one currency is nothing in another. Where it is missing, it is that of the deal, which never had another one then.
ALTER TABLE waivers ADD COLUMN currency TEXT;

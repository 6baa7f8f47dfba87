-- With which organisation a bill was left that Xero was asked for there and never answered. Whether it is there nobody knows, so it is not asked for in another
-- one; once that organisation is meant again, it is looked for there as before.
ALTER TABLE bills ADD COLUMN left_with TEXT;

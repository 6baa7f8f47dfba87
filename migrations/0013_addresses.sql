-- Where post reaches a partner, as its statements print it; all of it is empty until somebody says it.
ALTER TABLE partners ADD COLUMN street TEXT NOT NULL DEFAULT '';
ALTER TABLE partners ADD COLUMN postal_code TEXT NOT NULL DEFAULT '';
ALTER TABLE partners ADD COLUMN city TEXT NOT NULL DEFAULT '';

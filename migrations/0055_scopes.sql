-- Which of its leads a partner's sales people see: all, or each its own.
ALTER TABLE partners ADD COLUMN sales_reach TEXT NOT NULL DEFAULT 'all';
-- The partner manager who looks after it.
ALTER TABLE partners ADD COLUMN manager_id TEXT REFERENCES people (id);
CREATE INDEX partners_by_manager ON partners (manager_id);

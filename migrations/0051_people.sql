-- Who disabled a person, and why; since when says `disabled_at`.
ALTER TABLE people ADD COLUMN disabled_by TEXT REFERENCES people (id);
ALTER TABLE people ADD COLUMN disabled_reason TEXT;

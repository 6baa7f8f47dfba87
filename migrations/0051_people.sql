-- Who disabled a person, and why; since when says `disabled_at`.
ALTER TABLE people ADD COLUMN disabled_by TEXT REFERENCES people (id);
ALTER TABLE people ADD COLUMN disabled_reason TEXT;

-- By whose hand lines of a deal came to be worth what they are: whoever that was last is not the one who approves them. Only ever added to.
CREATE TABLE hands (
    deal_id TEXT NOT NULL REFERENCES deals (id),
    -- One line; none: all that the deal had then on no statement, from a month on.
    line_id TEXT REFERENCES lines (id),
    from_month BIGINT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    moved_at BIGINT NOT NULL
);
CREATE INDEX hands_by_deal ON hands (deal_id);

INSERT INTO hands (deal_id, line_id, from_month, person_id, moved_at)
SELECT deal_id, id, 0, entered_by, created_at FROM lines WHERE entered_by IS NOT NULL;

-- Who changed last what a partner's money is paid by, and who else has seen that since.
ALTER TABLE partners ADD COLUMN details_by TEXT REFERENCES people (id);
ALTER TABLE partners ADD COLUMN details_at BIGINT;
ALTER TABLE partners ADD COLUMN details_seen_by TEXT REFERENCES people (id);
ALTER TABLE partners ADD COLUMN details_seen_at BIGINT;

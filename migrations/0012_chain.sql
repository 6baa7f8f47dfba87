-- Which of the partner's statements one is, counted from 1: each carries the hash of the one before it. None of one from when each currency of a partner
-- had a chain of its own; these come before all others.
ALTER TABLE statements ADD COLUMN place BIGINT;
CREATE UNIQUE INDEX statements_by_place ON statements (partner_id, place);

-- From where and how each act was done, and the hash that chains it to all acts before it. What was written before this has none of it: its own hash is computed when
-- the first act after it is chained (`src/store/audit.rs`).

ALTER TABLE audit ADD COLUMN means TEXT;
-- Which page, server function, command or job.
ALTER TABLE audit ADD COLUMN task TEXT;
ALTER TABLE audit ADD COLUMN address TEXT;
-- Of a session that may be gone by now.
ALTER TABLE audit ADD COLUMN session TEXT;
-- Who was logged in where the command was typed.
ALTER TABLE audit ADD COLUMN login TEXT;
ALTER TABLE audit ADD COLUMN hash TEXT;
-- Random, so that nobody guesses what was erased from its hash.
ALTER TABLE audit ADD COLUMN salt TEXT;
-- Of what was erased, in whose place they stand in the chain.
ALTER TABLE audit ADD COLUMN subject_hash TEXT;
ALTER TABLE audit ADD COLUMN facts_hash TEXT;

CREATE INDEX audit_by_person ON audit (person_id, position);
CREATE INDEX audit_by_act ON audit (act, position);

-- One thing may be done to an act: what it says of a person is erased, and leaves its hash there.
DROP TRIGGER audit_no_update;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
WHEN NEW.rowid IS NOT OLD.rowid OR NEW.position IS NOT OLD.position OR NEW.person_id IS NOT OLD.person_id OR NEW.act IS NOT OLD.act
    OR NEW.happened_at IS NOT OLD.happened_at OR NEW.means IS NOT OLD.means OR NEW.task IS NOT OLD.task OR NEW.address IS NOT OLD.address
    OR NEW.session IS NOT OLD.session OR NEW.login IS NOT OLD.login OR NEW.hash IS NOT OLD.hash
    OR OLD.facts_hash IS NOT NULL OR NEW.facts_hash IS NULL OR NEW.facts IS NOT '{"erased":true}' OR NEW.salt IS NOT NULL
    OR NOT (NEW.subject = OLD.subject AND NEW.subject_hash IS NULL OR NEW.subject = 'erased' AND NEW.subject_hash IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

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
DROP TRIGGER audit_append_only ON audit;
CREATE TRIGGER audit_append_only BEFORE DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.position, NEW.person_id, NEW.act, NEW.happened_at, NEW.means, NEW.task, NEW.address, NEW.session, NEW.login, NEW.hash)
            IS DISTINCT FROM ROW(OLD.position, OLD.person_id, OLD.act, OLD.happened_at, OLD.means, OLD.task, OLD.address, OLD.session, OLD.login, OLD.hash)
        OR OLD.facts_hash IS NOT NULL OR NEW.facts_hash IS NULL OR NEW.facts IS DISTINCT FROM '{"erased":true}' OR NEW.salt IS NOT NULL
        OR NOT (NEW.subject = OLD.subject AND NEW.subject_hash IS NULL OR NEW.subject = 'erased' AND NEW.subject_hash IS NOT NULL)
    THEN
        RAISE EXCEPTION 'audit is append-only';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();

-- One thing may be done to what is only ever added to and may name a person: what it says is erased.
DROP TRIGGER lead_events_no_update;
CREATE TRIGGER lead_events_no_update BEFORE UPDATE ON lead_events
WHEN NEW.rowid IS NOT OLD.rowid OR NEW.lead_id IS NOT OLD.lead_id OR NEW.position IS NOT OLD.position OR NEW.kind IS NOT OLD.kind
    OR NEW.person_id IS NOT OLD.person_id OR NEW.happened_at IS NOT OLD.happened_at
    OR NEW.facts IS NOT '{"erased":true}' OR OLD.facts = '{"erased":true}'
BEGIN SELECT RAISE(ABORT, 'a timeline is append-only'); END;

DROP TRIGGER dispute_messages_no_update;
CREATE TRIGGER dispute_messages_no_update BEFORE UPDATE ON dispute_messages
WHEN NEW.rowid IS NOT OLD.rowid OR NEW.line_id IS NOT OLD.line_id OR NEW.position IS NOT OLD.position OR NEW.kind IS NOT OLD.kind
    OR NEW.person_id IS NOT OLD.person_id OR NEW.written_at IS NOT OLD.written_at
    OR NEW.text IS NOT '[erased]' OR OLD.text = '[erased]'
BEGIN SELECT RAISE(ABORT, 'a dispute is append-only'); END;

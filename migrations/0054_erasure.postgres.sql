-- One thing may be done to what is only ever added to and may name a person: what it says is erased.
DROP TRIGGER lead_events_append_only ON lead_events;
CREATE TRIGGER lead_events_append_only BEFORE DELETE OR TRUNCATE ON lead_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_timeline_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.lead_id, NEW.position, NEW.kind, NEW.person_id, NEW.happened_at)
            IS DISTINCT FROM ROW(OLD.lead_id, OLD.position, OLD.kind, OLD.person_id, OLD.happened_at)
        OR NEW.facts IS DISTINCT FROM '{"erased":true}' OR OLD.facts = '{"erased":true}'
    THEN
        RAISE EXCEPTION 'lead_events is append-only';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER lead_events_no_update BEFORE UPDATE ON lead_events FOR EACH ROW EXECUTE FUNCTION refuse_timeline_change();

DROP TRIGGER dispute_messages_append_only ON dispute_messages;
CREATE TRIGGER dispute_messages_append_only BEFORE DELETE OR TRUNCATE ON dispute_messages FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_dispute_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.line_id, NEW.position, NEW.kind, NEW.person_id, NEW.written_at)
            IS DISTINCT FROM ROW(OLD.line_id, OLD.position, OLD.kind, OLD.person_id, OLD.written_at)
        OR NEW.text IS DISTINCT FROM '[erased]' OR OLD.text = '[erased]'
    THEN
        RAISE EXCEPTION 'dispute_messages is append-only';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER dispute_messages_no_update BEFORE UPDATE ON dispute_messages FOR EACH ROW EXECUTE FUNCTION refuse_dispute_change();

-- What people said about money is only ever added to, like the books.
CREATE TRIGGER dispute_messages_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dispute_messages FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER waivers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON waivers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

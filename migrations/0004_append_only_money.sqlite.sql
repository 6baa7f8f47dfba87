-- What people said about money is only ever added to, like the books.
CREATE TRIGGER dispute_messages_no_update BEFORE UPDATE ON dispute_messages BEGIN SELECT RAISE(ABORT, 'a dispute is append-only'); END;
CREATE TRIGGER dispute_messages_no_delete BEFORE DELETE ON dispute_messages BEGIN SELECT RAISE(ABORT, 'a dispute is append-only'); END;
CREATE TRIGGER waivers_no_update BEFORE UPDATE ON waivers BEGIN SELECT RAISE(ABORT, 'waivers are append-only'); END;
CREATE TRIGGER waivers_no_delete BEFORE DELETE ON waivers BEGIN SELECT RAISE(ABORT, 'waivers are append-only'); END;

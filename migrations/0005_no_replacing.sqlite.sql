-- SQLite's REPLACE deletes the row that is in the way without firing a delete trigger: what is append-only refuses a row whose key is taken, before that.
-- Each check is one look-up by key; `rowid` is -1 where the statement does not name it, so that check costs nothing.
CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM journal WHERE position = NEW.position) OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM journal WHERE rowid = NEW.rowid))
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE position = NEW.position) OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM audit WHERE rowid = NEW.rowid))
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER statements_no_replace BEFORE INSERT ON statements
WHEN EXISTS (SELECT 1 FROM statements WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM statements WHERE number = NEW.number)
    OR EXISTS (SELECT 1 FROM statements WHERE partner_id = NEW.partner_id AND currency = NEW.currency AND quarter = NEW.quarter)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM statements WHERE rowid = NEW.rowid))
BEGIN SELECT RAISE(ABORT, 'statements are frozen'); END;
CREATE TRIGGER lead_events_no_replace BEFORE INSERT ON lead_events
WHEN EXISTS (SELECT 1 FROM lead_events WHERE lead_id = NEW.lead_id AND position = NEW.position)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM lead_events WHERE rowid = NEW.rowid))
BEGIN SELECT RAISE(ABORT, 'a timeline is append-only'); END;
CREATE TRIGGER dispute_messages_no_replace BEFORE INSERT ON dispute_messages
WHEN EXISTS (SELECT 1 FROM dispute_messages WHERE line_id = NEW.line_id AND position = NEW.position)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM dispute_messages WHERE rowid = NEW.rowid))
BEGIN SELECT RAISE(ABORT, 'a dispute is append-only'); END;
CREATE TRIGGER waivers_no_replace BEFORE INSERT ON waivers
WHEN EXISTS (SELECT 1 FROM waivers WHERE deal_id = NEW.deal_id AND month = NEW.month AND position = NEW.position)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM waivers WHERE rowid = NEW.rowid))
BEGIN SELECT RAISE(ABORT, 'waivers are append-only'); END;

-- A version of a plan is never changed, only followed by another: every line that it priced rests on it.
CREATE TRIGGER plan_versions_no_update BEFORE UPDATE ON plan_versions BEGIN SELECT RAISE(ABORT, 'versions of a plan are append-only'); END;
CREATE TRIGGER plan_versions_no_delete BEFORE DELETE ON plan_versions BEGIN SELECT RAISE(ABORT, 'versions of a plan are append-only'); END;
CREATE TRIGGER plan_versions_no_replace BEFORE INSERT ON plan_versions
WHEN EXISTS (SELECT 1 FROM plan_versions WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM plan_versions WHERE plan_id = NEW.plan_id AND version = NEW.version)
    OR (NEW.rowid <> -1 AND EXISTS (SELECT 1 FROM plan_versions WHERE rowid = NEW.rowid))
BEGIN SELECT RAISE(ABORT, 'versions of a plan are append-only'); END;

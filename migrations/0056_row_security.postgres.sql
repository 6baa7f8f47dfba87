-- The second wall: what a member's transaction reads or writes is its own partner's, whatever a statement asks for. It names the partner in `portal.partner`
-- (`src/store/dialect.rs`); jobs, staff and the tools name none, and see everybody. Each condition asks for the setting once a statement and not once a row.
-- The portal's user owns the tables, and a table's owner is held to its rules only by FORCE. docs/isolation.md says what is not walled, and why.
DO $$
DECLARE
    name TEXT;
    everybody CONSTANT TEXT := '(SELECT COALESCE(current_setting(''portal.partner'', true), '''') = '''')';
    own CONSTANT TEXT := '(SELECT current_setting(''portal.partner'', true))';
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'partners', 'members', 'invitations', 'sessions', 'enrolments', 'leads', 'claims', 'deals', 'statements', 'lines', 'quarter_carries', 'bills', 'journal',
        'mails', 'slack_messages', 'slack_webhooks', 'partner_changes', 'lead_events', 'deliveries', 'dispute_messages', 'bill_files'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;

    FOREACH name IN ARRAY ARRAY[
        'members', 'invitations', 'sessions', 'enrolments', 'leads', 'claims', 'statements', 'lines', 'quarter_carries', 'bills', 'journal', 'slack_webhooks',
        'partner_changes'
    ] LOOP
        EXECUTE format('CREATE POLICY own_partner ON %I USING (%s OR partner_id = %s)', name, everybody, own);
    END LOOP;
    EXECUTE format('CREATE POLICY own_partner ON partners USING (%s OR id = %s)', everybody, own);

    -- A member writes to the vendor's people, and reads nothing of what is written to them.
    FOREACH name IN ARRAY ARRAY['mails', 'slack_messages'] LOOP
        EXECUTE format(
            'CREATE POLICY own_partner ON %I USING (%s OR partner_id = %s) WITH CHECK (%s OR partner_id IS NULL OR partner_id = %s)',
            name, everybody, own, everybody, own
        );
    END LOOP;

    -- A plan may share another partner's deal with it: it has lines there then. The lines that the condition finds are its own, by their own wall.
    EXECUTE format(
        'CREATE POLICY own_partner ON deals USING (%s OR partner_id = %s OR EXISTS (SELECT 1 FROM lines WHERE lines.deal_id = deals.id)) WITH CHECK (%s OR partner_id = %s)',
        everybody, own, everybody, own
    );

    -- What names no partner, and hangs on something that does: it is seen with that.
    EXECUTE format('CREATE POLICY own_partner ON lead_events USING (%s OR EXISTS (SELECT 1 FROM leads WHERE leads.id = lead_events.lead_id))', everybody);
    EXECUTE format('CREATE POLICY own_partner ON deliveries USING (%s OR EXISTS (SELECT 1 FROM leads WHERE leads.id = deliveries.lead_id))', everybody);
    EXECUTE format('CREATE POLICY own_partner ON dispute_messages USING (%s OR EXISTS (SELECT 1 FROM lines WHERE lines.id = dispute_messages.line_id))', everybody);
    EXECUTE format('CREATE POLICY own_partner ON bill_files USING (%s OR EXISTS (SELECT 1 FROM bills WHERE bills.id = bill_files.bill_id))', everybody);
END
$$;

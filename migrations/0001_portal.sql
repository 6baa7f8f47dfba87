-- The portal's tables, in the portable subset that SQLite and PostgreSQL share (see README.md beside this file).

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- People and access ------------------------------------------------------------------------------------------------

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    locale TEXT NOT NULL,
    staff_role TEXT,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE partners (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    legal_name TEXT NOT NULL,
    domain TEXT NOT NULL UNIQUE,
    country TEXT NOT NULL,
    vat_number TEXT NOT NULL,
    billing_email TEXT NOT NULL,
    slack_channel TEXT NOT NULL,
    xero_contact_id TEXT,
    state TEXT NOT NULL CHECK (state IN ('active', 'left')),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE members (
    partner_id TEXT NOT NULL REFERENCES partners (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    role TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (partner_id, person_id)
);
CREATE INDEX members_by_person ON members (person_id);

CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    partner_id TEXT NOT NULL REFERENCES partners (id),
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    invited_by TEXT NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX invitations_by_partner ON invitations (partner_id);

CREATE TABLE sign_in_links (
    token_hash TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    -- The partner whose portal is open; none for staff.
    partner_id TEXT REFERENCES partners (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_by_person ON sessions (person_id);

-- Plans and enrolment ----------------------------------------------------------------------------------------------

CREATE TABLE plans (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE plan_versions (
    id TEXT PRIMARY KEY,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    version BIGINT NOT NULL,
    valid_from TEXT NOT NULL,
    terms TEXT NOT NULL,
    created_by TEXT REFERENCES people (id),
    created_at BIGINT NOT NULL,
    UNIQUE (plan_id, version)
);

CREATE TABLE enrolments (
    partner_id TEXT NOT NULL REFERENCES partners (id),
    plan_id TEXT NOT NULL REFERENCES plans (id),
    valid_from TEXT NOT NULL,
    -- The first day on which it no longer holds.
    valid_until TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (partner_id, valid_from)
);

-- Leads ------------------------------------------------------------------------------------------------------------

CREATE TABLE clients (
    id TEXT PRIMARY KEY,
    -- The registrable domain.
    domain TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    hubspot_company_id TEXT,
    xero_contact_id TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX clients_by_xero_contact ON clients (xero_contact_id);

CREATE TABLE leads (
    id TEXT PRIMARY KEY,
    partner_id TEXT NOT NULL REFERENCES partners (id),
    client_id TEXT NOT NULL REFERENCES clients (id),
    submitted_by TEXT NOT NULL REFERENCES people (id),
    submission_key TEXT NOT NULL,
    client_name TEXT NOT NULL,
    client_domain TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    contact_phone TEXT NOT NULL,
    need TEXT NOT NULL,
    value_minor BIGINT,
    currency TEXT,
    state TEXT NOT NULL,
    -- Why it was refused or is in review; never shown to a partner for a review.
    reason TEXT,
    review_due_at BIGINT,
    accepted_at BIGINT,
    registered_at BIGINT,
    actioned_at BIGINT,
    hubspot_contact_id TEXT,
    hubspot_deal_id TEXT UNIQUE,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (partner_id, submission_key)
);
CREATE INDEX leads_by_partner ON leads (partner_id, created_at);
CREATE INDEX leads_by_state ON leads (state, created_at);
CREATE INDEX leads_by_domain ON leads (client_domain, state);

CREATE TABLE claims (
    lead_id TEXT PRIMARY KEY REFERENCES leads (id),
    partner_id TEXT NOT NULL REFERENCES partners (id),
    client_domain TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    released_at BIGINT
);
CREATE INDEX claims_by_domain ON claims (client_domain, expires_at);

-- The timeline of a lead; only ever added to.
CREATE TABLE lead_events (
    lead_id TEXT NOT NULL REFERENCES leads (id),
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    -- What the sentence needs, as JSON.
    facts TEXT NOT NULL,
    person_id TEXT REFERENCES people (id),
    happened_at BIGINT NOT NULL,
    PRIMARY KEY (lead_id, position)
);

-- Deals ------------------------------------------------------------------------------------------------------------

CREATE TABLE stages (
    pipeline TEXT NOT NULL,
    id TEXT NOT NULL,
    label TEXT NOT NULL,
    display_order BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    won BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (pipeline, id)
);

CREATE TABLE deals (
    id TEXT PRIMARY KEY,
    lead_id TEXT NOT NULL UNIQUE REFERENCES leads (id),
    partner_id TEXT NOT NULL REFERENCES partners (id),
    client_id TEXT NOT NULL REFERENCES clients (id),
    hubspot_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    pipeline TEXT NOT NULL,
    stage TEXT NOT NULL,
    state TEXT NOT NULL,
    won_on TEXT,
    start_on TEXT,
    end_on TEXT,
    currency TEXT,
    plan_version_id TEXT REFERENCES plan_versions (id),
    -- HubSpot's own time of change of what we hold, and when we last read it.
    hubspot_modified_at BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX deals_by_partner ON deals (partner_id);
CREATE INDEX deals_by_client ON deals (client_id, state);
CREATE INDEX deals_by_state ON deals (state);

-- What the client is charged from a month on; the evidence of every scheduled line.
CREATE TABLE deal_terms (
    deal_id TEXT NOT NULL REFERENCES deals (id),
    from_month BIGINT NOT NULL,
    value_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    period TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (deal_id, from_month)
);

-- Money ------------------------------------------------------------------------------------------------------------

CREATE TABLE statements (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    partner_id TEXT NOT NULL REFERENCES partners (id),
    quarter TEXT NOT NULL,
    currency TEXT NOT NULL,
    total_minor BIGINT NOT NULL,
    -- The frozen JSON, the hash over it, and the hash of the partner's last one.
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    closed_by TEXT NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    UNIQUE (partner_id, currency, quarter)
);

CREATE TABLE quarter_closes (
    quarter TEXT PRIMARY KEY,
    closed_by TEXT NOT NULL REFERENCES people (id),
    started_at BIGINT NOT NULL,
    finished_at BIGINT
);

CREATE TABLE lines (
    id TEXT PRIMARY KEY,
    partner_id TEXT NOT NULL REFERENCES partners (id),
    deal_id TEXT NOT NULL REFERENCES deals (id),
    kind TEXT NOT NULL,
    -- k for a scheduled line; a running number for the others.
    position BIGINT NOT NULL,
    month BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    -- m as an exact fraction of minor units.
    base_numerator BIGINT NOT NULL,
    base_denominator BIGINT NOT NULL,
    plan_version_id TEXT NOT NULL REFERENCES plan_versions (id),
    state TEXT NOT NULL,
    held_reason TEXT,
    held_by TEXT REFERENCES people (id),
    held_at BIGINT,
    approved_by TEXT REFERENCES people (id),
    approved_at BIGINT,
    statement_id TEXT REFERENCES statements (id),
    corrects_line_id TEXT REFERENCES lines (id),
    reason TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX lines_by_deal ON lines (deal_id, kind, position);
CREATE INDEX lines_by_partner ON lines (partner_id, month);
CREATE INDEX lines_by_state ON lines (state, month);
CREATE INDEX lines_by_statement ON lines (statement_id);

-- Mirror of Xero's invoices (sales) and bills, as last read.
CREATE TABLE invoices (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('sale', 'bill')),
    number TEXT NOT NULL,
    reference TEXT NOT NULL,
    description TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    status TEXT NOT NULL,
    issued_on TEXT,
    due_on TEXT,
    currency TEXT NOT NULL,
    sub_total_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    paid_minor BIGINT NOT NULL,
    prepaid_minor BIGINT NOT NULL,
    credited_minor BIGINT NOT NULL,
    due_minor BIGINT NOT NULL,
    xero_updated_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX invoices_by_contact ON invoices (contact_id);
CREATE INDEX invoices_by_number ON invoices (number);

CREATE TABLE invoice_links (
    invoice_id TEXT PRIMARY KEY REFERENCES invoices (id),
    deal_id TEXT NOT NULL REFERENCES deals (id),
    -- person, reference or contact.
    how TEXT NOT NULL,
    linked_by TEXT REFERENCES people (id),
    linked_at BIGINT NOT NULL
);
CREATE INDEX invoice_links_by_deal ON invoice_links (deal_id);

-- Which invoice filled which month with how much: rewritten as a whole by each reconciliation of a deal.
CREATE TABLE fills (
    deal_id TEXT NOT NULL REFERENCES deals (id),
    month BIGINT NOT NULL,
    invoice_id TEXT NOT NULL REFERENCES invoices (id),
    amount_minor BIGINT NOT NULL,
    PRIMARY KEY (deal_id, month, invoice_id)
);

CREATE TABLE exceptions (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    -- What makes it the same one when seen again: kind and subject.
    subject TEXT NOT NULL UNIQUE,
    deal_id TEXT REFERENCES deals (id),
    invoice_id TEXT REFERENCES invoices (id),
    statement_id TEXT REFERENCES statements (id),
    -- The numbers side by side, as JSON.
    facts TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    resolved_at BIGINT,
    resolution TEXT
);
CREATE INDEX exceptions_open ON exceptions (resolved_at, opened_at);

CREATE TABLE bills (
    id TEXT PRIMARY KEY,
    statement_id TEXT NOT NULL UNIQUE REFERENCES statements (id),
    partner_id TEXT NOT NULL REFERENCES partners (id),
    -- The partner's own invoice number.
    number TEXT NOT NULL,
    currency TEXT NOT NULL,
    total_minor BIGINT NOT NULL,
    paid_minor BIGINT NOT NULL,
    state TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    xero_invoice_id TEXT UNIQUE,
    raised_by TEXT REFERENCES people (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (partner_id, number)
);

CREATE TABLE journal (
    position BIGINT PRIMARY KEY,
    line_id TEXT NOT NULL REFERENCES lines (id),
    partner_id TEXT NOT NULL REFERENCES partners (id),
    currency TEXT NOT NULL,
    from_account TEXT NOT NULL,
    to_account TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    cause TEXT NOT NULL,
    person_id TEXT REFERENCES people (id),
    posted_at BIGINT NOT NULL,
    CHECK (from_account <> to_account)
);
CREATE INDEX journal_by_partner ON journal (partner_id, currency);
CREATE INDEX journal_by_line ON journal (line_id);

CREATE TABLE audit (
    position BIGINT PRIMARY KEY,
    person_id TEXT REFERENCES people (id),
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    facts TEXT NOT NULL,
    happened_at BIGINT NOT NULL
);
CREATE INDEX audit_by_subject ON audit (subject);

-- Running numbers without gaps: the row is the lock.
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

-- What leaves and what comes in ------------------------------------------------------------------------------------

CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    lane TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- Two waiting jobs with one key are one job.
    dedupe_key TEXT UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'dead')),
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    -- Raised with each claim: a worker that lost its lease no longer knows the number.
    fence BIGINT NOT NULL,
    lease_until BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX jobs_due ON jobs (state, lane, run_at);

CREATE TABLE job_failures (
    job_id TEXT NOT NULL REFERENCES jobs (id),
    attempt BIGINT NOT NULL,
    error TEXT NOT NULL,
    failed_at BIGINT NOT NULL,
    PRIMARY KEY (job_id, attempt)
);

CREATE TABLE schedules (
    name TEXT PRIMARY KEY,
    next_at BIGINT NOT NULL
);

CREATE TABLE inbox (
    id TEXT PRIMARY KEY,
    vendor TEXT NOT NULL,
    -- Two deliveries of the same note are one.
    dedupe_key TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    worked_at BIGINT
);

CREATE TABLE cursors (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE vendors (
    name TEXT PRIMARY KEY,
    last_success_at BIGINT,
    last_failure_at BIGINT,
    last_failure TEXT,
    last_webhook_at BIGINT,
    last_sweep_at BIGINT
);

CREATE TABLE mails (
    id TEXT PRIMARY KEY,
    partner_id TEXT REFERENCES partners (id),
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);

-- Counts the changes that a partner's open pages should show.
CREATE TABLE partner_changes (
    partner_id TEXT PRIMARY KEY REFERENCES partners (id),
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX partner_changes_by_time ON partner_changes (changed_at);

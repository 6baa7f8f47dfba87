-- Addresses that a mail server refused for good, with its words. A person or company that changes its address is written to again.
CREATE TABLE bounces (
    address TEXT PRIMARY KEY,
    said TEXT NOT NULL,
    mail_id TEXT NOT NULL REFERENCES mails (id),
    bounced_at BIGINT NOT NULL
);

-- Why a mail will never leave, or never reached anybody.
ALTER TABLE mails ADD COLUMN refusal TEXT;

-- What a mail is about and whose it is; and where one click stops mails of its kind, if they can be stopped.
ALTER TABLE mails ADD COLUMN kind TEXT NOT NULL DEFAULT 'letter';
ALTER TABLE mails ADD COLUMN person_id TEXT REFERENCES people (id);
ALTER TABLE mails ADD COLUMN unsubscribe_url TEXT;
ALTER TABLE mails ADD COLUMN unsubscribe_hash TEXT;
CREATE INDEX mails_by_unsubscribe_hash ON mails (unsubscribe_hash);

-- When a person wants mails of a kind; without a row, at once.
CREATE TABLE mail_preferences (
    person_id TEXT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    delivery TEXT NOT NULL CHECK (delivery IN ('at_once', 'daily', 'never')),
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, kind)
);

-- What waits for a person's daily mail, in its language.
CREATE TABLE digest_items (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    summary TEXT NOT NULL,
    path TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX digest_items_waiting ON digest_items (person_id, id) WHERE sent_at IS NULL;

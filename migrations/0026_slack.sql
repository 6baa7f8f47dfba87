-- Messages to Slack as they were composed, and by which name Slack knows them.
CREATE TABLE slack_messages (
    id TEXT PRIMARY KEY,
    -- Whose message it is; none for those of the vendor's own people.
    partner_id TEXT REFERENCES partners (id),
    -- A channel's id; empty: wherever the partner wants its messages when it is posted.
    channel TEXT NOT NULL,
    -- Messages of one thread: those that come later hang below the first that was posted in the same channel. Empty: it stands alone.
    thread TEXT NOT NULL,
    locale TEXT NOT NULL,
    fallback TEXT NOT NULL,
    blocks TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- 1 once Slack's answer to it was lost: it may stand there already.
    maybe_posted BIGINT NOT NULL DEFAULT 0,
    posted_at BIGINT,
    posted_in TEXT,
    ts TEXT
);
CREATE INDEX slack_messages_by_thread ON slack_messages (thread, posted_in);

-- When staff were told of an exception in Slack. Raised again it is told again.
ALTER TABLE exceptions ADD COLUMN told_at BIGINT;
CREATE INDEX exceptions_untold ON exceptions (kind) WHERE told_at IS NULL AND resolved_at IS NULL;

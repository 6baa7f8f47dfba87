-- In which channel the vendor's own people read of what; without a row, in that of the setting. An empty channel: nowhere.
CREATE TABLE slack_channels (
    event TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Incoming webhooks that partners pasted: secrets, kept where no page, log or record of changes reads.
CREATE TABLE slack_webhooks (
    partner_id TEXT PRIMARY KEY REFERENCES partners (id),
    url TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Slack's last word on a message that it did not take.
ALTER TABLE slack_messages ADD COLUMN refusal TEXT;
-- What a message only tries out; none for one that says something.
ALTER TABLE slack_messages ADD COLUMN trial_of TEXT;
CREATE INDEX slack_messages_by_trial ON slack_messages (trial_of, id);

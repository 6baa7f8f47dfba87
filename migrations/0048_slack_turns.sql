-- When each channel of Slack's takes its next message: Slack takes about one a second in each.
CREATE TABLE slack_turns (
    -- A channel's id or name, a member's address, or the end of a webhook's: what stands in the settings, and never a secret.
    place TEXT PRIMARY KEY,
    -- From then on it takes one.
    free_at BIGINT NOT NULL,
    -- Until then messages stand in its line.
    line_until BIGINT NOT NULL
);

-- When a message's turn is that had to stand in line.
ALTER TABLE slack_messages ADD COLUMN turn_at BIGINT;

-- What a partner's lines are computed from and what they are, in few bytes: made again whenever the partner's changes have moved on.
CREATE TABLE packs (
    partner_id TEXT PRIMARY KEY REFERENCES partners (id),
    -- The version of the partner's changes that it was made at.
    version BIGINT NOT NULL,
    body BYTEA NOT NULL
);

-- The deliveries of leads through an iPaaS, and those that may have been made in HubSpot by the portal itself: none is made both ways.
CREATE TABLE deliveries (
    lead_id TEXT PRIMARY KEY REFERENCES leads (id),
    way TEXT NOT NULL CHECK (way IN ('direct', 'relay')),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'unsure', 'accepted', 'registered', 'failed')),
    -- 1: it is to be sent, for the first time or again.
    due BIGINT NOT NULL,
    -- How often the iPaaS took it.
    sends BIGINT NOT NULL DEFAULT 0,
    -- When it was taken last.
    accepted_at BIGINT,
    -- When the iPaaS called back last, and what it said if it could not.
    answered_at BIGINT,
    code TEXT,
    said TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX deliveries_by_state ON deliveries (way, state, accepted_at);

INSERT INTO vendors (name) VALUES ('relay') ON CONFLICT (name) DO NOTHING;

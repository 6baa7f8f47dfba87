-- What a closing carried over, and what of a paid bill was taken back.

-- One row for each partner and currency that a quarter's closing made no statement for although something was approved.
CREATE TABLE quarter_carries (
    quarter TEXT NOT NULL REFERENCES quarter_closes (quarter),
    partner_id TEXT NOT NULL REFERENCES partners (id),
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    -- Why: below_minimum, negative or nothing_to_invoice.
    code TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (quarter, partner_id, currency)
);
CREATE INDEX quarter_carries_by_partner ON quarter_carries (partner_id, created_at);

-- Net, of payments that were undone and not made again.
ALTER TABLE bills ADD COLUMN undone_minor BIGINT NOT NULL DEFAULT 0;

-- What was ever read of a deal's terms, one after the other: terms that were changed in place are what stated lines rest on.
CREATE TABLE terms_readings (
    deal_id TEXT NOT NULL REFERENCES deals (id),
    -- Counted from 1.
    position BIGINT NOT NULL,
    from_month BIGINT NOT NULL,
    value_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    period TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (deal_id, position)
);
INSERT INTO terms_readings (deal_id, position, from_month, value_minor, currency, period, seen_at)
SELECT deal_id, ROW_NUMBER() OVER (PARTITION BY deal_id ORDER BY from_month), from_month, value_minor, currency, period, seen_at FROM deal_terms;
CREATE TRIGGER terms_readings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON terms_readings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

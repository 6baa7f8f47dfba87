-- From which month on a deal's end holds: months that had ended before it was said stay.
ALTER TABLE deals ADD COLUMN end_holds_from BIGINT;

-- HubSpot's end is the last day that is charged; the portal keeps the day after it.
UPDATE deals SET end_on = CAST(CAST(end_on AS DATE) + 1 AS TEXT) WHERE end_on IS NOT NULL;

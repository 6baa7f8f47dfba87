-- From which month on a deal's end holds: months that had ended before it was said stay.
ALTER TABLE deals ADD COLUMN end_holds_from BIGINT;

-- HubSpot's end is the last day that is charged; the portal keeps the day after it.
UPDATE deals SET end_on = date(end_on, '+1 day') WHERE end_on IS NOT NULL;

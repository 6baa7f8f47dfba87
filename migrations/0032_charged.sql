-- What the client is charged for the month of a line on a statement by now, where that is something else than m when it was stated.
ALTER TABLE lines ADD COLUMN charged_numerator BIGINT;
ALTER TABLE lines ADD COLUMN charged_denominator BIGINT;

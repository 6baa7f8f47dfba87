-- The job that waits longest is the first of one priority: an index of all by their age was one more to write at each claim. And PostgreSQL took it for claims by
-- priority too, and walked past all of the others.
DROP INDEX jobs_by_age;

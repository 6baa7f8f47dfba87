-- Jobs come and go by the thousand: what they leave behind is swept away long before it is a fifth of the table, which is when PostgreSQL would.
ALTER TABLE jobs SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

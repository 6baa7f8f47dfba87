-- SQLite knows no row-level security: the types of what a query asks for are the only wall there.
SELECT 1;

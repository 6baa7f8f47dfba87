-- SQLite uses the room of what was removed again by itself.
SELECT 1;

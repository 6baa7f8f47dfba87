-- The virus scanner stands like the outside systems: down, or not.
INSERT INTO vendors (name) VALUES ('scanner') ON CONFLICT (name) DO NOTHING;

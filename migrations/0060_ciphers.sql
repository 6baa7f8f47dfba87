-- What a data key is sealed with, and seals with: by name, so that another can take its place.
ALTER TABLE data_keys ADD COLUMN cipher TEXT NOT NULL DEFAULT 'AES-256-GCM';

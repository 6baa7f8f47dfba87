-- What a provider must vouch for: words with spaces between, one of which it says as `acr` or among `amr`. None: nothing is asked of it.
ALTER TABLE identity_providers ADD COLUMN strength TEXT NOT NULL DEFAULT '';
-- When its person gave the proof that a session rests on. What a provider did not say is not known, and counts as long ago.
ALTER TABLE sessions ADD COLUMN proved_at BIGINT;
UPDATE sessions SET proved_at = created_at WHERE proof <> 'sign_on';

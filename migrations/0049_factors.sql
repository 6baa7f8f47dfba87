-- How people prove who they are, beside the mail address that a link proves.
CREATE TABLE passkeys (
    -- The credential's own id, base64url.
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    -- What the person calls it.
    name TEXT NOT NULL,
    -- Its public key and counter, JSON as the library writes it.
    credential TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkeys_by_person ON passkeys (person_id);

-- What a browser was asked for and has not answered yet; each question takes one answer.
CREATE TABLE passkey_questions (
    token_hash TEXT PRIMARY KEY,
    -- Whose passkey is to be added; none when somebody signs in.
    person_id TEXT REFERENCES people (id),
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Authenticator apps; the seed itself lies in the vault.
CREATE TABLE authenticators (
    person_id TEXT PRIMARY KEY REFERENCES people (id),
    -- None until the first code was typed.
    confirmed_at BIGINT,
    -- The step of the last code that was taken: none is taken twice.
    last_step BIGINT NOT NULL DEFAULT 0,
    used_at BIGINT
);

CREATE TABLE recovery_codes (
    code_hash TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    used_at BIGINT
);
CREATE INDEX recovery_codes_by_person ON recovery_codes (person_id);

-- The browser that asked for a link, by the hash of its cookie; none: it was printed on the command line.
ALTER TABLE sign_in_links ADD COLUMN browser_hash TEXT;

-- What a session is called where its secret must not be. One without was begun before there were second proofs, and is none any more.
ALTER TABLE sessions ADD COLUMN id TEXT;
-- What was proved when it began.
ALTER TABLE sessions ADD COLUMN proof TEXT NOT NULL DEFAULT 'link';
-- The browser and its system, in a few words.
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';
-- How often a wrong second proof was given in it.
ALTER TABLE sessions ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX sessions_by_id ON sessions (id);

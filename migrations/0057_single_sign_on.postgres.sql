-- Where people of a mail domain sign in: at their own company's identity provider.
CREATE TABLE identity_providers (
    id TEXT PRIMARY KEY,
    -- Whose people they are; none: the vendor's.
    partner_id TEXT REFERENCES partners (id),
    -- What the button says.
    name TEXT NOT NULL,
    -- The part of their mail addresses behind the @: for no other is the provider believed.
    domain TEXT NOT NULL UNIQUE,
    issuer TEXT NOT NULL,
    -- The portal's name there; its secret is in the vault.
    client TEXT NOT NULL,
    -- Whether they sign in in no other way.
    is_only_way BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Who somebody is at a provider, by the name that never changes there.
CREATE TABLE identities (
    provider_id TEXT NOT NULL REFERENCES identity_providers (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    first_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (provider_id, subject)
);
-- Nobody takes over somebody's place by getting that person's mail address later.
CREATE UNIQUE INDEX identities_by_person ON identities (provider_id, person_id);

-- Who was sent to a provider, and from which browser. Only hashes are kept; each is answered once.
CREATE TABLE sign_on_questions (
    state_hash TEXT PRIMARY KEY,
    provider_id TEXT NOT NULL REFERENCES identity_providers (id) ON DELETE CASCADE,
    browser_hash TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- As 0056 has it: a member's transaction sees its own partner's.
ALTER TABLE identity_providers ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity_providers FORCE ROW LEVEL SECURITY;
CREATE POLICY own_partner ON identity_providers USING (
    (SELECT COALESCE(current_setting('portal.partner', true), '') = '') OR partner_id = (SELECT current_setting('portal.partner', true))
);

-- Browsers in which a person has signed in with a proof of its own: links that are asked for there are counted apart from those that strangers ask for. That is all it gives.
CREATE TABLE known_browsers (
    person_id TEXT NOT NULL REFERENCES people (id),
    -- Of the cookie's value; several people may sign in in one browser.
    browser_hash TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    -- When the person signed in there last.
    used_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, browser_hash)
);
CREATE INDEX known_browsers_by_hash ON known_browsers (browser_hash);

-- The known browser that asked, by its hash; none: a stranger's.
ALTER TABLE sign_in_links ADD COLUMN known_hash TEXT;

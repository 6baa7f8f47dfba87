-- A stage that HubSpot's pipelines have no more keeps its name for what was in it; no new deal starts there.
ALTER TABLE stages ADD COLUMN archived_at BIGINT;
-- What partners read instead of HubSpot's label; chosen in the portal.
ALTER TABLE stages ADD COLUMN phase TEXT;

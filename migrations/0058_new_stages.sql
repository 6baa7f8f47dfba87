-- What HubSpot calls a stage's pipeline, and whether the stage came after the pipelines were first read and nobody has said yet what partners read of it.
ALTER TABLE stages ADD COLUMN pipeline_label TEXT NOT NULL DEFAULT '';
ALTER TABLE stages ADD COLUMN is_new BIGINT NOT NULL DEFAULT 0;

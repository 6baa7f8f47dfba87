-- A version of a plan is never changed, only followed by another: every line that it priced rests on it. PostgreSQL knows no REPLACE.
CREATE TRIGGER plan_versions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON plan_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

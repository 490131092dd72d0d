-- Reports say which revision of a mapping they were read by, so a revision stays what it was. Only
-- who made it is forgotten with the person.

CREATE FUNCTION rights_incomemapping_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.id, OLD.source, OLD.revision, OLD.body, OLD.header_sha256, OLD.made_at)
            IS NOT DISTINCT FROM (NEW.id, NEW.source, NEW.revision, NEW.body, NEW.header_sha256, NEW.made_at)
       AND NEW.made_by_id IS NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: a mapping is made anew by a new revision', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_incomemapping_is_append_only';
END $$;
CREATE TRIGGER rights_incomemapping_no_change BEFORE UPDATE OR DELETE ON rights_incomemapping
    FOR EACH ROW EXECUTE FUNCTION rights_incomemapping_is_kept();
CREATE TRIGGER rights_incomemapping_no_truncate BEFORE TRUNCATE ON rights_incomemapping
    FOR EACH STATEMENT EXECUTE FUNCTION rights_incomemapping_is_kept();

-- By which revision a posted report was read stays as well.
CREATE FUNCTION rights_incomefile_mapping_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is refused: the report is %', TG_OP, OLD.state
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_incomefile_is_posted';
END $$;
CREATE TRIGGER rights_incomefile_mapping_is_kept BEFORE UPDATE ON rights_incomefile
    FOR EACH ROW WHEN (OLD.state IN ('posted', 'reversed') AND OLD.mapping_id IS DISTINCT FROM NEW.mapping_id)
    EXECUTE FUNCTION rights_incomefile_mapping_is_kept();

-- reverse
DROP TRIGGER rights_incomefile_mapping_is_kept ON rights_incomefile;
DROP FUNCTION rights_incomefile_mapping_is_kept();
DROP TRIGGER rights_incomemapping_no_truncate ON rights_incomemapping;
DROP TRIGGER rights_incomemapping_no_change ON rights_incomemapping;
DROP FUNCTION rights_incomemapping_is_kept();

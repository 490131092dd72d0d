-- A split sheet is whole, and never changes: money that was divided by it could not be explained
-- any more. The same holds for what a base catalogue weighs.

ALTER TABLE rights_splitsheet ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE rights_basecatalogue ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE FUNCTION rights_split_is_append_only() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: what was frozen stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_is_append_only';
END $$;

CREATE TRIGGER rights_splitsheet_no_change BEFORE UPDATE OR DELETE ON rights_splitsheet
    FOR EACH ROW EXECUTE FUNCTION rights_split_is_append_only();
CREATE TRIGGER rights_splitsheet_no_truncate BEFORE TRUNCATE ON rights_splitsheet
    FOR EACH STATEMENT EXECUTE FUNCTION rights_split_is_append_only();
CREATE TRIGGER rights_splitsheetsource_no_change BEFORE UPDATE OR DELETE ON rights_splitsheetsource
    FOR EACH ROW EXECUTE FUNCTION rights_split_is_append_only();
CREATE TRIGGER rights_splitsheetsource_no_truncate BEFORE TRUNCATE ON rights_splitsheetsource
    FOR EACH STATEMENT EXECUTE FUNCTION rights_split_is_append_only();
CREATE TRIGGER rights_basecatalogue_no_change BEFORE UPDATE OR DELETE ON rights_basecatalogue
    FOR EACH ROW EXECUTE FUNCTION rights_split_is_append_only();
CREATE TRIGGER rights_basecatalogue_no_truncate BEFORE TRUNCATE ON rights_basecatalogue
    FOR EACH STATEMENT EXECUTE FUNCTION rights_split_is_append_only();
CREATE TRIGGER rights_basecatalogueweight_no_change BEFORE UPDATE OR DELETE ON rights_basecatalogueweight
    FOR EACH ROW EXECUTE FUNCTION rights_split_is_append_only();
CREATE TRIGGER rights_basecatalogueweight_no_truncate BEFORE TRUNCATE ON rights_basecatalogueweight
    FOR EACH STATEMENT EXECUTE FUNCTION rights_split_is_append_only();

-- Sources and weights come in the transaction of their sheet or catalogue: nobody joins later.
CREATE FUNCTION rights_splitsheetsource_is_sealed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM rights_splitsheet
                    WHERE id = NEW.sheet_id AND xid = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'the split sheet is sealed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_splitsheet_is_sealed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rights_splitsheetsource_is_sealed BEFORE INSERT ON rights_splitsheetsource
    FOR EACH ROW EXECUTE FUNCTION rights_splitsheetsource_is_sealed();

CREATE FUNCTION rights_basecatalogueweight_is_sealed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT catalogue_id FROM fresh) added
                 JOIN rights_basecatalogue one ON one.id = added.catalogue_id
                WHERE one.xid <> pg_current_xact_id()) THEN
        RAISE EXCEPTION 'the base catalogue is sealed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_basecatalogue_is_sealed';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER rights_basecatalogueweight_is_sealed AFTER INSERT ON rights_basecatalogueweight
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION rights_basecatalogueweight_is_sealed();

CREATE FUNCTION rights_splitsheet_makes_a_whole() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    total bigint;
BEGIN
    SELECT coalesce(sum(weight_ppm), 0) INTO total FROM rights_splitsheetsource WHERE sheet_id = NEW.id;
    IF total <> 1000000 THEN
        RAISE EXCEPTION 'the weights of a split sheet make 1000000 ppm, not %', total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_splitsheet_makes_a_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER rights_splitsheet_makes_a_whole AFTER INSERT ON rights_splitsheet
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rights_splitsheet_makes_a_whole();

-- reverse
DROP TRIGGER rights_splitsheet_makes_a_whole ON rights_splitsheet;
DROP FUNCTION rights_splitsheet_makes_a_whole();
DROP TRIGGER rights_basecatalogueweight_is_sealed ON rights_basecatalogueweight;
DROP FUNCTION rights_basecatalogueweight_is_sealed();
DROP TRIGGER rights_splitsheetsource_is_sealed ON rights_splitsheetsource;
DROP FUNCTION rights_splitsheetsource_is_sealed();
DROP TRIGGER rights_basecatalogueweight_no_truncate ON rights_basecatalogueweight;
DROP TRIGGER rights_basecatalogueweight_no_change ON rights_basecatalogueweight;
DROP TRIGGER rights_basecatalogue_no_truncate ON rights_basecatalogue;
DROP TRIGGER rights_basecatalogue_no_change ON rights_basecatalogue;
DROP TRIGGER rights_splitsheetsource_no_truncate ON rights_splitsheetsource;
DROP TRIGGER rights_splitsheetsource_no_change ON rights_splitsheetsource;
DROP TRIGGER rights_splitsheet_no_truncate ON rights_splitsheet;
DROP TRIGGER rights_splitsheet_no_change ON rights_splitsheet;
DROP FUNCTION rights_split_is_append_only();
ALTER TABLE rights_basecatalogue DROP COLUMN xid;
ALTER TABLE rights_splitsheet DROP COLUMN xid;

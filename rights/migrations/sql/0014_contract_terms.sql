-- The next terms end the ones before, once; nothing else about them changes.

CREATE FUNCTION rights_contractterms_stay() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'active_to' = to_jsonb(NEW) - 'active_to'
       AND NEW.active_to IS NOT NULL AND (OLD.active_to IS NULL OR NEW.active_to <= OLD.active_to) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is refused: terms that were agreed stay', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_contractterms_stay';
END $$;
CREATE TRIGGER rights_contractterms_stay BEFORE UPDATE OR DELETE ON rights_contractterms
    FOR EACH ROW EXECUTE FUNCTION rights_contractterms_stay();

-- reverse
DROP TRIGGER rights_contractterms_stay ON rights_contractterms;
DROP FUNCTION rights_contractterms_stay();

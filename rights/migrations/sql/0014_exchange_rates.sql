-- What a source printed on a day stays what it printed: a statement that names a rate can be checked.

CREATE FUNCTION rights_exchangerate_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: exchange rates are only added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_exchangerate_is_append_only';
END $$;
CREATE TRIGGER rights_exchangerate_no_change BEFORE UPDATE OR DELETE ON rights_exchangerate
    FOR EACH ROW EXECUTE FUNCTION rights_exchangerate_is_kept();
CREATE TRIGGER rights_exchangerate_no_truncate BEFORE TRUNCATE ON rights_exchangerate
    FOR EACH STATEMENT EXECUTE FUNCTION rights_exchangerate_is_kept();

-- The application may read and add, by columns named one by one: the moment of import is the
-- database's own.
DO $$
DECLARE
    who text;
BEGIN
    FOR who IN
        SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
          FROM pg_class, aclexplode(relacl)
         WHERE oid = 'rights_exchangerate'::regclass AND grantee <> relowner
    LOOP
        EXECUTE format('REVOKE ALL ON rights_exchangerate FROM %s', who);
        EXECUTE format('GRANT SELECT ON rights_exchangerate TO %s', who);
        EXECUTE format('GRANT INSERT (source, "on", base, quote, text) ON rights_exchangerate TO %s', who);
    END LOOP;
END $$;

-- reverse
DROP TRIGGER rights_exchangerate_no_truncate ON rights_exchangerate;
DROP TRIGGER rights_exchangerate_no_change ON rights_exchangerate;
DROP FUNCTION rights_exchangerate_is_kept();

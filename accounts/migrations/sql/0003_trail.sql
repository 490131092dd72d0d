-- The audit trail is append-only, and has one lawful door.

-- Refuses everybody but the owner of the table, whatever the application's role is called. The
-- owner is who runs migrations, and accounts_person_scrub() of 0005.
CREATE FUNCTION accounts_append_only() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_user <> (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_is_append_only';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();
CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE ON accounts_userevent
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();
CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE ON accounts_organisationevent
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();
CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE ON accounts_membershipevent
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();
CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE ON accounts_invitationevent
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();
CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE ON accounts_apitokenevent
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();

-- reverse
DROP TRIGGER accounts_append_only ON accounts_apitokenevent;
DROP TRIGGER accounts_append_only ON accounts_invitationevent;
DROP TRIGGER accounts_append_only ON accounts_membershipevent;
DROP TRIGGER accounts_append_only ON accounts_organisationevent;
DROP TRIGGER accounts_append_only ON accounts_userevent;
DROP TRIGGER accounts_append_only ON accounts_auditentry;
DROP FUNCTION accounts_append_only();

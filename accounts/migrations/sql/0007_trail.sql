-- The audit trail is append-only, and has one lawful door.

-- Refuses everybody but the owner of the table, whatever the application's role is called. The
-- owner is who runs migrations, and accounts_person_scrub() below.
CREATE FUNCTION accounts_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- Replaces every string of one person in the trail; ids, times and acts stay. Runs with the rights
-- of the tables' owner and therefore insists on a deletion that is due and not yet carried out.
-- Called last, when the live rows are already changed or gone.
CREATE FUNCTION accounts_person_scrub(person bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    nobody text := 'deleted-' || person || '@deleted.invalid';
    address text;
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM accounts_accountdeletion
        WHERE user_id = person AND due_at <= now() AND cancelled_at IS NULL AND erased_at IS NULL
    ) THEN
        RAISE EXCEPTION 'no deletion of person % is due', person
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'accounts_deletion_is_due';
    END IF;

    FOR address IN
        SELECT DISTINCT lower(email) FROM accounts_userevent
        WHERE pgh_obj_id = person AND email <> nobody
    LOOP
        UPDATE accounts_invitationevent SET email = nobody WHERE lower(email) = address;
        UPDATE accounts_auditentry SET data = data || jsonb_build_object('email', nobody)
            WHERE lower(data ->> 'email') = address;
    END LOOP;
    UPDATE accounts_userevent SET email = nobody, name = 'Deleted person'
        WHERE pgh_obj_id = person;
    UPDATE accounts_apitokenevent SET name = 'deleted'
        WHERE membership_id IN (
            SELECT pgh_obj_id FROM accounts_membershipevent WHERE user_id = person
        );
    -- Workspaces that were theirs alone and are closed.
    UPDATE accounts_organisationevent SET name = 'Closed workspace'
        WHERE pgh_obj_id IN (
            SELECT o.id FROM accounts_organisation o
            WHERE o.closed_at IS NOT NULL
              AND EXISTS (SELECT 1 FROM accounts_membershipevent e
                          WHERE e.organisation_id = o.id AND e.user_id = person)
              AND NOT EXISTS (SELECT 1 FROM accounts_membership m WHERE m.organisation_id = o.id)
        );
END $$;

-- reverse
DROP FUNCTION accounts_person_scrub(bigint);
DROP TRIGGER accounts_append_only ON accounts_apitokenevent;
DROP TRIGGER accounts_append_only ON accounts_invitationevent;
DROP TRIGGER accounts_append_only ON accounts_membershipevent;
DROP TRIGGER accounts_append_only ON accounts_organisationevent;
DROP TRIGGER accounts_append_only ON accounts_userevent;
DROP TRIGGER accounts_append_only ON accounts_auditentry;
DROP FUNCTION accounts_append_only();

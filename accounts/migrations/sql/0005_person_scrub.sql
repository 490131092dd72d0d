-- Replaces every string of one person in the trail; ids, times and acts stay. Runs with the rights
-- of the tables' owner and therefore insists on a deletion that is due and not yet carried out.
-- Called last, when the live rows are already changed or gone; only the confirmed addresses still
-- stand in account_emailaddress, because they are read here.
--
-- The name of a closed organisation goes only where it was the person's alone: one that its owners
-- closed keeps its name for the books and the trail, unless nobody else was ever in it.
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
        SELECT lower(email) FROM accounts_userevent
        WHERE pgh_obj_id = person AND email <> nobody
        UNION
        SELECT lower(email) FROM account_emailaddress WHERE user_id = person
        UNION  -- an address they accepted an invitation with and gave up since
        SELECT lower(data ->> 'email') FROM accounts_auditentry
        WHERE actor_id = person AND action = 'accounts.invitation.accepted'
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
    -- Workspaces that were never anybody else's, and those that this erasure has closed.
    UPDATE accounts_organisation o SET name = 'Closed workspace'
        WHERE o.closed_at IS NOT NULL
          AND EXISTS (SELECT 1 FROM accounts_membershipevent e
                      WHERE e.organisation_id = o.id AND e.user_id = person)
          AND NOT EXISTS (SELECT 1 FROM accounts_membershipevent e
                          WHERE e.organisation_id = o.id AND e.user_id <> person);
    UPDATE accounts_organisationevent SET name = 'Closed workspace'
        WHERE pgh_obj_id IN (
            SELECT o.id FROM accounts_organisation o
            WHERE o.closed_at IS NOT NULL AND o.name = 'Closed workspace'
              AND EXISTS (SELECT 1 FROM accounts_membershipevent e
                          WHERE e.organisation_id = o.id AND e.user_id = person)
        );
END $$;

-- reverse
DROP FUNCTION accounts_person_scrub(bigint);

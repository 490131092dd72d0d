-- Rules of organisations that no CHECK can say.
--
-- Every function has its own search_path with pg_temp last. Without it a temporary table named like
-- one of ours would be read in its place, and anybody may make one.

-- The kind is for ever: roles, books and payouts hang on it.
CREATE FUNCTION accounts_kind_is_fixed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the kind of an organisation never changes'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_organisation_kind_is_fixed';
END $$;

CREATE TRIGGER accounts_kind_is_fixed
    BEFORE UPDATE OF kind ON accounts_organisation
    FOR EACH ROW WHEN (OLD.kind IS DISTINCT FROM NEW.kind)
    EXECUTE FUNCTION accounts_kind_is_fixed();

-- Editors exist in creator workspaces, accountants at rights holders. The kind is fixed, so there
-- is no race between this look at the organisation and a change of it.
CREATE FUNCTION accounts_role_fits_kind() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    the_kind text := (SELECT kind FROM accounts_organisation WHERE id = NEW.organisation_id);
BEGIN
    IF (NEW.role = 'editor' AND the_kind IS DISTINCT FROM 'creator')
        OR (NEW.role = 'accountant' AND the_kind IS DISTINCT FROM 'rights_holder') THEN
        RAISE EXCEPTION 'there is no % in an organisation of kind %', NEW.role, the_kind
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_role_fits_kind';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_role_fits_kind
    BEFORE INSERT OR UPDATE OF role, organisation_id ON accounts_membership
    FOR EACH ROW EXECUTE FUNCTION accounts_role_fits_kind();

CREATE TRIGGER accounts_role_fits_kind
    BEFORE INSERT OR UPDATE OF role, organisation_id ON accounts_invitation
    FOR EACH ROW EXECUTE FUNCTION accounts_role_fits_kind();

-- No open organisation loses its last owner. The services say so in kind words before; this holds
-- for everything else. Deferred, so that an organisation can be deleted or closed with its people
-- in one transaction. The lock makes two such commits look at each other's result.
CREATE FUNCTION accounts_keep_an_owner() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM accounts_organisation
        WHERE id = OLD.organisation_id AND closed_at IS NULL FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (
        SELECT 1 FROM accounts_membership
        WHERE organisation_id = OLD.organisation_id AND role = 'owner'
    ) THEN
        RAISE EXCEPTION 'an open organisation needs an owner'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_organisation_has_an_owner';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER accounts_keep_an_owner
    AFTER UPDATE OR DELETE ON accounts_membership
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.role = 'owner')
    EXECUTE FUNCTION accounts_keep_an_owner();

-- reverse
DROP TRIGGER accounts_keep_an_owner ON accounts_membership;
DROP TRIGGER accounts_role_fits_kind ON accounts_invitation;
DROP TRIGGER accounts_role_fits_kind ON accounts_membership;
DROP TRIGGER accounts_kind_is_fixed ON accounts_organisation;
DROP FUNCTION accounts_keep_an_owner();
DROP FUNCTION accounts_role_fits_kind();
DROP FUNCTION accounts_kind_is_fixed();

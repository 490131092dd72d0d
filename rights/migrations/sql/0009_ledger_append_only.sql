-- The ledger is append-only: by triggers, which bind everybody, the owner of the tables too, and by
-- privileges, which bind the application. Unlike the audit trail it has no lawful door: no erasure
-- reaches it, because no name stands in it.

CREATE FUNCTION rights_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: the ledger is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_is_append_only';
END $$;

CREATE TRIGGER rights_entry_no_change BEFORE UPDATE OR DELETE ON rights_entry
    FOR EACH ROW EXECUTE FUNCTION rights_ledger_is_append_only();
CREATE TRIGGER rights_entry_no_truncate BEFORE TRUNCATE ON rights_entry
    FOR EACH STATEMENT EXECUTE FUNCTION rights_ledger_is_append_only();
CREATE TRIGGER rights_leg_no_change BEFORE UPDATE OR DELETE ON rights_leg
    FOR EACH ROW EXECUTE FUNCTION rights_ledger_is_append_only();
CREATE TRIGGER rights_leg_no_truncate BEFORE TRUNCATE ON rights_leg
    FOR EACH STATEMENT EXECUTE FUNCTION rights_ledger_is_append_only();
CREATE TRIGGER rights_periodlock_no_change BEFORE UPDATE OR DELETE ON rights_periodlock
    FOR EACH ROW EXECUTE FUNCTION rights_ledger_is_append_only();
CREATE TRIGGER rights_periodlock_no_truncate BEFORE TRUNCATE ON rights_periodlock
    FOR EACH STATEMENT EXECUTE FUNCTION rights_ledger_is_append_only();
CREATE TRIGGER rights_ledgeraccount_no_change BEFORE UPDATE ON rights_ledgeraccount
    FOR EACH ROW WHEN (
        (OLD.id, OLD.role, OLD.kind, OLD.subject, OLD.currency, OLD.min_balance, OLD.max_balance)
        IS DISTINCT FROM
        (NEW.id, NEW.role, NEW.kind, NEW.subject, NEW.currency, NEW.min_balance, NEW.max_balance)
    )
    EXECUTE FUNCTION rights_ledger_is_append_only();
CREATE TRIGGER rights_ledgeraccount_no_delete BEFORE DELETE ON rights_ledgeraccount
    FOR EACH ROW EXECUTE FUNCTION rights_ledger_is_append_only();
CREATE TRIGGER rights_ledgeraccount_no_truncate BEFORE TRUNCATE ON rights_ledgeraccount
    FOR EACH STATEMENT EXECUTE FUNCTION rights_ledger_is_append_only();

-- Everybody who was given something by default now has exactly this: to read, to add by columns
-- named one by one (so that ids, moments and transactions cannot be forged), to lock an account.
DO $$
DECLARE
    who text;
BEGIN
    FOR who IN
        SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
          FROM pg_class, aclexplode(relacl)
         WHERE oid IN ('rights_ledgeraccount'::regclass, 'rights_entry'::regclass,
                       'rights_leg'::regclass, 'rights_periodlock'::regclass)
           AND grantee <> relowner
    LOOP
        EXECUTE format('REVOKE ALL ON rights_ledgeraccount, rights_entry, rights_leg, rights_periodlock FROM %s', who);
        EXECUTE format('GRANT SELECT ON rights_ledgeraccount, rights_entry, rights_leg, rights_periodlock TO %s', who);
        EXECUTE format('GRANT INSERT (role, kind, subject, currency, min_balance, max_balance), UPDATE (lock_handle) ON rights_ledgeraccount TO %s', who);
        EXECUTE format('GRANT INSERT (idem, idem_hash, kind, effective_at, reverses_id, n_legs, memo, facts, posted_by_id) ON rights_entry TO %s', who);
        EXECUTE format('GRANT INSERT (entry_id, account_id, currency, amount, facts) ON rights_leg TO %s', who);
        EXECUTE format('GRANT INSERT (ends_at, locked_by_id, reason) ON rights_periodlock TO %s', who);
    END LOOP;
END $$;

-- reverse
DROP TRIGGER rights_ledgeraccount_no_truncate ON rights_ledgeraccount;
DROP TRIGGER rights_ledgeraccount_no_delete ON rights_ledgeraccount;
DROP TRIGGER rights_ledgeraccount_no_change ON rights_ledgeraccount;
DROP TRIGGER rights_periodlock_no_truncate ON rights_periodlock;
DROP TRIGGER rights_periodlock_no_change ON rights_periodlock;
DROP TRIGGER rights_leg_no_truncate ON rights_leg;
DROP TRIGGER rights_leg_no_change ON rights_leg;
DROP TRIGGER rights_entry_no_truncate ON rights_entry;
DROP TRIGGER rights_entry_no_change ON rights_entry;
DROP FUNCTION rights_ledger_is_append_only();

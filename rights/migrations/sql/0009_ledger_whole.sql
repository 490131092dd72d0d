-- An entry is whole: its legs come with it, in its transaction, and sum to zero in each currency.
-- Proved before it was written: one trigger for each ENTRY, not for each leg, which would look at all
-- legs once for each of them.
--
-- Every function has its own search_path with pg_temp last. Without it a temporary table named like
-- one of ours would be read in its place, and anybody may make one.

ALTER TABLE rights_entry ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();

-- Who may not change a row may not lock it either. This is the column to lock by; it stays zero.
ALTER TABLE rights_ledgeraccount ADD COLUMN lock_handle smallint NOT NULL DEFAULT 0
    CONSTRAINT rights_ledgeraccount_lock_handle CHECK (lock_handle = 0);

-- 1. An entry begins: in an open period, and at a moment and in a transaction that nobody can forge.
--    REPEATABLE READ is refused, because there a balance is read from before the lock was taken.
CREATE FUNCTION rights_entry_begins() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    closed timestamptz;
BEGIN
    IF current_setting('transaction_isolation') = 'repeatable read' THEN
        RAISE EXCEPTION 'the ledger is not written under REPEATABLE READ'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_entry_isolation';
    END IF;
    -- Whoever locks a period waits for the entries that are on their way, and they for him.
    PERFORM pg_advisory_xact_lock_shared(hashtext('rights.ledger.period'));
    SELECT max(ends_at) INTO closed FROM rights_periodlock;
    IF NEW.effective_at < closed THEN
        RAISE EXCEPTION '% lies in a period that is locked until %', NEW.effective_at, closed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_entry_period_is_open';
    END IF;
    IF EXISTS (SELECT FROM rights_entry WHERE id = NEW.reverses_id AND reverses_id IS NOT NULL) THEN
        RAISE EXCEPTION 'entry % is a reversal itself', NEW.reverses_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_entry_reverses_no_reversal';
    END IF;
    NEW.xid := pg_current_xact_id();
    NEW.posted_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER rights_entry_begins BEFORE INSERT ON rights_entry
    FOR EACH ROW EXECUTE FUNCTION rights_entry_begins();

-- 2. Legs come in the transaction of their entry, and never more than it declared. The count is
--    what stops "SET CONSTRAINTS ALL IMMEDIATE" followed by one more leg: 3 has looked by then.
--    Each is on an account that exists, in that account's currency. These are no foreign keys,
--    because those are checked leg by leg, which doubles the time of a large entry; and neither
--    an entry nor an account is ever deleted or changed, so one look when legs come is enough.
CREATE FUNCTION rights_leg_is_sealed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    bad record;
BEGIN
    SELECT added.entry_id, entry.id IS NULL AS is_missing INTO bad
      FROM (SELECT DISTINCT entry_id FROM fresh) added
      LEFT JOIN rights_entry entry ON entry.id = added.entry_id
     WHERE entry.id IS NULL OR entry.xid <> pg_current_xact_id()
        OR (SELECT count(*) FROM rights_leg WHERE rights_leg.entry_id = entry.id) > entry.n_legs
     LIMIT 1;
    IF FOUND AND bad.is_missing THEN
        RAISE EXCEPTION 'there is no entry %', bad.entry_id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'rights_leg_of_entry';
    ELSIF FOUND THEN
        RAISE EXCEPTION 'entry % is sealed', bad.entry_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_entry_is_sealed';
    END IF;
    SELECT fresh.account_id, fresh.currency INTO bad
      FROM fresh
      LEFT JOIN rights_ledgeraccount account
        ON account.id = fresh.account_id AND account.currency = fresh.currency
     WHERE account.id IS NULL
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'there is no account % in %', bad.account_id, bad.currency
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'rights_leg_of_account';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER rights_leg_is_sealed AFTER INSERT ON rights_leg
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION rights_leg_is_sealed();

-- 3. At the end the entry is whole, mirrors what it reverses, and leaves no account out of bounds.
CREATE FUNCTION rights_entry_is_whole() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    n bigint;
    bad record;
    bounded bigint[];
BEGIN
    SELECT count(*) INTO n FROM rights_leg WHERE entry_id = NEW.id;
    IF n <> NEW.n_legs THEN
        RAISE EXCEPTION 'entry % has % legs and declared %', NEW.id, n, NEW.n_legs
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_entry_has_its_legs';
    END IF;
    SELECT currency, sum(amount) AS total INTO bad FROM rights_leg WHERE entry_id = NEW.id
     GROUP BY currency HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is off by % %', NEW.id, bad.total, bad.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_entry_balances';
    END IF;
    IF NEW.reverses_id IS NOT NULL AND EXISTS (
        SELECT FROM rights_leg WHERE entry_id IN (NEW.id, NEW.reverses_id)
         GROUP BY account_id HAVING sum(amount) <> 0
    ) THEN
        RAISE EXCEPTION 'entry % does not mirror %', NEW.id, NEW.reverses_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_entry_mirrors';
    END IF;
    -- Only accounts that this entry moves towards a bound: a credit to a payee locks nobody.
    SELECT array_agg(net.account_id) INTO bounded
      FROM (SELECT account_id, sum(amount) AS total FROM rights_leg WHERE entry_id = NEW.id
             GROUP BY account_id) net
      JOIN rights_ledgeraccount account ON account.id = net.account_id
     WHERE (net.total < 0 AND account.min_balance IS NOT NULL)
        OR (net.total > 0 AND account.max_balance IS NOT NULL);
    IF bounded IS NOT NULL THEN
        PERFORM FROM rights_ledgeraccount WHERE id = ANY (bounded) ORDER BY id FOR NO KEY UPDATE;
        -- A statement of its own, after the lock, so that it sees what others have committed.
        SELECT account.code, sum(leg.amount) AS total INTO bad
          FROM rights_leg leg JOIN rights_ledgeraccount account ON account.id = leg.account_id
         WHERE leg.account_id = ANY (bounded)
         GROUP BY account.id
        HAVING sum(leg.amount) < account.min_balance OR sum(leg.amount) > account.max_balance
         LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'account % would stand at %', bad.code, bad.total
                USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_ledgeraccount_bounds';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER rights_entry_is_whole AFTER INSERT ON rights_entry
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION rights_entry_is_whole();

-- 4. Periods are locked one after the other, and not while an entry is on its way.
CREATE FUNCTION rights_periodlock_goes_on() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rights.ledger.period'));
    IF NEW.ends_at <= (SELECT max(ends_at) FROM rights_periodlock) THEN
        RAISE EXCEPTION 'everything before % is locked already', NEW.ends_at
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_periodlock_goes_on';
    END IF;
    NEW.locked_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER rights_periodlock_goes_on BEFORE INSERT ON rights_periodlock
    FOR EACH ROW EXECUTE FUNCTION rights_periodlock_goes_on();

-- reverse
DROP TRIGGER rights_periodlock_goes_on ON rights_periodlock;
DROP FUNCTION rights_periodlock_goes_on();
DROP TRIGGER rights_entry_is_whole ON rights_entry;
DROP FUNCTION rights_entry_is_whole();
DROP TRIGGER rights_leg_is_sealed ON rights_leg;
DROP FUNCTION rights_leg_is_sealed();
DROP TRIGGER rights_entry_begins ON rights_entry;
DROP FUNCTION rights_entry_begins();
ALTER TABLE rights_ledgeraccount DROP COLUMN lock_handle;
ALTER TABLE rights_entry DROP COLUMN xid;

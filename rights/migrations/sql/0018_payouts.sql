-- Payouts move along their course only, what they are never changes, and a step that says that money
-- moved has the ledger's entry that moved it. Steps, comparisons and messages are only added.

CREATE FUNCTION rights_payouts_are_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: payouts are kept as they were', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_is_kept';
END $$;

CREATE FUNCTION rights_payout_moves_on() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    steps constant jsonb := '{"pending": ["approved", "cancelled"],
        "approved": ["reserved", "pending", "cancelled"], "reserved": ["sending"],
        "sending": ["sent", "failed"], "sent": ["paid"], "paid": ["reversed"],
        "failed": ["pending", "approved"]}';
    approved boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'pending' OR NEW.generation <> 1 OR NEW.key <> '' OR NEW.reversed <> 0 THEN
            RAISE EXCEPTION 'a payout begins at its beginning'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_payout_begins';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.batch_id, OLD.party_id, OLD.currency, OLD.amount, OLD.amount_minor, OLD.created_at)
       IS DISTINCT FROM
       (NEW.id, NEW.batch_id, NEW.party_id, NEW.currency, NEW.amount, NEW.amount_minor, NEW.created_at)
       OR (OLD.state <> NEW.state AND NOT coalesce(steps -> OLD.state ? NEW.state, false))
       OR (OLD.state IN ('reversed', 'cancelled') AND OLD IS DISTINCT FROM NEW)
       OR NEW.reversed < OLD.reversed
       OR (OLD.transfer_id <> '' AND NEW.transfer_id <> OLD.transfer_id)
       OR (OLD.settle_entry_id IS NOT NULL AND NEW.settle_entry_id IS DISTINCT FROM OLD.settle_entry_id) THEN
        RAISE EXCEPTION 'a payout that is % does not become this', OLD.state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_payout_moves_on';
    END IF;
    -- A new key only after a refusal was recorded: otherwise the same money would be sent twice.
    IF OLD.state IN ('reserved', 'sending', 'sent', 'paid')
       AND (OLD.key, OLD.generation, OLD.destination, OLD.reserve_entry_id)
           IS DISTINCT FROM (NEW.key, NEW.generation, NEW.destination, NEW.reserve_entry_id)
       OR NEW.generation <> OLD.generation
          AND NOT (OLD.state = 'failed' AND NEW.generation = OLD.generation + 1) THEN
        RAISE EXCEPTION 'the key of a payout that was asked for stays'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_payout_keeps_its_key';
    END IF;
    IF OLD.state = 'approved' AND NEW.state = 'reserved' THEN
        SELECT state IN ('approved', 'sending') INTO approved FROM rights_payoutbatch WHERE id = NEW.batch_id;
        IF NOT coalesce(approved, false)
           OR NEW.key <> format('payout:%s:g%s', NEW.id, NEW.generation)
           OR NOT EXISTS (SELECT FROM rights_entry entry
                            JOIN rights_leg leg ON leg.entry_id = entry.id
                            JOIN rights_ledgeraccount account ON account.id = leg.account_id
                           WHERE entry.id = NEW.reserve_entry_id AND entry.idem = NEW.key || ':reserve'
                             AND account.role = 'payee_payable' AND account.subject = NEW.party_id::text
                             AND leg.currency = NEW.currency AND leg.amount = -NEW.amount) THEN
            RAISE EXCEPTION 'nothing was reserved for this payout'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_payout_is_reserved';
        END IF;
    END IF;
    IF OLD.state = 'sent' AND NEW.state = 'paid' AND NOT EXISTS (
        SELECT FROM rights_entry entry
          JOIN rights_leg leg ON leg.entry_id = entry.id
          JOIN rights_ledgeraccount account ON account.id = leg.account_id
         WHERE entry.id = NEW.settle_entry_id AND entry.idem = format('payout:%s:settle', NEW.id)
           AND account.role = 'in_transit' AND leg.currency = NEW.currency AND leg.amount = -NEW.amount) THEN
        RAISE EXCEPTION 'nothing was settled for this payout'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_payout_is_settled';
    END IF;
    IF OLD.state = 'sending' AND NEW.state = 'failed' AND NOT EXISTS (
        SELECT FROM rights_entry WHERE reverses_id = OLD.reserve_entry_id) THEN
        RAISE EXCEPTION 'what was reserved for this payout was not given back'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_payout_is_released';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rights_payout_moves_on BEFORE INSERT OR UPDATE ON rights_payout
    FOR EACH ROW EXECUTE FUNCTION rights_payout_moves_on();

CREATE FUNCTION rights_payoutbatch_moves_on() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    steps constant jsonb := '{"pending": ["approved", "cancelled"],
        "approved": ["sending", "cancelled"], "sending": ["approved", "done"]}';
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'pending' OR NEW.approved_by_id IS NOT NULL OR NEW.second_by_id IS NOT NULL THEN
            RAISE EXCEPTION 'a batch begins unapproved'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_payoutbatch_begins';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.currency, OLD.total, OLD.two_people_above, OLD.created_by_id, OLD.created_at)
       IS DISTINCT FROM
       (NEW.id, NEW.currency, NEW.total, NEW.two_people_above, NEW.created_by_id, NEW.created_at)
       OR (OLD.approved_at IS NOT NULL
           AND (OLD.approved_by_id, OLD.approved_at, OLD.approved_because)
               IS DISTINCT FROM (NEW.approved_by_id, NEW.approved_at, NEW.approved_because))
       OR (OLD.second_at IS NOT NULL
           AND (OLD.second_by_id, OLD.second_at, OLD.second_because)
               IS DISTINCT FROM (NEW.second_by_id, NEW.second_at, NEW.second_because))
       OR (OLD.state <> NEW.state AND NOT coalesce(steps -> OLD.state ? NEW.state, false)) THEN
        RAISE EXCEPTION 'a batch that is % does not become this', OLD.state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_payoutbatch_moves_on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rights_payoutbatch_moves_on BEFORE INSERT OR UPDATE ON rights_payoutbatch
    FOR EACH ROW EXECUTE FUNCTION rights_payoutbatch_moves_on();

CREATE FUNCTION rights_providerevent_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state <> 'received'
       OR (OLD.id, OLD.event_id, OLD.type, OLD.object_id, OLD.account_id, OLD.happened_at, OLD.received_at, OLD.sha256)
          IS DISTINCT FROM
          (NEW.id, NEW.event_id, NEW.type, NEW.object_id, NEW.account_id, NEW.happened_at, NEW.received_at, NEW.sha256) THEN
        RAISE EXCEPTION 'a message of the provider is kept as it came'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_providerevent_is_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rights_providerevent_kept BEFORE UPDATE ON rights_providerevent
    FOR EACH ROW EXECUTE FUNCTION rights_providerevent_is_kept();

CREATE FUNCTION rights_payeehold_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.lifted_at IS NOT NULL
       OR (OLD.id, OLD.party_id, OLD.reason, OLD.because, OLD.placed_at, OLD.placed_by_id) IS DISTINCT FROM
          (NEW.id, NEW.party_id, NEW.reason, NEW.because, NEW.placed_at, NEW.placed_by_id) THEN
        RAISE EXCEPTION 'a hold is lifted once, and otherwise kept'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_payeehold_is_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rights_payeehold_kept BEFORE UPDATE ON rights_payeehold
    FOR EACH ROW EXECUTE FUNCTION rights_payeehold_is_kept();

CREATE FUNCTION rights_payeeaccount_stays() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (OLD.id, OLD.party_id, OLD.created_at) IS DISTINCT FROM (NEW.id, NEW.party_id, NEW.created_at)
       OR (OLD.provider_id <> '' AND NEW.provider_id <> OLD.provider_id AND OLD.state <> 'closed') THEN
        RAISE EXCEPTION 'the account of a payee is not exchanged for another'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_payeeaccount_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rights_payeeaccount_stays BEFORE UPDATE ON rights_payeeaccount
    FOR EACH ROW EXECUTE FUNCTION rights_payeeaccount_stays();

DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['payout', 'payoutbatch', 'payoutchange', 'payoutreconciliation',
                                'payeeaccount', 'payeehold', 'providerevent'] LOOP
        EXECUTE format('CREATE TRIGGER rights_%1$s_no_delete BEFORE DELETE ON rights_%1$s '
                       'FOR EACH ROW EXECUTE FUNCTION rights_payouts_are_kept()', kept);
        EXECUTE format('CREATE TRIGGER rights_%1$s_no_truncate BEFORE TRUNCATE ON rights_%1$s '
                       'FOR EACH STATEMENT EXECUTE FUNCTION rights_payouts_are_kept()', kept);
    END LOOP;
    FOREACH kept IN ARRAY ARRAY['payoutchange', 'payoutreconciliation'] LOOP
        EXECUTE format('CREATE TRIGGER rights_%1$s_no_change BEFORE UPDATE ON rights_%1$s '
                       'FOR EACH ROW EXECUTE FUNCTION rights_payouts_are_kept()', kept);
    END LOOP;
END $$;

-- Everybody who was given something by default now has exactly this: to read, to add, and to change
-- the columns that a step changes.
DO $$
DECLARE
    who text;
    tables constant text := 'rights_payout, rights_payoutbatch, rights_payoutchange, '
        'rights_payoutreconciliation, rights_payeeaccount, rights_payeehold, rights_providerevent';
BEGIN
    FOR who IN
        SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
          FROM pg_class, aclexplode(relacl)
         WHERE oid IN ('rights_payout'::regclass, 'rights_payoutbatch'::regclass, 'rights_payoutchange'::regclass,
                       'rights_payoutreconciliation'::regclass, 'rights_payeeaccount'::regclass,
                       'rights_payeehold'::regclass, 'rights_providerevent'::regclass)
           AND grantee <> relowner
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %s', tables, who);
        EXECUTE format('GRANT SELECT, INSERT ON %s TO %s', tables, who);
        EXECUTE format('GRANT UPDATE (state, hold, generation, key, destination, first_asked_at, transfer_id, failure, reversed, reserve_entry_id, settle_entry_id, sent_at, paid_at) ON rights_payout TO %s', who);
        EXECUTE format('GRANT UPDATE (state, job_id, approved_by_id, approved_at, approved_because, second_by_id, second_at, second_because) ON rights_payoutbatch TO %s', who);
        EXECUTE format('GRANT UPDATE (country, provider_id, key, state, requirements, checked_at) ON rights_payeeaccount TO %s', who);
        EXECUTE format('GRANT UPDATE (lifted_at, lifted_by_id, lifted_because) ON rights_payeehold TO %s', who);
        EXECUTE format('GRANT UPDATE (state, processed_at, outcome) ON rights_providerevent TO %s', who);
    END LOOP;
END $$;

-- reverse
DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['payoutchange', 'payoutreconciliation'] LOOP
        EXECUTE format('DROP TRIGGER rights_%1$s_no_change ON rights_%1$s', kept);
    END LOOP;
    FOREACH kept IN ARRAY ARRAY['payout', 'payoutbatch', 'payoutchange', 'payoutreconciliation',
                                'payeeaccount', 'payeehold', 'providerevent'] LOOP
        EXECUTE format('DROP TRIGGER rights_%1$s_no_truncate ON rights_%1$s', kept);
        EXECUTE format('DROP TRIGGER rights_%1$s_no_delete ON rights_%1$s', kept);
    END LOOP;
END $$;
DROP TRIGGER rights_payeeaccount_stays ON rights_payeeaccount;
DROP FUNCTION rights_payeeaccount_stays();
DROP TRIGGER rights_payeehold_kept ON rights_payeehold;
DROP FUNCTION rights_payeehold_is_kept();
DROP TRIGGER rights_providerevent_kept ON rights_providerevent;
DROP FUNCTION rights_providerevent_is_kept();
DROP TRIGGER rights_payoutbatch_moves_on ON rights_payoutbatch;
DROP FUNCTION rights_payoutbatch_moves_on();
DROP TRIGGER rights_payout_moves_on ON rights_payout;
DROP FUNCTION rights_payout_moves_on();
DROP FUNCTION rights_payouts_are_kept();

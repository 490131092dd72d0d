-- A statement is whole when it comes and stays as it is: its lines and its entries come in its
-- transaction, the lines sum to what was earned, the body has the hash it is known by. Afterwards it
-- is published and looked at, once each; everything else is a new revision or the next statement.

ALTER TABLE rights_statement ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE FUNCTION rights_statement_begins() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.xid := pg_current_xact_id();
    NEW.issued_at := clock_timestamp();
    IF NEW.state <> 'final' OR NEW.first_viewed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a statement is final before it is published'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_statement_begins_final';
    END IF;
    IF NEW.sha256 <> encode(sha256(convert_to(NEW.body, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the hash of statement % is of something else', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_statement_has_its_hash';
    END IF;
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM rights_statement former
         WHERE former.id = NEW.replaces_id AND former.revision = NEW.revision - 1
           AND (former.number, former.party_id, former.currency, former.sequence, former.ends_at)
             = (NEW.number, NEW.party_id, NEW.currency, NEW.sequence, NEW.ends_at)
           AND former.starts_at IS NOT DISTINCT FROM NEW.starts_at) THEN
        RAISE EXCEPTION 'statement % does not replace the revision before it', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_statement_replaces_its_like';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rights_statement_begins BEFORE INSERT ON rights_statement
    FOR EACH ROW EXECUTE FUNCTION rights_statement_begins();

CREATE FUNCTION rights_statement_is_whole() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    sums record;
BEGIN
    SELECT count(*) AS lines, coalesce(sum(paid), 0) AS total INTO sums
      FROM rights_statementline WHERE statement_id = NEW.id;
    IF sums.lines <> NEW.n_lines OR sums.total <> NEW.earned THEN
        RAISE EXCEPTION 'statement % has % lines for %, and says % for %',
            NEW.number, sums.lines, sums.total, NEW.n_lines, NEW.earned
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_statement_is_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER rights_statement_is_whole AFTER INSERT ON rights_statement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rights_statement_is_whole();

CREATE FUNCTION rights_statement_is_sealed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT statement_id FROM fresh) added
                 JOIN rights_statement statement ON statement.id = added.statement_id
                WHERE statement.xid <> pg_current_xact_id()) THEN
        RAISE EXCEPTION 'the statement is sealed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_statement_is_sealed';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER rights_statementline_is_sealed AFTER INSERT ON rights_statementline
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION rights_statement_is_sealed();
CREATE TRIGGER rights_statemententry_is_sealed AFTER INSERT ON rights_statemententry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION rights_statement_is_sealed();

CREATE FUNCTION rights_statement_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    moving constant text[] := ARRAY['state', 'published_at', 'published_by_id', 'first_viewed_at'];
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - moving = to_jsonb(NEW) - moving
       AND (OLD.state = NEW.state OR (OLD.state, NEW.state) = ('final', 'published'))
       AND (OLD.state = 'final' OR (OLD.published_at, OLD.published_by_id)
            IS NOT DISTINCT FROM (NEW.published_at, NEW.published_by_id))
       AND (OLD.first_viewed_at IS NULL OR OLD.first_viewed_at = NEW.first_viewed_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is refused: a statement stays as it was issued', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_statement_is_kept';
END $$;
CREATE TRIGGER rights_statement_no_change BEFORE UPDATE OR DELETE ON rights_statement
    FOR EACH ROW EXECUTE FUNCTION rights_statement_is_kept();

CREATE FUNCTION rights_statement_is_append_only() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: what a statement says stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_is_append_only';
END $$;
CREATE TRIGGER rights_statement_no_truncate BEFORE TRUNCATE ON rights_statement
    FOR EACH STATEMENT EXECUTE FUNCTION rights_statement_is_append_only();
CREATE TRIGGER rights_statementline_no_change BEFORE UPDATE OR DELETE ON rights_statementline
    FOR EACH ROW EXECUTE FUNCTION rights_statement_is_append_only();
CREATE TRIGGER rights_statementline_no_truncate BEFORE TRUNCATE ON rights_statementline
    FOR EACH STATEMENT EXECUTE FUNCTION rights_statement_is_append_only();
CREATE TRIGGER rights_statemententry_no_change BEFORE UPDATE OR DELETE ON rights_statemententry
    FOR EACH ROW EXECUTE FUNCTION rights_statement_is_append_only();
CREATE TRIGGER rights_statemententry_no_truncate BEFORE TRUNCATE ON rights_statemententry
    FOR EACH STATEMENT EXECUTE FUNCTION rights_statement_is_append_only();
CREATE TRIGGER rights_disputechange_no_change BEFORE UPDATE OR DELETE ON rights_disputechange
    FOR EACH ROW EXECUTE FUNCTION rights_statement_is_append_only();
CREATE TRIGGER rights_disputechange_no_truncate BEFORE TRUNCATE ON rights_disputechange
    FOR EACH STATEMENT EXECUTE FUNCTION rights_statement_is_append_only();

CREATE FUNCTION rights_dispute_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    moving constant text[] := ARRAY['state', 'amount', 'because', 'entry_id'];
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - moving = to_jsonb(NEW) - moving
       AND (OLD.state = NEW.state AND to_jsonb(OLD) = to_jsonb(NEW)
            OR OLD.state = 'open' AND NEW.state IN ('investigating', 'upheld', 'rejected')
            OR OLD.state = 'investigating' AND NEW.state IN ('upheld', 'rejected')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is refused: a dispute takes its course', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_dispute_is_kept';
END $$;
CREATE TRIGGER rights_dispute_no_change BEFORE UPDATE OR DELETE ON rights_statementdispute
    FOR EACH ROW EXECUTE FUNCTION rights_dispute_is_kept();
CREATE TRIGGER rights_dispute_no_truncate BEFORE TRUNCATE ON rights_statementdispute
    FOR EACH STATEMENT EXECUTE FUNCTION rights_statement_is_append_only();

-- Everybody who was given something by default now has exactly this.
DO $$
DECLARE
    who text;
BEGIN
    FOR who IN
        SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
          FROM pg_class, aclexplode(relacl)
         WHERE oid = 'rights_statement'::regclass AND grantee <> relowner
    LOOP
        EXECUTE format('REVOKE ALL ON rights_statement, rights_statementline, rights_statemententry, rights_statementdispute, rights_disputechange FROM %s', who);
        EXECUTE format('GRANT SELECT ON rights_statement, rights_statementline, rights_statemententry, rights_statementdispute, rights_disputechange TO %s', who);
        EXECUTE format('GRANT INSERT ON rights_statementline, rights_statemententry, rights_statementdispute, rights_disputechange TO %s', who);
        EXECUTE format('GRANT INSERT (id, number, revision, replaces_id, party_id, contract_id, run_id, period, sequence, starts_at, ends_at, currency, state, issued_at, published_at, published_by_id, first_viewed_at, opening, paid, earned, over_cap, fee, reserve_taken, reserve_released, recouped, withheld, adjusted, closing, payable, carried, carried_because, n_lines, lines_sha256, body, sha256) ON rights_statement TO %s', who);
        EXECUTE format('GRANT UPDATE (state, published_at, published_by_id, first_viewed_at) ON rights_statement TO %s', who);
        EXECUTE format('GRANT UPDATE (state, amount, because, entry_id) ON rights_statementdispute TO %s', who);
    END LOOP;
END $$;

-- reverse
DROP TRIGGER rights_dispute_no_truncate ON rights_statementdispute;
DROP TRIGGER rights_dispute_no_change ON rights_statementdispute;
DROP FUNCTION rights_dispute_is_kept();
DROP TRIGGER rights_disputechange_no_truncate ON rights_disputechange;
DROP TRIGGER rights_disputechange_no_change ON rights_disputechange;
DROP TRIGGER rights_statemententry_no_truncate ON rights_statemententry;
DROP TRIGGER rights_statemententry_no_change ON rights_statemententry;
DROP TRIGGER rights_statementline_no_truncate ON rights_statementline;
DROP TRIGGER rights_statementline_no_change ON rights_statementline;
DROP TRIGGER rights_statement_no_truncate ON rights_statement;
DROP FUNCTION rights_statement_is_append_only();
DROP TRIGGER rights_statement_no_change ON rights_statement;
DROP FUNCTION rights_statement_is_kept();
DROP TRIGGER rights_statemententry_is_sealed ON rights_statemententry;
DROP TRIGGER rights_statementline_is_sealed ON rights_statementline;
DROP FUNCTION rights_statement_is_sealed();
DROP TRIGGER rights_statement_is_whole ON rights_statement;
DROP FUNCTION rights_statement_is_whole();
DROP TRIGGER rights_statement_begins ON rights_statement;
DROP FUNCTION rights_statement_begins();
ALTER TABLE rights_statement DROP COLUMN xid;

-- What was claimed stays as it was claimed; only its state moves, and each move is kept.

CREATE FUNCTION rights_claim_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND
       (OLD.id, OLD.recording_id, OLD.party_id, OLD.right_type, OLD.role, OLD.share_ppm,
        OLD.territories, OLD.active_from, OLD.active_to, OLD.supersedes_id, OLD.claimed_at)
       IS NOT DISTINCT FROM
       (NEW.id, NEW.recording_id, NEW.party_id, NEW.right_type, NEW.role, NEW.share_ppm,
        NEW.territories, NEW.active_from, NEW.active_to, NEW.supersedes_id, NEW.claimed_at)
       AND NOT (OLD.state IN ('rejected', 'withdrawn', 'superseded') AND NEW.state <> OLD.state) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is refused: what was claimed stays', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_claim_is_kept';
END $$;
CREATE TRIGGER rights_claim_is_kept BEFORE UPDATE OR DELETE ON rights_rightsclaim
    FOR EACH ROW EXECUTE FUNCTION rights_claim_is_kept();

-- Who added a document or made a step may be erased; the rest of the row may not move.
CREATE FUNCTION rights_claim_course_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'given_by_id' - 'made_by_id'
                          = to_jsonb(NEW) - 'given_by_id' - 'made_by_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: the course of a claim is only added to', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_is_append_only';
END $$;
CREATE TRIGGER rights_claimevidence_no_change BEFORE UPDATE OR DELETE ON rights_claimevidence
    FOR EACH ROW EXECUTE FUNCTION rights_claim_course_is_kept();
CREATE TRIGGER rights_claimchange_no_change BEFORE UPDATE OR DELETE ON rights_claimchange
    FOR EACH ROW EXECUTE FUNCTION rights_claim_course_is_kept();

-- When something was decided is said by the clock of the database, and by nobody else.
CREATE FUNCTION rights_made_now() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.made_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER rights_claimchange_now BEFORE INSERT ON rights_claimchange
    FOR EACH ROW EXECUTE FUNCTION rights_made_now();

-- reverse
DROP TRIGGER rights_claimchange_now ON rights_claimchange;
DROP FUNCTION rights_made_now();
DROP TRIGGER rights_claimchange_no_change ON rights_claimchange;
DROP TRIGGER rights_claimevidence_no_change ON rights_claimevidence;
DROP FUNCTION rights_claim_course_is_kept();
DROP TRIGGER rights_claim_is_kept ON rights_rightsclaim;
DROP FUNCTION rights_claim_is_kept();

-- Shares of a run come while it is calculated and at no other time, and are never changed. A run
-- goes step by step, and back only while nothing is posted, with its approval lapsed.

CREATE FUNCTION rights_runshare_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'shares of a run are not changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_runshare_is_append_only';
    END IF;
    IF EXISTS (SELECT FROM (SELECT DISTINCT run_id FROM moved) touched
                 JOIN rights_royaltyrun run ON run.id = touched.run_id
                WHERE run.state NOT IN ('draft', 'calculating')) THEN
        RAISE EXCEPTION '% is refused: the run is calculated', TG_OP
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_runshare_is_calculated';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER rights_runshare_no_change BEFORE UPDATE ON rights_runshare
    FOR EACH ROW EXECUTE FUNCTION rights_runshare_is_kept();
CREATE TRIGGER rights_runshare_added AFTER INSERT ON rights_runshare REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION rights_runshare_is_kept();
CREATE TRIGGER rights_runshare_taken AFTER DELETE ON rights_runshare REFERENCING OLD TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION rights_runshare_is_kept();

CREATE FUNCTION rights_royaltyrun_moves_forward() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    course constant text[] := ARRAY['draft', 'calculating', 'calculated', 'approved', 'locked', 'published'];
    was constant int := array_position(course, OLD.state);
    becomes int;
BEGIN
    IF TG_OP = 'DELETE' AND was < 4 THEN
        RETURN OLD;
    ELSIF TG_OP = 'UPDATE' AND OLD.period = NEW.period THEN
        becomes := array_position(course, NEW.state);
        -- Calculated again: nothing is posted yet, and nobody has approved what will come.
        IF NEW.state = 'calculating' AND was <= 4
           AND NEW.approved_by_id IS NULL AND NEW.approved_at IS NULL AND NEW.approved_because = '' THEN
            RETURN NEW;
        ELSIF becomes IN (was, was + 1)
           AND (was < 4
                OR (OLD.result_sha256, OLD.facts, OLD.approved_at, OLD.approved_by_id,
                    OLD.approved_because, OLD.created_by_id)
                   IS NOT DISTINCT FROM
                   (NEW.result_sha256, NEW.facts, NEW.approved_at, NEW.approved_by_id,
                    NEW.approved_because, NEW.created_by_id)) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is refused: the run is %', TG_OP, OLD.state
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_royaltyrun_moves_forward';
END $$;
CREATE TRIGGER rights_royaltyrun_moves_forward BEFORE UPDATE OR DELETE ON rights_royaltyrun
    FOR EACH ROW EXECUTE FUNCTION rights_royaltyrun_moves_forward();

-- reverse
DROP TRIGGER rights_royaltyrun_moves_forward ON rights_royaltyrun;
DROP FUNCTION rights_royaltyrun_moves_forward();
DROP TRIGGER rights_runshare_taken ON rights_runshare;
DROP TRIGGER rights_runshare_added ON rights_runshare;
DROP TRIGGER rights_runshare_no_change ON rights_runshare;
DROP FUNCTION rights_runshare_is_kept();

-- Shares of a run are added while it is calculated, taken away whole while nobody has approved it,
-- and never changed. An approved run moves forward only.

CREATE FUNCTION rights_runshare_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'shares of a run are not changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_runshare_is_append_only';
    END IF;
    IF EXISTS (SELECT FROM (SELECT DISTINCT run_id FROM moved) touched
                 JOIN rights_royaltyrun run ON run.id = touched.run_id
                WHERE run.state NOT IN ('draft', 'calculating', 'calculated')) THEN
        RAISE EXCEPTION '% is refused: the run is approved', TG_OP
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_runshare_is_approved';
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
BEGIN
    IF array_position(course, OLD.state) < 4 AND TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.period = NEW.period
       AND (array_position(course, OLD.state) < 4
            OR (array_position(course, NEW.state) >= array_position(course, OLD.state)
                AND (OLD.result_sha256, OLD.facts, OLD.approved_at, OLD.approved_by_id, OLD.created_by_id)
                    IS NOT DISTINCT FROM
                    (NEW.result_sha256, NEW.facts, NEW.approved_at, NEW.approved_by_id, NEW.created_by_id))) THEN
        RETURN NEW;
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

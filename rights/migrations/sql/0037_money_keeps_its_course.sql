-- What an accountant found open: a report that is taken back says when, also if it moved nothing;
-- a run goes step by step, and back only while nothing is posted, with its approval lapsed; its
-- shares come while it is calculated and at no other time; terms that counted stay.

CREATE OR REPLACE FUNCTION rights_incomefile_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state NOT IN ('posted', 'reversed') THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.state = OLD.state OR (OLD.state = 'posted' AND NEW.state = 'reversed'))
       AND (OLD.state = 'posted' OR OLD.reversed_at IS NOT DISTINCT FROM NEW.reversed_at)
       AND (OLD.id, OLD.name, OLD.sha256, OLD.key, OLD.sender_id, OLD.message_id, OLD.file_number,
            OLD.lines, OLD.uses, OLD.posted_at)
       IS NOT DISTINCT FROM
           (NEW.id, NEW.name, NEW.sha256, NEW.key, NEW.sender_id, NEW.message_id, NEW.file_number,
            NEW.lines, NEW.uses, NEW.posted_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is refused: the report is %', TG_OP, OLD.state
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_incomefile_is_posted';
END $$;

CREATE OR REPLACE FUNCTION rights_runshare_is_kept() RETURNS trigger LANGUAGE plpgsql
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

CREATE OR REPLACE FUNCTION rights_royaltyrun_moves_forward() RETURNS trigger LANGUAGE plpgsql
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

-- The next terms end the ones before, once; nothing else about them changes.
CREATE FUNCTION rights_contractterms_stay() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'active_to' = to_jsonb(NEW) - 'active_to'
       AND NEW.active_to IS NOT NULL AND (OLD.active_to IS NULL OR NEW.active_to <= OLD.active_to) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is refused: terms that were agreed stay', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_contractterms_stay';
END $$;
CREATE TRIGGER rights_contractterms_stay BEFORE UPDATE OR DELETE ON rights_contractterms
    FOR EACH ROW EXECUTE FUNCTION rights_contractterms_stay();

-- When something was released or decided is said by the clock of the database, and by nobody else.
CREATE FUNCTION rights_released_now() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.released_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER rights_claimrelease_now BEFORE INSERT ON rights_claimrelease
    FOR EACH ROW EXECUTE FUNCTION rights_released_now();
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
DROP TRIGGER rights_claimrelease_now ON rights_claimrelease;
DROP FUNCTION rights_released_now();
DROP TRIGGER rights_contractterms_stay ON rights_contractterms;
DROP FUNCTION rights_contractterms_stay();
CREATE OR REPLACE FUNCTION rights_incomefile_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state NOT IN ('posted', 'reversed') THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.state = OLD.state OR (OLD.state = 'posted' AND NEW.state = 'reversed'))
       AND (OLD.id, OLD.name, OLD.sha256, OLD.key, OLD.sender_id, OLD.message_id, OLD.file_number,
            OLD.lines, OLD.uses, OLD.posted_at)
       IS NOT DISTINCT FROM
           (NEW.id, NEW.name, NEW.sha256, NEW.key, NEW.sender_id, NEW.message_id, NEW.file_number,
            NEW.lines, NEW.uses, NEW.posted_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is refused: the report is %', TG_OP, OLD.state
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_incomefile_is_posted';
END $$;
CREATE OR REPLACE FUNCTION rights_runshare_is_kept() RETURNS trigger LANGUAGE plpgsql
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
CREATE OR REPLACE FUNCTION rights_royaltyrun_moves_forward() RETURNS trigger LANGUAGE plpgsql
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

-- What a report said never changes; which song a group of uses belongs to may, until it is posted.

CREATE FUNCTION rights_incomegroup_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    file_state text;
    file uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.file_id ELSE NEW.file_id END;
BEGIN
    SELECT state INTO file_state FROM rights_incomefile WHERE id = file;
    IF file_state IN ('posted', 'reversed') THEN
        RAISE EXCEPTION '% is refused: the report is %', TG_OP, file_state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_incomegroup_is_posted';
    END IF;
    IF TG_OP = 'UPDATE' AND
       (OLD.id, OLD.file_id, OLD.number, OLD.summary, OLD.service, OLD.territory, OLD.model, OLD.use,
        OLD.currency, OLD.isrc, OLD.icpn, OLD.label_id, OLD.dsp_id, OLD.span, OLD.uses, OLD.usages,
        OLD.returns, OLD.net, OLD.micros)
       IS DISTINCT FROM
       (NEW.id, NEW.file_id, NEW.number, NEW.summary, NEW.service, NEW.territory, NEW.model, NEW.use,
        NEW.currency, NEW.isrc, NEW.icpn, NEW.label_id, NEW.dsp_id, NEW.span, NEW.uses, NEW.usages,
        NEW.returns, NEW.net, NEW.micros) THEN
        RAISE EXCEPTION 'what a report said stays'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_incomegroup_facts_stay';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER rights_incomegroup_is_kept BEFORE INSERT OR UPDATE OR DELETE ON rights_incomegroup
    FOR EACH ROW EXECUTE FUNCTION rights_incomegroup_is_kept();

CREATE FUNCTION rights_incomefile_is_kept() RETURNS trigger LANGUAGE plpgsql
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
CREATE TRIGGER rights_incomefile_is_kept BEFORE UPDATE OR DELETE ON rights_incomefile
    FOR EACH ROW EXECUTE FUNCTION rights_incomefile_is_kept();

-- reverse
DROP TRIGGER rights_incomefile_is_kept ON rights_incomefile;
DROP FUNCTION rights_incomefile_is_kept();
DROP TRIGGER rights_incomegroup_is_kept ON rights_incomegroup;
DROP FUNCTION rights_incomegroup_is_kept();

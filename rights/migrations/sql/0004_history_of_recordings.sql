-- What is known of recordings is only added to; what was said about consent stays said.

CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE ON rights_recordingfact
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();
CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE ON rights_ownerhint
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();
CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE ON rights_partyevent
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();
CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE ON rights_recordingevent
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();
CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE ON rights_consentevent
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();

-- A consent may end, be withdrawn once, and forget who typed it in. Nothing else.
CREATE FUNCTION rights_consent_stays_said() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.recording_id, NEW.label_id, NEW.state, NEW.terms, NEW.may_train, NEW.valid_from,
                NEW.said_by, NEW.source, NEW.note, NEW.created_at)
                IS NOT DISTINCT FROM
                (OLD.id, OLD.recording_id, OLD.label_id, OLD.state, OLD.terms, OLD.may_train, OLD.valid_from,
                OLD.said_by, OLD.source, OLD.note, OLD.created_at)
            AND (NEW.entered_by_id IS NULL OR NEW.entered_by_id = OLD.entered_by_id)
            AND (OLD.withdrawn_at IS NULL
                OR (NEW.withdrawn_at, NEW.withdrawn_reason, NEW.valid_to)
                    IS NOT DISTINCT FROM (OLD.withdrawn_at, OLD.withdrawn_reason, OLD.valid_to)) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was said in consent % stays said', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_consent_stays_said';
END $$;

CREATE TRIGGER rights_consent_stays_said BEFORE UPDATE OR DELETE ON rights_consent
    FOR EACH ROW EXECUTE FUNCTION rights_consent_stays_said();

-- reverse
DROP TRIGGER rights_consent_stays_said ON rights_consent;
DROP FUNCTION rights_consent_stays_said();
DROP TRIGGER accounts_append_only ON rights_consentevent;
DROP TRIGGER accounts_append_only ON rights_recordingevent;
DROP TRIGGER accounts_append_only ON rights_partyevent;
DROP TRIGGER accounts_append_only ON rights_ownerhint;
DROP TRIGGER accounts_append_only ON rights_recordingfact;

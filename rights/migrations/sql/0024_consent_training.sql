-- What was said about training stays said as well.

CREATE OR REPLACE FUNCTION rights_consent_stays_said() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- reverse
CREATE OR REPLACE FUNCTION rights_consent_stays_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.recording_id, NEW.label_id, NEW.state, NEW.terms, NEW.valid_from,
                NEW.said_by, NEW.source, NEW.note, NEW.created_at)
                IS NOT DISTINCT FROM
                (OLD.id, OLD.recording_id, OLD.label_id, OLD.state, OLD.terms, OLD.valid_from,
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

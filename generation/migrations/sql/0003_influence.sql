-- What a version owes to whom is written once. Triggers bind everybody, the owner of the tables too;
-- privileges bind the application, which may add what it may never change.

CREATE FUNCTION generation_is_refused(relation text, rule text, what text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%: %', relation, what
        USING ERRCODE = 'restrict_violation', CONSTRAINT = rule;
END $$;

-- 1. A song: of its organisation's own frozen set, for ever; the present version is one of its own.
CREATE FUNCTION generation_song_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM rights_songset WHERE id = NEW.song_set_id
           AND organisation_id = NEW.organisation_id AND frozen_at IS NOT NULL
    ) THEN
        PERFORM generation_is_refused('song', 'generation_song_is_of_its_own_frozen_set',
            'its set is not a frozen one of its organisation');
    END IF;
    IF TG_OP = 'UPDATE' AND (
        (NEW.id, NEW.organisation_id, NEW.song_set_id, NEW.idem, NEW.created_at)
            IS DISTINCT FROM (OLD.id, OLD.organisation_id, OLD.song_set_id, OLD.idem, OLD.created_at)
        OR (NEW.created_by_id IS NOT NULL AND NEW.created_by_id IS DISTINCT FROM OLD.created_by_id)
    ) THEN
        PERFORM generation_is_refused('song', 'generation_song_stays_whose_it_is',
            'whose it is and what it was made from never change');
    END IF;
    IF NEW.current_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM generation_version
         WHERE id = NEW.current_id AND song_id = NEW.id AND state = 'ready'
    ) THEN
        PERFORM generation_is_refused('song', 'generation_song_current_is_its_own',
            'the present version must be a ready one of its own');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER generation_song_rules BEFORE INSERT OR UPDATE ON generation_song
    FOR EACH ROW EXECUTE FUNCTION generation_song_rules();

-- 2. A version: what was asked never changes; when it is ready nothing does but the rating, and
--    what is forgotten of a person or a job.
CREATE FUNCTION generation_version_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    kept generation_version;
BEGIN
    IF NEW.base_model_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM generation_basemodel WHERE id = NEW.base_model_id AND frozen_at IS NOT NULL
    ) THEN
        PERFORM generation_is_refused('version', 'generation_version_base_is_frozen',
            'its base model is not frozen');
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'pending' THEN
            PERFORM generation_is_refused('version', 'generation_version_begins_pending',
                'it is asked for before it is made');
        END IF;
        IF NEW.parent_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM generation_version
             WHERE id = NEW.parent_id AND song_id = NEW.song_id AND state = 'ready'
        ) THEN
            PERFORM generation_is_refused('version', 'generation_version_parent_is_of_its_song',
                'its parent is not a ready version of the same song');
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.song_id, NEW.number, NEW.parent_id, NEW.edit, NEW.options, NEW.seed, NEW.engine,
            NEW.idem, NEW.created_at)
            IS DISTINCT FROM
            (OLD.id, OLD.song_id, OLD.number, OLD.parent_id, OLD.edit, OLD.options, OLD.seed,
            OLD.engine, OLD.idem, OLD.created_at)
        OR (OLD.base_model_id IS NOT NULL AND NEW.base_model_id IS DISTINCT FROM OLD.base_model_id)
        OR (NEW.created_by_id IS NOT NULL AND NEW.created_by_id IS DISTINCT FROM OLD.created_by_id)
    THEN
        PERFORM generation_is_refused('version', 'generation_version_stays_what_was_asked',
            'what was asked for never changes');
    END IF;
    IF OLD.state = 'ready' THEN
        kept := NEW;
        kept.rating := OLD.rating;
        kept.created_by_id := OLD.created_by_id;
        kept.job_id := OLD.job_id;
        IF kept IS DISTINCT FROM OLD THEN
            PERFORM generation_is_refused('version', 'generation_version_ready_is_final',
                'a ready version never changes');
        END IF;
    ELSIF NEW.state = 'ready' THEN
        PERFORM generation_version_is_whole(NEW.id);
        IF OLD.state <> 'pending' THEN
            PERFORM generation_is_refused('version', 'generation_version_is_made_by_its_job',
                'only a pending version becomes ready');
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- Ten songs and the catalogue, shares and weights that sum to one million, bars without gaps that
-- name nobody else.
CREATE FUNCTION generation_version_is_whole(the_version uuid) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    of record;
BEGIN
    SELECT count(*) FILTER (WHERE pool = 'references') AS songs,
           count(*) FILTER (WHERE pool = 'catalogue') AS pools,
           count(share_ppm) AS settled, sum(share_ppm) AS share, sum(weight_ppm) AS weight,
           bool_or(weight_ppm = 0 AND share_ppm > 0) AS unasked INTO of
      FROM generation_versionsource WHERE version_id = the_version;
    IF (of.songs, of.pools, of.settled, of.share, of.weight, of.unasked)
            IS DISTINCT FROM (10::bigint, 1::bigint, 11::bigint, 1000000::bigint, 1000000::bigint, false) THEN
        RAISE EXCEPTION 'the sources of version % are not whole: %', the_version, of
            USING ERRCODE = 'check_violation', CONSTRAINT = 'generation_version_sources_are_whole';
    END IF;
    SELECT count(*) AS n, min(number) AS first, max(number) AS last,
           bool_and(start_ms = coalesce(before, 0)) AS whole INTO of
      FROM (SELECT number, start_ms, lag(end_ms) OVER (ORDER BY number) AS before
              FROM generation_versionbar WHERE version_id = the_version) AS bars;
    IF of.n = 0 OR of.first <> 1 OR of.last <> of.n OR NOT of.whole THEN
        RAISE EXCEPTION 'the bars of version % are not whole: %', the_version, of
            USING ERRCODE = 'check_violation', CONSTRAINT = 'generation_version_bars_are_whole';
    END IF;
    IF EXISTS (
        SELECT jsonb_object_keys(shares) FROM generation_versionbar WHERE version_id = the_version
         UNION
        SELECT jsonb_object_keys(shares) FROM generation_versionlayer WHERE version_id = the_version
        EXCEPT
        SELECT CASE isrc WHEN '' THEN 'base' ELSE isrc END
          FROM generation_versionsource WHERE version_id = the_version AND weight_ppm > 0
    ) THEN
        RAISE EXCEPTION 'version % owes to somebody who is none of its sources', the_version
            USING ERRCODE = 'check_violation', CONSTRAINT = 'generation_version_owes_its_sources';
    END IF;
END $$;

CREATE TRIGGER generation_version_rules BEFORE INSERT OR UPDATE ON generation_version
    FOR EACH ROW EXECUTE FUNCTION generation_version_rules();

-- 3. Sources, bars and layers come while the version is in the making, and stay as they came. Of a
--    source the share is filled in, by whoever makes the version ready.
CREATE FUNCTION generation_influence_is_written_once() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    now_is text;
    is_lawful boolean := TG_OP = 'INSERT';
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        SELECT state INTO now_is FROM generation_version WHERE id = NEW.version_id FOR NO KEY UPDATE;
    END IF;
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'generation_versionsource' THEN
        is_lawful := (to_jsonb(NEW) - 'share_ppm') = (to_jsonb(OLD) - 'share_ppm');
    END IF;
    IF NOT is_lawful OR now_is <> 'pending' THEN
        RAISE EXCEPTION '% on % is refused: what a version owes is written once', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_is_written_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER generation_source_is_written_once BEFORE INSERT OR UPDATE OR DELETE
    ON generation_versionsource FOR EACH ROW EXECUTE FUNCTION generation_influence_is_written_once();
CREATE TRIGGER generation_bar_is_written_once BEFORE INSERT OR UPDATE OR DELETE
    ON generation_versionbar FOR EACH ROW EXECUTE FUNCTION generation_influence_is_written_once();
CREATE TRIGGER generation_layer_is_written_once BEFORE INSERT OR UPDATE OR DELETE
    ON generation_versionlayer FOR EACH ROW EXECUTE FUNCTION generation_influence_is_written_once();

-- 4. A receipt is append-only; a base model is frozen once, whole, and then too.
CREATE FUNCTION generation_is_append_only() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: it is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_is_append_only';
END $$;
CREATE TRIGGER generation_receipt_no_change BEFORE UPDATE OR DELETE ON generation_receipt
    FOR EACH ROW EXECUTE FUNCTION generation_is_append_only();

CREATE FUNCTION generation_base_model_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    total bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.frozen_at IS NOT NULL THEN
            PERFORM generation_is_refused('base model', 'generation_base_is_not_born_frozen',
                'it is frozen when its items are there');
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.frozen_at IS NOT NULL
        OR (to_jsonb(NEW) - 'frozen_at') <> (to_jsonb(OLD) - 'frozen_at') THEN
        PERFORM generation_is_refused('base model', 'generation_base_is_frozen', 'it never changes');
    END IF;
    SELECT sum(weight_ppm) INTO total FROM generation_basemodelitem WHERE base_model_id = NEW.id;
    IF total IS DISTINCT FROM 1000000 THEN
        RAISE EXCEPTION 'the items of base model % weigh %', NEW.id, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'generation_base_adds_up';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER generation_base_model_rules BEFORE INSERT OR UPDATE OR DELETE ON generation_basemodel
    FOR EACH ROW EXECUTE FUNCTION generation_base_model_rules();

CREATE FUNCTION generation_base_item_rules() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    frozen timestamptz;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT frozen_at INTO frozen FROM generation_basemodel
         WHERE id = NEW.base_model_id FOR NO KEY UPDATE;
    END IF;
    IF TG_OP <> 'INSERT' OR frozen IS NOT NULL THEN
        PERFORM generation_is_refused('item of a base model', 'generation_base_is_frozen',
            'it never changes');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER generation_base_item_rules BEFORE INSERT OR UPDATE OR DELETE
    ON generation_basemodelitem FOR EACH ROW EXECUTE FUNCTION generation_base_item_rules();

-- 5. Nobody empties these tables, and whoever was given something by default has exactly this.
CREATE TRIGGER generation_source_no_truncate BEFORE TRUNCATE ON generation_versionsource
    FOR EACH STATEMENT EXECUTE FUNCTION generation_is_append_only();
CREATE TRIGGER generation_bar_no_truncate BEFORE TRUNCATE ON generation_versionbar
    FOR EACH STATEMENT EXECUTE FUNCTION generation_is_append_only();
CREATE TRIGGER generation_layer_no_truncate BEFORE TRUNCATE ON generation_versionlayer
    FOR EACH STATEMENT EXECUTE FUNCTION generation_is_append_only();
CREATE TRIGGER generation_receipt_no_truncate BEFORE TRUNCATE ON generation_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION generation_is_append_only();
CREATE TRIGGER generation_base_no_truncate BEFORE TRUNCATE ON generation_basemodel
    FOR EACH STATEMENT EXECUTE FUNCTION generation_is_append_only();
CREATE TRIGGER generation_base_item_no_truncate BEFORE TRUNCATE ON generation_basemodelitem
    FOR EACH STATEMENT EXECUTE FUNCTION generation_is_append_only();

DO $$
DECLARE
    who text;
BEGIN
    FOR who IN
        SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
          FROM pg_class, aclexplode(relacl)
         WHERE oid IN ('generation_version'::regclass, 'generation_versionbar'::regclass)
           AND grantee <> relowner
    LOOP
        EXECUTE format('REVOKE DELETE, TRUNCATE ON generation_song, generation_version FROM %s', who);
        EXECUTE format('REVOKE ALL ON generation_versionsource, generation_versionbar, generation_versionlayer, generation_receipt, generation_basemodel, generation_basemodelitem FROM %s', who);
        EXECUTE format('GRANT SELECT, INSERT ON generation_versionsource, generation_versionbar, generation_versionlayer, generation_receipt, generation_basemodel, generation_basemodelitem TO %s', who);
        EXECUTE format('GRANT UPDATE (share_ppm) ON generation_versionsource TO %s', who);
        EXECUTE format('GRANT UPDATE (frozen_at) ON generation_basemodel TO %s', who);
    END LOOP;
END $$;

-- reverse
DROP TRIGGER generation_base_item_no_truncate ON generation_basemodelitem;
DROP TRIGGER generation_base_no_truncate ON generation_basemodel;
DROP TRIGGER generation_receipt_no_truncate ON generation_receipt;
DROP TRIGGER generation_layer_no_truncate ON generation_versionlayer;
DROP TRIGGER generation_bar_no_truncate ON generation_versionbar;
DROP TRIGGER generation_source_no_truncate ON generation_versionsource;
DROP TRIGGER generation_base_item_rules ON generation_basemodelitem;
DROP TRIGGER generation_base_model_rules ON generation_basemodel;
DROP TRIGGER generation_receipt_no_change ON generation_receipt;
DROP TRIGGER generation_layer_is_written_once ON generation_versionlayer;
DROP TRIGGER generation_bar_is_written_once ON generation_versionbar;
DROP TRIGGER generation_source_is_written_once ON generation_versionsource;
DROP TRIGGER generation_version_rules ON generation_version;
DROP TRIGGER generation_song_rules ON generation_song;
DROP FUNCTION generation_base_item_rules();
DROP FUNCTION generation_base_model_rules();
DROP FUNCTION generation_is_append_only();
DROP FUNCTION generation_influence_is_written_once();
DROP FUNCTION generation_version_rules();
DROP FUNCTION generation_version_is_whole(uuid);
DROP FUNCTION generation_song_rules();
DROP FUNCTION generation_is_refused(text, text, text);

-- A song set is whole at every commit, and for ever once it is frozen.

-- Whoever changes the songs of a set holds the row of the set, so that two writers, or a writer
-- and a freeze, come one after the other.
CREATE FUNCTION rights_entry_of_frozen_set() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    the_set uuid;
    frozen timestamptz;
BEGIN
    FOREACH the_set IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.song_set_id]
        WHEN 'DELETE' THEN ARRAY[OLD.song_set_id]
        ELSE ARRAY[OLD.song_set_id, NEW.song_set_id]
    END LOOP
        SELECT frozen_at INTO frozen FROM rights_songset WHERE id = the_set FOR NO KEY UPDATE;
        IF frozen IS NOT NULL THEN
            RAISE EXCEPTION 'song set % is frozen', the_set
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_song_set_is_frozen';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER rights_entry_of_frozen_set BEFORE INSERT OR UPDATE OR DELETE ON rights_songsetentry
    FOR EACH ROW EXECUTE FUNCTION rights_entry_of_frozen_set();

-- The one change that a frozen set allows is to forget the person: who made it and its name.
CREATE FUNCTION rights_song_set_is_frozen() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.organisation_id, NEW.created_at, NEW.frozen_at, NEW.deleted_at)
                IS NOT DISTINCT FROM
                (OLD.id, OLD.organisation_id, OLD.created_at, OLD.frozen_at, OLD.deleted_at)
            AND (NEW.created_by_id IS NULL OR NEW.created_by_id = OLD.created_by_id)
            AND NEW.name IN (OLD.name, 'Deleted set') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'song set % is frozen', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_song_set_is_frozen';
END $$;

CREATE TRIGGER rights_song_set_is_frozen BEFORE UPDATE OR DELETE ON rights_songset
    FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL)
    EXECUTE FUNCTION rights_song_set_is_frozen();

-- Frozen are ten songs, each with a recording of its own.
CREATE FUNCTION rights_song_set_freezes_ten() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (SELECT count(DISTINCT recording_id) FROM rights_songsetentry WHERE song_set_id = NEW.id) <> 10
        OR (SELECT count(*) FROM rights_songsetentry WHERE song_set_id = NEW.id) <> 10 THEN
        RAISE EXCEPTION 'song set % has not ten songs with recordings of their own', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_song_set_freezes_ten';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER rights_song_set_freezes_ten BEFORE UPDATE ON rights_songset
    FOR EACH ROW WHEN (OLD.frozen_at IS NULL AND NEW.frozen_at IS NOT NULL)
    EXECUTE FUNCTION rights_song_set_freezes_ten();

CREATE TRIGGER rights_song_set_is_not_born_frozen BEFORE INSERT ON rights_songset
    FOR EACH ROW WHEN (NEW.frozen_at IS NOT NULL)
    EXECUTE FUNCTION rights_song_set_freezes_ten();

-- Positions 1 to n without gaps, weights that add up to one million. At the commit, so that a
-- reordering may pass through anything.
CREATE FUNCTION rights_song_set_is_whole() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    the_set uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.song_set_id ELSE NEW.song_set_id END;
    songs record;
BEGIN
    SELECT count(*) AS n, max(position) AS last, sum(weight_ppm) AS ppm INTO songs
        FROM rights_songsetentry WHERE song_set_id = the_set;
    IF songs.n > 0 AND (songs.last <> songs.n OR songs.ppm <> 1000000) THEN
        RAISE EXCEPTION 'song set % has % songs, last position %, weights %',
            the_set, songs.n, songs.last, songs.ppm
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_song_set_is_whole';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER rights_song_set_is_whole
    AFTER INSERT OR UPDATE OR DELETE ON rights_songsetentry
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION rights_song_set_is_whole();

-- reverse
DROP TRIGGER rights_song_set_is_whole ON rights_songsetentry;
DROP TRIGGER rights_song_set_is_not_born_frozen ON rights_songset;
DROP TRIGGER rights_song_set_freezes_ten ON rights_songset;
DROP TRIGGER rights_song_set_is_frozen ON rights_songset;
DROP TRIGGER rights_entry_of_frozen_set ON rights_songsetentry;
DROP FUNCTION rights_song_set_is_whole();
DROP FUNCTION rights_song_set_freezes_ten();
DROP FUNCTION rights_song_set_is_frozen();
DROP FUNCTION rights_entry_of_frozen_set();

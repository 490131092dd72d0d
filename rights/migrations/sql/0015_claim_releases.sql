-- Held money is let go once: what is released of a share is never more than the share, neither in
-- ppm nor in micro-units, and only of shares that are held in a run that is locked.

CREATE FUNCTION rights_claimrelease_fits() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT share_id FROM added) touched
                 JOIN rights_runshare share ON share.id = touched.share_id
                 JOIN rights_royaltyrun run ON run.id = share.run_id
                 JOIN LATERAL (SELECT sum(share_ppm) AS ppm, sum(amount) AS amount, min(amount) AS low,
                                      max(amount) AS high
                                 FROM rights_claimrelease WHERE share_id = share.id) gone ON true
                WHERE share.party_id IS NOT NULL OR run.state NOT IN ('locked', 'published')
                   OR gone.ppm > share.share_ppm OR abs(gone.amount) > abs(share.amount)
                   OR (share.amount > 0 AND gone.low < 0) OR (share.amount < 0 AND gone.high > 0)) THEN
        RAISE EXCEPTION 'more would be released than is held'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rights_claimrelease_fits';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER rights_claimrelease_fits AFTER INSERT ON rights_claimrelease
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION rights_claimrelease_fits();

CREATE FUNCTION rights_claimrelease_is_kept() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: what was released stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rights_claimrelease_is_append_only';
END $$;
CREATE TRIGGER rights_claimrelease_no_change BEFORE UPDATE OR DELETE ON rights_claimrelease
    FOR EACH ROW EXECUTE FUNCTION rights_claimrelease_is_kept();
CREATE TRIGGER rights_claimrelease_no_truncate BEFORE TRUNCATE ON rights_claimrelease
    FOR EACH STATEMENT EXECUTE FUNCTION rights_claimrelease_is_kept();

-- When something was released is said by the clock of the database, and by nobody else.
CREATE FUNCTION rights_released_now() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.released_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER rights_claimrelease_now BEFORE INSERT ON rights_claimrelease
    FOR EACH ROW EXECUTE FUNCTION rights_released_now();

-- reverse
DROP TRIGGER rights_claimrelease_now ON rights_claimrelease;
DROP FUNCTION rights_released_now();
DROP TRIGGER rights_claimrelease_no_truncate ON rights_claimrelease;
DROP TRIGGER rights_claimrelease_no_change ON rights_claimrelease;
DROP FUNCTION rights_claimrelease_is_kept();
DROP TRIGGER rights_claimrelease_fits ON rights_claimrelease;
DROP FUNCTION rights_claimrelease_fits();

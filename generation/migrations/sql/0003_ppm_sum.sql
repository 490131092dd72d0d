-- The sum of a JSON object of whole parts per million; -1 for anything else, so that the CHECK that
-- asks for one million refuses it (NULL would let it pass).
CREATE FUNCTION generation_ppm_sum(shares jsonb) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    total bigint := 0;
    part jsonb;
BEGIN
    IF jsonb_typeof(shares) <> 'object' THEN
        RETURN -1;
    END IF;
    FOR part IN SELECT value FROM jsonb_each(shares) LOOP
        IF jsonb_typeof(part) <> 'number' OR part::text !~ '^[0-9]{1,7}$' THEN
            RETURN -1;
        END IF;
        total := total + part::text::bigint;
    END LOOP;
    RETURN total;
END $$;

-- reverse
DROP FUNCTION generation_ppm_sum(jsonb);

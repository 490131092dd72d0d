-- The keys of the local index: eight rows per second of music, asked by key and never otherwise.

CREATE TABLE rights_fingerprint_posting (
    key bigint NOT NULL,
    at integer NOT NULL,
    fingerprint integer NOT NULL
) WITH (
    -- Answers come from the index alone where the pages are known to be all visible, and a
    -- table that only grows is vacuumed only when it is told to be.
    autovacuum_vacuum_insert_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02
);
CREATE INDEX rights_fingerprint_posting_key ON rights_fingerprint_posting (key)
    INCLUDE (fingerprint, at);

-- reverse
DROP TABLE rights_fingerprint_posting;

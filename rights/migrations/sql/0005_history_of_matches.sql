-- Evidence and the course of a match are append-only.

CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE ON rights_matchevidence
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();
CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE ON rights_matchchange
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();
CREATE TRIGGER accounts_append_only BEFORE UPDATE OR DELETE ON rights_matchevent
    FOR EACH ROW EXECUTE FUNCTION accounts_append_only();

-- reverse
DROP TRIGGER accounts_append_only ON rights_matchevent;
DROP TRIGGER accounts_append_only ON rights_matchchange;
DROP TRIGGER accounts_append_only ON rights_matchevidence;

"""Every function that we write in SQL names where it looks for tables, temporary ones last.

Otherwise a temporary table of the same name, which every role may make, stands in for ours inside
of a rule. pgtrigger's and pghistory's own are left out: they write rows of histories and read none.
"""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

OURS = """
SELECT p.proname, p.proconfig FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE n.nspname = 'public' AND l.lanname = 'plpgsql' AND p.proname !~ '^(pgtrigger_|_pgtrigger_|_pgh_)'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


def test_every_rule_in_the_database_searches_temporary_tables_last():
    with connection.cursor() as cursor:
        cursor.execute(OURS)
        found = dict(cursor.fetchall())

    paths = {
        name: next((one for one in config or () if one.startswith("search_path=")), "")
        for name, config in found.items()
    }
    assert {"accounts_keep_an_owner", "rights_song_set_is_whole"} < set(paths)
    assert [name for name, path in paths.items() if not path.endswith(", pg_temp")] == []

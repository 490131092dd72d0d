"""Which tests stay together on one of pytest-xdist's workers.

By path, because a worker's node ids no longer carry the mark ``xdist_group`` (pytest 9.2 against
pytest-xdist 3.8: ``--dist loadgroup`` then spreads everything and says nothing).
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# One browser with one site; the processes and servers that are killed, one after another; the
# tests of one song that is made once for all of them; and those of recordings analysed once.
GROUPS = {
    "tests/audio/": "audio",
    "tests/browser/": "browser",
    "tests/jobs/test_faults_": "processes",
    "tests/jobs/test_worker.py": "processes",
    "tests/library/test_kill.py": "processes",
    "tests/generation/engine/test_made_song.py": "made song",
}


def group_of(nodeid: str) -> str:
    """Return the group of a test: that of the table, else its file, whose fixtures are then made once."""
    found = (group for start, group in GROUPS.items() if nodeid.startswith(start))
    return next(found, nodeid.partition("::")[0])


class ByGroup(LoadScopeScheduling):  # type: ignore[misc]
    """Sends the largest groups first, each to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)

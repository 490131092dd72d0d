"""Which tests stay together on one of pytest-xdist's workers, and which are sent first.

By path, because a worker's node ids no longer carry the mark ``xdist_group`` (pytest 9.2 against
pytest-xdist 3.8: ``--dist loadgroup`` then spreads everything and says nothing).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

# One browser with one site; the processes and servers that are killed, one after another; the
# tests of one song that is made once for all of them; and those of recordings analysed once.
GROUPS = {
    "tests/audio/": "audio",
    "tests/browser/": "browser",
    "tests/jobs/test_faults_": "processes",
    "tests/jobs/test_worker.py": "processes",
    "tests/library/test_kill.py": "processes",
    "tests/generation/engine/test_made_song.py": "made song",
    "tests/generation/test_real_songs.py": "audio",
}

# What takes long must not begin last, while the other worker has nothing left. About how many
# seconds, so that the longest goes first; any other group is guessed by how many tests it has.
SECONDS: dict[str, float] = {
    "browser": 500,
    "processes": 255,
    "audio": 135,
    "made song": 120,
    "tests/generation/command/test_song.py": 110,
    "tests/library/test_fuzz.py": 60,
    "tests/isolation/test_isolation.py": 60,
    "tests/generation/command/test_mosaic_benchmark.py": 50,
    "tests/generation/engine/test_killed.py": 45,
    "tests/rights/proof/test_killed_runs.py": 45,
    "tests/rights/proof/test_money_machine.py": 40,
    "tests/rights/proof/test_paying_machine.py": 40,
    "tests/rights/test_match_state_machine.py": 40,
    "tests/rights/test_delivery_apply.py": 40,
    "tests/config/test_web_benchmark.py": 40,
    "tests/config/test_metrics.py": 35,
    "tests/api/test_schema_is_kept.py": 30,
    "tests/generation/engine/test_finish.py": 30,
    "tests/config/test_s3.py": 30,
    "tests/architecture/test_groups.py": 8,
    "tests/config/test_embedded_postgres.py": 20,
    "tests/jobs/test_state_machine.py": 20,
    "tests/rights/ledger/test_state_machine.py": 20,
    "tests/rights/payouts/test_state_machine.py": 20,
    "tests/rights/claims/test_state_machine.py": 20,
    "tests/rights/claims/test_suspense.py": 20,
    "tests/rights/views/test_delivery_audio.py": 20,
    "tests/generation/rendering/test_mixing.py": 20,
    "tests/generation/engine/test_requests.py": 20,
}
SECONDS_OF_A_TEST = 0.08


def group_of(nodeid: str) -> str:
    """Return the group of a test: that of the table, else its file, whose fixtures are then made once."""
    found = (group for start, group in GROUPS.items() if nodeid.startswith(start))
    return next(found, nodeid.partition("::")[0])


class ByGroup(LoadScopeScheduling):  # type: ignore[misc]
    """Sends the longest groups first, each to whoever is free; goes on when a worker has crashed."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        longest = max(self.workqueue, key=self._seconds)
        self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)

    def _seconds(self, group: str) -> float:
        return SECONDS.get(group, SECONDS_OF_A_TEST * len(self.workqueue[group]))

    def remove_node(self, node: WorkerController) -> str | None:
        """Hand what a worker left undone to the others; return the test in which it crashed, or None.

        The scheduler underneath hands out that test again, which crashes the next worker, and
        groups that are done, of which no worker ever reports anything: the run then waits for ever.
        """
        left = {
            group: [test for test, is_done in tests.items() if not is_done]
            for group, tests in self.assigned_work.pop(node).items()
        }
        undone = [test for tests in left.values() for test in tests]
        if not undone:
            return None
        crashed = undone[0]  # a worker runs them in this order
        for group, tests in left.items():
            if rest := {test: False for test in tests if test != crashed}:
                self.workqueue[group] = rest
        for other in self.nodes:
            self._reschedule(other)
        return crashed

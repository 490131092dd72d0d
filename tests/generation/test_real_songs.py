"""Pass rates on real analyses: prints the table of docs/algorithms/mosaic.md (run with -s).

Analysing costs two seconds a song, so analyses are kept under VAR_DIR; the first time they are those
that the tests of audio look at too.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from pathlib import Path

import pytest

from generation.composition.compose import compose
from generation.composition.mining.source import mine_source
from generation.composition.plan import Options
from generation.quality.gate import judge
from library.analysis.revision import ANALYSIS_REVISION
from tests.generation.songs import usual_weights

SHARED = Path(__file__).parents[3] / "shared" / "data"
SEEDS = int(os.environ.get("MOSAIC_SEEDS", "2"))
LEAST_RATE = 0.95
pytestmark = pytest.mark.slow


def stored_analysis(path: Path) -> dict:
    """Return the analysis of a file, measured once for each revision."""
    from library.tasks.analyse import analysis_as_json
    from tests.analyses import analysed

    content = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    folder = Path(os.environ.get("VAR_DIR", "var")) / "test-analyses"
    kept = folder / f"{content}-{ANALYSIS_REVISION}.json"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(analysis_as_json(analysed(path))))
    return json.loads(kept.read_text())


@pytest.mark.parametrize("folder", ["pop", "songs"])
def test_nearly_every_seed_clears_every_symbolic_bar(folder, base):
    files = sorted(p for p in (SHARED / folder).glob("*.*") if p.suffix in (".ogg", ".mp3"))[:10]
    if len(files) < 10:
        pytest.skip(f"no ten songs in {folder}: the shared data is not beside the repository")
    sources = [mine_source(p.stem, stored_analysis(p)) for p in files]
    weights, passed, seconds = usual_weights(sources), 0, []
    for seed in range(SEEDS):
        started = time.process_time()
        made = compose(sources, base, weights, Options(seed=seed))
        seconds.append(time.process_time() - started)
        report = judge(made, sources)
        passed += report.passed
        sys.stdout.write(
            f"{folder} seed {seed}: {seconds[-1]:.1f} s, error {made.largest_error:.4f}, "
            f"copy {report.longest_copy} tokens, missed {', '.join(report.missed) or 'nothing'}\n"
        )
    mean_s = sum(seconds) / SEEDS
    sys.stdout.write(f"{folder}: {passed} of {SEEDS} passed, {mean_s:.2f} s to compose\n")
    assert passed >= LEAST_RATE * SEEDS

"""Job ``song.generate``: one version of a song, from the look at its sources to its receipt.

Stages: the engine's ``compose``, ``perform``, ``mix`` and ``judge``, once for each seed it tries;
``encode`` writes the files, ``attribute`` settles the shares, ``receipt`` looks at the sources once
more. The effect writes rows, files and the signed receipt and makes the version ready, together with
the success of the job. A version that cannot be made keeps the reason, and nothing else.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from config.jobs.memory import give_back_freed_memory
from config.lib import blobs
from config.lib.errors import DomainError
from generation.engines import registry
from generation.models import Version
from generation.services.base_models import base_model_newest
from generation.services.sources import sources_usable
from generation.services.versions import (
    MadeFile,
    Outcome,
    version_begin,
    version_finish,
    version_refused,
)
from generation.tasks.checkpoints import REACHED_PPM, JobCheckpoint
from generation.tasks.encodings import Encodings
from generation.tasks.facts import tags_of
from generation.tasks.files import written
from generation.tasks.specs import spec_key, spec_of

if TYPE_CHECKING:
    from typing import Any

    from config.jobs.stages import Run
    from generation.engines.base import Attribution, GenerationResult


def generate(run: Run) -> None:
    """Handle one job; ``params`` names the version."""
    version = Version.objects.select_related(
        "song__song_set", "song__organisation", "parent", "base_model"
    ).get(pk=run.params["version"])
    try:
        _make(run, version)
    except DomainError as refusal:
        with run.holding():
            version_refused(version=version, refusal=refusal)
        raise


def _make(run: Run, version: Version) -> None:
    card = registry.card_of(version.engine)
    entries = sources_usable(version.song.song_set)
    base = version.base_model or base_model_newest()
    with run.holding():
        version_begin(version=version, base_model=base, revision=card.revision)
    version.refresh_from_db()
    spec = spec_of(version, entries)
    key = spec_key(card, spec)
    also = run.params.get("files", ())
    give_back_freed_memory()  # what reading the ten has left: each copy that composes would keep it
    with Encodings(tags_of(version), title=version.song.title, also=also) as encodings:
        checkpoint = JobCheckpoint(run, key, encodings)
        result = registry.load(card.key).generate(spec, checkpoint=checkpoint)

        def encode() -> str:
            return _kept(written(version, result, encodings, also=also, progress=run.progress_part))

        files = _recall(
            run.stage(
                "encode",
                encode,
                input_key=f"{key}/{result.used_seed}/{version.song.title}"[:200],
                progress_ppm=REACHED_PPM["encode"],
                is_present=blobs.exists,
            )
        )
    run.stage(
        "attribute",
        lambda: _kept(_owed(result.attribution)),
        input_key=key,
        progress_ppm=REACHED_PPM["attribute"],
    )
    run.stage(
        "receipt",
        lambda: str(len(sources_usable(version.song.song_set))),
        progress_ppm=REACHED_PPM["receipt"],
    )
    outcome = Outcome(
        columns=_columns(result, files),
        attribution=result.attribution,
        files=[MadeFile(**file) for file in files["files"]],
    )
    run.finish(lambda: version_finish(version=version, outcome=outcome))


def _columns(result: GenerationResult, files: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the version that the engine and the files fill."""
    return {
        "used_seed": result.used_seed,
        "tempo_bpm": result.tempo_bpm,
        "key_pitch_class": result.key_pitch_class,
        "key_mode": result.key_mode,
        "duration_ms": files["duration_ms"],
        "audio_sha256": files["audio_sha256"],
        "figures": {**result.figures, "chords": files["chords"], "stems": files["stems"]},
        "quality": {
            "passed": result.quality.passed,
            "tries": [dict(one) for one in result.quality.tries],
        },
        "passed": result.quality.passed,
    }


def _owed(owed: Attribution) -> dict[str, Any]:
    """Return what the song owes as JSON, so that what was settled can be looked up by the job."""
    return {
        "policy": owed.policy,
        "method": owed.method,
        "song": dict(owed.song),
        "layers": {layer: dict(shares) for layer, shares in owed.layers.items()},
        "bars": [[bar.start_ms, bar.end_ms, bar.section, dict(bar.shares)] for bar in owed.bars],
    }


def _kept(facts: dict[str, Any]) -> str:
    """Put facts into storage, so that the artefact of a stage stays a short key."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return blobs.put(io.BytesIO(text.encode()), suffix=".json")


def _recall(key: str) -> dict[str, Any]:
    with blobs.open_blob(key) as stream:
        facts: dict[str, Any] = json.load(stream)
    return facts

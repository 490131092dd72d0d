"""From a track, or a file that was decoded here, to a sound that a recogniser can hear."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TYPE_CHECKING

from config.lib import blobs
from library.analysis.channels import downmix
from library.models import Asset
from library.transcode.files import mono_of, open_sound
from rights.domain.identifiers import isrc_in_tags
from rights.recognition.types import Sound, pcm_of
from rights.tasks.listening import fingerprint_load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soundfile import SoundFile

    from library.jail.audio import DecodedAudio
    from library.models import Track


@contextmanager
def sound_of_track(track: Track) -> Iterator[Sound]:
    """Hold the sound of a track that is ready: fingerprint of its analysis, samples of its master.

    The master is opened when somebody first wants to hear it, and closed at the end.
    """
    analysis = track.analysis
    key = analysis.fingerprint_key if analysis is not None else ""
    with ExitStack() as opened:

        @cache  # a bucket would send it anew for everybody who listens
        def source() -> SoundFile:
            master = track.assets.get(kind=Asset.Kind.MASTER)
            stream = opened.enter_context(blobs.open_blob(master.key))
            return opened.enter_context(open_sound(stream))

        yield Sound(
            audio_sha256=track.audio_sha256,
            duration_s=(track.duration_ms or 0) / 1000,
            isrc_tag=isrc_in_tags(track.tags),
            fingerprint=fingerprint_load(key) if key else None,
            pcm=lambda *between: mono_of(source(), *between),
        )


def sound_of_audio(audio: DecodedAudio) -> Sound:
    """Return the sound of what the jail decoded; its fingerprint is made when somebody asks."""
    return Sound(
        audio_sha256=audio.sha256(),
        duration_s=audio.duration_s,
        isrc_tag=isrc_in_tags(audio.tags),
        fingerprint=None,
        pcm=pcm_of(downmix(audio.samples), audio.rate_hz),
    )

"""From a track, or a file that was decoded here, to a sound that a recogniser can hear."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from config.lib import blobs
from library.analysis.channels import downmix
from library.models import Asset
from library.transcode.files import read_mono
from rights.domain.identifiers import isrc_in_tags
from rights.recognition.types import Sound
from rights.tasks.listening import fingerprint_load

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from library.jail.audio import DecodedAudio
    from library.models import Track


def sound_of_track(track: Track) -> Sound:
    """Return the sound of a track that is ready: fingerprint of its analysis, samples of its master."""
    analysis = track.analysis
    key = analysis.fingerprint_key if analysis is not None else ""

    @cache  # our own index, Shazam and AcoustID each want it
    def pcm() -> tuple[npt.NDArray[np.float32], int]:
        master = track.assets.get(kind=Asset.Kind.MASTER)
        with blobs.open_blob(master.key) as stream:
            return read_mono(stream)

    return Sound(
        audio_sha256=track.audio_sha256,
        duration_s=(track.duration_ms or 0) / 1000,
        isrc_tag=isrc_in_tags(track.tags),
        fingerprint=fingerprint_load(key) if key else None,
        pcm=pcm,
    )


def sound_of_audio(audio: DecodedAudio) -> Sound:
    """Return the sound of what the jail decoded; its fingerprint is made when somebody asks."""
    return Sound(
        audio_sha256=audio.sha256(),
        duration_s=audio.duration_s,
        isrc_tag=isrc_in_tags(audio.tags),
        fingerprint=None,
        pcm=cache(lambda: (downmix(audio.samples), audio.rate_hz)),
    )

"""All voices by name."""

from __future__ import annotations

from collections.abc import Mapping

from generation.rendering.voices import clouds, keys, lead, strings, synths
from generation.rendering.voices.player import ToneVoice, Voice

VOICES: Mapping[str, Voice] = {
    "piano": ToneVoice(keys.struck_piano, release_s=0.22),
    "rhodes": ToneVoice(keys.RHODES, release_s=0.16),
    "glass": ToneVoice(keys.GLASS_PIANO, release_s=0.20),
    "vibes": ToneVoice(keys.VIBRAPHONE, release_s=0.7),
    "marimba": ToneVoice(keys.MARIMBA, release_s=0.6),
    "kalimba": ToneVoice(keys.KALIMBA, release_s=0.8),
    "music-box": ToneVoice(keys.MUSIC_BOX, release_s=0.9),
    "steel": ToneVoice(strings.STEEL_GUITAR, release_s=0.25, variants=4),
    "nylon": ToneVoice(strings.NYLON_GUITAR, release_s=0.22, variants=4),
    "clean": ToneVoice(strings.CLEAN_GUITAR, release_s=0.16, variants=4),
    "muted": ToneVoice(strings.MUTED_GUITAR, release_s=0.10, variants=4),
    "driven": ToneVoice(strings.DRIVEN_GUITAR, release_s=0.08, variants=4),
    "harp": ToneVoice(strings.HARP, release_s=1.2, variants=4),
    "finger-bass": ToneVoice(strings.FINGER_BASS, release_s=0.09, variants=4),
    "pick-bass": ToneVoice(strings.PICK_BASS, release_s=0.08, variants=4),
    "upright-bass": ToneVoice(strings.UPRIGHT_BASS, release_s=0.14, variants=4),
    "pluck": ToneVoice(synths.PLUCK, release_s=0.18),
    "soft-pluck": ToneVoice(synths.SOFT_PLUCK, release_s=0.25),
    "stab": ToneVoice(synths.STAB, release_s=0.14),
    "poly": ToneVoice(synths.POLY, release_s=0.22),
    "synth-bass": ToneVoice(synths.SYNTH_BASS, release_s=0.05),
    "sub-bass": ToneVoice(synths.SUB_BASS, release_s=0.07),
    "reese-bass": ToneVoice(synths.REESE_BASS, release_s=0.07),
    "warm": clouds.WARM,
    "bright": clouds.BRIGHT,
    "strings": clouds.STRINGS,
    "choir": clouds.CHOIR,
    "hollow": clouds.HOLLOW,
    "organ": clouds.ORGAN,
    "reed": clouds.REED,
    "brass": clouds.BRASS,
    "saw-lead": lead.SAW_LEAD,
    "square-lead": lead.SQUARE_LEAD,
    "soft-lead": lead.SOFT_LEAD,
    "glide-lead": lead.GLIDE_LEAD,
    "vox": lead.VOX,
}

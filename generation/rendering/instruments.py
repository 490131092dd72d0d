"""Instruments: which programs of a SoundFont and which voices of our own make each, and who takes which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generation.rendering.soundfont import FontLayer


@dataclass(frozen=True)
class OwnLayer:
    """A voice of our own within an instrument."""

    voice: str
    gain_db: float = 0.0
    transpose: int = 0


@dataclass(frozen=True)
class Instrument:
    """What plays a part.

    With a SoundFont ``font`` and ``own`` sound together, without one ``alone`` does. ``low`` and
    ``high`` are the register it is made for, ``strum_s`` the time from string to string, ``tight`` how
    much of its notes' length it gives up when the song is at its fullest, ``sweeps`` whether its
    filter follows the sections,
    ``amp`` how hard an amplifier is driven, ``width`` the part of its side signal that is kept: some
    recordings are so wide that they vanish on one loudspeaker.
    """

    name: str
    font: tuple[FontLayer, ...] = ()
    own: tuple[OwnLayer, ...] = ()
    alone: tuple[OwnLayer, ...] = ()
    low: int = 48
    high: int = 84
    strum_s: float = 0.0
    tight: float = 0.0
    sweeps: bool = False
    amp: float = 0.0
    width: float = 1.0

    @property
    def fallback(self) -> tuple[OwnLayer, ...]:
        """The voices that play without a SoundFont."""
        return self.alone or self.own


def _solo(
    name: str, program: int, voice: str, blend_db: float, alone: str = "soft-lead"
) -> Instrument:
    """Return a wind or bowed instrument: the recording sways, a synthetic voice lies under it."""
    return Instrument(
        name,
        font=(FontLayer(program, 0.0, sways=True),),
        own=(OwnLayer(voice, blend_db),),
        alone=(OwnLayer(alone),),
        low=55,
        high=86,
    )


def _all() -> tuple[Instrument, ...]:
    return (*_struck(), *_plucked(), *_held(), *_leads(), *_basses())


def _struck() -> tuple[Instrument, ...]:
    own = OwnLayer
    return (
        Instrument(
            "grand-piano",
            font=(FontLayer(0), FontLayer(1, -8, 4)),
            alone=(own("piano"),),
            width=0.4,
        ),
        Instrument("electric-piano", font=(FontLayer(4, -7, -5),), own=(own("rhodes"),)),
        Instrument("glass-piano", font=(FontLayer(5, -5, 5),), own=(own("glass"),)),
        Instrument(
            "synth-keys", font=(FontLayer(88, -12, 6),), own=(own("poly"),), tight=0.3, sweeps=True
        ),
        Instrument("stab", own=(own("stab"),), tight=0.45, sweeps=True),
        Instrument("vibraphone", font=(FontLayer(11, -2, -3),), own=(own("vibes", -3),)),
        Instrument("marimba", font=(FontLayer(12, -2),), own=(own("marimba", -2),)),
        Instrument("kalimba", font=(FontLayer(108, -3, 4),), own=(own("kalimba", -2),)),
        Instrument("music-box", font=(FontLayer(10, -3, -3),), own=(own("music-box", -2),)),
        Instrument("pluck", own=(own("pluck"),), sweeps=True),
        Instrument("soft-pluck", own=(own("soft-pluck"),), sweeps=True),
    )


def _plucked() -> tuple[Instrument, ...]:
    own = OwnLayer
    return (
        Instrument(
            "steel-guitar", font=(FontLayer(25, 0, -2),), own=(own("steel", -4),), strum_s=0.011
        ),
        Instrument(
            "nylon-guitar", font=(FontLayer(24, 0, 2),), own=(own("nylon", -5),), strum_s=0.010
        ),
        Instrument(
            "clean-guitar", font=(FontLayer(27, -1, 3),), own=(own("clean", -3),), strum_s=0.008
        ),
        Instrument(
            "muted-guitar", font=(FontLayer(28, -2, -6),), own=(own("muted", -2),), strum_s=0.005
        ),
        Instrument(
            "rock-guitar",
            font=(FontLayer(27, -3, 4),),
            own=(own("driven"),),
            strum_s=0.006,
            tight=0.25,
            amp=1.0,
        ),
        Instrument("harp", font=(FontLayer(46),), alone=(own("harp"),), strum_s=0.014),
    )


def _held() -> tuple[Instrument, ...]:
    own = OwnLayer
    return (
        Instrument(
            "string-section",
            font=(FontLayer(48, 0, -4),),
            own=(own("strings", -2),),
            sweeps=True,
            width=0.75,
        ),
        Instrument(
            "warm-pad", font=(FontLayer(89, -8, 6),), own=(own("warm"),), sweeps=True, width=0.85
        ),
        Instrument(
            "bright-pad",
            font=(FontLayer(90, -9, -6),),
            own=(own("bright"),),
            sweeps=True,
            width=0.7,
        ),
        Instrument(
            "choir", font=(FontLayer(52, -4, 4),), own=(own("choir"),), sweeps=True, width=0.7
        ),
        Instrument(
            "hollow-pad",
            font=(FontLayer(95, -8, -5),),
            own=(own("hollow"),),
            sweeps=True,
            width=0.65,
        ),
        Instrument(
            "organ", font=(FontLayer(16, -6, 3),), own=(own("organ"),), tight=0.3, sweeps=True
        ),
        Instrument("accordion", font=(FontLayer(21, -1, 4),), own=(own("reed", -4),)),
        Instrument("brass", font=(FontLayer(61, -1, -4),), own=(own("brass", -4),), tight=0.3),
    )


def _leads() -> tuple[Instrument, ...]:
    own = OwnLayer
    return (
        _solo("flute", 73, "soft-lead", -8),
        _solo("clarinet", 71, "soft-lead", -10, "square-lead"),
        _solo("saxophone", 66, "glide-lead", -12, "glide-lead"),
        _solo("oboe", 68, "soft-lead", -10, "square-lead"),
        _solo("harmonica", 22, "reed", -8, "reed"),
        _solo("violin", 40, "strings", -10, "strings"),
        _solo("horn", 60, "brass", -8, "brass"),
        Instrument(
            "voice",
            font=(FontLayer(53, -8, 4, sways=True),),
            own=(own("vox"),),
            low=55,
            high=86,
        ),
        Instrument("saw-lead", own=(own("saw-lead"),), low=55, high=88),
        Instrument(
            "square-lead",
            own=(own("square-lead"), own("soft-lead", -8, 12)),
            low=55,
            high=88,
        ),
        Instrument("soft-lead", own=(own("soft-lead"), own("vox", -9)), low=55, high=88),
        Instrument("glide-lead", own=(own("glide-lead"),), low=50, high=86),
        Instrument(
            "lead-guitar",
            font=(FontLayer(29, -2, sways=True),),
            own=(own("glide-lead", -9),),
            alone=(own("glide-lead"),),
            low=50,
            high=86,
            amp=0.7,
        ),
    )


def _basses() -> tuple[Instrument, ...]:
    def bass(name: str, program: int | None, *own: OwnLayer, amp: float = 0.0) -> Instrument:
        font = () if program is None else (FontLayer(program),)
        alone = tuple(OwnLayer(layer.voice) for layer in own)
        return Instrument(name, font, own, alone, 28, 55, amp=amp)

    return (
        bass("finger-bass", 33, OwnLayer("finger-bass", -7), amp=0.25),
        bass("upright-bass", 32, OwnLayer("upright-bass", -7)),
        bass("pick-bass", 34, OwnLayer("pick-bass", -6), amp=0.4),
        bass("fretless-bass", 35, OwnLayer("finger-bass", -10), amp=0.15),
        bass("slap-bass", 36, OwnLayer("pick-bass", -8), amp=0.2),
        bass("synth-bass", None, OwnLayer("synth-bass")),
        bass("sub-bass", None, OwnLayer("sub-bass")),
        bass("reese-bass", None, OwnLayer("reese-bass")),
    )


INSTRUMENTS: Mapping[str, Instrument] = {one.name: one for one in _all()}
"""Every instrument by name; the kits are in ``drumkit.KITS``."""

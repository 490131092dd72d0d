"""Who plays what: palettes and seeds choose bands that differ, and nobody is sent who does not exist."""

from __future__ import annotations

import pytest

from generation.rendering.drumkit import KITS
from generation.rendering.instruments import INSTRUMENTS
from generation.rendering.lineup import (
    ALSO,
    BY_PROGRAM,
    BY_ROLE,
    FAMILIES,
    HEAVY,
    KIT_OF,
    Lineup,
    instrument_of,
    lineup_of,
)
from generation.rendering.voices.registry import VOICES

ROLES = ("lead", "double", "comp", "pad", "arp", "bass")


def test_every_name_in_the_tables_exists():
    named = {*FAMILIES, *BY_PROGRAM.values()}
    for table in BY_ROLE.values():
        named |= set(table.values())
    for table in ALSO.values():
        named |= set(table) | {name for row in table.values() for name in row}
    assert named <= set(INSTRUMENTS)
    assert set(KIT_OF.values()) <= set(KITS)


@pytest.mark.parametrize("role", ROLES)
def test_every_program_has_a_player_in_every_part(role):
    for program in range(128):
        assert instrument_of(role, program) in INSTRUMENTS


def test_every_instrument_can_play_without_a_soundfont():
    for instrument in INSTRUMENTS.values():
        assert instrument.fallback, instrument.name
        for layer in (*instrument.own, *instrument.alone):
            assert layer.voice in VOICES
        assert instrument.low < instrument.high


def test_the_palettes_of_the_base_pack_send_different_bands(base):
    bands = {
        palette.name: {lineup_of(palette.programs, weight=0.4, seed=seed) for seed in range(8)}
        for palette in base.palettes
    }
    seen: dict[Lineup, str] = {}
    for name, lineups in bands.items():
        assert len(lineups) > 2, name
        for lineup in lineups:
            assert seen.setdefault(lineup, name) == name


def test_ten_seeds_of_one_palette_are_not_one_band(base):
    palette = next(p for p in base.palettes if p.name == "piano-band")
    bands = {lineup_of(palette.programs, weight=0.4, seed=seed) for seed in range(10)}
    assert len(bands) >= 7


def test_the_same_seed_sends_the_same_band(base):
    programs = base.palettes[0].programs
    assert lineup_of(programs, weight=0.4, seed=5) == lineup_of(programs, weight=0.4, seed=5)


def test_a_heavy_low_end_asks_for_a_heavier_bass():
    programs = dict.fromkeys(ROLES, 81) | {"bass": 38}
    light = {lineup_of(programs, weight=0.2, seed=seed).bass for seed in range(6)}
    heavy = {lineup_of(programs, weight=HEAVY, seed=seed).bass for seed in range(6)}
    assert light == {"synth-bass"}
    assert heavy == {"reese-bass"}


def test_a_bass_part_is_never_given_to_an_instrument_that_is_none():
    for program in range(128):
        programs = dict.fromkeys(ROLES, program)
        assert lineup_of(programs, weight=0.5, seed=1).bass in KIT_OF


def test_machines_are_said_to_be_machines(base):
    synth_pop = next(p for p in base.palettes if p.name == "synth-pop")
    folk = next(p for p in base.palettes if p.name == "folk")
    assert lineup_of(synth_pop.programs, weight=0.4, seed=1).is_synthetic
    assert not lineup_of(folk.programs, weight=0.4, seed=1).is_synthetic

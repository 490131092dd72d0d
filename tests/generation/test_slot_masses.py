"""The masses of slots are the same to the last bit in every process: the casting rests on them."""

from __future__ import annotations

import os
import subprocess
import sys

CHILD = """
from generation.attribution.policy import POLICY_V1
from generation.composition.base import load_base_pack
from generation.composition.plan import Options, make_plan
from generation.composition.slots import slot_table
from tests.generation.songs import ten_sources, usual_weights

sources = ten_sources()
plan = make_plan(sources, usual_weights(sources), load_base_pack(), Options(seed=3))
table = slot_table(plan, POLICY_V1)
print([(slot.key, slot.mass.hex()) for slot in table.slots], table.glue_mass.hex())
"""


def masses(hash_seed):
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    told = subprocess.run(
        [sys.executable, "-c", CHILD], env=environment, capture_output=True, text=True, check=True
    )
    return told.stdout


def test_no_hash_seed_moves_the_last_bit_of_a_slots_mass():
    """Sums over a set of names once did: two casts of one seed, and neither wrong."""
    first, *others = (masses(seed) for seed in ("0", "1", "2", "3"))
    assert first.count("0x") > 20
    assert set(others) == {first}

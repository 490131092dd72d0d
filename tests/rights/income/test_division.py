"""Dividing in DuckDB: to the last micro-unit what the Python oracle says, for every pool."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rights.domain.allocation import allocate
from rights.domain.royalties import pools_split
from rights.income.division import (
    base_pools,
    divide,
    earned_by_use,
    earned_table,
    inputs_query,
)
from rights.income.engine import calculator
from tests.rights.income.reports import Sale, Use, financial, in_blocks

# Letters whose order differs between a locale and the alphabet of bytes.
NAMES = st.sampled_from(["a", "B", "Ä", "z", "_", "-", "ab", "Ab", "é", "1"])
POOLS = st.dictionaries(
    st.integers(1, 6),
    st.tuples(st.integers(-(10**18), 10**18), st.dictionaries(NAMES, st.integers(0, 10**12))),
    min_size=1,
)


@pytest.fixture(scope="module")
def calculate(tmp_path_factory):
    with calculator(tmp_path_factory.mktemp("calculator"), threads=2) as connection:
        yield connection


def both(connection, pools):
    """Divide by DuckDB; return its amounts by pool, and its own word on rows, sum and suspense."""
    connection.execute("CREATE OR REPLACE TABLE p (pool INT, micros HUGEINT)")
    connection.execute("CREATE OR REPLACE TABLE w (pool INT, name VARCHAR, weight HUGEINT)")
    for pool, (micros, weights) in pools.items():
        connection.execute("INSERT INTO p VALUES (?, ?)", [pool, micros])
        for name, weight in reversed(weights.items()):
            connection.execute("INSERT INTO w VALUES (?, ?, ?)", [pool, name, weight])
    found = divide(connection, pools="FROM p", weights="FROM w", into="out", keys=("name",))
    amounts = {pool: {} for pool in pools}
    for pool, name, amount in connection.execute("SELECT pool, name, amount FROM out").fetchall():
        amounts[pool][name] = amount
    return amounts, found


@given(POOLS)
@settings(max_examples=60, deadline=None)
def test_duckdb_divides_as_python_does(calculate, pools):
    amounts, found = both(calculate, pools)
    suspense = 0
    for pool, (micros, weights) in pools.items():
        by_hand = allocate(micros, weights)
        suspense += by_hand.suspense
        if by_hand.suspense == 0 and any(weights.values()):
            assert amounts[pool] == dict(by_hand.amounts)
        else:
            assert amounts[pool] == {}
    assert found.suspense == suspense
    assert found.given + found.suspense == sum(micros for micros, _ in pools.values())


def test_a_reversal_takes_back_exactly_what_was_given(calculate):
    weights = {"a": 333_333, "B": 333_333, "Ä": 333_334}
    amounts, _ = both(calculate, {1: (100_000_001, weights), 2: (-100_000_001, weights)})
    assert amounts[2] == {name: -amount for name, amount in amounts[1].items()}


@pytest.mark.parametrize(
    ("net", "micros"),
    [
        ("0.0000005", 0),
        ("0.0000015", 2),
        ("0.0000025", 2),
        ("-0.0000005", 0),
        ("-0.0000015", -2),
        ("0.0000005001", 1),
        ("-0.0000024999", -2),
        ("123456789012.1234567890", 123456789012123457),
        ("999999999999999999.9999999999", 10**24),
    ],
)
def test_a_sum_becomes_micro_units_once_half_to_even(read, net, micros):
    assert int((Decimal(net) * 10**6).to_integral_value(ROUND_HALF_EVEN)) == micros
    found = read(financial([Sale(net=net)]))
    earned_table(found.connection)
    assert found.connection.execute("SELECT micros FROM earned").fetchone() == (micros,)


@given(st.lists(st.decimals("-9999", "9999", places=10).map("{:f}".format), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_both_pools_are_the_amount_and_split_as_the_ledger_splits(calculate, nets):
    rows = ", ".join(
        f"('SR08', 'S{n % 2}', 'I{n}', '', '', '', '', 1, 0, 1, 0, {net}::DECIMAL(38,10), 0)"
        for n, net in enumerate(nets)
    )
    names = "mark, summary, isrc, icpn, label_id, dsp_id, span, lines, odd, usages, returns, net, net_tx"
    calculate.execute(f"CREATE OR REPLACE TABLE groups AS FROM (VALUES {rows}) g({names})")
    earned_table(calculate)
    micros = dict(calculate.execute("SELECT id, micros FROM earned").fetchall())
    inputs = dict(calculate.execute(inputs_query()).fetchall())
    assert inputs == {key: pools_split(int(amount)).inputs for key, amount in micros.items()}
    assert sum(base_pools(calculate).values()) == sum(micros.values()) - sum(inputs.values())


def test_uses_without_money_share_the_revenue_of_their_summary(read):
    uses = [
        Use("QZTEN2600001", 2),
        Use("QZTEN2600002", 1),
        Use("QZTEN2600001", 50, bears="false"),
        Use("QZTEN2600003", 7, summary="S2"),
    ]
    found = read(in_blocks(uses, {"S1": "10", "S2": "1", "S3": "0.5"}))
    earned_table(found.connection)
    division = earned_by_use(
        found.connection, [("S1", 10_000_000), ("S2", 1_000_000), ("S3", 500_000)]
    )
    micros = found.connection.execute(
        "SELECT isrc, span, micros FROM earned ORDER BY ALL"
    ).fetchall()
    assert micros == [
        ("QZTEN2600001", "", 6_666_667),
        ("QZTEN2600001", "free", 0),
        ("QZTEN2600002", "", 3_333_333),
        ("QZTEN2600003", "", 1_000_000),
    ]
    assert (division.given, division.suspense) == (11_000_000, 500_000)


def test_the_order_of_lines_and_the_number_of_threads_change_nothing(read, tmp_path):
    sold = [
        Sale(isrc=f"QZTEN26000{n % 40:02}", net=f"0.{n * 7919 % 10**9:010}") for n in range(400)
    ]
    results = []
    for lines in (financial(sold), financial(sold[::-1])):
        found = read(lines)
        earned_table(found.connection)
        results.append(found.connection.execute("FROM earned ORDER BY id").fetchall())
    assert results[0] == results[1]

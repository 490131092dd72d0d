"""The waterfall of a statement sums exactly, whatever the terms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.domain.allocation import PPM
from rights.domain.settlement import Label, Line, Position, Reserve, settle
from rights.domain.terms import Terms, TermsError, terms_on

START = date(2026, 1, 1)
PLAIN = Terms(active_from=START)
MONEY = st.integers(-(10**12), 10**12)
RATE = st.integers(0, PPM)
TERMS = st.builds(
    Terms,
    active_from=st.just(START),
    fee_ppm=RATE,
    fee_max=st.one_of(st.none(), st.integers(0, 10**9)),
    earnings_cap=st.one_of(st.none(), st.integers(0, 10**12)),
    reserve_ppm=RATE,
    reserve_periods=st.integers(1, 4),
    recoupment_ppm=RATE,
    withholding_ppm=RATE,
    payout_min=st.integers(0, 10**9),
)


def run(earned: int, terms: Terms = PLAIN, before: Position = Position(), **more):  # noqa: B008
    return settle(
        currency="EUR",
        period=more.pop("period", 7),
        earned=earned,
        terms=terms,
        before=before,
        **more,
    )


@given(st.lists(MONEY, min_size=1, max_size=8), TERMS, st.integers(0, 10**12))
def test_every_period_sums_and_nothing_is_lost_over_many(earnings, terms, advance):
    before = Position(advance=advance)
    paid = fees = withheld = over = 0
    for period, earned in enumerate(earnings):
        got = run(earned, terms, before, period=period)
        assert sum(line.amount for line in got.lines) == got.closing
        assert got.payout + got.carried == got.closing
        assert got.lines[0] == Line(Label.OPENING, before.opening)
        assert got.payout >= 0
        assert got.payout == got.payout_coins * 10_000
        assert 0 <= got.after.advance <= before.advance
        assert got.amount(Label.WITHHELD) <= 0
        paid, before = paid + got.payout, got.after
        fees -= got.amount(Label.FEE)
        withheld -= got.amount(Label.WITHHELD)
        over -= got.amount(Label.OVER_CAP)
    kept = sum(reserve.amount for reserve in before.reserves)
    recouped = advance - before.advance
    assert sum(earnings) == over + fees + kept + recouped + withheld + paid + before.opening


@given(st.lists(st.integers(0, 10**9), max_size=6), st.integers(0, 10**9), st.randoms())
def test_cap_holds_whatever_the_order_of_periods(earnings, cap, random):
    terms = replace(PLAIN, earnings_cap=cap)
    random.shuffle(earnings)
    before, counted = Position(), 0
    for period, earned in enumerate(earnings):
        got = run(earned, terms, before, period=period)
        counted += earned + got.amount(Label.OVER_CAP)
        before = got.after
    assert counted == min(sum(earnings), cap)


def test_return_below_the_cap_takes_from_what_was_over_it_first():
    terms = replace(PLAIN, earnings_cap=100)
    first = run(150, terms, period=1)
    back = run(-30, terms, first.after, period=2)
    assert (first.closing, back.amount(Label.OVER_CAP), back.closing) == (100, 30, 100)


def test_fee_mirrors_on_returns_and_is_never_above_its_limit():
    terms = replace(PLAIN, fee_ppm=150_000, fee_max=1_000)
    assert run(3_333, terms).amount(Label.FEE) == -500
    assert run(-3_333, terms).amount(Label.FEE) == 500
    assert run(10**9, terms).amount(Label.FEE) == -1_000
    assert run(-(10**9), terms).amount(Label.FEE) == 1_000


def test_reserve_is_taken_on_gains_only_and_comes_back_when_due():
    terms = replace(PLAIN, reserve_ppm=200_000, reserve_periods=2)
    first = run(1_000, terms, period=1)
    assert (first.amount(Label.RESERVE_TAKEN), first.closing) == (-200, 800)
    assert first.after.reserves == (Reserve(taken=1, due=3, amount=200),)
    second = run(-500, terms, first.after, period=2)
    assert (second.amount(Label.RESERVE_TAKEN), second.closing) == (0, 300)
    third = run(0, terms, second.after, period=3)
    assert third.lines[-1] == Line(Label.RESERVE_RELEASED, 200, "1")
    assert (third.closing, third.after.reserves) == (500, ())


def test_advance_is_recouped_from_gains_and_never_beyond_itself():
    before = Position(advance=1_000)
    terms = replace(PLAIN, recoupment_ppm=500_000)
    assert run(1_600, terms, before).after.advance == 200
    assert run(1_600, terms, before).closing == 800
    assert run(10_000, terms, before).amount(Label.RECOUPED) == -1_000
    assert run(-10_000, terms, before).after.advance == 1_000


def test_tax_counts_what_the_period_adds_and_not_what_was_taxed_or_owed():
    terms = replace(PLAIN, withholding_ppm=100_000)
    assert run(1_000, terms).amount(Label.WITHHELD) == -100
    assert run(1_000, terms, Position(opening=500)).amount(Label.WITHHELD) == -100
    assert run(1_000, terms, Position(opening=-400)).amount(Label.WITHHELD) == -60
    assert run(1_000, terms, Position(opening=-4_000)).amount(Label.WITHHELD) == 0
    assert run(-1_000, terms, Position(opening=4_000)).amount(Label.WITHHELD) == 0


@pytest.mark.parametrize(
    ("earned", "hold", "payout", "carried", "because"),
    [
        (50_000_000, "", 50_000_000, 0, ""),
        (50_004_321, "", 50_000_000, 4_321, "less_than_a_coin"),
        (9_999_999, "", 0, 9_999_999, "below_minimum"),
        (50_000_000, "dispute", 0, 50_000_000, "dispute"),
        (0, "", 0, 0, "no_balance"),
        (-5, "dispute", 0, -5, "negative_balance"),
    ],
)
def test_what_is_not_paid_is_carried_with_its_reason(earned, hold, payout, carried, because):
    got = run(earned, replace(PLAIN, payout_min=10_000_000), hold=hold)
    assert (got.payout, got.carried, got.carried_because) == (payout, carried, because)
    assert got.after.opening == carried


def test_less_than_a_coin_waits():
    assert run(9_999).carried_because == "less_than_a_coin"
    assert settle(
        currency="JPY", period=1, earned=1_999_999, terms=PLAIN, before=Position()
    ).payout == (1_000_000)


def test_adjustment_is_a_line_of_its_own_that_names_what_it_corrects():
    line = Line(Label.ADJUSTMENT, -300, "line 2026-03/17")
    got = run(1_000, adjustments=[line])
    assert got.lines[-1] == line
    assert got.closing == 700
    for wrong in (Line(Label.ADJUSTMENT, 1), Line(Label.FEE, 1, "x")):
        with pytest.raises(ValueError, match="names what it corrects"):
            run(0, adjustments=[wrong])


@pytest.mark.parametrize(
    "before",
    [
        Position(advance=-1),
        Position(reserves=(Reserve(7, 9, 1),)),
        Position(reserves=(Reserve(3, 9, -1),)),
        Position(reserves=(Reserve(3, 3, 1),)),
    ],
)
def test_impossible_position_is_refused(before):
    with pytest.raises(ValueError, match=r"advance|cannot stand"):
        run(0, before=before)


def test_float_is_refused_in_every_place():
    with pytest.raises(TypeError):
        run(1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Terms(active_from=START, fee_ppm=0.15)  # type: ignore[arg-type]


# ---------------------------------------------------------------- terms


@pytest.mark.parametrize(
    "wrong",
    [
        {"fee_ppm": PPM + 1},
        {"withholding_ppm": -1},
        {"payout_min": -1},
        {"earnings_cap": -1},
        {"active_to": START},
        {"reserve_ppm": 1},
    ],
)
def test_terms_that_cannot_be_meant_are_refused(wrong):
    with pytest.raises(TermsError):
        Terms(active_from=START, **wrong)


def test_exactly_one_set_of_terms_counts_on_a_day():
    change = date(2026, 7, 1)
    old, new = Terms(active_from=START, active_to=change), Terms(active_from=change, fee_ppm=1)
    assert terms_on([old, new], date(2026, 6, 30)) is old
    assert terms_on([old, new], change) is new
    with pytest.raises(TermsError, match="no terms count"):
        terms_on([old, new], date(2025, 12, 31))
    with pytest.raises(TermsError, match="2 terms count"):
        terms_on([old, PLAIN], START)

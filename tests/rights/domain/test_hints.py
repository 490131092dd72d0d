"""The ladder of hints: each rung alone, rungs that agree, that disagree, and a person's word."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.domain.companies import company_core, ends_in_legal_form, is_legal_form
from rights.domain.hints import (
    MOST_PPM,
    NameHint,
    Registrant,
    combined_ppm,
    delivery_hints,
    label_hints,
    learn_registrants,
    p_line_hints,
    propose_owner,
    registrant_hints,
    weigh,
)

PPM = st.integers(0, 1_000_000)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("Saltline Records Ltd", "saltline"),
        ("SALTLINE RECORDINGS (UK) Limited", "saltline"),
        ("The Saltline Music Group, Inc.", "saltline"),
        ("Saltline", "saltline"),
        ("Disques Aubépine", "disques aubepine"),
        ("Kupferberg Tonträger GmbH & Co. KG", "kupferberg"),
        ("Somebody Else S.A. de C.V.", "somebody else sa de"),
        ("Kestrel & Pine LLP", "kestrel and pine"),
        ("L.L.C.", "llc"),
        ("The Music Company", "the music company"),
        ("Records", "records"),
        ("10 Summers Records, LLC", "10 summers"),
        ("", ""),
    ],
)
def test_the_core_of_a_name_is_what_spellings_share(name, core):
    assert company_core(name) == core


def test_legal_forms_are_known():
    assert is_legal_form("Co., Ltd.")
    assert is_legal_form("GmbH & Co. KG")
    assert not is_legal_form("Coal Ltd")
    assert not is_legal_form("")
    assert ends_in_legal_form("Amber Inc.")
    assert not ends_in_legal_form("Inc.")


def test_a_displayed_label_is_an_imprint():
    (hint,) = label_hints("  Lantern   House ", source="shazam", raw_ref="shazam:1")

    assert hint == NameHint("shazam", "imprint", "Lantern House", 400_000, "shazam:1")
    assert hint.normalised == "lantern house"
    assert label_hints(" ", source="shazam") == []
    assert label_hints("—", source="shazam") == []


def test_a_p_line_names_owner_licensee_and_parent():
    hints = p_line_hints(
        "A Wick release; ℗ 2018 Lantern House, a division of Ashgrove, under exclusive licence to Oak",
        raw_ref="album:1",
    )

    assert [(one.role, one.name, one.confidence_ppm) for one in hints] == [
        ("owner", "Lantern House", 600_000),
        ("licensee", "Oak", 500_000),
        ("owner", "Ashgrove", 350_000),
        ("imprint", "Wick", 350_000),
    ]
    assert {one.raw_ref for one in hints} == {"album:1"}


def test_two_owners_on_one_line_are_each_less_certain():
    assert [one.confidence_ppm for one in p_line_hints("℗ 2010 One Ltd & Two Ltd")] == [450_000] * 2


def test_a_compilations_line_hardly_hints_at_the_owner_of_a_song():
    (hint,) = p_line_hints("This compilation ℗ 2020 Everyday Hits")

    assert hint.confidence_ppm == 100_000


def test_a_line_about_the_cover_gives_no_hint():
    assert p_line_hints("© 2020 Cover Owner") == p_line_hints("") == []


def test_a_prefix_teaches_when_verified_claims_agree():
    claims = [("ZZSAL2100001", "Saltline Records Ltd")] * 3 + [("ZZSAL2100009", "Oak")]

    learned = learn_registrants(claims)

    assert learned == {"ZZSAL": Registrant("ZZSAL", "Saltline Records Ltd", 4, 750_000)}
    (hint,) = registrant_hints("ZZSAL2400001", learned)
    assert (hint.role, hint.confidence_ppm, hint.raw_ref) == ("owner", 412_500, "isrc:ZZSAL")
    assert registrant_hints("ZZOAK2400001", learned) == []


@pytest.mark.parametrize(
    "claims",
    [
        [("ZZSAL2100001", "A Ltd")] * 2,  # too few
        [("ZZSAL2100001", "Ash")] * 2 + [("ZZSAL2100002", "Oak")] * 2,  # divided
        [("ZZSAL2100001", " ")] * 5,
        [],
    ],
)
def test_a_prefix_with_few_or_divided_claims_teaches_nothing(claims):
    assert learn_registrants(claims) == {}


def test_spellings_of_one_name_teach_together():
    claims = [("ZZSAL2100001", name) for name in ("Saltline Ltd", "SALTLINE", "Saltline Records")]

    assert learn_registrants(claims)["ZZSAL"].share_ppm == 1_000_000


def test_two_independent_rungs_that_agree_are_believed_more():
    hints = label_hints("Saltline", source="shazam") + p_line_hints("℗ 2021 Saltline Records Ltd")

    (candidate,) = weigh(hints)

    assert candidate.confidence_ppm == 760_000  # 1 - 0.4 * 0.6
    assert (candidate.name, candidate.role) == ("Saltline Records Ltd", "owner")
    assert len(candidate.hints) == 2


def test_shazam_and_apple_are_one_witness():
    both = label_hints("Saltline", source="shazam") + label_hints("Saltline", source="apple_music")

    assert weigh(both)[0].confidence_ppm == 400_000


def test_rungs_that_disagree_stand_beside_each_other():
    hints = label_hints("Wick", source="shazam") + p_line_hints("℗ 2021 Saltline Records Ltd")

    assert [(one.name, one.confidence_ppm) for one in weigh(hints)] == [
        ("Saltline Records Ltd", 600_000),
        ("Wick", 400_000),
    ]
    proposal = propose_owner(hints)
    assert (proposal.name, proposal.said_by_person) == ("Saltline Records Ltd", False)


def test_all_four_rungs_together_are_nearly_certain_and_never_certain():
    learned = {"ZZSAL": Registrant("ZZSAL", "Saltline", 9, 1_000_000)}
    hints = [
        *label_hints("Saltline", source="shazam"),
        *p_line_hints("℗ 2021 Saltline Records Ltd"),
        *registrant_hints("ZZSAL2100001", learned),
        *delivery_hints("Saltline Records Ltd", raw_ref="delivery:1"),
    ]

    proposal = propose_owner(hints)

    assert proposal.name == "Saltline Records Ltd"
    assert proposal.confidence_ppm == 989_200
    assert proposal.candidates[0].hints[0].source == "delivery"


def test_a_hint_never_overwrites_what_a_person_said():
    hints = delivery_hints("Oak Ltd") + p_line_hints("℗ 2021 Oak Ltd")

    proposal = propose_owner(hints, claim=" Rita  Records ")

    assert (proposal.name, proposal.confidence_ppm) == ("Rita Records", 1_000_000)
    assert proposal.said_by_person
    assert proposal.contradicted
    assert proposal.candidates[0].name == "Oak Ltd"


def test_a_claim_that_the_hints_confirm_is_not_contradicted():
    assert not propose_owner(delivery_hints("Rita Records Ltd"), claim="Rita Records").contradicted


def test_an_imprint_is_proposed_when_nothing_better_is_known_and_a_licensee_never():
    assert propose_owner(label_hints("Wick", source="shazam")).name == "Wick"
    licensee = [NameHint("p_line", "licensee", "Oak", 500_000)]
    assert propose_owner(licensee).name == ""
    assert propose_owner([]).candidates == ()


HINTS = st.builds(
    NameHint,
    source=st.sampled_from(["shazam", "apple_music", "p_line", "registrant", "delivery"]),
    role=st.sampled_from(["owner", "licensee", "imprint"]),
    name=st.sampled_from(["Oak Ltd", "Oak", "Ash Records", "Elm", "OAK Records"]),
    confidence_ppm=PPM,
)


@given(st.lists(HINTS, max_size=6), st.randoms())
def test_the_order_of_hints_does_not_matter(hints, random):
    shuffled = list(hints)
    random.shuffle(shuffled)

    assert [(c.name, c.role, c.confidence_ppm) for c in weigh(shuffled)] == [
        (c.name, c.role, c.confidence_ppm) for c in weigh(hints)
    ]


@given(st.lists(HINTS, max_size=6), HINTS)
def test_another_hint_never_lowers_a_confidence(hints, more):
    before = {company_core(one.name): one.confidence_ppm for one in weigh(hints)}
    after = {company_core(one.name): one.confidence_ppm for one in weigh([*hints, more])}

    for core, ppm in before.items():
        assert after[core] >= ppm


@given(st.lists(HINTS, max_size=6), st.sampled_from(["Rita", "Oak Ltd", "Z"]))
def test_a_claim_always_stands(hints, claim):
    assert propose_owner(hints, claim=claim).name == claim


@given(st.lists(PPM, max_size=5))
def test_combined_confidence_is_bounded_and_does_not_depend_on_order(confidences):
    together = combined_ppm(confidences)

    assert 0 <= together <= MOST_PPM
    assert together >= min(max(confidences, default=0), MOST_PPM)
    assert {combined_ppm(p) for p in itertools.permutations(confidences)} == {together}

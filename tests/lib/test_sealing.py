"""Sealed texts: opened by any key of the ring, by nothing else, for no other purpose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.sealing import MARK, SealBrokenError, Sealer

OLD, NEW = "an old passphrase of some length", "a new passphrase of some length"


@given(st.text())
def test_what_is_sealed_opens_again_and_is_not_to_be_read(text):
    sealer = Sealer([NEW], purpose="test")
    sealed = sealer.seal(text)
    assert sealer.open(sealed) == text
    assert sealed.startswith(MARK)
    assert len(text) < 4 or text not in sealed


def test_the_same_text_is_never_sealed_alike():
    sealer = Sealer([NEW], purpose="test")
    assert sealer.seal("JBSWY3DP") != sealer.seal("JBSWY3DP")


def test_every_key_opens_and_the_first_one_seals():
    before = Sealer([OLD], purpose="test").seal("JBSWY3DP")
    ring = Sealer([NEW, OLD], purpose="test")
    assert ring.open(before) == "JBSWY3DP"
    assert Sealer([NEW], purpose="test").open(ring.seal("JBSWY3DP")) == "JBSWY3DP"


@pytest.mark.parametrize("other", [Sealer([OLD], purpose="test"), Sealer([NEW], purpose="else")])
def test_another_key_or_another_purpose_opens_nothing(other):
    with pytest.raises(SealBrokenError):
        other.open(Sealer([NEW], purpose="test").seal("JBSWY3DP"))


def test_a_changed_ciphertext_is_refused():
    sealer = Sealer([NEW], purpose="test")
    sealed = sealer.seal("JBSWY3DP")
    with pytest.raises(SealBrokenError):
        sealer.open(sealed[:-8] + ("A" if sealed[-8] != "A" else "B") + sealed[-7:])


def test_a_text_from_before_the_seal_is_taken_as_it_is():
    assert Sealer([NEW], purpose="test").open("JBSWY3DP") == "JBSWY3DP"

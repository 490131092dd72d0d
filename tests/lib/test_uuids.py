"""What may be asked of a database as a key."""

from __future__ import annotations

from uuid import UUID

import pytest

from config.lib.uuids import is_uuid

KEY = "7e4f01d0-0000-4000-8000-000000000000"


@pytest.mark.parametrize("text", [KEY, KEY.upper(), KEY.replace("-", "")])
def test_a_key_is_known_however_it_is_written(text):
    assert is_uuid(text)
    assert UUID(text) == UUID(KEY)


@pytest.mark.parametrize("text", ["", "7e4f01d0", KEY + "0", KEY.replace("7", "g"), "1 OR 1=1"])
def test_what_is_no_key_is_told_and_raises_nothing(text):
    assert not is_uuid(text)

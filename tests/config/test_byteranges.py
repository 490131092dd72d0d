"""Range headers against what Python's slicing says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.byteranges import ByteRange, RangeUnsatisfiableError, byte_range

SIZES = st.integers(0, 300)
NUMBERS = st.integers(0, 400)


def part_of(data: bytes, header: str) -> bytes | None:
    """Return the bytes that the header selects; None when it selects nothing (416)."""
    try:
        part = byte_range(header, len(data))
    except RangeUnsatisfiableError:
        return None
    if part is None:
        return data
    assert part.length > 0
    assert part.content_range(len(data)) == (
        f"bytes {part.first}-{part.first + part.length - 1}/{len(data)}"
    )
    return data[part.first : part.first + part.length]


@given(size=SIZES, first=NUMBERS, length=st.integers(1, 400))
def test_a_closed_range_is_a_slice(size, first, length):
    data = bytes(i % 251 for i in range(size))

    assert part_of(data, f"bytes={first}-{first + length - 1}") == (
        data[first : first + length] or None
    )


@given(size=SIZES, first=NUMBERS)
def test_an_open_range_is_a_slice_to_the_end(size, first):
    data = bytes(i % 251 for i in range(size))

    assert part_of(data, f"bytes={first}-") == (data[first:] or None)


@given(size=SIZES, count=st.integers(1, 400))
def test_a_suffix_range_is_a_slice_from_the_end(size, count):
    data = bytes(i % 251 for i in range(size))

    assert part_of(data, f"bytes=-{count}") == data[-count:]


@given(size=SIZES, header=st.text(max_size=40))
def test_no_header_breaks_it(size, header):
    part_of(bytes(size), header)
    part_of(bytes(size), f"bytes={header}")


@given(size=SIZES, first=NUMBERS, back=st.integers(1, 50))
def test_a_range_that_ends_before_it_begins_is_ignored(size, first, back):
    if first - back >= 0:
        assert byte_range(f"bytes={first}-{first - back}", size) is None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=0-1,3-4",
        "bytes=0 - 1",
        "bytes=-1-2",
        "bytes=+1-2",
        "bytes=1.0-2",
        "bytes=٣-٤",
        "bytes=0x1-0x2",
        "items=0-1",
        "bytes=" + "9" * 5000 + "-",
        "bytes=0-1\n",
    ],
)
def test_what_is_not_one_plain_byte_range_is_ignored(header):
    assert byte_range(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=101-", "bytes=-0"])
def test_a_range_without_a_byte_of_the_file_is_unsatisfiable(header):
    with pytest.raises(RangeUnsatisfiableError):
        byte_range(header, 100)


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-0"])
def test_an_empty_file_satisfies_no_range(header):
    with pytest.raises(RangeUnsatisfiableError):
        byte_range(header, 0)


def test_an_empty_file_is_its_own_suffix():
    assert byte_range("bytes=-5", 0) is None


def test_the_unit_is_read_in_any_case_and_space_around_the_range_is_allowed():
    assert byte_range("BYTES= 2-3 ", 10) == ByteRange(2, 2)

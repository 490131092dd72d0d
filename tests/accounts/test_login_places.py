"""Places of sessions come from a file in MaxMind's format, when there is one."""

from __future__ import annotations

import ipaddress
import struct

import maxminddb
import pytest

from accounts.domain.devices import device_names, is_local_network
from accounts.domain.places import place_name
from tests.cast import PASSWORD

EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/19.0 Safari/605"
CHROME = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"


def encoded(value) -> bytes:
    """Encode a value as the MaxMind DB format 2.0 says (maps, texts, lists)."""
    if isinstance(value, dict):
        pairs = b"".join(encoded(k) + encoded(v) for k, v in value.items())
        return bytes([7 << 5 | len(value)]) + pairs
    if isinstance(value, list):
        return bytes([len(value), 4]) + b"".join(map(encoded, value))
    if isinstance(value, str):
        text = value.encode()
        assert len(text) < 29
        return bytes([2 << 5 | len(text)]) + text
    return value  # a number, encoded already


def u16(number: int) -> bytes:
    """Encode a number of two bytes."""
    return bytes([5 << 5 | 2]) + struct.pack(">H", number)


def u32(number: int) -> bytes:
    """Encode a number of four bytes."""
    return bytes([6 << 5 | 4]) + struct.pack(">I", number)


def u64(number: int) -> bytes:
    """Encode a number of eight bytes; its type stands in a byte of its own."""
    return bytes([8, 2]) + struct.pack(">Q", number)


def database(path, network: str, record: dict) -> str:
    """Write a file that knows one network, and return its path."""
    net = ipaddress.ip_network(network)
    bits = f"{int(net.network_address):032b}"[: net.prefixlen]
    nodes = len(bits)
    tree = b""
    for index, bit in enumerate(bits):
        onward = index + 1 if index + 1 < nodes else nodes + 16  # the first record of the data
        left, right = (onward, nodes) if bit == "0" else (nodes, onward)
        tree += left.to_bytes(3, "big") + right.to_bytes(3, "big")
    about = {
        "node_count": u32(nodes),
        "record_size": u16(24),
        "ip_version": u16(4),
        "database_type": "Test-City",
        "languages": ["en"],
        "binary_format_major_version": u16(2),
        "binary_format_minor_version": u16(0),
        "build_epoch": u64(1_795_219_200),
        "description": {"en": "one network"},
    }
    path.write_bytes(
        tree + bytes(16) + encoded(record) + b"\xab\xcd\xefMaxMind.com" + encoded(about)
    )
    return str(path)


LONDON = {"city": {"names": {"en": "London"}}, "country": {"names": {"en": "United Kingdom"}}}


def test_city_and_country_are_named(tmp_path):
    file = database(tmp_path / "city.mmdb", "81.2.69.0/24", LONDON)
    assert place_name("81.2.69.142", database=file) == "London, United Kingdom"
    assert place_name("8.8.8.8", database=file) == ""


def test_file_with_countries_only_names_the_country(tmp_path):
    record = {"registered_country": {"names": {"en": "Norway"}}}
    file = database(tmp_path / "country.mmdb", "81.2.69.0/24", record)
    assert place_name("81.2.69.1", database=file) == "Norway"


def test_record_without_english_names_is_no_place(tmp_path):
    file = database(tmp_path / "x.mmdb", "81.2.69.0/24", {"city": {"names": {"de": "Wien"}}})
    assert place_name("81.2.69.1", database=file) == ""


def test_without_a_file_there_is_no_place():
    assert place_name("81.2.69.142", database="") == ""


def test_wrong_path_or_wrong_file_is_seen(tmp_path):
    with pytest.raises(FileNotFoundError):
        place_name("81.2.69.142", database=str(tmp_path / "nowhere.mmdb"))
    (tmp_path / "text.mmdb").write_text("not a database")
    with pytest.raises(maxminddb.InvalidDatabaseError):
        place_name("81.2.69.142", database=str(tmp_path / "text.mmdb"))


@pytest.mark.django_db
def test_page_names_the_place(client, cast, settings, tmp_path):
    settings.GEOIP_DATABASE = database(tmp_path / "city.mmdb", "81.2.69.0/24", LONDON)
    client.post(
        "/account/login/",
        {"login": "alice@example.com", "password": PASSWORD},
        REMOTE_ADDR="81.2.69.142",
    )
    html = client.get("/settings/sessions/", REMOTE_ADDR="81.2.69.142").content.decode()
    assert "London, United Kingdom · 81.2.69.142" in html


@pytest.mark.parametrize(
    ("user_agent", "names"),
    [
        (EDGE, ("Edge", "Windows")),
        (SAFARI, ("Safari", "macOS")),
        (CHROME, ("Chrome", "Android")),
        ("curl/8.5.0", ("curl", "")),
        ("", ("", "")),
        ("<script>", ("", "")),
    ],
)
def test_device_is_named_as_people_call_it(user_agent, names):
    assert device_names(user_agent) == names


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("127.0.0.1", True),
        ("192.168.1.20", True),
        ("fd00::1", True),
        ("81.2.69.142", False),
        ("2a02:cf40::1", False),
        ("nonsense", False),
    ],
)
def test_local_network_is_recognised(address, local):
    assert is_local_network(address) is local

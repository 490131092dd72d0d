"""The stand-ins as a real process on free ports, for any test that needs one."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from config.partners import STAND_INS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class StandInClient:
    """One stand-in: its address for the product's settings, and its switches for the test."""

    url: str
    http: httpx.Client

    def fail(self, mode: str, **fields: Any) -> None:
        """Switch a fault on: ``fail("429", times=2, path="/v1/")``."""
        answer = self.http.post(f"{self.url}/_sandbox/faults", json={"mode": mode, **fields})
        assert answer.status_code == 201, answer.text

    def journal(self, path: str = "") -> list[dict[str, Any]]:
        """Return the calls so far, oldest first."""
        answer = self.http.get(f"{self.url}/_sandbox/journal", params={"path": path})
        entries: list[dict[str, Any]] = answer.json()["entries"]
        return entries

    def reset(self) -> None:
        """Forget everything."""
        assert self.http.post(f"{self.url}/_sandbox/reset").status_code == 204


def developer_token(*, header: Any = None, claims: Any = None) -> str:
    """Return a token for the stand-in of Apple Music, good unless parts of it are replaced."""

    def part(content: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    now = int(time.time())
    head = {"alg": "ES256", "kid": "ABCDE12345", **(header or {})}
    body = {"iss": "TEAM567890", "iat": now - 10, "exp": now + 3600, **(claims or {})}
    return f"{part(head)}.{part(body)}.c2lnbmF0dXJl"


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start the stand-ins once, with a folder of their own; return their addresses by name."""
    process = subprocess.Popen(
        [sys.executable, "-m", "config.sandbox", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "VAR_DIR": str(tmp_path_factory.mktemp("sandbox"))},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        with process.stdout as lines:
            yield dict(lines.readline().split() for _ in STAND_INS)
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def sandbox(sandbox_process: dict[str, str]) -> Iterator[dict[str, StandInClient]]:
    """Return the stand-ins by name, fresh for each test."""
    # Plain HTTP: reading all certificates of the system takes longer than most tests.
    with httpx.Client(timeout=20, trust_env=False, verify=False) as http:  # noqa: S501
        clients = {name: StandInClient(url, http) for name, url in sandbox_process.items()}
        for client in clients.values():
            client.reset()
        yield clients


@pytest.fixture
def stand_ins(sandbox: dict[str, StandInClient], settings: Any) -> dict[str, StandInClient]:
    """Have the stand-ins of Apple Music and Shazam be the catalogue, and no AcoustID; return them all."""
    settings.APPLE_MUSIC_URL = sandbox["apple_music"].url
    settings.SHAZAM_URL = sandbox["shazam"].url
    settings.ACOUSTID_URL = settings.APPLE_MUSIC_KEY = ""
    return sandbox

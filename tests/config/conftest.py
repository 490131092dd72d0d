"""Fixtures of the stand-in for Apple Music, which proves the frame of all."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox import developer_token


@pytest.fixture
def apple(sandbox):
    return sandbox["apple_music"]


@pytest.fixture
def get(apple):
    """Call the stand-in for Apple Music with a good token."""

    def call(path: str = "/v1/storefronts/gb", **options) -> httpx.Response:
        headers = {"authorization": f"Bearer {developer_token()}"}
        answer: httpx.Response = apple.http.get(apple.url + path, headers=headers, **options)
        return answer

    return call

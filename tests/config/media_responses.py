"""Reading what the media view answers."""

from __future__ import annotations


def body(response) -> bytes:
    """Read the response to its end, which also closes its file."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def status(client, url, **headers) -> int:
    response = client.get(url, headers=headers)
    body(response)
    return int(response.status_code)

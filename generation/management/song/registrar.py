"""What the copy does that registers songs with the stand-ins: an order in, an answer out."""

from __future__ import annotations

import json
import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from config.lib import blobs
from library.transcode.files import read_mono
from rights.recognition.chromaprint import ChromaprintError
from rights.recognition.registering import Known, NotRegisteredError, client
from rights.tasks.listening import stand_ins

if TYPE_CHECKING:
    import httpx


def serve(orders: int, answers: int) -> None:
    """Register what the lines of JSON from the pipe ``orders`` name, until it is closed.

    Each gets a line on ``answers`` with its ``file`` and the ``error``, empty where all went well.
    """
    with client() as http, os.fdopen(orders, encoding="utf-8") as lines:
        for line in lines:
            order = json.loads(line)
            answer = {"file": order["file"], "error": _register(http, order)}
            os.write(answers, json.dumps(answer).encode() + b"\n")


def _register(http: httpx.Client, order: dict[str, Any]) -> str:
    known = Known(
        PurePath(order["file"]).stem, order["tags"], order["audio_sha256"], order["duration_ms"]
    )
    try:
        with blobs.open_blob(order["key"]) as stream:
            mono, rate_hz = read_mono(stream)
        stand_ins().register(http, known, mono, rate_hz)
    except (NotRegisteredError, ChromaprintError, OSError) as error:
        return str(error)
    return ""

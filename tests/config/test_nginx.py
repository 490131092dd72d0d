"""``deploy/nginx.conf`` in a real NGINX before a real web server: who sends which bytes."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from config.lib import blobs
from config.media import signed_url

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
NGINX = shutil.which("nginx")
SONG = bytes(range(256)) * 4000
WEB, FRONT = 8756, 8759

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None, reason="NGINX is not installed (apt.txt)"),
]


def configuration(folder: Path, media: Path) -> str:
    """Return the committed file with its machine-specific parts replaced, and no TLS."""
    text = (ROOT / "deploy/nginx.conf").read_text()
    text = text[: text.index("server {\n    listen 80;")]
    text = re.sub(r"\n *ssl_certificate.*;", "", text)
    for old, new in (
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{FRONT};"),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{WEB};"),
        ("/srv/tenfold/var/media/", f"{media}/"),
        ("/var/log/nginx/tenfold.log", f"{folder}/access.log"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    return (
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; "
        f"events {{}} http {{ {temporary} {text} }}"
    )


@pytest.fixture
def front(tmp_path, settings) -> Iterator[Path]:
    """Run both servers on this test's storage; return the folder of NGINX's logs."""
    media = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    media.mkdir(parents=True, exist_ok=True)
    (tmp_path / "nginx.conf").write_text(configuration(tmp_path, media))
    web = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
         "--port", str(WEB), "--log-level", "error", "config.wsgi:application"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1",
             "VAR_DIR": str(tmp_path), "MEDIA_ACCEL_PREFIX": "/_media/",
             "ALLOWED_HOSTS": "tenfold.example"},
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert NGINX is not None
    nginx = subprocess.Popen(
        [NGINX, "-p", str(tmp_path), "-e", str(tmp_path / "error.log"),
         "-c", str(tmp_path / "nginx.conf")],
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if ask("GET", "/livez").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        yield tmp_path
    finally:
        for process in (nginx, web):
            process.terminate()
            process.wait(timeout=20)


def ask(method: str, path: str, **headers: str) -> httpx.Response:
    return httpx.request(
        method,
        f"http://127.0.0.1:{FRONT}{path}",
        headers={"host": "tenfold.example", **{k.replace("_", "-"): v for k, v in headers.items()}},
        timeout=20,
    )


def test_nginx_sends_the_bytes_that_django_allows(front):
    key = blobs.put(io.BytesIO(SONG), suffix=".wav")
    url = signed_url(key, user_id=None, filename="Sång.wav", content_type="audio/wav", inline=True)

    whole = ask("GET", url)
    assert (whole.status_code, whole.content) == (200, SONG)
    assert whole.headers["server"].startswith("nginx")
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.headers["content-disposition"] == "inline; filename*=utf-8''S%C3%A5ng.wav"
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert whole.headers["cache-control"].startswith("private, max-age=")
    assert "x-accel-redirect" not in whole.headers

    part = ask("GET", url, range="bytes=10-19")
    assert (part.status_code, part.content) == (206, SONG[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(SONG)}"
    suffix = ask("GET", url, range="bytes=-10")
    assert (suffix.status_code, suffix.content) == (206, SONG[-10:])
    beyond = ask("GET", url, range=f"bytes={len(SONG)}-")
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{len(SONG)}"
    head = ask("HEAD", url)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(SONG)))
    same = {"range": "bytes=0-9", "if_range": whole.headers["etag"]}
    assert ask("GET", url, **same).status_code == 206
    assert ask("GET", url, range="bytes=0-9", if_range='"other"').status_code == 200

    # Nobody comes to the folder or to the figures from outside, and no link is in the log.
    assert ask("GET", f"/_media/{key}").status_code == 404
    assert ask("GET", url.replace("/media/", "/media/x")).status_code == 404
    assert ask("GET", "/metrics").status_code == 404
    log = (front / "access.log").read_text()
    assert '"GET /media/[signed]" 206' in log
    assert url.split("/")[2] not in log

    # One request, one reference: NGINX's, in the answer of the web server.
    assert re.fullmatch(r"[0-9a-f]{32}", ask("GET", "/livez").headers["x-request-id"])

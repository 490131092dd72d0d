"""Error reports: sent over real HTTP to a stand-in for Sentry, and what is in them."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli
import pytest

from config.sentry import scrub

PROGRAM = """
import django
django.setup()
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

@csrf_exempt
def broken(request):
    password = "hunter2-variable"
    raise ValueError("token=hunter2-text for alice@example.com")

import config.urls
from django.core.wsgi import get_wsgi_application
from io import BytesIO
from wsgiref.util import setup_testing_defaults

config.urls.urlpatterns.append(path("broken/", broken))
body = b"password=hunter2-body"
environ = {
    "REQUEST_METHOD": "POST", "PATH_INFO": "/broken/", "QUERY_STRING": "token=hunter2-query",
    "HTTP_HOST": "testserver", "HTTP_AUTHORIZATION": "Bearer hunter2-header",
    "HTTP_COOKIE": "theme=hunter2-cookie", "HTTP_X_REQUEST_ID": "reference-12345",
    "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
    "wsgi.input": BytesIO(body),
}
setup_testing_defaults(environ)
statuses = []
answer = get_wsgi_application()(environ, lambda status, headers: statuses.append(status))
b"".join(answer)
answer.close()
assert statuses[0].startswith("500"), statuses
import sentry_sdk
sentry_sdk.flush(10)
"""


@pytest.fixture
def sentry():
    """Listen as Sentry's intake does; yield its DSN and the reports received."""
    reports: list[dict[str, Any]] = []

    class Intake(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            # The SDK takes Brotli where it is installed; it comes with the drawing of statements.
            unpack = {"gzip": gzip.decompress, "br": brotli.decompress}
            body = unpack[self.headers["Content-Encoding"]](body)
            items = body.split(b"\n")
            for kind, content in zip(items[1::2], items[2::2], strict=False):
                if json.loads(kind).get("type") == "event":
                    reports.append(json.loads(content))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Intake)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://key@127.0.0.1:{server.server_port}/1", reports
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


def run(**environment: str) -> None:
    # Without VAR_DIR's database: the failing view asks for nothing.
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEBUG": "0",
            "SECRET_KEY": "x" * 60,
            "SECURE_SSL_REDIRECT": "0",
            "ALLOWED_HOSTS": "testserver",
            "CSRF_TRUSTED_ORIGINS": "",
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )


def test_a_failure_is_reported_without_what_is_nobodys_business(sentry):
    dsn, reports = sentry

    run(SENTRY_DSN=dsn, SENTRY_ENVIRONMENT="testing")

    (report,) = [r for r in reports if "exception" in r]
    text = json.dumps(report)
    assert "hunter2" not in text.replace("hunter2-variable", "")  # its source line may be quoted
    assert "alice@example.com" not in text
    assert report["environment"] == "testing"
    assert report["exception"]["values"][-1]["type"] == "ValueError"
    assert report["exception"]["values"][-1]["value"].startswith("token=[redacted]")
    assert report["request"] == {"method": "POST", "url": "http://testserver/broken/"}
    assert report["tags"]["request_id"] == "reference-12345"
    assert report["user"] == {}
    frames = report["exception"]["values"][-1]["stacktrace"]["frames"]
    assert all("vars" not in frame for frame in frames)


def test_without_a_dsn_nothing_is_loaded_and_nothing_is_sent(sentry):
    _dsn, reports = sentry
    program = (
        "import django, sys; django.setup(); import config.urls; print('sentry_sdk' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "False"
    assert reports == []


def test_a_person_is_a_number_in_a_report():
    event: Any = {
        "user": {"id": 7, "email": "alice@example.com", "ip_address": "10.0.0.1"},
        "request": {"url": "https://x/", "cookies": {"a": "b"}, "data": {"c": "d"}, "env": {}},
        "extra": {"headers": {"Authorization": "x"}, "note": "kept"},
    }

    clean: Any = scrub(event, {})

    assert clean["user"] == {"id": 7}
    assert clean["request"] == {"url": "https://x/"}
    assert clean["extra"] == {"headers": {"Authorization": "[redacted]"}, "note": "kept"}

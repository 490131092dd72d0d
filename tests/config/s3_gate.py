"""The lock that moto's S3 server lacks: it answers anybody, and for ever.

Stands before it and refuses, as S3 does, what is not signed, signed wrongly or expired. Presigned
addresses are checked by the published algorithm (Signature Version 4, query parameters), written
here once more from its description and not with boto's code.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

import httpx

SKIPPED = {"content-length", "transfer-encoding", "connection", "server", "date"}


def presigned_is_good(method: str, host: str, address: str, *, secret: str) -> bool:
    """Check signature and age of a presigned address."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    given = query.pop("X-Amz-Signature", "")
    try:
        signed_at = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        lives = timedelta(seconds=int(query["X-Amz-Expires"]))
        scope = query["X-Amz-Credential"].split("/", 1)[1]
    except (KeyError, ValueError):
        return False
    if datetime.now(UTC) > signed_at + lives:
        return False
    canonical = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(query.items())
    )
    request = f"{method}\n{parts.path}\n{canonical}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{query['X-Amz-Date']}\n{scope}\n{digest}"
    key = f"AWS4{secret}".encode()
    for step in scope.split("/"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(hmac.new(key, text.encode(), hashlib.sha256).hexdigest(), given)


class Gate(BaseHTTPRequestHandler):
    """Lets the owner's signed calls and good presigned addresses through."""

    protocol_version = "HTTP/1.1"
    behind = ""
    access_key = ""
    secret = ""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        authorization = self.headers.get("Authorization", "")
        is_owner = authorization.startswith(f"AWS4-HMAC-SHA256 Credential={self.access_key}/")
        host = self.headers["Host"]
        if not is_owner and not presigned_is_good(
            self.command, host, self.path, secret=self.secret
        ):
            self.answer(403, {}, b"<Error><Code>AccessDenied</Code></Error>")
            return
        headers = {k: v for k, v in self.headers.items() if k.lower() != "connection"}
        reply = httpx.request(
            self.command, self.behind + self.path, headers=headers, content=body, timeout=20
        )
        kept = {k: v for k, v in reply.headers.items() if k.lower() not in SKIPPED}
        length = reply.headers.get("content-length") if self.command == "HEAD" else None
        self.answer(reply.status_code, kept, reply.content, length=length)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - http.server's names

    def answer(
        self, status: int, headers: dict[str, str], body: bytes, *, length: str | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def start(*, behind: str, access_key: str, secret: str) -> ThreadingHTTPServer:
    """Serve the gate before ``behind`` from a thread."""
    handler = type(
        "BoundGate", (Gate,), {"behind": behind, "access_key": access_key, "secret": secret}
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server

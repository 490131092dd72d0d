"""HTTP around a stand-in: one thread per connection, keep-alive, limits on what comes in."""

from __future__ import annotations

import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from config.sandbox.control import PREFIX, control
from config.sandbox.messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from config.sandbox.service import Service

LONGEST_BODY = 512 << 20
IDLE_S = 75


class StandIn(ThreadingHTTPServer):
    """Listens for one service; ``port`` 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, service: Service, *, host: str, port: int) -> None:
        self.service = service
        super().__init__((host, port), Handler)

    @property
    def url(self) -> str:
        """Return the address to put into the product's settings."""
        return f"http://{self.server_address[0]!s}:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what half of the faults provoke; anything else is a fault."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Reads a call, asks the service, writes the answer."""

    server: StandIn
    protocol_version = "HTTP/1.1"
    server_version = "tenfold-sandbox"
    sys_version = ""
    timeout = IDLE_S
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer any method: the service decides which it knows."""
        request = self._read()
        if request is None:
            self._write(json_reply(413, {"error": f"at most {LONGEST_BODY} bytes, with a length"}))
            return
        service = self.server.service
        if request.path.startswith(PREFIX):
            self._write(control(service, request))
        elif (reply := service.handle(request)) is not None:
            self._write(reply)
        else:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - http.server's names

    def _read(self) -> Request | None:
        """Return the call, or None when its body is too long or of unknown length."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self.close_connection = True
            return None
        if int(length) > LONGEST_BODY:
            self.close_connection = True
            return None
        address = urlsplit(self.path)
        return Request(
            method=self.command,
            path=address.path,
            query_string=address.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(length)),
        )

    def _write(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD" and reply.status != 204:
            self.wfile.write(reply.body)

    def log_message(self, *args: object) -> None:
        """Say nothing: the journal tells it all."""

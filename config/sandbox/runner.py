"""Start every stand-in on its own port and serve until told to stop."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from typing import TYPE_CHECKING

from config.sandbox.acoustid import AcoustId
from config.sandbox.apple_music import AppleMusic
from config.sandbox.ecb import Ecb
from config.sandbox.musicbrainz import MusicBrainz
from config.sandbox.platoon import Platoon
from config.sandbox.server import StandIn
from config.sandbox.shazam import Shazam
from config.sandbox.stripe import Stripe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.sandbox.service import Service

# In the order of their ports.
SERVICES: tuple[type[Service], ...] = (
    AppleMusic,
    Shazam,
    Platoon,
    Stripe,
    AcoustId,
    MusicBrainz,
    Ecb,
)
FIRST_PORT = 8711


class Sandbox:
    """All stand-ins together; ``port`` 0 takes free ports."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = FIRST_PORT) -> None:
        self.servers: list[StandIn] = []
        try:
            for place, service in enumerate(SERVICES):
                at = port + place if port else 0
                self.servers.append(StandIn(service(), host=host, port=at))
        except OSError:
            for server in self.servers:
                server.server_close()
            raise

    def start(self) -> None:
        """Serve from threads of this process."""
        for server in self.servers:
            threading.Thread(
                target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
            ).start()

    def stop(self) -> None:
        """Let go of held calls and close the ports."""
        for server in self.servers:
            server.service.release()
            server.shutdown()
            server.server_close()

    def urls(self) -> dict[str, str]:
        """Return each service's address by its name."""
        return {server.service.name: server.url for server in self.servers}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM; return the exit status."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=FIRST_PORT, help="of the first; 0: free ones")
    options = parser.parse_args(arguments)
    try:
        sandbox = Sandbox(host=options.host, port=options.port)
    except OSError as error:
        sys.stderr.write(f"The sandbox cannot listen from port {options.port} on: {error}\n")
        return 1
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    sandbox.start()
    for name, url in sandbox.urls().items():
        sys.stdout.write(f"{name} {url}\n")
    sys.stdout.flush()
    done.wait()
    sandbox.stop()
    return 0

"""``manage.py sandbox``: the stand-ins for Apple Music, Shazam, Platoon and Stripe."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import stand_ins

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Becomes ``python -m config.sandbox``, where the product's settings say it is expected."""

    help = "Serve the stand-ins of outside services until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=settings.SANDBOX_PORT)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        """Replace this process: the stand-ins share no memory, no import and no database with us."""
        program = stand_ins.program(host=host, port=port)
        os.chdir(settings.BASE_DIR)
        environment = {**os.environ, **stand_ins.environment()}
        os.execve(sys.executable, program, environment)  # noqa: S606 - our own command line

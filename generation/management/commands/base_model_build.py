"""``manage.py base_model_build``: freeze what the 33 % of every new song is paid for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from generation.services.base_models import base_model_build

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Build the base model from the pack and from what owners let be trained on."""

    help = (
        "Freeze a base model: the project's patterns and the units of every recording whose owner "
        "lets it be trained on. The same inputs give the one that exists; new songs use the newest."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the day whose consents hold."""
        parser.add_argument("--on", metavar="DAY", help="the day whose consents hold, YYYY-MM-DD")
        parser.add_argument(
            "--pack-only", action="store_true", help="leave recordings out, whatever was allowed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Build it and say what it holds."""
        try:
            day = date.fromisoformat(options["on"]) if options["on"] else None
        except ValueError as wrong:
            msg = f"--on {options['on']!r} is no day; write it as 2026-11-30"
            raise CommandError(msg) from wrong
        built = base_model_build(on=day, with_recordings=not options["pack_only"])
        base, card = built.base_model, built.base_model.card
        self.stdout.write(f"{base.revision}: {'frozen now' if built.is_new else 'exists already'}")
        self.stdout.write(f"sha256 {base.sha256}")
        self.stdout.write(
            f"{card['patterns']} patterns, {card['recordings']} recordings, {card['units']} units"
        )
        for isrc, reason in sorted(built.left_out.items()):
            self.stdout.write(f"left out {isrc}: {reason}")

"""``manage.py reseal``: the secrets of second factors under the newest key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.second_steps import second_steps_reseal
from config.lib.sealing import SealBrokenError


class Command(BaseCommand):
    """Seal the secrets of all second factors with the first of ``MFA_KEYS``."""

    help = "Seal the secrets of second factors anew, after MFA_KEYS got a new first key."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; with a key missing, change nothing and say so."""
        try:
            count = second_steps_reseal()
        except SealBrokenError as broken:
            msg = f"Nothing was changed: {broken}. Put the old key back behind the new one."
            raise CommandError(msg) from broken
        self.stdout.write(f"{count} second factors are sealed with the first key.")

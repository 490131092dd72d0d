"""``manage.py seed_demo``: the named cast and what they have made, to look around with."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.services.demo import PASSWORD, demo_accounts_seed, demo_colleague_seed
from generation.demo_catalogue.revision import catalogue_revision
from generation.services.demo import demo_songs_ask
from rights.services.demo_money import demo_money_ask

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Seed the demo; safe to run again."""

    help = "Make the demo people, organisations and what they own. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--force",
            action="store_true",
            help="also without DEBUG; the people then get a random password, which is printed",
        )
        parser.add_argument(
            "--songs",
            action="store_true",
            help="also ask for ten songs, a set of them and a song made of it, in the background",
        )

        parser.add_argument(
            "--money",
            action="store_true",
            help="also let the label have three months of income, in the background",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed and print the log-ins.

        Raises
        ------
        CommandError
            Outside development without ``--force``: a known password is an open door.
        """
        if not (settings.DEBUG or options["force"]):
            msg = (
                "This is no development installation (DEBUG is off). The demo people, one of them "
                "staff, could log in here. Add --force if that is what you want."
            )
            raise CommandError(msg)
        password = PASSWORD if settings.DEBUG else secrets.token_urlsafe(16)
        logins = demo_accounts_seed(password=password)
        if options["money"]:
            logins.append(demo_colleague_seed(password=password))
            demo_money_ask()
        for login in logins:
            self.stdout.write(f"{login.email:<22} {login.password:<24} {login.who}")
        if options["songs"]:
            job = demo_songs_ask(revision=catalogue_revision())
            if job.state != job.State.SUCCEEDED:
                self.stdout.write(
                    "\nTen songs and a song made of them are on their way; alice sees them."
                )

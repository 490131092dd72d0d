#!/usr/bin/env python
"""Tenfold's command line."""

from __future__ import annotations

import os
import sys

from config.postgres import connect_environment


def main() -> None:
    """Point the process at its database, then hand over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    connect_environment(command=sys.argv[1] if len(sys.argv) > 1 else "")
    from django.core.management import execute_from_command_line

    from config.startup import load_django

    load_django()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

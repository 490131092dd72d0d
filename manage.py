#!/usr/bin/env python
"""Tenfold's command line."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Run what the command line says; Ctrl-C, which may come while code is loaded, ends it quietly."""
    _open_what_is_closed()
    try:
        _run()
    except KeyboardInterrupt:
        sys.stderr.write("\nCancelled.\n")
        sys.exit(130)


def _open_what_is_closed() -> None:
    """Let what is printed go to nowhere where there is no stdout, as behind ``>&-``; so for stderr."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - for good


def _run() -> None:
    """Point the process at its database, then hand over to Django."""
    from config.postgres import connect_environment

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    connect_environment(command=sys.argv[1] if len(sys.argv) > 1 else "")
    from django.core.management import execute_from_command_line

    from config.startup import load_django

    load_django()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

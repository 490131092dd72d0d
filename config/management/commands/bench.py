"""``manage.py bench <name>``: measure a part of the product on this machine, as JSON."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

# Each is a function whose keyword-only arguments have defaults, which become its options (False a
# switch), and which returns what json.dumps() takes, or a text that is printed as it is.
BENCHMARKS = {
    "analysis": "library.analysis.benchmark.analysis_benchmark",
    "jobs": "config.jobs.benchmark.jobs_benchmark",
    "songs": "library.tasks.benchmark.songs_benchmark",
    "mosaic": "generation.management.mosaic_benchmark.mosaic_benchmark",
    "index": "rights.management.index_scale.index_scale_benchmark",
    "demo": "generation.management.demo_benchmark.demo_benchmark",
    "recognition": "rights.management.recognition_benchmark.recognition_benchmark",
    "ledger": "rights.management.ledger_benchmark.ledger_benchmark",
    "royalties": "rights.management.royalties_benchmark.royalties_benchmark",
    "statements": "rights.management.statements_benchmark.statements_benchmark",
    "web": "config.benchmarks.web.web_benchmark",
}


class Command(BaseCommand):
    """Run one benchmark and print what it found."""

    help = "Measure a part of the product; prints JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Make a subcommand of each benchmark, with an option per argument of its function."""
        names = parser.add_subparsers(dest="name", required=True, metavar="|".join(BENCHMARKS))
        for name, path in BENCHMARKS.items():
            function = import_string(path)
            summary = (inspect.getdoc(function) or "").partition("\n")[0]
            options = names.add_parser(name, help=summary)
            for option in inspect.signature(function).parameters.values():
                flag = f"--{option.name.replace('_', '-')}"
                if option.default is False:
                    options.add_argument(flag, action="store_true")
                    continue
                options.add_argument(
                    flag,
                    type=type(option.default),
                    default=option.default,
                    help="default: %(default)s",
                )

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        """Measure and print."""
        function = import_string(BENCHMARKS[name])
        wanted = {key: options[key] for key in inspect.signature(function).parameters}
        found = function(**wanted)
        self.stdout.write(found if isinstance(found, str) else json.dumps(found, indent=2))

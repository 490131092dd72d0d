"""Log lines: one JSON object each, with its ids, without secrets."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from typing import Any

import pytest
import structlog

from config.logging import logging_config

HEAD = """
import django, logging, structlog
django.setup()
log = structlog.get_logger("tenfold.test")
"""


def lines(program: str, *, debug: str = "0") -> list[str]:
    """Run the program with the product's own logging; return what it wrote to the error stream."""
    run = subprocess.run(
        [sys.executable, "-c", HEAD + program],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": "x" * 60,
            "DEBUG": debug,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == ""
    return run.stderr.splitlines()


def events(program: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(program)]


def test_a_line_is_an_object_with_time_level_logger_and_fields():
    (event,) = events('log.warning("job failed", kind="analyse", took_s=1.5)')

    assert event["event"] == "job failed"
    assert event["level"] == "warning"
    assert event["logger"] == "tenfold.test"
    assert event["timestamp"].endswith("Z")
    assert (event["kind"], event["took_s"]) == ("analyse", 1.5)


def test_what_is_bound_is_in_every_line_of_either_kind():
    found = events(
        "structlog.contextvars.bind_contextvars(request_id='r1', user_id=7, organisation_id='o1')\n"
        "with structlog.contextvars.bound_contextvars(job_id=3, attempt=2):\n"
        "    log.info('inside')\n"
        "    logging.getLogger('a.library').warning('said %s', 'this')\n"
        "log.info('outside')\n"
    )

    assert [event["event"] for event in found] == ["inside", "said this", "outside"]
    for event in found:
        assert (event["request_id"], event["user_id"], event["organisation_id"]) == ("r1", 7, "o1")
    assert [(e.get("job_id"), e.get("attempt")) for e in found] == [(3, 2), (3, 2), (None, None)]
    assert found[1]["logger"] == "a.library"


def test_no_secret_is_written_by_either_kind_nor_by_a_traceback():
    written = "\n".join(
        lines(
            "log.info('login', password='hunter2', user='alice@example.com')\n"
            "log.info('headers', headers={'Authorization': 'Bearer hunter2hunter2'})\n"
            "logging.getLogger('lib').warning('GET /x?token=%s', 'hunter2')\n"
            "def fail(password):\n"
            "    raise ValueError('token=hunter2 refused')\n"
            "try:\n"
            "    fail('hunter2')\n"
            "except ValueError:\n"
            "    log.exception('failed')\n"
            "    logging.getLogger('lib').exception('failed too')\n"
        )
    )

    # The source line of a traceback may show a literal; the value never comes from a variable.
    assert "fail('hunter2')" not in written
    assert written.count("hunter2") == 0
    assert "a***@example.com" in written
    assert written.count("ValueError: token=[redacted]") == 2


def test_a_line_break_cannot_forge_a_line():
    (event,) = events('log.info("one\\n{\\"event\\": \\"forged\\"}")')

    assert "forged" in event["event"]


def test_in_development_the_lines_are_for_people_and_redacted_as_well():
    (line,) = lines("log.warning('job failed', kind='analyse', token='abc')", debug="1")

    with pytest.raises(json.JSONDecodeError):
        json.loads(line)
    assert "job failed" in line
    assert "kind=analyse" in line
    assert "token=[redacted]" in line


def test_what_cannot_be_written_as_json_becomes_text():
    (event,) = events(
        "import uuid, decimal\nlog.info('x', a=uuid.UUID(int=1), b=decimal.Decimal('1.5'), c={1})"
    )

    assert event["a"] == "00000000-0000-0000-0000-000000000001"
    assert event["b"] == "1.5"
    assert event["c"] == [1]


def test_noisy_libraries_are_quiet():
    assert events("logging.getLogger('httpx').info('HTTP Request: ...')") == []
    assert events("log.debug('detail')") == []


def test_the_setting_is_a_valid_configuration():
    for debug in (True, False):
        logging.config.dictConfigClass(logging_config(debug=debug))  # raises when it is none
    assert structlog.is_configured()

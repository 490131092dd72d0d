"""The schema and the reference page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from django.test import Client
from drf_spectacular.validation import validate_schema

from config.api.problems import KINDS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db

OPERATIONS = {
    "GET /api/v1/me/",
    "GET /api/v1/organisations/",
    "GET /api/v1/organisations/{organisation_id}/",
    "GET /api/v1/jobs/",
    "GET /api/v1/jobs/{job_id}/",
    "POST /api/v1/jobs/{job_id}/cancel/",
    "POST /api/v1/jobs/{job_id}/retry/",
}


@pytest.fixture
def schema(db: None) -> Any:
    answer = Client().get("/api/v1/schema/")
    assert answer.status_code == 200
    return yaml.safe_load(answer.content)


def test_schema_is_valid_and_names_every_operation(schema: Any):
    validate_schema(schema)
    found = {f"{m.upper()} {path}" for path, methods in schema["paths"].items() for m in methods}
    assert found == OPERATIONS


def test_schema_is_spoken_in_json_too(db: None):
    answer = Client().get("/api/v1/schema/", headers={"accept": "application/json"})
    assert answer.json()["info"]["title"] == "Tenfold"


def test_every_operation_names_its_refusals(schema: Any):
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            statuses = set(operation["responses"])
            assert {"401", "403", "406", "429"} <= statuses, path
            assert ("404" in statuses) == ("{" in path), path


def test_schema_is_made_without_a_warning(capsys: pytest.CaptureFixture[str]):
    Client().get("/api/v1/schema/")
    assert capsys.readouterr().err == ""


def test_reference_shows_every_operation_and_every_problem(db: None):
    page = Client().get("/api/docs/").content.decode()
    shown = set(re.findall(r"<h2[^>]*><code>((?:GET|POST) [^<]+)</code></h2>", page))
    assert shown == OPERATIONS
    assert [kind.code for kind in KINDS if f'id="problem-{kind.code}"' not in page] == []


def test_reference_uses_no_inline_script_or_style(db: None):
    page = Client().get("/api/docs/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "<script" not in main
    assert "style=" not in main


def test_reference_page_in_the_docs_names_every_operation(project: Path):
    page = (project / "docs/reference/api.md").read_text()
    assert [operation for operation in sorted(OPERATIONS) if f"`{operation}`" not in page] == []

"""What the schema says beyond the views: which refusals each operation may answer with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from config.api.problems import BY_CODE, CONTENT_TYPE, KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

# Whatever the operation: an unusable Accept header, too many calls. Ours, a 500, is no promise.
ALWAYS = (406, 429)
BEHIND_LOG_IN = (401, 403)


class SchemaView(SpectacularAPIView):
    """The OpenAPI schema, for everybody: it describes the doors and holds no data."""

    authentication_classes = []
    permission_classes = [AllowAny]


def describe_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Add the refusals to every operation, as the generator's last hook."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _problem_schema()
    for method, operation in _operations(result):
        responses = operation["responses"]
        for status in _refusals(method, operation):
            responses[str(status)] = _response(status, responses.get(str(status), {}))
        operation["responses"] = dict(sorted(responses.items()))
    return result


def _operations(result: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in result["paths"].values():
        yield from ((method, operation) for method, operation in path.items())


def _refusals(method: str, operation: dict[str, Any]) -> list[int]:
    """Return the statuses of the refusals that the operation can answer with."""
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    found = [*ALWAYS, *(int(s) for s in operation["responses"] if int(s) >= 400)]
    if {} not in operation.get("security", [{}]):
        found += BEHIND_LOG_IN
    if "path" in places:
        found.append(404)
    if places & {"query", "header"} or method != "get":
        found.append(400)
    if method != "get":
        found.append(415)
    return sorted(set(found))


def _response(status: int, described: dict[str, Any]) -> dict[str, Any]:
    """Return the response object of a refusal, keeping a description that a view gave."""
    codes = [kind.code for kind in KINDS if kind.status == status]
    titles = " · ".join(str(BY_CODE[code].title) for code in codes)
    found: dict[str, Any] = {
        "description": described.get("description") or titles,
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 429:
        found["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        }
    return found


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    fault = {
        "type": "object",
        "properties": {"pointer": text, "detail": text, "code": text},
        "required": ["pointer", "detail", "code"],
    }
    return {
        "type": "object",
        "description": "A refusal (RFC 9457). `code` is for programs, `detail` for people.",
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "code": text,
            "instance": text,
            "errors": {"type": "array", "items": fault},
            "reference": text,
        },
        "required": ["type", "title", "status", "detail", "code", "instance"],
    }

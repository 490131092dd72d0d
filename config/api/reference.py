"""The reference page, read from the schema: no script, no foreign page builder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from config.api.problems import KINDS, problem

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation, or one member of an answer."""

    name: str
    place: str
    type: str
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    id: str
    tag: str
    method: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    answer: str
    statuses: tuple[tuple[str, str], ...]
    curl: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One named object of the answers."""

    name: str
    description: str
    members: tuple[Parameter, ...]


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Show every operation, every object and every problem."""
    schema = _schema()
    context = {
        "operations": _operations(schema),
        "shapes": _shapes(schema),
        "kinds": KINDS,
        "version": schema["info"]["version"],
    }
    return render(request, "api/reference.html", context)


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Answer for every path below ``/api/`` that leads nowhere, whatever the method."""
    return problem(request, "not_found")


@cache
def _schema() -> dict[str, Any]:
    """Return the schema; it cannot change while the process lives."""
    found: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return found


def _operations(schema: dict[str, Any]) -> list[Operation]:
    return [
        _operation(method, path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def _operation(method: str, path: str, operation: dict[str, Any]) -> Operation:
    answers = operation["responses"]
    good = next(answer for status, answer in answers.items() if status < "400")
    content = good.get("content", {}).get(JSON, {}).get("schema", {})
    return Operation(
        id=operation["operationId"],
        tag=operation["tags"][0],
        method=method.upper(),
        path=path,
        summary=operation.get("description", ""),
        parameters=tuple(map(_parameter, operation.get("parameters", ()))),
        answer=_type(content),
        statuses=tuple((status, answer["description"]) for status, answer in answers.items()),
        curl=_curl(method, path, operation),
    )


def _curl(method: str, path: str, operation: dict[str, Any]) -> str:
    """Return a line to paste into a terminal."""
    headers = [
        f"-H '{p['name']}: …'" for p in operation.get("parameters", ()) if p["in"] == "header"
    ]
    verb = [] if method == "get" else [f"-X {method.upper()}"]
    parts = ["curl", *verb, "-H 'Authorization: Bearer tf_…'", *headers, settings.SITE_URL + path]
    return " ".join(parts)


def _parameter(parameter: dict[str, Any]) -> Parameter:
    return Parameter(
        name=parameter["name"],
        place=parameter["in"],
        type=_type(parameter["schema"]),
        is_required=parameter.get("required", False),
        description=parameter.get("description") or parameter["schema"].get("description", ""),
    )


def _shapes(schema: dict[str, Any]) -> list[Shape]:
    return [
        Shape(
            name=name,
            description=shape.get("description", ""),
            members=tuple(
                Parameter(
                    name=member,
                    place="",
                    type=_type(inner),
                    is_required=member in shape.get("required", ()),
                    description=inner.get("description", ""),
                )
                for member, inner in shape["properties"].items()
            ),
        )
        for name, shape in sorted(schema["components"]["schemas"].items())
        if "properties" in shape
    ]


def _type(schema: dict[str, Any]) -> str:
    """Return a type in words: ``string (uuid)``, ``Job``, ``array of Job``, ``… or null``."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if many := schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf"):
        return " or ".join(_type(one) for one in many)
    if schema.get("type") == "array":
        return f"array of {_type(schema['items'])}"
    kinds = schema.get("type", "any")
    name = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
    if values := schema.get("enum"):
        return ", ".join("null" if value is None else str(value) for value in values)
    return f"{name} ({schema['format']})" if "format" in schema else name

"""Foreign keys point the same way as imports.

import-linter cannot see string references such as ``ForeignKey("generation.Song")``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.apps import apps

if TYPE_CHECKING:
    from collections.abc import Iterator

STACK = ["tenfold", "jobs", "accounts", "library", "rights", "generation", "distribution"]


def relations() -> Iterator[tuple[str, str, str]]:
    """Yield every relation that a model of ours declares: model, field, target."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in STACK:
            for field in (*model._meta.fields, *model._meta.many_to_many):
                if isinstance(field.related_model, type):
                    yield model._meta.label, field.name, field.related_model._meta.label


@pytest.mark.parametrize(("source", "field", "target"), list(relations()))
def test_relation_points_down_the_stack(source: str, field: str, target: str):
    upper, lower = source.split(".", maxsplit=1)[0], target.split(".", maxsplit=1)[0]
    if lower in STACK and upper != lower:
        assert STACK.index(upper) > STACK.index(lower), f"{source}.{field} points up at {target}"


def test_the_stack_names_every_app_of_the_project():
    ours = {app.label for app in apps.get_app_configs() if "site-packages" not in app.path}
    assert ours == set(STACK)

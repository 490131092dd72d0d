"""What is named by a dotted string exists and takes what newer code may send.

import-linter cannot follow strings, which is what dissolves the loop of services and tasks.
"""

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING, Any

import pytest
from django.utils.module_loading import import_string

from config.jobs import registry
from tests.architecture.tree import name, written_modules

if TYPE_CHECKING:
    from collections.abc import Iterator

DOOR = "config/lib/queue.py"


def pushes() -> Iterator[Any]:
    """Yield the first argument of every call of ``push``."""
    for path in written_modules():
        text = path.read_text()
        if "push(" not in text:  # asked while tests are collected, by every worker
            continue
        module = ast.parse(text)
        for node in ast.walk(module):
            called = getattr(node, "func", None)
            if getattr(called, "id", getattr(called, "attr", "")) == "push" and name(path) != DOOR:
                assert isinstance(node, ast.Call)
                yield pytest.param(literal(module, node.args[0]), id=f"{name(path)}:{node.lineno}")


def literal(module: ast.Module, argument: ast.expr) -> object:
    """Return the string behind an argument: itself, or a constant of the same module."""
    if isinstance(argument, ast.Name):
        for node in module.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == argument.id:
                return getattr(node.value, "value", None)
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == argument.id:
                return getattr(node.value, "value", None)
    return getattr(argument, "value", None)


@pytest.mark.parametrize("task", list(pushes()))
def test_task_is_named_by_a_literal_that_resolves(task: object):
    assert isinstance(task, str), "name the task by a literal string, so that it can be checked"
    parameters = inspect.signature(import_string(task)).parameters.values()
    kinds = {parameter.kind for parameter in parameters}
    assert kinds <= {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
    assert inspect.Parameter.VAR_KEYWORD in kinds, "take **_: newer code may send more"


def test_handler_of_every_kind_of_job_resolves():
    for kind in registry.kinds():
        assert list(inspect.signature(import_string(kind.handler)).parameters) == ["run"], kind.name

"""What must not be written, with what to write instead: small rules that teach."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.architecture.tree import ROOT, name, templates, written_modules

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Rule:
    """A pattern that is refused in some files, and what to do instead."""

    id: str
    pattern: str
    files: tuple[Path, ...]
    instead: str
    sample: str
    excused: frozenset[str] = frozenset()


PYTHON = tuple(written_modules())
PAGES = tuple(path for path in templates() if path.suffix == ".html")
# Mail programs know neither style sheets nor a content security policy.
SITE = tuple(path for path in PAGES if "mail" not in path.relative_to(ROOT / "templates").parts)
SCRIPTS = tuple(sorted((ROOT / "static/js").rglob("*.js")))

# Of the rights, what counts seconds and likeness and never meets money.
NO_MONEY = frozenset(
    {"catalogue", "recognition", "apple_music.py", "catalogue_search.py", "index_scale.py"}
    | {"ledger_benchmark.py", "listening.py", "outside.py", "pacing.py"}
)
RULES = [
    Rule(
        "float-money",
        r"\bfloat\(|: float\b|-> float\b",
        tuple(path for path in written_modules("rights") if NO_MONEY.isdisjoint(path.parts)),
        "money and shares are integers: micro-units and ppm (rights.domain)",
        "amount = float(row.amount)",
    ),
    Rule(
        "naive-time",
        r"datetime\.(now\((?!UTC\))|utcnow\(|today\()|date\.today\(",
        PYTHON,
        "django.utils.timezone.now(), a parameter `now`, or the database's Now()",
        "datetime.now()",
    ),
    Rule(
        "inline-handler",
        r"\bhx-on\b|\son[a-z]+=\"|\bjavascript:",
        PAGES,
        "a module in static/js: the policy runs no inline script",
        '<button hx-on:click="x()">',
    ),
    Rule(
        "trigger-filter",
        r"hx-trigger=\"[^\"]*\[",
        PAGES,
        "a listener in static/js: a filter is evaluated as code, which the policy refuses",
        "<input hx-trigger=\"keyup[key=='a']\">",
    ),
    Rule(
        "inline-style",
        r"<style\b|\sstyle=[\"']",
        SITE,
        "a class; for a number, an attribute that a custom element or <progress> reads",
        '<p style="color: red">',
    ),
    Rule(
        "unsafe-script",
        r"\beval\(|new Function\(|innerHTML\s*=|document\.write\(",
        SCRIPTS,
        "textContent, <template>, or a fragment from the server",
        "box.innerHTML = text",
    ),
    Rule(
        "public-file",
        r"public-read",
        (*PYTHON, *(p for p in (ROOT / "bin").glob("*") if p.is_file())),
        "config.media.signed_url(): every file is private",
        'ExtraArgs={"ACL": "public-read"}',
    ),
    Rule(
        "whole-song-hpss",
        r"librosa\.effects\.hpss",
        PYTHON,
        "library.analysis: it separates in blocks; this one holds the whole song several times",
        "librosa.effects.hpss(y)",
    ),
    Rule(
        "pickled-data",
        r"\bpickle\.loads?\(|allow_pickle=True|weights_only=False",
        PYTHON,
        "JSON, numpy with allow_pickle=False, or safetensors",
        "pickle.load(file)",
    ),
    Rule(
        "signal",
        r"@receiver\b|\b(pre|post)_(save|delete)\b",
        PYTHON,
        "a call in the service that writes; rows that must follow others are a trigger",
        "@receiver(post_save)",
    ),
    Rule(
        "empty-words",
        r"(?i)something went wrong|an error occurred|\boops\b",
        (*PYTHON, *PAGES),
        "what happened, what is safe, what to do",
        "Something went wrong.",
    ),
    Rule(
        "unfinished",
        r"\b(TODO|FIXME|XXX|HACK)\b",
        (*PYTHON, *PAGES, *SCRIPTS),
        "finish it, or write an issue",
        "# TODO: later",
    ),
]
IDS = [rule.id for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_text_is_not_written(rule: Rule):
    found = [
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path in rule.files
        if name(path) not in rule.excused
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if re.search(rule.pattern, line)
    ]
    assert found == [], f"use {rule.instead}"


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_rule_finds_its_sample(rule: Rule):
    assert re.search(rule.pattern, rule.sample)

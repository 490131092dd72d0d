"""Drawing many: side by side, each child for so many pages; who dies costs one page, and not for good."""

from __future__ import annotations

import os
import time

import pytest

from rights.exceptions import StatementRefusedError
from rights.models import StatementDocument
from rights.services.statements import batch_begin
from rights.statements import jail
from rights.statements.jail import ENDED, NOT_DRAWN, NOT_STARTED, Draughtsman
from rights.statements.pdf import Batch, statement_pdf, statements_draw
from rights.tasks.statements import statements_make, statements_undrawn
from tests.rights.factories import make_party
from tests.rights.statements.months import AUGUST, Earning, contract_of, locked

# It speaks as the drawing child does, and draws nothing: what a page says decides what becomes of it.
PROGRAM = """
import os, pathlib, struct, sys
notes = pathlib.Path({notes!r})
def read():
    head = sys.stdin.buffer.read(4)
    return sys.stdin.buffer.read(struct.unpack(">I", head)[0]) if head else None
def write(answer):
    sys.stdout.buffer.write(struct.pack(">I", len(answer)) + answer)
    sys.stdout.buffer.flush()
read()
(notes / f"child-{{os.getpid()}}").touch()
write(b"+")
while (page := read()) is not None:
    once = notes / "died"
    if b"DIES ALWAYS" in page or (b"DIES ONCE" in page and not once.exists()):
        once.touch()
        os._exit(9)
    if b"REFUSED" in page:
        write(b"-ValueError: no")
    elif b"BOXES" in page:
        says = b"and why" if b"are boxes on this copy" in page else b"and nothing said"
        write(b"~" + struct.pack(">I", 3) + "\\u65e5".encode() + b"%PDF with boxes " + says)
    else:
        write(b"+%PDF " + page[-200:])
"""


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Let a program of this test stand where the drawing child stands; return its notes."""
    path = tmp_path / "child.py"
    path.write_text(PROGRAM.format(notes=str(tmp_path)))
    monkeypatch.setattr(jail, "CHILD", path)
    return tmp_path


def children(notes):
    return len(list(notes.glob("child-*")))


@pytest.fixture
def statements(cast, olive):
    """Statements of payees by these names, issued and not drawn."""

    def make(*names):
        payees = [make_party(name) for name in names]
        for one in payees:
            contract_of(one, actor=cast.sam)
        run = locked(AUGUST, [Earning(one, 1_000_000) for one in payees], cast.sam, olive)
        batch_begin(run=run, actor=None)
        assert statements_make(run, None) == []
        return statements_undrawn(run)

    return make


def drawn():
    rows = StatementDocument.objects.select_related("statement__party")
    return sorted(one.statement.party.name for one in rows)


@pytest.mark.django_db
def test_each_is_drawn_once_by_two_children_and_how_far_it_is_is_said(program, statements):
    made, told = statements("A", "B", "C", "D"), []
    assert statements_draw(made, progress=lambda *said: told.append(said)) == 4
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert drawn() == ["A", "B", "C", "D"]
    assert children(program) == min(2, len(os.sched_getaffinity(0)))
    assert statements_draw(made) == 0
    assert StatementDocument.objects.count() == 4


@pytest.mark.django_db
def test_a_child_that_dies_costs_nobody_a_document(program, statements):
    assert statements_draw(statements("A", "DIES ONCE", "C"), children=1) == 3
    assert drawn() == ["A", "C", "DIES ONCE"]
    assert children(program) == 2


@pytest.mark.django_db
def test_a_page_that_always_kills_its_child_is_left_out_after_the_second_time(program, statements):
    made, told = statements("A", "DIES ALWAYS", "C"), []
    assert statements_draw(made, children=1, progress=lambda *said: told.append(said)) == 2
    assert drawn() == ["A", "C"]
    assert told[-1] == (3, 3)
    assert children(program) == 2  # none starts when nothing is left to draw
    bad = next(one for one in made if one.party.name == "DIES ALWAYS")
    with pytest.raises(StatementRefusedError, match="The statement itself is safe") as refusal:
        statement_pdf(bad)
    assert refusal.value.code == ENDED


@pytest.mark.django_db
def test_a_page_that_is_refused_is_not_tried_again(program, statements):
    made = statements("A", "REFUSED")
    assert statements_draw(made, children=1) == 1
    assert (drawn(), children(program)) == (["A"], 1)
    with Draughtsman() as child, pytest.raises(StatementRefusedError) as refusal:
        child.draw("REFUSED")
    assert refusal.value.code == NOT_DRAWN


@pytest.mark.django_db
def test_where_no_child_starts_a_batch_ends_and_the_statements_stand(
    program, statements, monkeypatch
):
    """Without Pango, say: the figures are on the page, and a batch of thousands does not try each."""
    (program / "child.py").write_text("raise SystemExit(1)")
    made, told = statements("A", "B", "C"), []
    assert statements_draw(made, progress=lambda *said: told.append(said)) == 0
    assert told == []
    with pytest.raises(StatementRefusedError, match="page and in the CSV") as refusal:
        statement_pdf(made[0])
    assert refusal.value.code == NOT_STARTED
    assert StatementDocument.objects.count() == 0


def test_a_child_is_replaced_after_so_many_pages(program, monkeypatch):
    monkeypatch.setattr(jail, "PAGES_EACH", 3)
    with Draughtsman() as child:
        assert all(child.draw(f"{n}").content == f"%PDF {n}".encode() for n in range(7))
    assert children(program) == 3


def test_none_is_left_behind_and_none_begins_after_the_end(program):
    with Draughtsman() as child:
        child.draw("1")
        one = child._child
    assert one.poll() is not None
    with pytest.raises(StatementRefusedError) as refusal:
        child.draw("2")
    assert refusal.value.code == ENDED
    assert children(program) == 1


@pytest.mark.django_db
def test_called_off_in_the_middle_what_was_drawn_stays_and_the_rest_is_drawn_later(
    program, statements
):
    made = statements("A", "B", "C", "D")

    def call_off(done, _total):
        if done == 2:
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        statements_draw(made, children=2, progress=call_off)
    assert time.monotonic() - began < jail.PAGE_S
    before = set(StatementDocument.objects.values_list("pk", flat=True))
    assert len(before) in (2, 3)
    assert statements_draw(made) == 4 - len(before)
    assert before < set(StatementDocument.objects.values_list("pk", flat=True))
    assert drawn() == ["A", "B", "C", "D"]


@pytest.mark.django_db
def test_a_copy_with_boxes_says_so_and_is_not_kept(program, statements):
    """Once the font is installed, the next who asks gets it whole."""
    made = statements("BOXES")
    assert statements_draw(made) == 0
    assert StatementDocument.objects.count() == 0
    assert statement_pdf(made[0]) == b"%PDF with boxes and why"
    assert StatementDocument.objects.count() == 0


@pytest.mark.django_db
def test_a_batch_of_nothing_starts_nobody(program):
    assert statements_draw([]) == 0
    assert Batch([], lambda *_said: None).draw(1) == 0
    assert children(program) == 0

"""Job ``rights.delivery.apply``: write a previewed delivery into the catalogue, some rows at a time.

Then let our index know the sounds that came with it.

Each step commits with the job still held, and a row that is written says so itself. An attempt
after a crash, or a try after a cancellation, goes on with the rows that are left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.models import User
from rights.models import ImportRow, ImportRun
from rights.services.import_apply import import_apply_close, import_apply_some
from rights.services.import_rows import rows_left
from rights.tasks.delivery import audio_index
from rights.tasks.delivery_read import delivered_audio

if TYPE_CHECKING:
    from config.jobs.stages import Run

WRITTEN_PPM, INDEXED_PPM = 900_000, 980_000


def delivery_apply(run: Run) -> None:
    """Handle one job; ``params`` names the delivery and who asked for it."""
    delivery = ImportRun.objects.get(pk=run.params["import"])
    actor = User.objects.filter(pk=run.params["actor"]).first()

    def write() -> str:
        total = delivery.rows.exclude(action=ImportRow.Action.REFUSE).count()
        done = total - rows_left(delivery).count()
        while True:
            run.progress_part(done, total)
            with run.holding():
                looked_at = import_apply_some(run=delivery, actor=actor)
            if not looked_at:
                return str(delivery.pk)
            done += looked_at

    def index() -> str:
        with run.holding():
            audio_index(run=delivery, delivered=delivered_audio(delivery))
        return str(delivery.pk)

    def effect() -> dict[str, str]:
        import_apply_close(run=delivery, actor=actor)
        return {"url": reverse("rights:delivery", args=[delivery.pk])}

    # A stage of an earlier try says nothing of rows that were previewed anew since.
    run.stage(
        "recordings",
        write,
        progress_ppm=WRITTEN_PPM,
        is_present=lambda _written: not rows_left(delivery).exists(),
    )
    run.stage("sounds", index, progress_ppm=INDEXED_PPM)
    run.finish(effect)

"""The program that cuts static fonts out of variable ones: ``python -I cutting.py <JSON>``.

WeasyPrint embeds a variable font once for each size and weight of a page, and works out the outlines
anew for each: that was half of what a statement cost. Static fonts are embedded once for each weight,
by HarfBuzz alone. The same input gives the same bytes: no time of day goes in.

The JSON says ``sources`` (name: path of a variable font), ``at`` (axis: where it is fixed),
``weights`` and ``folder``, which gets ``<name>-<weight>.ttf`` for each.
"""

from __future__ import annotations

import json
import os
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont


def main() -> None:
    """Cut every source at every weight."""
    wanted = json.loads(sys.argv[1])
    for name, path in wanted["sources"].items():
        fixed = BytesIO()
        _cut(Path(path).read_bytes(), wanted["at"]).save(fixed)
        for weight in wanted["weights"]:
            font = _cut(fixed.getvalue(), {"wght": weight})
            with (Path(wanted["folder"]) / f"{name}-{weight}.ttf").open("wb") as file:
                font.save(file)
                file.flush()
                os.fsync(file.fileno())  # the folder gets its name next, and must then be whole


def _cut(content: bytes, at: dict[str, float]) -> Any:
    """Return the font with those axes fixed that it has."""
    font = TTFont(BytesIO(content), recalcTimestamp=False)
    axes = {axis.axisTag for axis in font["fvar"].axes}
    font = instantiateVariableFont(font, {tag: at[tag] for tag in at if tag in axes})
    font.flavor = None  # not compressed: every child reads it as it is
    return font


if __name__ == "__main__":
    main()

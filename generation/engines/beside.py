"""Two things at once: a copy of this process makes some bytes, and we do something else meanwhile.

Composing is one thread of Python for a second or two, and so is loading what plays the song. A copy
(fork) knows all that we know; only its bytes come back, in a file without a name. What a copy does not
finish, because it was killed or failed, is done here, where it can say what is wrong.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable

from config.lib.copies import Copy


def made_beside(work: Callable[[], bytes], meanwhile: Callable[[], object]) -> bytes:
    """Return what ``work`` makes, with ``meanwhile`` done here at the same time.

    ``work`` may use nothing that this process owns together with others: no connection, no open file.
    """
    with tempfile.TemporaryFile(prefix="beside-") as file:

        def write() -> None:
            file.write(work())
            file.flush()

        copy = Copy(write)
        try:
            meanwhile()
        except BaseException:
            copy.end()
            raise
        if copy.did_all():
            file.seek(0)
            return file.read()
    return work()

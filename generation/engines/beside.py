"""Two things at once: a copy of this process makes some bytes, and we do something else meanwhile.

Composing is one thread of Python for a second or two, and so is loading what plays the song. A copy
(fork) knows all that we know; only its bytes come back, in a file without a name. What a copy does not
finish, because it was killed or failed, is done here, where it can say what is wrong.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable


def made_beside(work: Callable[[], bytes], meanwhile: Callable[[], object]) -> bytes:
    """Return what ``work`` makes, with ``meanwhile`` done here at the same time.

    ``work`` may use nothing that this process owns together with others: no connection, no open file.
    """
    with tempfile.TemporaryFile(prefix="beside-") as file:
        copy = os.fork()
        if copy == 0:
            status = 1
            try:
                file.write(work())
                file.flush()
                status = 0
            finally:
                # Nothing of the parent's is ours to close: no connection, no file, no handler at exit.
                os._exit(status)
        try:
            meanwhile()
        except BaseException:
            os.kill(copy, signal.SIGKILL)
            os.waitpid(copy, 0)
            raise
        _pid, status = os.waitpid(copy, 0)
        if status == 0:
            file.seek(0)
            return file.read()
    return work()

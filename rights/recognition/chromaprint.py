"""Chromaprint's fingerprint of a sound, by its own program ``fpcalc``.

The program brings a second FFmpeg along, so it is given nothing that a stranger wrote: only plain
16-bit samples that our jail has decoded, on its standard input, with the demuxer named and within
limits of memory and time.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

PROGRAM = "fpcalc"
LENGTH_S = 120
"""As much of the beginning as AcoustID's own fingerprints hold."""
WALL_S, CPU_S = 30.0, 20
MEMORY_BYTES = 1 << 30
LIMITS = (f"--cpu={CPU_S}", f"--as={MEMORY_BYTES}", "--fsize=0", "--core=0", "--nofile=64")


class ChromaprintError(Exception):
    """No fingerprint could be made; the text is for the evidence, not for people."""


def find_program() -> tuple[str, ...]:
    """Return the command line that runs ``fpcalc`` within limits, or nothing without it."""
    program, limiter = shutil.which(PROGRAM), shutil.which("prlimit")
    return (limiter, *LIMITS, program) if program and limiter else ()


def chromaprint_of(command: tuple[str, ...], samples: npt.NDArray[np.float32], rate_hz: int) -> str:
    """Return the compressed fingerprint, in base64, of the first two minutes of a mono sound.

    Raises
    ------
    ChromaprintError
        If the program fails, takes too long or hears nothing that it could make one of.
    """
    heard = samples[: LENGTH_S * rate_hz]
    pcm = (np.clip(heard, -1, 1) * 32_767).astype("<i2").tobytes()
    form = ["-format", "s16le", "-rate", str(rate_hz), "-channels", "1", "-length", str(LENGTH_S)]
    try:
        done = subprocess.run(  # noqa: S603 - the program that was found, numbers of ours
            [*command, *form, "-json", "-"],
            input=pcm,
            capture_output=True,
            env={"LC_ALL": "C"},
            timeout=WALL_S,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise ChromaprintError(type(error).__name__) from None
    try:
        fingerprint = json.loads(done.stdout)["fingerprint"]
    except (ValueError, KeyError, TypeError):
        raise ChromaprintError(f"status {done.returncode}") from None
    if not isinstance(fingerprint, str) or not fingerprint:
        raise ChromaprintError("no fingerprint")
    return fingerprint

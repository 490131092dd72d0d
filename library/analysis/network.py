"""Opens the basic-pitch network (Bittner et al., ICASSP 2022); the file we know is laid out anew."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = "2c3c1d144bfa61ad236e92e169c13535c880469a12a047d4e73451f2c059a0ec"
"""SHA-256 of the file in basic-pitch 0.4.0, the only one whose weights we know by name."""
AUDIO, NOTES, ONSETS = (
    "serving_default_input_2:0",
    "StatefulPartitionedCall:1",
    "StatefulPartitionedCall:2",
)


def open_network(path: Path) -> Any:
    """Open an ONNX file: one window of audio in, posteriors of 172 frames by 88 pitches out.

    The known file is laid out anew; any other is run as it is. One thread, because workers are
    processes, and spinning threads slow them.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    file = path.read_bytes()
    if hashlib.sha256(file).hexdigest() == KNOWN:
        file = _lay_out_anew(file)
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def _lay_out_anew(file: bytes) -> bytes:
    """The same network as another file; the file itself where onnx is missing.

    Imported here, because only a process that transcribes needs onnx.
    """
    try:
        from library.analysis.network_layout import lay_out, read_weights
    except ModuleNotFoundError:
        return file
    return lay_out(read_weights(file))

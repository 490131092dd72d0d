"""The basic-pitch network, laid out anew so that a processor does only the work that counts.

Weights and answers are those of the file (Bittner et al., ICASSP 2022); sums are taken in another
order, so posteriors differ by rounding. onnxruntime computes 8 or 16 channels at a time and throws
away what a layer does not have, and most layers here have 1 or 8. The ways out are told in
docs/algorithms/analysis.md. Up to the contours maps lie pitch before time, as the filters leave
them; from there time before pitch, whose shorter rows stay in the first cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from library.analysis.network import AUDIO, NOTES, ONSETS

if TYPE_CHECKING:
    from collections.abc import Mapping

Weights = npt.NDArray[np.float32]

OPSET, IR_VERSION = 15, 8
"""Those of the file."""
FLOAT = onnx.TensorProto.FLOAT
SAMPLES, FRAMES, SEMITONES = 43_844, 172, 88
OCTAVES, PER_OCTAVE, TAPS = 9, 36, 256
BINS, HEARD = 309, 264
"""Bins of the spectrum, three to a semitone, and those of them that are a tone's own."""
HARMONICS = (-36, 0, 36, 57, 72, 84, 93, 101)
"""Bins from a tone to half its frequency, to itself and to its harmonics 2 to 7."""
LANES, TILE = 16, 4
"""Neighbours computed at once: in a row, and along each side of a square."""
BLOCK = 24
"""Bins that one product of matrices finds; less wastes less, more goes faster."""
FAINTEST = 1e-10
"""Added to power before its logarithm is taken."""


class Graph:
    """Operations in the order they are run; every name is made here, save those of the ends."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, array: npt.ArrayLike, dtype: type = np.float32) -> str:
        """Name of a constant tensor: float32, or int64 for places and shapes."""
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(array, dtype), name))
        return name

    def integers(self, *values: int) -> str:
        """Name of a constant vector of int64."""
        return self.constant(values, np.int64)

    def add(self, kind: str, *inputs: str, result: str = "", **attributes: Any) -> str:
        """Add one operation of ONNX's default set; returns the name of its one result."""
        result = result or f"result_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [result], **attributes))
        return result

    def to_bytes(
        self, inputs: Mapping[str, tuple[int, ...]], outputs: Mapping[str, tuple[int, ...]]
    ) -> bytes:
        """Return the whole file; the ends are float32 tensors of these names and shapes."""
        first, last = (
            [helper.make_tensor_value_info(name, FLOAT, ends[name]) for name in ends]
            for ends in (inputs, outputs)
        )
        graph = helper.make_graph(self._nodes, "network", first, last, self._constants)
        opset = helper.make_opsetid("", OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)
        return bytes(model.SerializeToString())


def read_weights(file: bytes) -> dict[str, Weights]:
    """Return the float32 tensors that an ONNX file keeps.

    By name: of several that a converter joined by semicolons, the last.
    """
    return {
        tensor.name.split(";")[-1]: numpy_helper.to_array(tensor)
        for tensor in onnx.load_from_string(file).graph.initializer
        if tensor.data_type == FLOAT
    }


def lay_out(weights: Mapping[str, Weights]) -> bytes:
    """ONNX file of the same network, for one window of 43 844 samples at 22 050 Hz."""
    graph = Graph()
    spectrum = _normalise(graph, weights, _measure_power(graph, weights))

    kernel, bias = _layer(weights, "710", "contours-reduced/BiasAdd/ReadVariableOp")
    tiles = _convolve_tiles(
        graph, _find_lines(graph, weights, spectrum), kernel.swapaxes(2, 3), (2, 2), bias
    )
    contours = _turn(graph, _join_tiles(graph, tiles))

    kernel, bias = _layer(weights, "738", "conv2d_2/BiasAdd/ReadVariableOp")
    wide = _convolve_thirds(graph, contours, kernel, (3, 2), bias)
    kernel, bias = _layer(weights, "702", "conv2d_3/BiasAdd/ReadVariableOp")
    notes = _join_tiles(graph, _convolve_tiles(graph, wide, kernel, (3, 1), bias))

    kernel, bias = _layer(weights, "707", "conv2d_4/Conv2D")
    struck = _convolve_thirds(graph, _stack_harmonics(graph, spectrum), kernel, (2, 1), bias)
    kernel, bias = _layer(weights, "680", "conv2d_5/BiasAdd/ReadVariableOp")
    of_notes = _convolve_tiles(graph, notes, kernel[:, :1], (1, 1), bias)
    of_struck = _convolve_tiles(graph, struck, kernel[:, 1:], (1, 1), 0 * bias)
    onsets = _join_tiles(graph, graph.add("Add", of_notes, of_struck))

    posteriors = (1, FRAMES, SEMITONES)
    shape = graph.integers(*posteriors)
    graph.add("Reshape", notes, shape, result=NOTES)
    graph.add("Reshape", onsets, shape, result=ONSETS)
    return graph.to_bytes({AUDIO: (1, SAMPLES, 1)}, {NOTES: posteriors, ONSETS: posteriors})


def _layer(weights: Mapping[str, Weights], kernel: str, bias: str) -> tuple[Weights, Weights]:
    """Kernel (out, in, time, pitch) and bias of a layer."""
    return weights[f"const_fold_opt__{kernel}"], weights[f"model_1/{bias}"]


def _measure_power(graph: Graph, weights: Mapping[str, Weights]) -> str:
    """Constant-Q power, 309 bins by 172 frames: one bank of filters on ever slower copies."""
    bank = [weights["const_fold_opt__655"], weights["const_fold_opt__664"]]
    filters = graph.constant(np.concatenate(bank))
    margin = graph.integers(0, 0, 0, TAPS // 2, 0, 0, 0, TAPS // 2)
    sound = graph.add("Reshape", AUDIO, graph.integers(1, 1, 1, SAMPLES))
    samples, octaves = SAMPLES, []
    for octave in range(OCTAVES):
        if octave:
            sound = _halve_rate(graph, weights["const_fold_opt__734"], sound, samples)
            samples = samples // 2
        padded = graph.add("Pad", sound, margin, mode="reflect")
        step = 2 ** (OCTAVES - 1 - octave)
        octaves.append(graph.add("Conv", padded, filters, strides=(1, step)))
    parts = graph.add("Concat", *reversed(octaves), axis=1)
    parts = graph.add("Reshape", parts, graph.integers(OCTAVES, 2, PER_OCTAVE, FRAMES))
    power = graph.add("ReduceSum", graph.add("Mul", parts, parts), graph.integers(1), keepdims=0)
    every = OCTAVES * PER_OCTAVE
    power = graph.add("Reshape", power, graph.integers(every, FRAMES))
    power = _cut(graph, power, every - BINS, every, axis=0)
    lengths = weights["model_1/cq_t2010v2_1/Sqrt"].reshape(BINS, 1)
    return graph.add("Mul", power, graph.constant(lengths**2))


def _halve_rate(graph: Graph, kernel: Weights, sound: str, samples: int) -> str:
    """Low-pass and take every second sample, 16 of them at once as if they were channels."""
    groups = -(-(samples // 2) // LANES)
    taps = TAPS + 2 * (LANES - 1)
    shifted = np.zeros((LANES, 1, 1, taps), np.float32)
    for lane in range(LANES):
        shifted[lane, ..., 2 * lane : 2 * lane + TAPS] = kernel[0]
    before = TAPS // 2 - 1
    after = 2 * LANES * (groups - 1) + taps - before - samples
    lanes = graph.add(
        "Conv", sound, graph.constant(shifted), strides=(1, 2 * LANES), pads=(0, before, 0, after)
    )
    row = graph.add("Transpose", lanes, perm=(0, 2, 3, 1))
    row = graph.add("Reshape", row, graph.integers(1, 1, 1, LANES * groups))
    return _cut(graph, row, 0, samples // 2, axis=3)


def _normalise(graph: Graph, weights: Mapping[str, Weights], power: str) -> str:
    """Logarithm from 0 to 1 over the window (0 where all is alike), with the first gain."""
    gain, offset = (
        weights["model_1/batch_normalization/FusedBatchNormV3" + end] for end in ("", "1")
    )
    level = graph.add("Log", graph.add("Add", power, graph.constant(FAINTEST)))
    lowest = graph.add("ReduceMin", level, keepdims=1)
    span = graph.add("Sub", graph.add("ReduceMax", level, keepdims=1), lowest)
    alike = graph.add("Equal", span, graph.constant(0.0))
    scale = graph.add(
        "Div", graph.constant(gain), graph.add("Where", alike, graph.constant(1.0), span)
    )
    above = graph.add("Sub", level, lowest)
    return graph.add("Add", graph.add("Mul", above, scale), graph.constant(offset))


def _find_lines(graph: Graph, weights: Mapping[str, Weights], spectrum: str) -> str:
    """The layer of 8 channels, 3 frames by 39 bins of 8 harmonics, as products of matrices.

    The harmonics' windows overlap: of 312 bins that make a tone only 176 differ.
    """
    kernel, bias = _layer(weights, "727", "conv2d_1/Conv2D")
    around = graph.add("Pad", spectrum, graph.integers(0, 1, 0, 1))
    frames = [_cut(graph, around, start, start + FRAMES, axis=1) for start in range(3)]
    rows = graph.add("Concat", *frames, axis=1)
    rows = graph.add("Reshape", rows, graph.integers(BINS, 3, FRAMES))
    flat, apart = graph.integers(-1, FRAMES), graph.integers(len(kernel), BLOCK, FRAMES)
    blocks = []
    for start in range(0, HEARD, BLOCK):
        low, high, factor = _spread(kernel, start)
        seen = graph.add("Reshape", _cut(graph, rows, low, high, axis=0), flat)
        found = graph.add("MatMul", graph.constant(factor), seen)
        blocks.append(graph.add("Reshape", found, apart))
    lines = graph.add("Concat", *blocks, axis=1)
    lines = graph.add("Add", lines, graph.constant(bias.reshape(-1, 1, 1)))
    shape = graph.integers(1, len(kernel), HEARD, FRAMES)
    return graph.add("Reshape", graph.add("Relu", lines), shape)


def _spread(kernel: Weights, start: int) -> tuple[int, int, Weights]:
    """First and last bin that ``BLOCK`` tones from ``start`` hear, and what every bin adds to them.

    The matrix has a row for each channel and tone, a column for each bin and frame.
    """
    outs, _, long, wide = kernel.shape
    reach = wide // 2
    low = max(0, start - reach + min(HARMONICS))
    high = min(BINS, start + BLOCK + reach + max(HARMONICS))
    matrix = np.zeros((BLOCK, high - low, outs, long), np.float32)
    taps = kernel.transpose(1, 3, 0, 2)
    for tone in range(start, start + BLOCK):
        for harmonic, away in enumerate(HARMONICS):
            first = max(0, tone - reach, -away)
            last = min(HEARD, tone + reach + 1, BINS - away)
            if first < last:
                heard = taps[harmonic, first - tone + reach : last - tone + reach]
                matrix[tone - start, first + away - low : last + away - low] += heard
    return low, high, matrix.transpose(2, 0, 1, 3).reshape(outs * BLOCK, -1)


def _stack_harmonics(graph: Graph, spectrum: str) -> str:
    """The spectrum of every tone's harmonics: 8 channels of 172 frames by 264 bins."""
    below, above = -min(HARMONICS), HEARD + max(HARMONICS) - BINS
    wide = graph.add("Pad", spectrum, graph.integers(below, 0, above, 0))
    wide = graph.add("Reshape", wide, graph.integers(1, 1, below + BINS + above, FRAMES))
    wide = _turn(graph, wide)
    channels = [_cut(graph, wide, below + h, below + h + HEARD, axis=3) for h in HARMONICS]
    return graph.add("Concat", *channels, axis=1)


def _convolve_thirds(
    graph: Graph, maps: str, kernel: Weights, before: tuple[int, int], bias: Weights
) -> str:
    """Layer from three bins to a semitone to one, above zero; ``before`` is the padding."""
    pads = (*before, *before)
    return graph.add(
        "Relu",
        graph.add(
            "Conv", maps, graph.constant(kernel), graph.constant(bias), strides=(1, 3), pads=pads
        ),
    )


def _convolve_tiles(
    graph: Graph, maps: str, kernel: Weights, before: tuple[int, int], bias: Weights
) -> str:
    """Layer of one channel, 4 by 4 neighbours at once as if they were channels."""
    _, channels, high, long = kernel.shape
    shifted = np.zeros((TILE, TILE, channels, high + TILE - 1, long + TILE - 1), np.float32)
    for row in range(TILE):
        for column in range(TILE):
            shifted[row, column, :, row : row + high, column : column + long] = kernel[0]
    shifted = shifted.reshape(-1, *shifted.shape[2:])
    return graph.add(
        "Conv",
        maps,
        graph.constant(shifted),
        graph.constant(np.repeat(bias, TILE * TILE)),
        strides=(TILE, TILE),
        pads=(*before, *before),
    )


def _join_tiles(graph: Graph, tiles: str) -> str:
    """Posteriors between 0 and 1 as one map, 16 channels laid out as squares of 4 by 4."""
    return graph.add("DepthToSpace", graph.add("Sigmoid", tiles), blocksize=TILE)


def _turn(graph: Graph, maps: str) -> str:
    """Swap pitch and time."""
    return graph.add("Transpose", maps, perm=(0, 1, 3, 2))


def _cut(graph: Graph, array: str, start: int, end: int, axis: int) -> str:
    return graph.add("Slice", array, *(graph.integers(n) for n in (start, end, axis)))

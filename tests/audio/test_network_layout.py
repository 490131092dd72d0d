"""The layers of the network as they are laid out, with made-up weights, and the file they are in."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from library.analysis import network_layout as rooms
from library.analysis.network import AUDIO
from library.analysis.network_layout import Graph, lay_out, read_weights
from library.analysis.notes import _network_file

NEAR = 1e-5
"""Ten times what was measured."""
needs_network_file = pytest.mark.skipif(
    _network_file() is None, reason="needs requirements/no-deps.txt"
)


def weights_of(shape, seed=3):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def answer(graph, name, given, shape):
    """What a graph says of arrays by name; ``name`` is the result that is asked for."""
    graph.add("Identity", name, result="y")
    file = graph.to_bytes({key: array.shape for key, array in given.items()}, {"y": shape})
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    told = session.run(["y"], {key: array.astype(np.float32) for key, array in given.items()})[0]
    assert told.shape == shape
    return told


def test_power_is_what_the_filters_find_in_every_octave():
    cosine, sine, low_pass = (
        weights_of((36, 256), 1),
        weights_of((36, 256), 2),
        weights_of(256) / 16,
    )
    lengths = np.linspace(1, 2, 309, dtype=np.float32)
    made_up = {
        "const_fold_opt__655": cosine[:, None, None],
        "const_fold_opt__664": sine[:, None, None],
        "const_fold_opt__734": low_pass[None, None, None],
        "model_1/cq_t2010v2_1/Sqrt": lengths[:, None, None],
    }
    sound = weights_of(43_844, seed=5)
    graph = Graph()
    given = {AUDIO: sound.reshape(1, -1, 1)}
    told = answer(graph, rooms._measure_power(graph, made_up), given, (309, 172))
    octaves = []
    for step in (256, 128, 64, 32, 16, 8, 4, 2, 1):
        frames = sliding_window_view(np.pad(sound, 128, mode="reflect"), 256)[::step]
        octaves.insert(0, (frames @ cosine.T) ** 2 + (frames @ sine.T) ** 2)
        sound = np.correlate(np.pad(sound, 127), low_pass, "valid")[::2]
    expected = np.concatenate(octaves, axis=1).T[-309:] * lengths[:, None] ** 2
    assert np.abs(told / expected.mean() - expected / expected.mean()).max() < 1e-3


@pytest.mark.parametrize("samples", [43_844, 1_370, 685, 342, 33])
def test_half_the_rate_is_every_second_sample_of_the_low_pass(samples):
    sound, kernel = weights_of(samples), weights_of(256)
    graph = Graph()
    half = rooms._halve_rate(graph, kernel.reshape(1, 1, 1, -1), "x", samples)
    sound = {"x": sound.reshape(1, 1, 1, -1)}
    told = answer(graph, half, sound, (1, 1, 1, samples // 2)).ravel()
    wide = np.pad(sound["x"].ravel().astype(np.float64), 127)
    expected = np.correlate(wide, kernel.astype(np.float64), "valid")[::2]
    assert np.abs(told - expected).max() < 1e-3


@pytest.mark.parametrize(("long", "wide"), [(5, 5), (7, 3), (3, 3)])
def test_tiles_say_what_one_channel_says(long, wide):
    maps = {"x": weights_of((1, 8, 172, 88))}
    kernel, bias = weights_of((1, 8, long, wide)), weights_of(1)
    pads = (long // 2, wide // 2)
    tiles, usual = Graph(), Graph()
    one = usual.add("Conv", "x", usual.constant(kernel), usual.constant(bias), pads=(*pads, *pads))
    joined = rooms._join_tiles(tiles, rooms._convolve_tiles(tiles, "x", kernel, pads, bias))
    told = answer(tiles, joined, maps, (1, 1, 172, 88))
    expected = answer(usual, usual.add("Sigmoid", one), maps, (1, 1, 172, 88))
    assert np.abs(told - expected).max() < NEAR


def test_products_of_matrices_say_what_the_convolution_over_harmonics_says():
    """At every bin: also at both ends, where harmonics and the kernel reach beyond the spectrum."""
    made_up = {
        "const_fold_opt__727": weights_of((8, 8, 3, 39)),
        "model_1/conv2d_1/Conv2D": weights_of(8),
    }
    spectrum = {"x": weights_of((309, 172), seed=4)}
    products, usual = Graph(), Graph()
    lines = rooms._find_lines(products, made_up, "x")
    told = answer(products, lines, spectrum, (1, 8, 264, 172))
    kernel, bias = map(usual.constant, made_up.values())
    lines = usual.add("Conv", rooms._stack_harmonics(usual, "x"), kernel, bias, pads=(1, 19, 1, 19))
    expected = answer(usual, usual.add("Relu", lines), spectrum, (1, 8, 172, 264))
    assert np.abs(told - expected.swapaxes(2, 3)).max() < 1e-3


def test_harmonics_lie_over_their_tone_and_are_silent_beyond_the_spectrum():
    spectrum = np.arange(309, dtype=np.float32)[:, None] + np.zeros(172, np.float32)
    graph = Graph()
    name = rooms._stack_harmonics(graph, "x")
    stack = answer(graph, name, {"x": spectrum + 1}, (1, 8, 172, 264))
    for channel, away in enumerate((-36, 0, 36, 57, 72, 84, 93, 101)):
        bins = np.arange(264) + away
        expected = np.where((bins >= 0) & (bins < 309), bins + 1, 0)
        assert np.array_equal(stack[0, channel, 50], expected)


def test_a_window_where_all_is_alike_is_level():
    gain, offset = np.float32([2.5]), np.float32([-0.75])
    name = "model_1/batch_normalization/FusedBatchNormV3"
    made_up = {name: gain, name + "1": offset}
    for power, lowest, highest in (
        (np.full((309, 172), 0.25), -0.75, -0.75),
        (np.geomspace(1e-3, 1, 309)[:, None] * np.ones(172), -0.75, 1.75),
    ):
        graph = Graph()
        told = answer(graph, rooms._normalise(graph, made_up, "x"), {"x": power}, (309, 172))
        assert told.min() == pytest.approx(lowest)
        assert told.max() == pytest.approx(highest)


# ---------------------------------------------------------------- the file


def test_weights_keep_their_shape_and_places_are_no_weights():
    graph = Graph()
    weight = graph.constant(np.arange(24).reshape(2, 3, 4))
    single = graph.constant(7.0)
    graph.integers(1, 2, 3)
    kept = read_weights(graph.to_bytes({"x": (1,)}, {"y": (1,)}))
    assert set(kept) == {weight, single}
    assert kept[weight].shape == (2, 3, 4)
    assert kept[weight][1, 2, 3] == 23
    assert kept[single].shape == ()
    assert all(array.dtype == np.float32 for array in kept.values())


def test_a_weight_of_joined_layers_has_the_name_of_the_last():
    weight = onnx.numpy_helper.from_array(np.ones(2, np.float32), "model/first;model/second")
    graph = onnx.helper.make_graph([], "joined", [], [], [weight])
    assert set(read_weights(onnx.helper.make_model(graph).SerializeToString())) == {"model/second"}


def test_every_result_has_a_name_of_its_own():
    graph = Graph()
    names = [graph.add("Relu", "x") for _ in range(3)]
    names += [graph.constant(1.0), graph.constant(1.0), graph.integers(1)]
    assert len(set(names)) == len(names)


@needs_network_file
def test_the_network_is_laid_out_by_the_rules_of_onnx():
    """Every operation is given what it takes, and every shape can be told beforehand."""
    file = lay_out(read_weights(_network_file().read_bytes()))
    onnx.checker.check_model(onnx.load_from_string(file), full_check=True)


@needs_network_file
def test_the_same_weights_are_laid_out_as_the_same_bytes():
    weights = read_weights(_network_file().read_bytes())
    assert lay_out(weights) == lay_out(weights)

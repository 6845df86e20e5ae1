#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run with: python3 -m unittest discover -s tools -p 'test_*.py'"""
import fractions
import pathlib
import re
import struct
import sys
import unittest
import zlib

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from vibration import int8, net, quantise, synth, tflite_reader, tflite_writer, window  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODEL = ROOT / "scenarios" / "vibration" / "vibration.tflite"
VECTORS = ROOT / "tests" / "data" / "vibration"


def small_net(seed):
    rng = np.random.default_rng(seed)
    return net.Net([net.Conv(rng, 3, 4, 5, 2, "RELU6"), net.Depthwise(rng, 4, 3, 2, "RELU"),
                    net.Conv(rng, 4, 6, 1, 1, "RELU"), net.Mean(), net.Dense(rng, 6, 3)])


def small_graph():
    calibration = np.random.default_rng(5).normal(size=(50, 21, 3)).astype(np.float32)
    names = ["conv", "depthwise", "pointwise", "pool", "logits"]
    return quantise.quantise(small_net(3), names, calibration, 1 / 32, "a small one")


class Writer(unittest.TestCase):
    def setUp(self):
        self.graph = small_graph()
        self.model = tflite_writer.write(self.graph)

    def test_what_is_written_is_read_back(self):
        found = tflite_reader.read(self.model, alignment=16)
        self.assertEqual(found.description, "a small one")
        self.assertEqual((found.inputs, found.outputs), (self.graph.inputs, self.graph.outputs))
        self.assertEqual(found.ops, self.graph.ops)
        self.assertEqual(len(found.tensors), len(self.graph.tensors))
        for a, b in zip(found.tensors, self.graph.tensors):
            self.assertEqual((a.name, a.shape, a.dtype, a.scales, a.zero_points, a.axis),
                             (b.name, tuple(b.shape), b.dtype, b.scales, b.zero_points, b.axis))
            np.testing.assert_array_equal(a.data, b.data)

    def test_the_header_is_tfl3_version_3_and_buffer_0_is_empty(self):
        self.assertEqual(self.model[4:8], b"TFL3")
        root = tflite_reader.Table(self.model, struct.unpack_from("<I", self.model)[0])
        self.assertEqual(root.scalar(0, "I"), 3)
        self.assertEqual(root.tables(4)[0].bytes(0), (0, b""))

    def test_both_code_fields_name_the_operator(self):
        root = tflite_reader.Table(self.model, struct.unpack_from("<I", self.model)[0])
        codes = [(c.scalar(0, "b"), c.scalar(3, "i")) for c in root.tables(1)]
        self.assertEqual(codes, [(3, 3), (4, 4), (1, 1), (22, 22), (9, 9), (25, 25)])

    def test_a_file_cut_anywhere_is_refused_or_has_lost_only_its_tail_of_names(self):
        for length in range(8, len(self.model), 7):
            try:
                found = tflite_reader.read(self.model[:length])
            except (ValueError, KeyError):
                continue
            self.assertEqual(found.ops, self.graph.ops)


class Arithmetic(unittest.TestCase):
    def test_requantising_is_within_one_of_the_exact_quotient(self):
        rng = np.random.default_rng(11)
        for scale in np.exp(rng.uniform(-9, 1, 50)):
            multiplier, shift = int8.quantize_multiplier(scale)
            self.assertTrue(1 << 30 <= multiplier < 1 << 31)
            exact = fractions.Fraction(multiplier, 1 << 31) * fractions.Fraction(2) ** shift
            for x in rng.integers(-(1 << 24), 1 << 24, 20):
                got = int(int8.requantize(x, multiplier, shift))
                self.assertLessEqual(abs(got - exact * int(x)), 1)

    def test_a_right_shift_rounds_ties_away_from_zero(self):
        self.assertEqual([int(int8.rounding_shift_right(x, 2)) for x in (-7, -6, -5, -2, -1, 1, 2, 5, 6)],
                         [-2, -2, -1, -1, 0, 0, 1, 1, 2])

    def test_the_exponential_and_the_reciprocal_are_good_to_22_bits(self):
        x = np.linspace(-31.9, 0, 5000)
        got = int8.exp_of_negative(np.rint(x * (1 << 26))) / 2.0 ** 31
        np.testing.assert_allclose(got, np.exp(x), atol=2.0 ** -22)
        d = np.linspace(0, 0.9999, 5000)
        got = int8.reciprocal_of_one_plus(np.rint(d * 2.0 ** 31)) / 2.0 ** 31
        np.testing.assert_allclose(got, 1 / (1 + d), atol=2.0 ** -22)

    def test_the_mean_of_a_window_rounds_ties_away_from_zero(self):
        frames = np.zeros((1, 4, 2), np.int16)
        frames[0, :2] = [5, -5]  # means 2.5 and -2.5
        q = window.prepare(frames, 1.0, 1.0, 0)
        np.testing.assert_array_equal(q[0], [[2, -2], [2, -2], [-3, 3], [-3, 3]])

    def test_int8_follows_float_to_a_few_steps(self):
        graph, network = small_graph(), small_net(3)
        x = np.rint(32 * np.random.default_rng(8).normal(size=(20, 1, 21, 3))).clip(-128, 127).astype(np.int8)
        logits = network.forward(x[:, 0].astype(np.float32) / 32)
        out = graph.tensors[graph.ops[-1].inputs[0]]
        got = (int8.run(graph, x)[-2].astype(float) - out.zero_point) * out.scale
        self.assertLess(np.abs(got - logits).max(), 6 * out.scale)


class Training(unittest.TestCase):
    def test_the_gradients_are_the_slopes_of_the_loss(self):
        network = small_net(2)
        rng = np.random.default_rng(4)
        for layer in network.layers:  # no bias is 0: silence would sit on the kink of the ReLU
            layer.params = [p.astype(np.float64) + 0.1 * rng.normal(size=p.shape) for p in layer.params]
        x, truth = rng.normal(size=(6, 21, 3)), rng.integers(0, 3, 6)
        network.train_step(x, truth, 0.1)
        pairs = [(p, g.copy()) for p, g in network.pairs()]
        for p, g in pairs:
            for at in [tuple(rng.integers(0, d) for d in p.shape) for _ in range(5)]:
                kept, losses = p[at], []
                for step in (1e-5, -1e-5):
                    p[at] = kept + step
                    losses.append(network.train_step(x, truth, 0.1))
                p[at] = kept
                self.assertAlmostEqual((losses[0] - losses[1]) / 2e-5, g[at], places=6)

    def test_the_same_seed_gives_the_same_windows_and_another_does_not(self):
        a, b, c = (synth.dataset(seed, 2, 1)[0] for seed in (5, 5, 6))
        np.testing.assert_array_equal(a, b)
        self.assertTrue((a != c).any())


class Shipped(unittest.TestCase):
    """The committed model gives the committed vectors."""

    def setUp(self):
        self.model = MODEL.read_bytes()
        self.graph = tflite_reader.read(self.model, alignment=16)
        self.runs = len(list(VECTORS.glob("window_*.bin")))
        self.assertGreaterEqual(self.runs, 6)

    def test_windows_become_the_input_tensors(self):
        x = self.graph.tensors[self.graph.inputs[0]]
        for n in range(self.runs):
            frames = np.fromfile(VECTORS / ("window_%d.bin" % n), "<i2").reshape(1, x.shape[2], x.shape[3])
            q = window.prepare(frames, 1 / synth.COUNTS_PER_G, x.scale, x.zero_point)
            self.assertEqual(q.tobytes(), (VECTORS / ("input_%d.bin" % n)).read_bytes())

    def test_every_layer_has_the_crc_that_is_written_down(self):
        shape = self.graph.tensors[self.graph.inputs[0]].shape
        text = (VECTORS / "layers.txt").read_text()
        self.assertIn("bytes=%d crc=%08x" % (len(self.model), zlib.crc32(self.model)), text)
        noted = re.findall(r"op +(\d+) tensor +(\d+) bytes= *(\d+) crc=(\w+)", text)
        found = []
        for n in range(self.runs):
            values = np.fromfile(VECTORS / ("input_%d.bin" % n), np.int8).reshape(shape)
            results = int8.run(self.graph, values)
            for index, (op, y) in enumerate(zip(self.graph.ops, results)):
                found.append((str(index), str(op.outputs[0]), str(y.size), "%08x" % zlib.crc32(y.tobytes())))
            self.assertEqual(results[-1].tobytes(), (VECTORS / ("output_%d.bin" % n)).read_bytes())
        self.assertEqual(found, noted)

    def test_each_state_of_a_new_machine_is_told(self):
        frames, truth = synth.dataset(31_337, 20, 2)
        x = self.graph.tensors[self.graph.inputs[0]]
        q = window.prepare(frames, 1 / synth.COUNTS_PER_G, x.scale, x.zero_point)[:, None]
        right = np.mean(int8.run(self.graph, q)[-1].argmax(axis=1) == truth)
        self.assertGreater(right, 0.95)


if __name__ == "__main__":
    unittest.main()

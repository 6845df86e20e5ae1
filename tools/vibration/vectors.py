# SPDX-License-Identifier: GPL-2.0-or-later
"""Test vectors for an implementation of the network: windows, input tensors, outputs, and every layer's CRC-32.

window_N.bin  int16, x y z interleaved      input_N.bin, output_N.bin  int8
layers.txt    for each run: its input's CRC-32, then operator, tensor, bytes and CRC-32 of each output
"""
import zlib

import numpy as np

from . import int8
from .synth import AXES, FRAMES, LABELS


def windows(held_out, truth):
    """Two machines' windows of each label, then silence, full scale, the whole int8 range, and ties of the mean."""
    rng = np.random.default_rng(99)
    chosen = [held_out[np.flatnonzero(truth == label)[n]] for n in (0, -1) for label in range(len(LABELS))]
    shape = (FRAMES, AXES)
    tie = np.zeros(shape, np.int16)
    tie[:FRAMES // 2] = [-1, 1, -3]  # means of -1/2, 1/2 and -3/2 counts
    tie[1::7] += 48
    tie[4::7] -= 48
    extremes = [np.zeros(shape, np.int16), rng.choice([-32768, 32767], shape).astype(np.int16),
                rng.integers(-4200, 4200, shape).astype(np.int16), tie]
    return np.array(chosen + extremes, np.int16)


def write(folder, frames, inputs, graph, model, name):
    """model: the bytes of the .tflite, that graph was read from."""
    folder.mkdir(parents=True, exist_ok=True)
    results = int8.run(graph, inputs)
    lines = ["MODEL %s bytes=%d crc=%08x" % (name, len(model), zlib.crc32(model))]
    for n, (window, tensor) in enumerate(zip(frames, inputs)):
        window.astype("<i2").tofile(folder / ("window_%d.bin" % n))
        tensor.tofile(folder / ("input_%d.bin" % n))
        results[-1][n].tofile(folder / ("output_%d.bin" % n))
        lines.append("RUN %d mode=0 seed=00000000 incrc=%08x" % (n, zlib.crc32(tensor.tobytes())))
        for index, (op, values) in enumerate(zip(graph.ops, results)):
            data = values[n].tobytes()
            lines.append("  op %2d tensor %3d bytes=%6d crc=%08x" % (
                index, op.outputs[0], len(data), zlib.crc32(data)))
        out = results[-1][n].tobytes()
        lines.append("OUT %d.0 type=9 bytes=%d crc=%08x hex=%s" % (n, len(out), zlib.crc32(out), out.hex()))
    (folder / "layers.txt").write_text("\n".join(lines) + "\n")

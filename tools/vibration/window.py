# SPDX-License-Identifier: GPL-2.0-or-later
"""From a window of sensor counts to the int8 input tensor, in the integers that the target uses (runtime/window.h).

Per channel c over the W frames of the window:
  mean[c]  = round(sum / W), ties away from zero
  q[t][c]  = clamp(zero_point + requantize(count[t][c] - mean[c], scale_port / scale_input), -128, 127)
"""
import numpy as np

from .int8 import quantize_multiplier, requantize


def prepare(frames, port_scale, input_scale, zero_point):
    """frames: int16 [n][W][channels], port_scale in units per count. Returns int8 of the same shape."""
    total = frames.astype(np.int64).sum(axis=1, keepdims=True)
    width = frames.shape[1]
    mean = np.where(total >= 0, (2 * total + width) // (2 * width), -((-2 * total + width) // (2 * width)))
    multiplier, shift = quantize_multiplier(port_scale / input_scale)
    q = requantize(frames.astype(np.int64) - mean, multiplier, shift) + zero_point
    return np.clip(q, -128, 127).astype(np.int8)

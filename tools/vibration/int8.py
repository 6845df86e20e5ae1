# SPDX-License-Identifier: GPL-2.0-or-later
"""The integer arithmetic of TensorFlow Lite's reference int8 kernels, in numpy, bit for bit.

It runs a Graph on a batch of inputs and is the oracle for what a target computes. The sums are taken in
double, which is exact here: |product| < 2^15 and fewer than 2^30 of them are added.
"""
import math

import numpy as np

INT32_MIN, INT32_MAX = -(1 << 31), (1 << 31) - 1


def quantize_multiplier(real):
    """real = multiplier / 2^31 * 2^shift, with multiplier in [2^30, 2^31). Returns (multiplier, shift)."""
    if real == 0:
        return 0, 0
    fraction, shift = math.frexp(real)
    multiplier = math.floor(fraction * (1 << 31) + 0.5)
    if multiplier == 1 << 31:
        multiplier, shift = multiplier >> 1, shift + 1
    return (0, 0) if shift < -31 else (multiplier, shift)


def doubling_high_mul(a, b):
    """round(a * b / 2^31), ties away from zero except that negative ones go up; a = b = INT32_MIN saturates."""
    product = np.int64(a) * np.int64(b)
    nudge = np.where(product >= 0, 1 << 30, 1 - (1 << 30))
    total = product + nudge
    # C divides towards zero, numpy towards minus infinity.
    return np.minimum(np.where(total >= 0, total >> 31, -(-total >> 31)), INT32_MAX)


def rounding_shift_right(x, exponent):
    """round(x / 2^exponent), ties away from zero; exponent may be an array."""
    x, exponent = np.int64(x), np.int64(exponent)
    mask = (np.int64(1) << exponent) - 1
    return (x >> exponent) + ((x & mask) > (mask >> 1) + (x < 0))


def requantize(x, multiplier, shift):
    """x * multiplier / 2^31 * 2^shift, rounded twice, as MultiplyByQuantizedMultiplier does."""
    shift = np.int64(shift)
    scaled = np.int64(x) << np.maximum(shift, 0)
    return rounding_shift_right(doubling_high_mul(scaled, multiplier), np.maximum(-shift, 0))


def round_half_away(x):
    return int(math.copysign(math.floor(abs(x) + 0.5), x))


def activation_range(activation, out):
    low, high = -128, 127
    if activation in ("RELU", "RELU6"):
        low = max(low, out.zero_point)
    if activation == "RELU6":
        high = min(high, out.zero_point + round_half_away(float(np.float32(6) / np.float32(out.scale))))
    return low, high


def _finish(acc, multipliers, shifts, activation, out):
    low, high = activation_range(activation, out)
    q = requantize(acc.astype(np.int64), np.array(multipliers), np.array(shifts)) + out.zero_point
    return np.clip(q, low, high).astype(np.int8)


def _output_scale(x, w, out):
    """Per channel of w: (multipliers, shifts) of s_in * s_w / s_out, in double."""
    pairs = [quantize_multiplier(x.scale * float(np.float32(s)) / out.scale) for s in w.scales]
    return [p[0] for p in pairs], [p[1] for p in pairs]


def _pads(size, kernel, stride, padding):
    """(output size, padding before, padding after) along one dimension."""
    if padding == "VALID":
        return (size - kernel) // stride + 1, 0, 0
    out = -(-size // stride)
    total = max((out - 1) * stride + kernel - size, 0)
    return out, total // 2, total - total // 2


def _patches(values, kernel, stride, padding, fill):
    """[n][out_h][out_w][kernel_h][kernel_w][c] views of values [n][h][w][c] padded with `fill`."""
    (out_h, top, bottom) = _pads(values.shape[1], kernel[0], stride[0], padding)
    (out_w, left, right) = _pads(values.shape[2], kernel[1], stride[1], padding)
    padded = np.pad(values, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=fill)
    sn, sh, sw, sc = padded.strides
    return np.lib.stride_tricks.as_strided(
        padded, (len(values), out_h, out_w, *kernel, values.shape[3]),
        (sn, sh * stride[0], sw * stride[1], sh, sw, sc), writeable=False)


def conv_2d(op, values, x, w, bias, out):
    p = _patches(values.astype(np.float64) - x.zero_point, w.shape[1:3], op.options["stride"],
                 op.options["padding"], 0)
    n, out_h, out_w = p.shape[:3]
    acc = p.reshape(n * out_h * out_w, -1) @ w.data.reshape(w.shape[0], -1).T.astype(np.float64)
    acc = acc.reshape(n, out_h, out_w, w.shape[0]) + bias.data
    return _finish(acc, *_output_scale(x, w, out), op.options["activation"], out)


def depthwise_conv_2d(op, values, x, w, bias, out):
    multiplier = w.shape[3] // values.shape[3]  # output channel c reads input channel c / multiplier
    centred = np.repeat(values.astype(np.float64) - x.zero_point, multiplier, axis=3)
    p = _patches(centred, w.shape[1:3], op.options["stride"], op.options["padding"], 0)
    acc = (p * w.data[0].astype(np.float64)).sum(axis=(3, 4)) + bias.data
    return _finish(acc, *_output_scale(x, w, out), op.options["activation"], out)


def fully_connected(op, values, x, w, bias, out):
    flat = values.reshape(len(values), -1).astype(np.float64) - x.zero_point
    acc = flat @ w.data.T.astype(np.float64) + bias.data
    return _finish(acc, *_output_scale(x, w, out), op.options["activation"], out)


def average_pool_2d(op, values, x, out):
    """The mean over the part of the window that lies inside the picture, ties away from zero."""
    kernel, stride, padding = op.options["filter"], op.options["stride"], op.options["padding"]
    total = _patches(values.astype(np.int64), kernel, stride, padding, 0).sum(axis=(3, 4))
    inside = np.ones((1, *values.shape[1:3], 1), np.int64)
    count = _patches(inside, kernel, stride, padding, 0).sum(axis=(3, 4))
    mean = np.where(total >= 0, (total + count // 2) // count, -((-total + count // 2) // count))
    low, high = activation_range(op.options["activation"], out)
    return np.clip(mean, low, high).astype(np.int8)


def exp_of_negative(a):
    """exp of a Q5.26 value <= 0, as Q0.31: a Taylor step in (-1/4, 0], then one factor for each higher bit."""
    a = np.int64(a)
    quarter = 1 << 24
    in_quarter = (a & (quarter - 1)) - quarter
    x = (in_quarter << 5) + (1 << 28)  # around -1/8
    x2 = doubling_high_mul(x, x)
    x3 = doubling_high_mul(x2, x)
    x4 = doubling_high_mul(x2, x2)
    third = doubling_high_mul(rounding_shift_right(x4, 2) + x3, 715827883)
    tail = x + rounding_shift_right(third + x2, 1)
    result = 1895147668 + doubling_high_mul(1895147668, tail)  # exp(-1/8)
    remainder = in_quarter - a
    # exp(-2^k) for k = -2 … 4
    for k, factor in enumerate([1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242]):
        result = np.where(remainder & (quarter << k), doubling_high_mul(result, factor), result)
    return np.where(a == 0, INT32_MAX, result)


def reciprocal_of_one_plus(a):
    """1 / (1 + a) for a Q0.31 in [0, 1): three Newton steps in Q2.29 on half the denominator."""
    half = (np.int64(a) + INT32_MAX + 1) >> 1
    x = 1515870810 + doubling_high_mul(half, -1010580540)  # 48/17 - 32/17 d
    for _ in range(3):
        error = (1 << 29) - doubling_high_mul(half, x)
        x = x + np.clip(doubling_high_mul(x, error) << 2, INT32_MIN, INT32_MAX)
    return np.clip(x << 1, INT32_MIN, INT32_MAX)


def softmax(op, values, x, out):
    """Along the last axis; out has scale 1/256 and zero point -128."""
    multiplier, shift = quantize_multiplier(min(op.options["beta"] * x.scale * (1 << 26), float(INT32_MAX)))
    reach = math.floor(31 * (1 << 26) / (1 << shift))  # differences beyond this count as exp = 0
    q = values.astype(np.int64)
    diff = q - q.max(axis=-1, keepdims=True)
    near = diff >= -reach
    exps = exp_of_negative(requantize(np.maximum(diff, -reach), multiplier, shift))
    total = np.where(near, rounding_shift_right(exps, 12), 0).sum(axis=-1, keepdims=True)
    result = np.empty_like(q)
    for row in np.ndindex(total.shape[:-1]):
        room = 32 - int(total[row][0]).bit_length()
        scale = reciprocal_of_one_plus((int(total[row][0]) << room) - (1 << 31))
        result[row] = rounding_shift_right(doubling_high_mul(scale, exps[row]), 12 - room + 31 - 8)
    return np.where(near, np.clip(result - 128, -128, 127), -128).astype(np.int8)


def run(graph, inputs):
    """inputs: int8 [n] + the input's shape[1:]. Returns one array per operator: its output, batch first."""
    values = {graph.inputs[0]: inputs}
    results = []
    for op in graph.ops:
        x, out = graph.tensors[op.inputs[0]], graph.tensors[op.outputs[0]]
        v = values[op.inputs[0]]
        if op.kind == "RESHAPE":
            y = v.reshape(len(v), *out.shape[1:])
        elif op.kind in ("AVERAGE_POOL_2D", "SOFTMAX"):
            y = {"AVERAGE_POOL_2D": average_pool_2d, "SOFTMAX": softmax}[op.kind](op, v, x, out)
        else:
            kernel = {"CONV_2D": conv_2d, "DEPTHWISE_CONV_2D": depthwise_conv_2d,
                      "FULLY_CONNECTED": fully_connected}[op.kind]
            y = kernel(op, v, x, graph.tensors[op.inputs[1]], graph.tensors[op.inputs[2]], out)
        values[op.outputs[0]] = y
        results.append(y)
    return results


def macs_of(graph, op):
    """Multiply-accumulates of one operator that has weights, 0 for the others."""
    if op.kind not in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
        return 0
    w, out = graph.tensors[op.inputs[1]], graph.tensors[op.outputs[0]]
    per_output = w.shape[1] * w.shape[2] if op.kind == "DEPTHWISE_CONV_2D" else w.data[0].size
    return int(np.prod(out.shape)) * per_output


def macs(graph):
    return sum(macs_of(graph, op) for op in graph.ops)

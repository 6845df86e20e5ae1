# SPDX-License-Identifier: GPL-2.0-or-later
"""Post-training quantisation of a Net by TensorFlow Lite's int8 rules, into a Graph.

Weights: symmetric, -127 … 127, one scale for each output channel (one in all for FULLY_CONNECTED, which is what every
runtime can do). Bias: int32, scale s_in * s_w. Activations: asymmetric, from the range seen on the
calibration windows, which always holds 0. AVERAGE_POOL_2D and RESHAPE keep their input's scale; SOFTMAX gives
1/256 with zero point -128. A signal of length L is a picture [1][1][L][channels]: with time along the width, the taps
of a kernel lie side by side in memory, which halves what the first layer costs on a target.
"""
import numpy as np

from .graph import Graph, Op, Tensor


def activation_parameters(low, high):
    """(scale, zero point) so that 0 is exact and low … high is covered by -128 … 127."""
    low, high = min(low, 0.0), max(high, 0.0)
    scale = float(np.float32((high - low) / 255))
    return scale, int(np.clip(np.rint(-128 - low / scale), -128, 127))


class Builder:
    def __init__(self, description):
        self.graph = Graph([], [], [], [], description)

    def activation(self, name, shape, scale, zero_point):
        self.graph.tensors.append(Tensor(name, shape, "int8", [scale], [zero_point]))
        return len(self.graph.tensors) - 1

    def weights(self, name, real, axis, per_channel):
        """real: the weights in their .tflite layout. Returns the tensor's index and its scales."""
        others = tuple(d for d in range(real.ndim) if d != axis)
        peak = np.abs(real).max(axis=others if per_channel else None, keepdims=True)
        scales = np.maximum(peak / 127, 1e-9).astype(np.float32)
        q = np.clip(np.rint(real / scales), -127, 127).astype(np.int8)
        flat = [float(s) for s in scales.ravel()]
        self.graph.tensors.append(Tensor(name, real.shape, "int8", flat, [0] * len(flat), axis, q))
        return len(self.graph.tensors) - 1, flat

    def bias(self, name, real, input_scale, weight_scales):
        scales = np.float64(input_scale) * np.resize(np.array(weight_scales), len(real))
        q = np.clip(np.rint(real / scales), -(2 ** 31), 2 ** 31 - 1).astype(np.int32)
        kept = [float(np.float32(s)) for s in (scales if len(weight_scales) > 1 else scales[:1])]
        self.graph.tensors.append(Tensor(name, real.shape, "int32", kept, [0] * len(kept), 0, q))
        return len(self.graph.tensors) - 1

    def constant(self, name, data):
        self.graph.tensors.append(Tensor(name, data.shape, "int32", data=data))
        return len(self.graph.tensors) - 1

    def op(self, kind, inputs, output, **options):
        self.graph.ops.append(Op(kind, inputs, [output], options))


def _add_weighted(b, layer, name, x, out_shape, seen):
    """A layer with weights: its constants, its output tensor and its operator."""
    weight, bias = layer.params
    if layer.kind == "CONV_2D":
        real, axis = weight.reshape(layer.kernel, layer.c_in, -1).transpose(2, 0, 1)[:, None], 0
    elif layer.kind == "DEPTHWISE_CONV_2D":
        real, axis = weight[None, None], 3
    else:
        real, axis = weight.T, 0
    source = b.graph.tensors[x]
    w, scales = b.weights(name + "/weights", real, axis, layer.kind != "FULLY_CONNECTED")
    c = b.bias(name + "/bias", bias, source.scale, scales)
    out = b.activation(name, out_shape, *activation_parameters(float(seen.min()), float(seen.max())))
    options = {"activation": layer.activation}
    if layer.kind != "FULLY_CONNECTED":
        options.update(padding="SAME", stride=(1, layer.stride))
    b.op(layer.kind, [x, w, c], out, **options)
    return out


def quantise(net, names, calibration, input_scale, description):
    """
    net          trained; names: one for each layer
    calibration  float windows [n][length][channels], as the target prepares them
    input_scale  units per step of the input tensor, whose zero point is 0
    """
    b = Builder(description)
    length, channels = calibration.shape[1:]
    x = b.activation("window", (1, 1, length, channels), input_scale, 0)
    b.graph.inputs = [x]
    value = calibration
    for layer, name in zip(net.layers, names):
        value = layer.forward(value)
        if layer.kind == "AVERAGE_POOL_2D":
            source = b.graph.tensors[x]
            pooled = b.activation(name, (1, 1, 1, source.shape[3]), source.scale, source.zero_point)
            b.op("AVERAGE_POOL_2D", [x], pooled, padding="VALID", stride=(1, source.shape[2]),
                 filter=(1, source.shape[2]), activation="NONE")
            flat_shape = np.array([1, source.shape[3]], np.int32)
            flat = b.activation("features", (1, source.shape[3]), source.scale, source.zero_point)
            b.op("RESHAPE", [pooled, b.constant("features/shape", flat_shape)], flat,
                 shape=[int(d) for d in flat_shape])
            x = flat
        else:
            shape = (1, 1, value.shape[1], value.shape[2]) if value.ndim == 3 else (1, value.shape[1])
            x = _add_weighted(b, layer, name, x, shape, value)
    scores = b.activation("scores", b.graph.tensors[x].shape, 1 / 256, -128)
    b.op("SOFTMAX", [x], scores, beta=1.0)
    b.graph.outputs = [scores]
    return b.graph

# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes a graph (graph.py) as a TensorFlow Lite model, schema version 3, identifier TFL3.

The slot numbers below are the order of the fields in TensorFlow's schema.fbs, the union numbers the order in its
BuiltinOptions. Constant data lies on 16-byte boundaries, buffer 0 is the empty one that activations share.
"""
from .flatbuffer import Builder
from .graph import PADDINGS, ACTIVATIONS, TYPES

# operator: (builtin code, version whose int8 form we use, number of its options table in the union)
OPERATORS = {
    "AVERAGE_POOL_2D": (1, 2, 5),
    "CONV_2D": (3, 3, 1),
    "DEPTHWISE_CONV_2D": (4, 3, 2),
    "FULLY_CONNECTED": (9, 4, 8),
    "RESHAPE": (22, 1, 17),
    "SOFTMAX": (25, 2, 9),
}


def _options(b, op):
    o = op.options
    padding = o.get("padding") and PADDINGS.index(o["padding"])
    stride_h, stride_w = o.get("stride", (None, None))
    activation = ACTIVATIONS[o["activation"]] if "activation" in o else None
    if op.kind == "CONV_2D":
        return b.table((0, "i8", padding), (1, "i32", stride_w), (2, "i32", stride_h), (3, "i8", activation))
    if op.kind == "DEPTHWISE_CONV_2D":
        return b.table((0, "i8", padding), (1, "i32", stride_w), (2, "i32", stride_h), (3, "i32", 1),
                       (4, "i8", activation))
    if op.kind == "AVERAGE_POOL_2D":
        filter_h, filter_w = o["filter"]
        return b.table((0, "i8", padding), (1, "i32", stride_w), (2, "i32", stride_h), (3, "i32", filter_w),
                       (4, "i32", filter_h), (5, "i8", activation))
    if op.kind == "FULLY_CONNECTED":
        return b.table((0, "i8", activation))
    if op.kind == "RESHAPE":
        return b.table((0, "offset", b.scalars("i", o["shape"])))
    return b.table((0, "f32", o["beta"]))  # SOFTMAX


def _quantization(b, t):
    if t.scales is None:
        return None
    scales = b.scalars("f", t.scales)
    zeros = b.scalars("q", t.zero_points)
    return b.table((2, "offset", scales), (3, "offset", zeros), (6, "i32", t.axis or None))


def _tensor(b, t, buffer):
    shape = b.scalars("i", t.shape)
    name = b.string(t.name)
    quantization = _quantization(b, t)
    return b.table((0, "offset", shape), (1, "i8", TYPES[t.dtype]), (2, "u32", buffer), (3, "offset", name),
                   (4, "offset", quantization))


def _operator(b, op, codes):
    inputs = b.scalars("i", op.inputs)
    outputs = b.scalars("i", op.outputs)
    options = _options(b, op)
    return b.table((0, "u32", codes.index(op.kind)), (1, "offset", inputs), (2, "offset", outputs),
                   (3, "u8", OPERATORS[op.kind][2]), (4, "offset", options))


def write(graph):
    """graph: a Graph whose constants are arrays of their dtype. Returns the bytes of the .tflite."""
    b = Builder()
    buffers = [b.table()]
    tensors = []
    for t in graph.tensors:
        if t.data is None:
            tensors.append(_tensor(b, t, 0))
            continue
        data = t.data.tobytes()
        buffers.append(b.table((0, "offset", b.vector(data, len(data), align=16))))
        tensors.append(_tensor(b, t, len(buffers) - 1))
    codes = list(dict.fromkeys(op.kind for op in graph.ops))
    operators = b.offsets([_operator(b, op, codes) for op in graph.ops])
    subgraph = b.table((0, "offset", b.offsets(tensors)), (1, "offset", b.scalars("i", graph.inputs)),
                       (2, "offset", b.scalars("i", graph.outputs)), (3, "offset", operators),
                       (4, "offset", b.string("main")))
    # Both code fields: readers older than the 32-bit one look at the byte, newer ones take the larger.
    operator_codes = b.offsets([b.table((0, "i8", OPERATORS[k][0]), (2, "i32", OPERATORS[k][1]),
                                        (3, "i32", OPERATORS[k][0])) for k in codes])
    description = b.string(graph.description)
    root = b.table((0, "u32", 3), (1, "offset", operator_codes), (2, "offset", b.offsets([subgraph])),
                   (3, "offset", description), (4, "offset", b.offsets(buffers)))
    return b.finish(root, b"TFL3")

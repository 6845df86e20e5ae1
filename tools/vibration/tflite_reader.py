# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a .tflite back into a Graph. It shares no code with the writer, so that one checks the other.

Every offset is checked against the file; what does not fit raises ValueError.
"""
import struct

import numpy as np

from .graph import ACTIVATIONS, PADDINGS, TYPES, Graph, Op, Tensor

NAMES = {1: "AVERAGE_POOL_2D", 3: "CONV_2D", 4: "DEPTHWISE_CONV_2D", 9: "FULLY_CONNECTED", 22: "RESHAPE",
         25: "SOFTMAX"}
DTYPES = {number: name for name, number in TYPES.items()}
ACTIVATION_NAMES = {number: name for name, number in ACTIVATIONS.items()}


class Table:
    def __init__(self, data, at):
        self.data, self.at = data, at
        self.vtable = at - self._get("i", at)
        self.vtable_bytes = self._get("H", self.vtable)

    def _get(self, fmt, at):
        if at < 0 or at + struct.calcsize("<" + fmt) > len(self.data):
            raise ValueError("byte %d is outside the file of %d" % (at, len(self.data)))
        return struct.unpack_from("<" + fmt, self.data, at)[0]

    def _field(self, slot):
        entry = 4 + 2 * slot
        offset = self._get("H", self.vtable + entry) if entry < self.vtable_bytes else 0
        return self.at + offset if offset else None

    def scalar(self, slot, fmt, default=0):
        at = self._field(slot)
        return default if at is None else self._get(fmt, at)

    def _target(self, at):
        return at + self._get("I", at)

    def table(self, slot):
        at = self._field(slot)
        return None if at is None else Table(self.data, self._target(at))

    def _vector(self, slot):
        """(address of the first element, count), or (0, 0) if the field is absent."""
        at = self._field(slot)
        if at is None:
            return 0, 0
        start = self._target(at)
        return start + 4, self._get("I", start)

    def scalars(self, slot, fmt):
        at, count = self._vector(slot)
        size = struct.calcsize("<" + fmt)
        return [self._get(fmt, at + i * size) for i in range(count)]

    def tables(self, slot):
        at, count = self._vector(slot)
        return [Table(self.data, self._target(at + 4 * i)) for i in range(count)]

    def bytes(self, slot):
        at, count = self._vector(slot)
        if at + count > len(self.data):
            raise ValueError("a vector of %d bytes at %d leaves the file" % (count, at))
        return at, self.data[at:at + count]


def _options(kind, t):
    if kind == "RESHAPE":
        return {"shape": t.scalars(0, "i")} if t else {}
    if kind == "SOFTMAX":
        return {"beta": t.scalar(0, "f")}
    if kind == "FULLY_CONNECTED":
        return {"activation": ACTIVATION_NAMES[t.scalar(0, "b")]}
    slot = {"CONV_2D": 3, "DEPTHWISE_CONV_2D": 4, "AVERAGE_POOL_2D": 5}[kind]
    found = {"padding": PADDINGS[t.scalar(0, "b")], "stride": (t.scalar(2, "i"), t.scalar(1, "i")),
             "activation": ACTIVATION_NAMES[t.scalar(slot, "b")]}
    if kind == "AVERAGE_POOL_2D":
        found["filter"] = (t.scalar(4, "i"), t.scalar(3, "i"))
    return found


def _tensor(t, buffers, alignment):
    shape = tuple(t.scalars(0, "i"))
    dtype = DTYPES[t.scalar(1, "b")]
    at, raw = buffers[t.scalar(2, "I")].bytes(0)
    if raw and at % alignment:
        raise ValueError("constant data at byte %d is not on a %d-byte boundary" % (at, alignment))
    data = np.frombuffer(raw, np.dtype(dtype).newbyteorder("<")).reshape(shape) if raw else None
    q = t.table(4)
    scales = q.scalars(2, "f") if q else []
    return Tensor(t.bytes(3)[1].decode(), shape, dtype, scales or None,
                  q.scalars(3, "q") if scales else None, q.scalar(6, "i") if q else 0, data)


def read(data, alignment=1):
    """data: the bytes of a .tflite. Returns its first subgraph as a Graph. Constants must lie on `alignment` bytes."""
    if data[4:8] != b"TFL3":
        raise ValueError("no TFL3 identifier")
    root = Table(data, struct.unpack_from("<I", data, 0)[0])
    if root.scalar(0, "I") != 3:
        raise ValueError("schema version %d, not 3" % root.scalar(0, "I"))
    codes = [max(c.scalar(0, "b"), c.scalar(3, "i")) for c in root.tables(1)]
    buffers = root.tables(4)
    main = root.tables(2)[0]
    ops = []
    for t in main.tables(3):
        kind = NAMES[codes[t.scalar(0, "I")]]
        ops.append(Op(kind, t.scalars(1, "i"), t.scalars(2, "i"), _options(kind, t.table(4))))
    tensors = [_tensor(t, buffers, alignment) for t in main.tables(0)]
    return Graph(tensors, ops, main.scalars(1, "i"), main.scalars(2, "i"), root.bytes(3)[1].decode())

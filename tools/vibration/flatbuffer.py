# SPDX-License-Identifier: GPL-2.0-or-later
"""A FlatBuffer written from its end to its beginning: children first, then the tables that point to them.

A position is counted from the END of the file, because that end is the only fixed point while the
buffer grows to the front. It knows nothing of TensorFlow Lite. Invariant: the finished file is a multiple of
the largest alignment asked for, so what is aligned from the end is aligned from the start.
"""
import struct
from collections import deque

KINDS = {"bool": ("<?", 1), "i8": ("<b", 1), "u8": ("<B", 1), "i32": ("<i", 4), "u32": ("<I", 4),
         "f32": ("<f", 4), "offset": (None, 4)}


class Builder:
    def __init__(self):
        self._chunks = deque()
        self._size = 0
        self._align = 4
        self._vtables = {}

    def _push(self, data):
        self._chunks.appendleft(data)
        self._size += len(data)

    def _pad_before(self, following, align):
        """Pads so that, once `following` more bytes are in front, the front is aligned."""
        self._align = max(self._align, align)
        self._push(bytes(-(self._size + following) % align))

    def _offset_to(self, target):
        return struct.pack("<I", self._size + 4 - target)

    def vector(self, data, count, align=4):
        """A vector of `count` scalars whose little-endian bytes are `data`. Returns its position."""
        self._pad_before(len(data), max(align, 4))
        self._push(bytes(data))
        self._push(struct.pack("<I", count))
        return self._size

    def scalars(self, fmt, values):
        """A vector of scalars, fmt as in struct (i, f, q)."""
        data = struct.pack("<%d%s" % (len(values), fmt), *values)
        return self.vector(data, len(values), struct.calcsize("<" + fmt))

    def string(self, text):
        data = text.encode("utf-8")
        self._pad_before(len(data) + 1, 4)
        self._push(data + b"\0")
        self._push(struct.pack("<I", len(data)))
        return self._size

    def offsets(self, targets):
        """A vector of tables (or strings)."""
        self._pad_before(4 * len(targets), 4)
        for target in reversed(targets):
            self._push(self._offset_to(target))
        self._push(struct.pack("<I", len(targets)))
        return self._size

    def table(self, *fields):
        """A table of (slot, kind, value); a value of None is left out and reads as the schema's default."""
        fields = [f for f in fields if f[2] is not None]
        end = self._size
        places = {}
        for slot, kind, value in sorted(fields, key=lambda f: KINDS[f[1]][1]):
            fmt, size = KINDS[kind]
            self._pad_before(size, size)
            self._push(self._offset_to(value) if kind == "offset" else struct.pack(fmt, value))
            places[slot] = self._size
        self._pad_before(4, 4)
        start = self._size + 4
        slots = max(places, default=-1) + 1
        vtable = struct.pack("<%dH" % (2 + slots), 4 + 2 * slots, start - end,
                             *[start - places[s] if s in places else 0 for s in range(slots)])
        shared = self._vtables.get(vtable)
        at = shared if shared is not None else start + len(vtable)
        self._push(struct.pack("<i", at - start))
        if shared is None:
            self._push(vtable)
            self._vtables[vtable] = at
        return start

    def finish(self, root, identifier):
        self._pad_before(8, self._align)
        self._push(identifier)
        self._push(self._offset_to(root))
        return b"".join(self._chunks)

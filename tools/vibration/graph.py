# SPDX-License-Identifier: GPL-2.0-or-later
"""A quantised network as plain data: the quantiser makes it, the writer writes it, the reader finds it, int8.py runs it."""
from dataclasses import dataclass, field

import numpy as np

PADDINGS = ["SAME", "VALID"]
ACTIVATIONS = {"NONE": 0, "RELU": 1, "RELU6": 3}
TYPES = {"float32": 0, "int32": 2, "int8": 9}  # TensorType in schema.fbs


@dataclass
class Tensor:
    name: str
    shape: tuple
    dtype: str  # a key of TYPES
    scales: list = None  # one, or one for each index along `axis`
    zero_points: list = None
    axis: int = 0
    data: np.ndarray = None  # constants only

    @property
    def scale(self):
        """As the runtime sees it: a float32's value, computed with in double."""
        return float(np.float32(self.scales[0]))

    @property
    def zero_point(self):
        return int(self.zero_points[0])


@dataclass
class Op:
    kind: str
    inputs: list  # of tensor indices; -1: absent
    outputs: list
    options: dict = field(default_factory=dict)  # padding, stride (h, w), filter (h, w), activation, shape, beta


@dataclass
class Graph:
    tensors: list
    ops: list
    inputs: list
    outputs: list
    description: str = ""

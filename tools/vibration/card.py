# SPDX-License-Identifier: GPL-2.0-or-later
"""The model card, scenarios/vibration/MODEL.md: every number in it is measured by the run that writes it."""
import numpy as np

from . import int8
from .synth import LABELS

TEXT = """# The vibration model

Tells a rotating machine's state from a three-axis accelerometer on its housing. Written by `tools/train_vibration.py`,
numbers included; do not edit. The training data are synthetic (`tools/vibration/synth.py`): good enough to size,
profile and test a firmware with, not to guard a real machine.

| | |
|---|---|
| input | int8 [1, 1, 256, 3]: 160 ms of x, y, z at 1.6 kHz, each without its mean; 1/64 g a step, so ±2 g |
| output | int8 [1, 3], scale 1/256, zero point -128: healthy, imbalance, bearing (`labels.txt`) |
| sensor | any int16 part whose scale is known; trained for ±16 g, 1/2048 g a count |
| size | {parameters} parameters, {bytes} bytes of .tflite |
| work | {macs} multiply-accumulates an inference |

What it was taught, in g at the sensor, gravity on any axis, shaft at 20 … 60 Hz (one machine in five: 14 … 75 Hz):

| label | signal |
|---|---|
| healthy | 1x below 0.12, harmonics, the load's lines below 0.1, the mains' below 0.04, noise of 0.002 … 0.06 rms; lone knocks; standstill |
| imbalance | the same with 1x of 0.3 … 4 across the shaft, on one axis or two |
| bearing | the healthy signal with impacts of 0.35 … 3, ten times the noise or more, at 2.4 … 5.6 (mostly 3.2 … 4.2) a turn, each ringing at 300 … 700 Hz with a decay of 0.8 … 10 ms |

Between 0.12 and 0.3 g of 1x it may say either; noise above 0.07 g rms and tones above 0.2 g look like a
bearing to it. Imbalance together with a bearing fault has no label of its own.

## Accuracy

Held-out machines come from the same generator with seed {test_seed} (training: seed {train_seed}), so they are new machines
of the kinds it knows. 'Scripted' are the plain sums of sines, noise and ringing impulses that a scenario can ask
for, composed without that generator's machines (`tools/vibration/scripted.py`, seed {scripted_seed}). int8 is the
shipped file, run with the reference integer arithmetic.

| data | windows | float32 | int8 | the two agree |
|---|---|---|---|---|
{accuracy}

{confusions}
## Layers

| operator | weights | stride | output | MACs |
|---|---|---|---|---|
{layers}

## Again

    OMP_NUM_THREADS=1 python3 tools/train_vibration.py

needs Debian's python3-numpy and about {minutes}. Seeds: data {train_seed}, {test_seed} and {scripted_seed}, network {net_seed}.
{machines} machines, {windows} windows, {epochs} epochs. Two runs on one computer give the same bytes; another processor or
BLAS rounds float32 sums differently and gives a model that differs in the last bits of its weights. The test vectors
in `tests/data/vibration` belong to the committed file and are rewritten with it.
"""


def confusion(truth, guess):
    n = len(LABELS)
    return np.bincount(truth * n + guess, minlength=n * n).reshape(n, n)


def _confusion_table(title, table):
    rows = ["%s, int8: rows are the truth, columns the answer." % title, "",
            "| | %s |" % " | ".join(LABELS), "|---" * (len(LABELS) + 1) + "|"]
    rows += ["| %s | %s |" % (name, " | ".join(str(c) for c in row)) for name, row in zip(LABELS, table)]
    return "\n".join(rows) + "\n"


def _layer_rows(graph):
    rows = []
    for op in graph.ops:
        has_weights = len(op.inputs) == 3
        w = " × ".join(str(d) for d in graph.tensors[op.inputs[1]].shape) if has_weights else ""
        shape = " × ".join(str(d) for d in graph.tensors[op.outputs[0]].shape)
        rows.append("| %s | %s | %s | %s | %s |" % (op.kind, w, op.options.get("stride", ("",))[-1], shape,
                                                   int8.macs_of(graph, op) or ""))
    return "\n".join(rows)


def render(graph, model, results, facts):
    """results: [(title, truth, float answers, int8 answers)], facts: what else TEXT names."""
    rows = ["| %s | %d | %.2f %% | %.2f %% | %.2f %% |" % (
        title, len(truth), 100 * np.mean(real == truth), 100 * np.mean(quant == truth),
        100 * np.mean(real == quant)) for title, truth, real, quant in results]
    tables = "\n".join(_confusion_table(title, confusion(truth, quant)) for title, truth, _, quant in results)
    parameters = sum(t.data.size for t in graph.tensors if t.data is not None and t.scales)
    return TEXT.format(parameters=parameters, bytes=len(model), macs=int8.macs(graph), accuracy="\n".join(rows),
                       confusions=tables, layers=_layer_rows(graph), **facts)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Windows of the signals that a scenario file can ask for: sums of sines, noise, and impulses that ring.

They are cleaner than any machine (one axis at a time, exact periods, no slip, no rotation) and none of them is
trained on. Amplitudes cover what scenarios/vibration/MODEL.md promises for each label. It does not use synth.Machine, so that a
habit of that class is not mistaken for skill.
"""
import numpy as np

from .synth import AXES, FRAMES, LABELS, RATE_HZ, counts, pink, ringing


def _healthy(rng, t, hz, level_g):
    x = np.zeros((len(t), AXES))
    for axis in range(AXES):
        x[:, axis] += level_g * rng.uniform(0.2, 1) * np.sin(2 * np.pi * hz * t + rng.uniform(0, 6.28))
        if rng.random() < 0.5:
            x[:, axis] += 0.4 * level_g * np.sin(2 * np.pi * 2 * hz * t)
        if rng.random() < 0.3:
            x[:, axis] += 0.05 * np.sin(2 * np.pi * rng.uniform(150, 500) * t)
    noise = rng.normal(size=x.shape) if rng.random() < 0.6 else pink(rng, x.shape)
    return x + rng.uniform(0.002, 0.045) * noise + [0, 0, 1]


def window(rng, label):
    """One window of `label`: int16 [FRAMES][AXES]."""
    t = rng.uniform(0, 10) + np.arange(FRAMES) / RATE_HZ
    hz = rng.uniform(20, 60)
    x = _healthy(rng, t, hz, rng.uniform(0.01, 0.1))
    if label == "imbalance":
        level_g = rng.uniform(0.35, 3.5)
        shape = rng.choice(["x", "y", "xy"])
        x[:, 0] += level_g * np.sin(2 * np.pi * hz * t) * (shape != "y")
        x[:, 1] += level_g * np.cos(2 * np.pi * hz * t) * (shape != "x")
    elif label == "bearing":
        rate_hz = hz * rng.uniform(3, 4.5)
        hits = np.arange(np.floor((t[0] - 0.1) * rate_hz), np.ceil(t[-1] * rate_hz)) / rate_hz
        level_g = rng.uniform(0.5, 3)
        for axis in rng.permutation(AXES)[:rng.integers(1, AXES + 1)]:
            x[:, axis] += ringing(t, hits, np.full(len(hits), level_g), rng.uniform(300, 700),
                                  rng.uniform(0.001, 0.007))
            level_g *= 0.6
    return counts(x)


def dataset(seed, each):
    """`each` windows of every label: (int16 [n][FRAMES][AXES], labels [n])."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(len(LABELS)), each)
    return np.array([window(rng, LABELS[label]) for label in truth]), truth

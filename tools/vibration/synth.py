# SPDX-License-Identifier: GPL-2.0-or-later
"""What a three-axis accelerometer on a rotating machine measures, in int16 counts.

A machine is drawn once (speed, bearing geometry, resonance, mounting, noise) and then gives any number of
windows of each state. Everything is in g and seconds until `counts`. It does not know the classifier.
Invariant: the same generator state gives the same windows.

The states:
  healthy    a weak 1x (below 0.12 g), a few harmonics, the load's lines, noise; now and then a knock; or at rest
  imbalance  the same machine with a strong 1x (0.3 … 4 g) in the plane across the shaft
  bearing    the same machine with an impact whenever a rolling element meets the defect (about 3.6 times a turn),
             each ringing a resonance of 300 … 700 Hz, louder when the defect is in the loaded zone
"""
import numpy as np

LABELS = ["healthy", "imbalance", "bearing"]
RATE_HZ = 1600
FRAMES = 256
COUNTS_PER_G = 2048  # a ±16 g part with 16 bits
AXES = 3


def counts(acceleration):
    """g to what the sensor delivers."""
    return np.clip(np.rint(acceleration * COUNTS_PER_G), -32768, 32767).astype(np.int16)


def _loguniform(rng, low, high):
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _rotation(rng, tilt_rad):
    """A rotation by a random small tilt, after a random way to screw the box to a wall (a multiple of 90 degrees)."""
    axis = rng.normal(size=3)
    axis /= np.linalg.norm(axis)
    angle = rng.uniform(0, tilt_rad)
    k = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    tilt = np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)
    if rng.random() < 0.5:
        return tilt
    wall = np.eye(3)[rng.permutation(3)] * rng.choice([-1.0, 1.0], 3)[:, None]
    return tilt @ wall


def pink(rng, shape):
    """Noise of unit rms whose power falls with 1/f along axis 0."""
    spectrum = np.fft.rfft(rng.normal(size=shape), axis=0)
    f = np.arange(len(spectrum), dtype=float)
    f[0] = np.inf
    x = np.fft.irfft(spectrum / np.sqrt(f)[:, None], n=shape[0], axis=0)
    return x / x.std()


def ringing(t, hits, strengths, ring_hz, decay_s):
    """The sum of strength * exp(-(t - hit) / decay) * sin(2 pi ring (t - hit)) over the hits before t."""
    since = t[:, None] - hits[None, :]
    after = np.maximum(since, 0)
    return ((since >= 0) * np.exp(-after / decay_s) * np.sin(2 * np.pi * ring_hz * after)) @ strengths


class Machine:
    def __init__(self, rng):
        self.rng = rng
        self.shaft_hz = rng.uniform(20, 60) if rng.random() < 0.8 else rng.uniform(14, 75)
        self.mounting = _rotation(rng, np.radians(15))
        self.balance_g = _loguniform(rng, 0.008, 0.12)  # residual 1x of a machine in order
        self.harmonics_g = self.balance_g * rng.uniform(0, 0.8, 4) / np.arange(2, 6) ** 0.5
        self.load_hz = self.shaft_hz * rng.integers(5, 18)  # blades, teeth
        self.load_g = _loguniform(rng, 0.002, 0.1) if rng.random() < 0.7 else 0.0
        self.mains_g = _loguniform(rng, 0.002, 0.04) if rng.random() < 0.4 else 0.0
        self.noise_g = _loguniform(rng, 0.002, 0.06)
        self.pink_share = rng.uniform(0, 0.7) if rng.random() < 0.5 else 0.0
        self.orbit = 0.0 if rng.random() < 0.15 else rng.uniform(0.2, 1.0)  # 0: shakes along one axis only
        self.fault_orders = rng.uniform(3.2, 4.2) if rng.random() < 0.85 else rng.uniform(2.4, 5.6)
        self.ring_hz = rng.uniform(300, 700) if rng.random() < 0.85 else rng.uniform(220, 780)
        self.decay_s = _loguniform(rng, 0.0008, 0.01)
        self.path = rng.normal(size=3) * [1, 1, 0.6]  # of the shock, through the housing
        self.path /= np.linalg.norm(self.path)

    def _base(self, t, shaft_hz, one_x_g):
        """Shaft along z: 1x and harmonics across it, load along a fixed direction, noise everywhere."""
        rng = self.rng
        x = np.zeros((len(t), AXES))
        swell = 1 + rng.uniform(0, 0.15) * np.sin(2 * np.pi * rng.uniform(0.5, 6) * t + rng.uniform(0, 6.28))
        turn = 2 * np.pi * shaft_hz * t + rng.uniform(0, 2 * np.pi)
        across = np.stack([np.sin(turn), self.orbit * np.cos(turn), rng.uniform(0, 0.15) * np.sin(turn)], axis=1)
        x += one_x_g * swell[:, None] * across
        for k, g in enumerate(self.harmonics_g, start=2):
            phases = rng.uniform(0, 2 * np.pi, AXES)
            x += g * np.sin(k * turn[:, None] + phases) * rng.uniform(0.1, 1, AXES)
        for hz, g in ((self.load_hz, self.load_g), (rng.choice([100.0, 120.0]), self.mains_g)):
            if g and hz < RATE_HZ / 2:
                x += g * np.sin(2 * np.pi * hz * t[:, None] + rng.uniform(0, 2 * np.pi, AXES)) \
                    * rng.uniform(0.1, 1, AXES)
        white = rng.normal(size=x.shape)
        return x + self.noise_g * ((1 - self.pink_share) * white + self.pink_share * pink(rng, x.shape))

    def _defect(self, t, shaft_hz):
        rng = self.rng
        fault_hz = self.fault_orders * shaft_hz
        peak_g = _loguniform(rng, max(0.35, 10 * self.noise_g), 3.0)  # what noise hides is no finding
        slip = rng.uniform(0, 0.03) if rng.random() < 0.8 else 0.0  # the elements slide: no two gaps are alike
        first = t[0] - 0.04 - rng.uniform(0, 1 / fault_hz)
        gaps = (1 + slip * rng.normal(size=int((t[-1] - first) * fault_hz) + 2)) / fault_hz
        hits = first + np.cumsum(gaps)
        depth = rng.uniform(0, 0.7) if rng.random() < 0.7 else 0.0
        loaded = 1 - depth * (0.5 + 0.5 * np.cos(2 * np.pi * shaft_hz * hits + rng.uniform(0, 6.28)))
        strengths = peak_g * loaded * (1 + rng.uniform(0, 0.15) * rng.normal(size=len(hits)))
        return ringing(t, hits, strengths, self.ring_hz, self.decay_s)[:, None] * self.path

    def _knock(self, t):
        """A hatch shuts, a cart bumps: one or two lone shocks are no bearing fault."""
        rng = self.rng
        hits = t[0] + rng.uniform(0, t[-1] - t[0], rng.integers(1, 3))
        direction = rng.normal(size=3)
        ring = ringing(t, hits, rng.uniform(0.1, 0.8, len(hits)), rng.uniform(40, 700), rng.uniform(0.002, 0.02))
        return ring[:, None] * direction / np.linalg.norm(direction)

    def window(self, label):
        """One window of that state: int16 [FRAMES][3]."""
        rng = self.rng
        t = rng.uniform(0, 10) + np.arange(FRAMES) / RATE_HZ
        shaft_hz = self.shaft_hz * rng.uniform(0.93, 1.07)
        balance_g = self.balance_g * rng.uniform(0.7, 1.0)
        if label == "healthy" and rng.random() < 0.06:  # at rest
            x = self.noise_g * rng.uniform(0, 1) * rng.normal(size=(FRAMES, AXES))
        elif label == "healthy":
            x = self._base(t, shaft_hz, balance_g)
            if rng.random() < 0.08:
                x += self._knock(t)
        elif label == "imbalance":
            x = self._base(t, shaft_hz, _loguniform(rng, 0.3, 4.0))
        else:
            x = self._base(t, shaft_hz, balance_g) + self._defect(t, shaft_hz)
        seen = (x + [0, 0, 1]) @ self.mounting.T + rng.normal(0, 0.003, 3)
        return lose_frames(rng, counts(seen)) if rng.random() < 0.05 else counts(seen)


def lose_frames(rng, window):
    """What a broken link makes of up to a third of a window: the last value repeated, or zeros."""
    hurt = window.copy()
    span = int(rng.integers(8, FRAMES // 3))
    at = int(rng.integers(0, FRAMES - span))
    hurt[at:at + span] = hurt[at] if rng.random() < 0.5 else 0
    return hurt


def dataset(seed, machines, windows_each):
    """`windows_each` windows of every label of each of `machines` new machines: (int16 [n][FRAMES][3], labels [n])."""
    data, truth = [], []
    for index in range(machines):
        machine = Machine(np.random.default_rng([seed, index]))
        for label in range(len(LABELS)):
            for _ in range(windows_each):
                data.append(machine.window(LABELS[label]))
                truth.append(label)
    return np.array(data), np.array(truth)

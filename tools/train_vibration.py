#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the vibration model that thumbwatt ships: data, training, quantisation, .tflite, card and test vectors.

Usage: OMP_NUM_THREADS=1 python3 tools/train_vibration.py [--epochs N] [--machines N] [--root FOLDER]
"""
import argparse
import os
import pathlib
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: one order of summation

import numpy as np  # noqa: E402

from vibration import card, int8, quantise, scripted, synth  # noqa: E402
from vibration import tflite_reader, tflite_writer, vectors, window  # noqa: E402
from vibration.net import Adam, Conv, Dense, Depthwise, Mean, Net  # noqa: E402

TRAIN_SEED, TEST_SEED, SCRIPTED_SEED, NET_SEED = 1, 20_000, 40_000, 7
INPUT_SCALE = 1 / 64  # g a step: ±2 g; more is clipped, which tells imbalance as well as its height would
PORT_SCALE = 1 / synth.COUNTS_PER_G
BATCH = 64
NAMES = ["conv1", "depthwise1", "pointwise1", "depthwise2", "pointwise2", "depthwise3", "pointwise3", "pool", "logits"]


def build(rng):
    return Net([Conv(rng, synth.AXES, 16, 16, 2, "RELU6"),
                Depthwise(rng, 16, 9, 2, "RELU"), Conv(rng, 16, 32, 1, 1, "RELU"),
                Depthwise(rng, 32, 9, 2, "RELU"), Conv(rng, 32, 48, 1, 1, "RELU"),
                Depthwise(rng, 48, 5, 1, "RELU"), Conv(rng, 48, 64, 1, 1, "RELU"),
                Mean(), Dense(rng, 64, len(synth.LABELS))])


def tensors(frames):
    """What the target would put into the input tensor."""
    return window.prepare(frames, PORT_SCALE, INPUT_SCALE, 0)


def real(quantised):
    return quantised.astype(np.float32) * np.float32(INPUT_SCALE)


def train(net, rng, x, truth, epochs):
    adam = Adam(rate=3e-3, decay=1e-2)
    batches = len(x) // BATCH
    for epoch in range(epochs):
        order, loss = rng.permutation(len(x)), 0.0
        for i in range(batches):
            chosen = order[i * BATCH:(i + 1) * BATCH]
            loss += net.train_step(real(x[chosen]), truth[chosen], smoothing=0.05)
            adam.step(net.pairs(), (epoch * batches + i) / (epochs * batches))
        print("epoch %2d of %d: loss %.4f" % (epoch + 1, epochs, loss / batches), flush=True)


def judge(title, net, graph, frames, truth):
    """(title, truth, float answers, int8 answers)"""
    q = tensors(frames)
    floats = net.predict(real(q)).argmax(axis=1)
    scores = np.concatenate([int8.run(graph, q[i:i + 256, None])[-1] for i in range(0, len(q), 256)])
    ints = scores.argmax(axis=1)
    print("%s: float %.4f, int8 %.4f" % (title, np.mean(floats == truth), np.mean(ints == truth)), flush=True)
    return title, truth, floats, ints


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--machines", type=int, default=3000)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    args = parser.parse_args()

    rng = np.random.default_rng(NET_SEED)
    frames, truth = synth.dataset(TRAIN_SEED, args.machines, 3)
    x = tensors(frames)
    net = build(rng)
    train(net, rng, x, truth, args.epochs)

    calibration = real(x[rng.permutation(len(x))[:1000]])
    graph = quantise.quantise(net, NAMES, calibration, INPUT_SCALE,
                              "thumbwatt vibration: healthy, imbalance, bearing")
    model = tflite_writer.write(graph)
    graph = tflite_reader.read(model, alignment=16)  # from here on, the file is what counts

    held_out = synth.dataset(TEST_SEED, 400, 5)
    results = [judge("held-out machines", net, graph, *held_out),
               judge("scripted", net, graph, *scripted.dataset(SCRIPTED_SEED, 1000))]
    home = args.root / "scenarios" / "vibration"
    home.mkdir(parents=True, exist_ok=True)
    (home / "vibration.tflite").write_bytes(model)
    (home / "labels.txt").write_text("".join(label + "\n" for label in synth.LABELS))
    (home / "MODEL.md").write_text(card.render(graph, model, results, {
        "train_seed": TRAIN_SEED, "test_seed": TEST_SEED, "scripted_seed": SCRIPTED_SEED, "net_seed": NET_SEED,
        "machines": args.machines, "windows": len(x), "epochs": args.epochs, "minutes": "two and a half minutes of one core"}))
    samples = vectors.windows(*held_out)
    vectors.write(args.root / "tests" / "data" / "vibration", samples, tensors(samples)[:, None], graph, model,
                  "vibration")
    print("wrote %s, %d bytes" % (home / "vibration.tflite", len(model)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How far each replayed image is off when the fitted constants are fitted without it.

    tools/leave_one_out.py build/thumbwatt RESULTS_CLONE

Only the two Cortex-M7 boards have fitted constants: the cost of a cache line from flash and from RAM. Their effect on
an image's cycles is linear within a fraction of a percent, so one replay of each changed board gives the slope. For every image the
constants are then fitted to the board's other three (least squares of relative errors, a prior of 4 cycles around what
the documents suggest), and the image is predicted. The other boards' models have no fitted number: their
leave-one-out error is their error. Which rules the models have was chosen with all images in view; that no column shows.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import numpy as np

# line_fill of flash stands behind the array's own 1 + wait states; the prior is in the same terms.
BOARDS = {
    "disco-f746ng": {"flash": (4.0, 4.0), "ram": (8.0, 4.0)},
    "nucleo-h7a3zi": {"flash": (4.0, 4.0), "ram": (8.0, 4.0)},
}
MODEL_NOISE = 0.01  # relative: what the models leave unexplained, against which the prior weighs


def replay(program, results, board, folder):
    out = os.path.join(folder, "out.json")
    environment = dict(os.environ, THUMBWATT_BOARDS=folder) if folder else dict(os.environ)
    subprocess.run([program, "accuracy", results, "--board", board, "--json", out, "--quiet"], check=True,
                   env=environment, stdout=subprocess.DEVNULL)
    with open(out, encoding="utf-8") as file:
        images = json.load(file)["images"]
    return {image["benchmark"]: image["simulated_us"] / image["measured_us"] - 1 for image in images}


def lines_of(text, memory):
    """Line numbers of the board file that hold this constant."""
    lines, inside_flash = [], False
    for number, line in enumerate(text.split("\n")):
        if re.match(r"\S", line):
            inside_flash = line.startswith("flash:")
        if "line_fill:" in line and inside_flash == (memory == "flash"):
            lines.append(number)
    return lines


def value_of(text, memory):
    return float(re.search(r"line_fill: *([0-9.]+)", text.split("\n")[lines_of(text, memory)[0]]).group(1))


def changed(text, memory, by):
    lines = text.split("\n")
    for number in lines_of(text, memory):
        lines[number] = re.sub(r"line_fill: *([0-9.]+)", lambda m: "line_fill: %g" % (float(m.group(1)) + by), lines[number])
    return "\n".join(lines)


def leave_one_out(program, results, boards, board, priors):
    with open(os.path.join(boards, board + ".yaml"), encoding="utf-8") as file:
        text = file.read()
    with tempfile.TemporaryDirectory() as folder:
        errors = {}
        for name in [None] + list(priors):
            shutil.copytree(boards, folder, dirs_exist_ok=True)
            with open(os.path.join(folder, board + ".yaml"), "w", encoding="utf-8") as file:
                file.write(changed(text, name, 1.0) if name else text)
            errors[name] = replay(program, results, board, folder)
    names = list(priors)
    images = sorted(errors[None])
    base = np.array([errors[None][i] for i in images])
    slope = np.array([[errors[n][i] - errors[None][i] for n in names] for i in images])
    now = np.array([value_of(text, n) for n in names])
    prior = np.array([priors[n][0] for n in names])
    width = np.array([priors[n][1] for n in names])
    for left_out, image in enumerate(images):
        keep = [i for i in range(len(images)) if i != left_out]
        a = np.vstack([slope[keep] / MODEL_NOISE, np.diag(1 / width)])
        b = np.concatenate([-base[keep] / MODEL_NOISE, (prior - now) / width])
        move = np.linalg.lstsq(a, b, rcond=None)[0]
        print("  %-14s %-4s %+7.2f %%   leave-one-out %+7.2f %%   (%s)" % (
            board, image, 100 * base[left_out], 100 * (base[left_out] + slope[left_out] @ move),
            ", ".join("%s %.2f" % (n, v) for n, v in zip(names, now + move))))


def main():
    program, results = sys.argv[1:3]
    boards = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sim", "boards")
    for board, priors in BOARDS.items():
        leave_one_out(os.path.abspath(program), results, boards, board, priors)


if __name__ == "__main__":
    main()

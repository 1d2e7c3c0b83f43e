#!/usr/bin/env python3
"""synfer beside JAX on the same problems: equal losses and gradients first, then times in turn, as ratios.

Usage: compare.py PROGRAM [ROUNDS]; PROGRAM is compare_jax_answers. Writes Markdown to standard output.
"""

import json
import os
import statistics
import subprocess
import sys
import time

import jax
import numpy as np

import formulations

NAMES = ["behaviour_27_terms", "behaviour_81_terms", "behaviour_MLP", "Oja", "Oja_single_precision"]
A_TURN = 0.1  # seconds that a side is given in a round, so that its threads are awake for most of it
TOLERANCE = {"float64": 1e-9, "float32": 1e-4}  # relative to the largest entry

jax.config.update("jax_enable_x64", True)


class Answers:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def jax_gradient(way, problem, dtype):
    """A function of no arguments: (loss, gradient) over all sessions, and how it runs once compiled."""
    of, data = getattr(formulations, way)(problem, dtype)
    theta = jax.numpy.asarray(problem["theta"], dtype)
    n = formulations.observations(problem)

    def run():
        parts = [of(theta, s) for s in data] if isinstance(data, list) else [of(theta, data)]
        jax.block_until_ready(parts)
        return sum(float(p[0]) for p in parts) / n, sum(np.asarray(p[1], dtype=float) for p in parts) / n

    return run


def timed(run):
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def in_a_turn(seconds):
    return max(1, int(A_TURN / seconds))


def in_turn(times):
    """The median of some times of one side, once the threads of the other are asleep."""
    time.sleep(0.05)
    return statistics.median(times())


def spread(values):
    return f"{min(values):.3g} / {statistics.median(values):.3g} / {max(values):.3g}"


def main():
    answers = Answers(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    threads = len(os.sched_getaffinity(0))
    print(f"JAX {jax.__version__} on its own choice of threads, synfer on {threads}, in double precision where the problem does not name single; milliseconds of a "
          f"gradient over all sessions (18; Oja 1). Minimum / median / maximum over {rounds} rounds in turn, each the median of what fits into a tenth of a second, after compilation; "
          "a ratio is of the two times of one round.\n")
    print("| problem | JAX, formulation | ms | synfer, ms | JAX / synfer | loss and gradient differ by |")
    print("|---|---|---|---|---|---|")
    for name in NAMES:
        problem = answers.ask(f"problem {name}")
        for way in ("published", "best"):
            for dtype in ("float32",) if problem["single"] else ("float32", "float64"):
                run = jax_gradient(way, problem, dtype)
                loss, gradient = run()
                expected = np.array(problem["gradient"])
                apart = max(abs(loss - problem["loss"]) / abs(problem["loss"]),
                            np.max(np.abs(gradient - expected)) / np.max(np.abs(expected)))
                if not apart < TOLERANCE[dtype]:
                    sys.exit(f"{name}, {way}, {dtype}: loss {loss} and gradient differ by {apart:.2g}")
                ask = f"time {name} {threads}"
                of_theirs = in_a_turn(timed(run))
                of_ours = in_a_turn(min(answers.ask(f"{ask} 3")))
                theirs, ours = [], []
                for _ in range(rounds):
                    theirs.append(1e3 * in_turn(lambda: [timed(run) for _ in range(of_theirs)]))
                    ours.append(1e3 * in_turn(lambda: answers.ask(f"{ask} {of_ours}")))
                ratios = [a / b for a, b in zip(theirs, ours)]
                print(f"| {name.replace('_', ' ')} | {way}, {dtype} | {spread(theirs)} | {spread(ours)} | "
                      f"{spread(ratios)} | {apart:.1g} |", flush=True)


main()

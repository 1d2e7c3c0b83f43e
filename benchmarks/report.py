#!/usr/bin/env python3
"""Runs every measurement and writes it as Markdown to standard output. Usage: report.py BUILD ROUNDS."""

import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

build, rounds = pathlib.Path(sys.argv[1]), sys.argv[2]
NOT_CONVERGED = 4  # the exit code of a fit that says so
here = pathlib.Path(__file__).resolve().parent
flies = sorted((here.parent.parent / "shared" / "data" / "flies").glob("*.mat"))

RUNS = {
    "`synfer --help`": ["--help"],
    "recovery by the published recipe (Adam, 250 epochs, fresh stimulus draws, L1), default data":
        ["recover", "fit.method=adam"],
    "recovery with selection over 81 terms, 18 sessions of 240 trials, one for evaluation":
        ["recover", "data.sessions=18", "data.evaluation_sessions=1"],
    "recovery of an MLP rule, 18 + 7 sessions, one thread":
        ["recover", "rule.kind=mlp", "data.sessions=18", "data.evaluation_sessions=7", "run.threads=1"],
    "recovery of Oja's rule from activity":
        ["recover", "task.kind=neural", "network.inputs=100", "network.hidden=1000", "network.activation=linear",
         "truth.rule=x*y - y^2*w", "fit.observe=neural", "data.sessions=1", "data.evaluation_sessions=1",
         "network.initial_weights.kind=fan_in", "rule.terms=[x*y,y^2*w,x,y,w]"],
    "twelve flies, terms 1, w, x, r, x*r":
        ["fit", *flies, "rule.terms=[1,w,x,r,x*r]", "evaluation.cross_validate=none"] if flies else None,
}


def output(*command):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, check=True).stdout


def lscpu(key):
    for line in output("lscpu").splitlines():
        if line.startswith(key + ":"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def kernels():
    answer = json.loads(output(build / "kernel_benchmarks", "--benchmark_format=json", "--benchmark_repetitions=7",
                               "--benchmark_report_aggregates_only=true", "--benchmark_min_time=0.2"))
    context = answer["context"]
    print(f"Measured peak: {float(context['fma_per_second']) / 1e9:.1f} 10^9 fused multiply-adds a second in double precision, "
          f"{float(context['fma_per_second_in_single']) / 1e9:.1f} in single, on {context['instruction_set']}. One thread, its own CPU time, median of 7. A share of the peak, that of the kernel's "
          "precision, is given where operations are counted (`count` in problems.cc: for Oja's gradient 28 a synapse-step).\n")
    print("| kernel | microseconds | 10^6 synapse-steps a second | share of FMA peak |\n|---|---|---|---|")
    for row in answer["benchmarks"]:
        if row["aggregate_name"] != "median":
            continue
        share = f"{100 * row['of FMA peak']:.0f} %" if "of FMA peak" in row else ""
        print(f"| {row['run_name']} | {row['cpu_time']:.0f} | {row['synapse-steps'] / 1e6:.1f} | {share} |", flush=True)


def processes():
    print("| job, from process start to end | seconds, lowest | median | CPU seconds, median | most memory, MiB |\n|---|---|---|---|---|")
    for name, arguments in RUNS.items():
        if arguments is None:
            print(f"| {name} | data absent | | | |")
            continue
        wall, cpu, memory = [], [], 0
        for n in range(5):
            with tempfile.TemporaryDirectory() as folder:
                out = [] if arguments == ["--help"] else ["--out", f"{folder}/run"]
                begin = time.perf_counter()
                process = subprocess.Popen([str(a) for a in (build / "synfer", *arguments, *out)], stdout=subprocess.DEVNULL)
                _, status, used = os.wait4(process.pid, 0)
                wall.append(time.perf_counter() - begin)
            code = os.waitstatus_to_exitcode(status)
            if code not in (0, NOT_CONVERGED):
                sys.exit(f"{name}: ended with {code}")
            cpu.append(used.ru_utime + used.ru_stime)
            memory = max(memory, used.ru_maxrss / 1024)
        said = f"{name} (did not converge)" if code == NOT_CONVERGED else name
        print(f"| {said} | {min(wall):.3f} | {statistics.median(wall):.3f} | {statistics.median(cpu):.3f} | {memory:.0f} |", flush=True)


def large():
    print("| synapses | steps | seconds | most memory, MiB |\n|---|---|---|---|")
    for inputs, neurons, steps in ((1000, 1000, 250), (1000, 500, 500), (1000, 1000, 500), (1000, 1000, 1000)):
        answer = json.loads(output(build / "large_gradient", inputs, neurons, steps))
        print(f"| {inputs} x {neurons} | {steps} | {answer['seconds']:.2f} | {answer['memory']:.0f} |", flush=True)


def exponent(sizes, seconds):
    """Slope of log(seconds) in log(size), by least squares."""
    x, y = [math.log(n) for n in sizes], [math.log(s) for s in seconds]
    return statistics.linear_regression(x, y).slope if len(sizes) > 1 else float("nan")


def scaling():
    print("| sizes | milliseconds of a gradient, median of 7 | exponent |\n|---|---|---|")
    for row in json.loads(output(build / "scaling")):
        print(f"| {row['of']}: {', '.join(map(str, row['sizes']))} | {', '.join(f'{1e3 * s:.3g}' for s in row['seconds'])} | "
              f"{exponent(row['sizes'], row['seconds']):.2f} |", flush=True)


load = os.getloadavg()[0]
cores = len(os.sched_getaffinity(0))
print("# Speed\n\nWritten by `benchmarks/run`.\n\n## Machine\n")
print(f"{lscpu('Model name')} (family {lscpu('CPU family')}, model {lscpu('Model')}), {cores} cores; caches L1d {lscpu('L1d cache')}, "
      f"L2 {lscpu('L2 cache')}, L3 {lscpu('L3 cache')}; {output('c++', '--version').splitlines()[0]}.\n")
if load > 0.5:
    print(f"**The machine was shared**: load average {load:.1f} on {cores} cores before the first measurement. Times are upper "
          "bounds, and ratios rough; run it again on a quiet machine.\n")
print("## Kernels\n")
kernels()
print("\n## Beside JAX\n")
sys.stdout.flush()
subprocess.run([sys.executable, here / "compare_jax" / "compare.py", build / "compare_jax_answers", rounds], check=True)
print("\n## Whole processes\n")
processes()
print("\n## Large layers\n\nA gradient on all cores, stretches of which the first weights are kept and the others computed again; memory includes the simulated session.\n")
large()
print("\n## How time grows\n\nThe exponent is fitted to all sizes of a row: 1 where time is proportional, 0 where it does not change, -1 "
      "where twice the threads take half the time.\n")
scaling()
notes = here / "NOTES.md"
if notes.exists():
    print("\n" + notes.read_text().rstrip())

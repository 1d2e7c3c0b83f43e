"""Writes the simulated data of this folder: animals that learn by x*r, in each layout that synfer reads.

    python examples/data/simulate.py FOLDER

Needs the program `synfer` on the PATH, and NumPy, SciPy and h5py for the layouts of other laboratories, which
synfer reads but does not write.
"""

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np
from scipy.io import savemat

FLIES = ["data.sessions=3", "task.trials_per_block=40", "seed=3"]
MICE = ["task.kind=choice", "task.trials_per_block=80", "task.omission_probability=0.08", "data.sessions=2", "seed=5"]
FLIES_2022 = ["task.kind=choice", "task.trials_per_block=40", "data.sessions=6", "seed=4"]
WRITTEN = {"steps": "sessions.csv", "npz": "sessions.npz", "matlab": "sessions.mat", "nwb": "sessions/session1.nwb"}
START = "2000-01-01T00:00:00+00:00"


def simulated(layout, settings):
    """What `synfer simulate` writes, as bytes; of NWB, a file each, the first session."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        command = ["synfer", "simulate", "--out", str(run), "--format", layout, *settings]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return (run / WRITTEN[layout]).read_bytes()


def animals(settings):
    """The rows of each simulated session, one a step."""
    found = {}
    for row in csv.DictReader(simulated("steps", settings).decode().splitlines()):
        found.setdefault(row["session"], []).append(row)
    return list(found.values())


def write_two_odours(folder, flies):
    """X (steps x odours), Y (1 accepted) and R (one entry an acceptance), one file a fly."""
    folder.mkdir(exist_ok=True)
    for number, steps in enumerate(flies, 1):
        odour = np.array([int(step["stimulus"]) for step in steps])
        arrays = {
            "X": np.eye(2, dtype=np.uint8)[odour],
            "Y": np.array([int(step["choice"]) for step in steps], np.uint8)[:, None],
            "R": np.array([int(step["reward"]) for step in steps if step["choice"] == "1"], np.uint8)[:, None],
        }
        savemat(folder / f"Fly{number}.mat", arrays, do_compression=True)


def write_own_columns(path, flies):
    """A table as a laboratory may have it: other column names, other labels."""
    with open(path, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["fly", "number", "odour", "accepted", "sugar"])
        for number, steps in enumerate(flies, 1):
            for step in steps:
                odour = "apple" if step["stimulus"] == "0" else "pear"
                table.writerow([f"fly{number}", 1 + int(step["trial"]), odour, step["choice"], step["reward"]])


def port(step):
    """The number of the stimulus that was chosen; -1 for an omission."""
    return "AB".index(step[f"stimulus{step['choice']}"]) if step["choice"] else -1


def write_flies_2022(folder, flies):
    """Two tables without headers: one row a fly, one column a trial."""
    folder.mkdir(exist_ok=True)
    tables = {
        "choices.csv": [[port(step) for step in steps] for steps in flies],
        "rewards.csv": [[int(step["reward"]) for step in steps] for steps in flies],
    }
    for name, rows in tables.items():
        np.savetxt(folder / name, rows, fmt="%d", delimiter=",")


def write_photometry(series, seconds):
    """Two fibres, a sample a second: noise, which shows the layout and nothing else."""
    samples = int(seconds)
    noise = np.random.default_rng(1).normal(size=(samples, 2)).round(1)
    series.attrs.update({"neurodata_type": "TimeSeries", "namespace": "core", "description": "noise"})
    series.create_dataset("data", data=noise.astype(np.float32), compression="gzip")
    series["data"].attrs["unit"] = "dF/F"
    series.create_dataset("timestamps", data=np.arange(samples, dtype=np.float64), compression="gzip")
    series["timestamps"].attrs.update({"unit": "seconds", "interval": np.int32(1)})


def write_foraging(folder, mice):
    """NWB files whose trials have the columns of a foraging task with two lick ports."""
    folder.mkdir(exist_ok=True)
    paid = ([0.2, 0.8], [0.9, 0.1], [0.2, 0.8])  # task.reward_probabilities
    for number, steps in enumerate(mice, 1):
        chosen = np.array([port(step) for step in steps])
        rewarded = np.array([step["reward"] == "1" for step in steps])
        block = np.array([int(step["block"]) for step in steps])
        begin = 6.0 * np.arange(len(steps))
        columns = {
            "start_time": begin,
            "stop_time": begin + 3.0,
            "animal_response": np.where(chosen < 0, 2, chosen).astype(np.float64),
            "rewarded_historyL": rewarded & (chosen == 0),
            "rewarded_historyR": rewarded & (chosen == 1),
            "reward_probabilityL": np.array([pair[0] for pair in paid])[block],
            "reward_probabilityR": np.array([pair[1] for pair in paid])[block],
        }
        with h5py.File(folder / f"mouse{number}.nwb", "w", libver="v110") as file:
            file.attrs.update({"nwb_version": "2.7.0", "neurodata_type": "NWBFile", "namespace": "core"})
            texts = {"identifier": f"simulated mouse {number}", "session_description": "A simulated mouse.",
                     "session_start_time": START, "general/session_id": "simulated",
                     "general/subject/subject_id": f"mouse{number}"}
            for name, text in texts.items():
                file[name] = text
            trials = file.create_group("intervals/trials")
            trials.attrs.update({"neurodata_type": "TimeIntervals", "namespace": "core", "description": "trials",
                                 "colnames": list(columns)})
            for name, values in columns.items():
                trials.create_dataset(name, data=values, compression="gzip")
            if number == 1:
                write_photometry(file.create_group("acquisition/photometry"), begin[-1] + 6.0)


def write_all(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, layout in (("steps.csv", "steps"), ("arrays.npz", "npz"), ("arrays.mat", "matlab"), ("trials.nwb", "nwb")):
        (folder / name).write_bytes(simulated(layout, FLIES))
    flies = animals(FLIES)
    write_own_columns(folder / "my_flies.csv", flies)
    write_two_odours(folder / "flies", flies)
    write_flies_2022(folder / "flies2022", animals(FLIES_2022))
    write_foraging(folder / "mice", animals(MICE))


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))

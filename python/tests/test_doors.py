"""Every shape of a table through every door: the sessions are those of the truth, or the refusal names the fault."""

import gzip
import re

import numpy as np
import pandas
import pytest
from shapes import NAN, Shape, shapes

import synfer

def plain(values):
    """An array of numbers, or of text where any is text; what is missing is NaN, or empty."""
    values = [NAN if value is None else value for value in values]
    if any(isinstance(value, str) for value in values):
        return np.array(["" if value != value else str(value) for value in values])
    return np.array(values, float)


def grouped(shape: Shape):
    """Rows of each session, in the order of their first ones: rows know their step of the truth."""
    names = [(shape.truth[t].animal, shape.truth[t].session) for t in shape.table.index]
    for name in dict.fromkeys(names):
        yield name, shape.table[[other == name for other in names]]


def column_names(shape: Shape):
    return shape.columns if shape.named else {}


def by_file(write, suffix):
    def door(shape: Shape, folder):
        path = folder / f"steps{suffix}"
        write(shape.table, path)
        return synfer.read(path, columns=column_names(shape), **shape.settings)

    return door


def write_gz(table, path):
    path.write_bytes(gzip.compress(table.to_csv(index=False).encode()))


def write_mat(table, path):
    from scipy.io import savemat

    savemat(path, {name: plain(table[name]) for name in table}, oned_as="column")


def by_nwb(shape: Shape, folder):
    """One session a file, whose times are those of the truth."""
    import datetime

    import pynwb

    noon = datetime.datetime(2031, 2, 3, 12, tzinfo=datetime.timezone.utc)
    names = {key: shape.columns.get(key, key) for key in ("animal", "session")}
    paths = []
    for place, ((animal, session), table) in enumerate(grouped(shape)):
        nwb = pynwb.NWBFile("a session", f"{animal} {session}", noon, session_id=session)
        nwb.subject = pynwb.file.Subject(subject_id=animal, species="Mus musculus", sex="U", age="P90D")
        times = [shape.truth[t].time for t in table.index]
        nwb.trials = pynwb.epoch.TimeIntervals(name="trials", description="steps")
        for time in times:
            nwb.trials.add_row(start_time=time, stop_time=time + 0.25)
        for name in table:
            if name not in (*names.values(), "start_time"):
                nwb.trials.add_column(name, "of each step", data=plain(table[name]).tolist())
        paths.append(folder / f"{place}.nwb")
        with pynwb.NWBHDF5IO(str(paths[-1]), "w") as io:
            io.write(nwb)
    columns = {key: name for key, name in column_names(shape).items() if key not in names}
    return synfer.read(paths, columns=columns, **shape.settings)


def by_session(shape: Shape, folder):
    """Columns of the table as arrays of the arguments that mean them."""
    column_of = {"time": "start_time", **shape.columns}
    found = []
    for (animal, session), table in grouped(shape):
        arrays = {}
        for argument in ("choice", "reward", "trial", "block", "learns", "scored", "time"):
            name = column_of.get(argument, argument)
            if name in table:
                arrays[argument] = table[name].tolist()
        labels = column_of.get("stimulus", [name for name in table if name.startswith("stimulus")])
        if labels:
            arrays["stimulus"] = table[labels].to_numpy() if len(labels) > 1 else table[labels[0]].to_numpy()
        found.append(synfer.Session(animal=animal, name=session, **arrays, **shape.settings))
    return found


DOORS = {
    "csv": by_file(lambda table, path: table.to_csv(path, index=False), ".csv"),
    "tsv": by_file(lambda table, path: table.to_csv(path, index=False, sep="\t"), ".tsv"),
    "gz": by_file(write_gz, ".csv.gz"),
    "npz": by_file(lambda table, path: np.savez(path, **{name: plain(table[name]) for name in table}), ".npz"),
    "mat": by_file(write_mat, ".mat"),
    "nwb": by_nwb,
    "parquet": by_file(lambda table, path: table.to_parquet(path, index=False), ".parquet"),
    "from_frame": lambda shape, folder: synfer.from_frame(shape.table, columns=column_names(shape), **shape.settings),
    "Session": by_session,
}
NEEDS = {"mat": ["scipy"], "nwb": ["pynwb"], "parquet": ["pyarrow"]}
CELLS = [
    pytest.param(shape, door, id=f"{shape.name}-{door}")
    for shape in shapes()
    for door in DOORS
    if not shape.doors or door in shape.doors
]


def expected(shape: Shape, with_time):
    told = {}
    for s in shape.truth:
        told.setdefault(shape.key(s.animal, s.session), []).append((s.offers, s.choice, s.reward, s.learns, s.scored, s.time if with_time else NAN))
    return told


def told_by(sessions, shape: Shape):
    told = {}
    for s in sessions:
        time = np.full(len(s), NAN) if s.time is None else s.time
        told[shape.key(s.animal, s.name)] = [
            (
                tuple(s.stimuli[k] for k in s.stimulus[t]),
                None if s.choice[t] < 0 else int(s.choice[t]),
                float(s.reward[t]),
                s.learns[t],
                s.scored[t],
                float(time[t]),
            )
            for t in range(len(s))
        ]
    return told


def beginnings(labels):
    return [t for t in range(len(labels)) if t == 0 or labels[t] != labels[t - 1]]


@pytest.mark.parametrize(("shape", "door"), CELLS)
def test_a_shape_through_a_door(shape, door, tmp_path):
    for module in NEEDS.get(door, []):
        pytest.importorskip(module)
    if shape.refused:
        with pytest.raises((synfer.DataError, synfer.ConfigurationError)) as caught:
            DOORS[door](shape, tmp_path)
        assert re.search(shape.refused, str(caught.value)), str(caught.value)
        assert "data." not in str(caught.value)
        return
    sessions = DOORS[door](shape, tmp_path)
    with_time = door == "nwb" or "start_time" in shape.table
    np.testing.assert_equal(told_by(sessions, shape), expected(shape, with_time))
    for session in sessions:
        key = shape.key(session.animal, session.name)
        steps = [s for s in shape.truth if shape.key(s.animal, s.session) == key]
        trials = [(s.block, s.trial) for s in steps]
        assert beginnings(list(zip(session.block, session.trial))) == beginnings(trials)
        if "block" in shape.table:
            assert beginnings(session.block) == beginnings([s.block for s in steps])


def test_tables_of_all_shapes_come_back_from_what_is_written():
    for shape in shapes():
        if shape.refused or (shape.doors and "from_frame" not in shape.doors):
            continue
        sessions = DOORS["from_frame"](shape, None)
        again = synfer.from_frame(sessions.to_frame())
        assert list(again) == list(sessions), shape.name

"""What synfer writes as NWB is valid for pynwb and nwbinspector, and what pynwb writes synfer reads.

    python -m venv venv && venv/bin/pip install pynwb nwbinspector
    venv/bin/python tests/nwb/nwb_test.py build/release/synfer

CTest runs it where SYNFER_NWB_PYTHON names such a Python, and skips it otherwise (exit code 77).
"""

import pathlib
import subprocess
import sys
import tempfile
from datetime import datetime, timezone

try:
    import nwbinspector
    import numpy as np
    import pynwb
    from pynwb.ophys import Fluorescence, ImageSegmentation, OpticalChannel, RoiResponseSeries
except ImportError as missing:
    print(f"skipped: {missing}; pip install pynwb nwbinspector")
    sys.exit(77)


def synfer(*arguments):
    done = subprocess.run([sys.argv[1], *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def counted(output, what):
    return next(int(line.split()[-1]) for line in output.splitlines() if line.startswith(what))


def check_written(folder, *settings):
    """Valid, and the columns that np.load finds in the .npz of the same sessions."""
    simulated = ("data.sessions=2", "network.inputs=4", "network.hidden=3", *settings)
    synfer("simulate", "--out", folder / "nwb", "--format", "nwb", *simulated)
    synfer("simulate", "--out", folder / "npz", "--format", "npz", *simulated)
    arrays = np.load(folder / "npz" / "sessions.npz")
    paths = sorted((folder / "nwb" / "sessions").iterdir())
    assert len(paths) == 2
    for path in paths:
        errors = pynwb.validate(path=str(path))
        errors = errors[0] if isinstance(errors, tuple) else errors
        assert not errors, errors
        messages = list(nwbinspector.inspect_nwbfile(nwbfile_path=str(path)))
        for message in messages:
            print("  ", message.importance.name, message.check_function_name, message.object_name)
        assert not [m for m in messages if m.importance.name in ("ERROR", "PYNWB_VALIDATION", "CRITICAL", "BEST_PRACTICE_VIOLATION")]
        with pynwb.NWBHDF5IO(str(path), "r") as io:
            nwb = io.read()
            rows = (arrays["session"] == nwb.session_id) & (arrays["animal"] == nwb.subject.subject_id)
            assert rows.sum() == len(nwb.trials) > 0
            for name in arrays:
                if name in ("animal", "session"):
                    continue
                found, expected = np.asarray(nwb.trials[name][:]), arrays[name][rows]
                if expected.dtype.kind == "U":
                    assert (found == expected).all(), name
                else:
                    np.testing.assert_array_equal(found, expected, err_msg=name)


def check_read(folder, roi):
    """A TimeSeries with timestamps or a RoiResponseSeries with a rate, averaged over windows."""
    nwb = pynwb.NWBFile("a test", "id", datetime(2024, 1, 1, tzinfo=timezone.utc), session_id="day1")
    nwb.subject = pynwb.file.Subject(subject_id="m1", species="Mus musculus", sex="U", age="P90D")
    for name in ("choice", "reward", "stimulus0", "stimulus1"):
        nwb.add_trial_column(name, name)
    for t in range(4):
        nwb.add_trial(start_time=10.0 + t, stop_time=10.5 + t, choice=float(t % 2), reward=1.0,
                      stimulus0="left", stimulus1="right")
    data = np.arange(40.0).reshape(20, 2)
    data[8] = np.nan  # the whole window of the second trial is this sample and the next
    data[9, 1] = np.nan
    if roi:
        device = nwb.create_device(name="scope")
        channel = OpticalChannel(name="c", description="c", emission_lambda=500.0)
        plane = nwb.create_imaging_plane(name="p", optical_channel=channel, description="p", device=device,
                                         excitation_lambda=600.0, indicator="GCaMP", location="MB")
        module = nwb.create_processing_module("ophys", "ophys")
        segmentation = ImageSegmentation(name="seg")
        table = segmentation.create_plane_segmentation(name="s", description="s", imaging_plane=plane)
        module.add(segmentation)
        for _ in range(2):
            table.add_roi(image_mask=np.ones((2, 2)))
        series = RoiResponseSeries(name="roi", data=data, rois=table.create_roi_table_region("all", region=[0, 1]),
                                   unit="a.u.", rate=4.0, starting_time=9.0)
        module.add(Fluorescence(roi_response_series=series, name="dff"))
        name = "processing/ophys/dff/roi"
    else:
        nwb.add_acquisition(pynwb.TimeSeries(name="photometry", data=data, unit="a.u.",
                                             timestamps=9.0 + np.arange(20) / 4))
        name = "photometry"
    path = folder / ("roi.nwb" if roi else "series.nwb")
    with pynwb.NWBHDF5IO(str(path), "w") as io:
        io.write(nwb)
    # Windows of two samples; the samples end at 13.75 s, so those of the trials at 10 to 13 s are whole.
    found = synfer("check", path, f"data.activity.series={name}", "data.activity.window=[1, 1.5]")
    assert counted(found, "choices") == 4 and counted(found, "rewards") == 4, found
    # 11, 12 and 13 s are in the series, 14 s is not; sample 8 is at 11 s, 9 at 11.25 s.
    assert counted(found, "recorded") == 2 * 3 - 1, found
    assert counted(found, "gaps") == 3, found


with tempfile.TemporaryDirectory() as place:
    root = pathlib.Path(place)
    for number, settings in enumerate((("task.trials_per_block=10",),
                                       ("task.kind=choice", "task.omission_probability=0.2"),
                                       ("task.kind=neural", "fit.observe=neural"))):
        print("written:", *settings)
        check_written(root / str(number), *settings)
    for is_roi in (False, True):
        print("read:", "RoiResponseSeries" if is_roi else "TimeSeries")
        check_read(root, is_roi)
print("all agree")

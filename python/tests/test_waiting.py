"""While a fit runs, Python goes on, Ctrl-C is heard, progress is told, and other processes help."""

import os
import pickle
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

import synfer

LONG = {"fit__method": "adam", "fit__epochs": 1000000}


@pytest.fixture(autouse=True)
def ctrl_c_interrupts():
    """As at a terminal: a shell starts what runs in the background deaf to it, and other packages catch it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt_after(seconds):
    sent = []

    def send():
        time.sleep(seconds)
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=send).start()
    return sent


@pytest.mark.parametrize(
    "settings",
    [LONG, {"rule__terms": ["x*r", "w"], "fit__starts": 100000, "fit__start_sd": 1.0, "stimulus__in_fit": "filtered"}],
)
def test_ctrl_c_ends_a_fit_within_a_second(simulated, settings):
    sent = interrupt_after(0.5)
    with pytest.raises(KeyboardInterrupt):
        synfer.fit(simulated, **settings)
    assert time.monotonic() - sent[0] < 1


def long_table(path):
    rows = "".join(f"{trial},A,{trial % 2},\n" for trial in range(1_000_000))
    path.write_text("trial,stimulus,choice,reward\n" + rows.replace(",1,\n", ",1,1\n"))
    return path


@pytest.mark.parametrize(
    "work",
    [
        lambda path: synfer.simulate("x*r", sessions=10_000, task__trials_per_block=3000),
        lambda path: synfer.simulate("x*r", sessions=1, task__trials_per_block=10_000_000),
        lambda path: synfer.recover("x*r", data__sessions=10_000, task__trials_per_block=3000),
        lambda path: synfer.read(long_table(path / "long.csv")),
    ],
    ids=["simulate many", "simulate long", "recover", "read"],
)
def test_ctrl_c_ends_whatever_is_done(work, tmp_path):
    sent = interrupt_after(1)
    with pytest.raises(KeyboardInterrupt):
        while True:  # a small table may be read before
            work(tmp_path)
    assert time.monotonic() - sent[0] < 5


def test_instruction_sets_of_fits_side_by_side_are_their_own(simulated):
    settings = {"quick": True, "evaluation__cross_validate": "none", "evaluation__predictive_draws": 0}
    sets = [None, "SSE4", None, "SSE4"]
    alone = {s: synfer.fit(simulated, "x*r + w", run__instruction_set=s, **settings) for s in (None, "SSE4")}
    assert alone["SSE4"].json["instruction_set"] == "SSE4"
    with ThreadPoolExecutor(4) as executor:
        beside = list(executor.map(lambda s: synfer.fit(simulated, "x*r + w", run__instruction_set=s, **settings), sets))
    for own, result in zip(sets, beside):
        assert result.json["instruction_set"] == alone[own].json["instruction_set"]
        assert result.coefficients == alone[own].coefficients


def test_ctrl_c_ends_a_selection_within_a_second():
    sessions = synfer.simulate("x*r", sessions=30)
    sent = interrupt_after(0.5)
    with pytest.raises(KeyboardInterrupt):
        synfer.select(sessions, stimulus__in_fit="filtered", selection__most_terms=30)
    assert time.monotonic() - sent[0] < 1


def test_other_threads_run_while_a_fit_runs(simulated):
    counted = []
    done = threading.Event()

    def count():
        while not done.is_set():
            counted.append(time.monotonic())
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    begin = time.monotonic()
    synfer.fit(simulated, fit__method="adam", fit__epochs=200)
    end = time.monotonic()
    done.set()
    thread.join()
    during = [t for t in counted if begin < t < end]
    assert len(during) > 20 * (end - begin)


def test_progress_is_told_and_ends_at_the_end(simulated):
    told = []
    synfer.fit(simulated, "x*r", fit__method="adam", fit__epochs=30, progress=lambda *at: told.append(at))
    phase, done, total, loss = told[-1]
    assert (phase, done, total) == ("epochs", 30, 30)
    assert loss > 0


def test_an_error_in_a_progress_function_ends_the_fit(simulated):
    def fail(*at):
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        synfer.fit(simulated, progress=fail, **LONG)


def test_a_progress_bar_is_drawn(simulated, capsys):
    synfer.fit(simulated, "x*r", fit__method="adam", fit__epochs=3, progress=True)
    assert "epochs" in capsys.readouterr().err


@pytest.mark.parametrize("way", ["spawn", "fork"])
def test_fits_spread_over_processes_give_the_same_numbers(simulated, way):
    alone = synfer.map_fits(simulated.animals, rule="x*r + w")
    with ProcessPoolExecutor(2, mp_context=get_context(way)) as executor:
        spread = synfer.map_fits(simulated.animals, rule="x*r + w", executor=executor)
    assert list(spread) == list(simulated.animals)
    for animal, result in spread.items():
        assert result.coefficients == alone[animal].coefficients
        assert result.to_frame().equals(alone[animal].to_frame())


def test_an_error_in_another_process_comes_back_whole(simulated):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        with pytest.raises(synfer.ConfigurationError) as caught:
            synfer.map_fits([simulated], executor=executor, fit__epoch=3)
    assert caught.value.nearest == "fit.epochs"


def test_groups_in_a_list_give_a_list(simulated):
    first, second = synfer.map_fits([simulated[:2], simulated[2:]], rule="x*r")
    assert first.json["data"]["sessions"] == second.json["data"]["sessions"] == 2
    assert pickle.loads(pickle.dumps(first)) == first


def test_fits_spread_over_a_cluster_of_dask_give_the_same_numbers(simulated):
    from dask.distributed import Client

    alone = synfer.map_fits(simulated.animals, rule="x*r + w")
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
        spread = synfer.map_fits(simulated.animals, rule="x*r + w", executor=client.get_executor())
    assert {a: r.coefficients for a, r in spread.items()} == {a: r.coefficients for a, r in alone.items()}

"""Pictures by what is drawn: numbers of lines, and their data against values computed by hand."""

import re
from pathlib import Path

import numpy as np
import pytest

import synfer
from synfer import _colours, _plots_rule

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")
plt = pytest.importorskip("matplotlib.pyplot")

CSS = Path(__file__).resolve().parents[2] / "synfer/report/colours.css"
NAN = float("nan")


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def drawn(ax, gid):
    """Where the one line of that name is."""
    (line,) = [line for line in ax.lines if line.get_gid() == gid]
    return np.asarray(line.get_xdata()).tolist(), np.asarray(line.get_ydata()).tolist()


def named(ax, beginning):
    return [line.get_gid() for line in ax.lines if (line.get_gid() or "").startswith(beginning)]


def chose(places, rewards, animal="animal", block=None):
    """Two stimuli, A always at place 0."""
    offers = np.tile(["A", "B"], (len(places), 1))
    return synfer.Session(choice=places, reward=rewards, stimulus=offers, block=block, animal=animal)


# Colours.


def of_css(block):
    return dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", block))


def test_python_and_the_report_have_the_same_colours():
    text = CSS.read_text(encoding="utf-8")
    light, dark = text.split("@media screen and (prefers-color-scheme: dark)")
    assert of_css(light) == _colours.LIGHT
    assert of_css(dark) == _colours.DARK
    roles = dict(re.findall(r"--([a-z0-9-]+): var\(--([a-z]+)\);", text))
    assert tuple(roles[f"stimulus-{n}"] for n in range(1, 7)) == _colours.STIMULI
    assert tuple(roles[f"run-{n}"] for n in range(1, 7)) == _colours.RUNS
    assert roles["mark"] == _colours.MARK
    assert (roles["strengthens"], roles["weakens"]) == (_colours.STRENGTHENS, _colours.WEAKENS)


def contrast(one, other):
    def light(colour):
        parts = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in matplotlib.colors.to_rgb(colour)]
        return np.dot(parts, [0.2126, 0.7152, 0.0722]) + 0.05

    high, low = sorted([light(one), light(other)], reverse=True)
    return high / low


@pytest.mark.parametrize("palette", [_colours.LIGHT, _colours.DARK])
def test_every_hue_is_seen_on_its_ground(palette):
    # 3 to 1, as the WCAG ask of graphics.
    assert min(contrast(palette[hue], palette["page"]) for hue in _colours.STIMULI) >= 3


def test_pictures_on_dark_ground_have_the_colours_for_it():
    session = chose([0, 1], [1, 0])
    assert session.plot_choices(window=1).lines[0].get_color() == _colours.LIGHT["blue"]
    with plt.style.context("dark_background"):
        assert session.plot_choices(window=1).lines[0].get_color() == _colours.DARK["blue"]


# Choices.


def test_choices_among_two_are_shares_of_whole_windows_of_trials():
    session = chose([0, 1, -1, 1, 0, 1], [1, 0, NAN, 1, 0, 0])
    ax = session.plot_choices(window=2)
    # An omission fills its place in the window and is no choice.
    assert drawn(ax, "share of A") == ([2, 3, 4, 5, 6], [0.5, 0, 0, 0.5, 0.5])
    assert drawn(ax, "share of B") == ([2, 3, 4, 5, 6], [0.5, 1, 1, 0.5, 0.5])
    assert drawn(ax, "rewarded: A")[0] == [1]
    assert drawn(ax, "rewarded: B")[0] == [4]
    assert drawn(ax, "not rewarded: A")[0] == [5]
    assert drawn(ax, "not rewarded: B")[0] == [2, 6]
    assert drawn(ax, "nothing chosen")[0] == [3]
    assert ax.get_xlabel() == "trial"
    assert ax.get_ylabel() == "share of choices,\nlast 2 trials"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "A", "B", "rewarded", "not rewarded", "nothing chosen",
    ]  # fmt: skip


def test_of_two_values_the_lower_one_is_no_reward():
    session = synfer.Session(choice=[0, 1, 1], reward=[0.5, 1, 0.5], arms=["A", "B"])
    ax = session.plot_choices(1)
    assert drawn(ax, "rewarded: B")[0] == [2]
    assert drawn(ax, "not rewarded: A")[0] == [1] and drawn(ax, "not rewarded: B")[0] == [3]
    assert session.rewarded == 1
    assert "<td>1</td></tr>" in synfer.Sessions([session])._repr_html_()


def test_forced_choices_are_marked_and_no_share():
    session = synfer.Session(
        choice=[0, 1, 1, 0], reward=[1, 0, 1, 0], arms=["A", "B"], scored=[True, False, True, True]
    )
    ax = session.plot_choices(2)
    assert drawn(ax, "share of A")[1] == [1, 0, 0.5]
    assert drawn(ax, "forced: B")[0] == [2]
    assert named(ax, "forced: A") == []


def test_of_one_offer_a_step_the_share_is_that_of_offers_taken_and_trials_count():
    session = synfer.Session(
        choice=[0, 1, 1, 0, 0, 1],
        reward=[NAN, 1, 0, NAN, NAN, 1],
        stimulus=["A", "B", "A", "B", "A", "B"],
        block=[0, 0, 0, 1, 1, 1],
    )
    ax = session.plot_choices(window=1)
    trials, share = drawn(ax, "share of B")
    assert trials == [1, 2, 3]
    np.testing.assert_array_equal(share, [1, NAN, 0.5])  # in the second none was offered
    assert drawn(ax, "share of A")[1] == [0, 1, 0]
    assert drawn(ax, "rewarded: B")[0] == [1, 3]
    assert drawn(ax, "block")[0] == [2.5, 2.5]
    assert ax.get_ylabel() == "share of offers taken,\nlast 1 trial"


def test_losses_and_graded_rewards_have_marks_of_their_own():
    ax = chose([0, 0, 1], [-0.5, 0.001, 0]).plot_choices(window=1)
    assert drawn(ax, "a loss: A")[0] == [1]
    assert drawn(ax, "rewarded: A")[0] == [2]


def test_a_window_is_no_longer_than_the_session():
    trials, share = drawn(chose([0, 1, 1], [1, 0, 0]).plot_choices(window=50), "share of B")
    assert (trials, share) == ([3], [pytest.approx(2 / 3)])
    with pytest.raises(ValueError, match="expected 1 or more"):
        chose([0, 1], [1, 0]).plot_choices(window=0)


def test_offers_without_names_are_drawn_by_place():
    x = np.zeros((3, 2, 4))
    ax = synfer.Session(choice=[0, 1, 1], reward=[0, 0, 0], x=x).plot_choices(window=1)
    assert named(ax, "share") == ["share of place 0", "share of place 1"]


def test_a_stimulus_has_one_colour_in_all_sessions_of_its_data():
    state = {**synfer.Session([1, 1], [0, 0], stimulus=["A", "B"]).__getstate__(), "stimuli": ["A", "B", "C"]}
    first, second = (synfer.Session.__new__(synfer.Session) for _ in range(2))
    first.__setstate__(state)
    second.__setstate__({**state, "stimulus": state["stimulus"] + 1})
    for session, seen in [(first, ["A", "B"]), (second, ["B", "C"])]:
        ax = session.plot_choices(window=1)
        colours = {line.get_gid(): line.get_color() for line in ax.lines}
        assert named(ax, "share") == [f"share of {name}" for name in seen]
        assert colours["share of B"] == _colours.LIGHT["orange"]


def test_neural_data_alone_have_no_choices_to_draw():
    session = synfer.Session(choice=[-1, -1], x=np.ones((2, 3)), recordings=np.ones((2, 1)))
    with pytest.raises(ValueError, match="found no choices"):
        session.plot_choices()


def test_twenty_four_sessions_share_a_figure():
    sessions = synfer.simulate("x*r", sessions=24, task__trials_per_block=4)
    figure, places = plt.subplots(6, 4)
    for session, place in zip(sessions, places.flat, strict=True):
        assert session.plot_choices(ax=place) is place
    assert len({place.get_title() for place in places.flat}) == 24


# Block changes.

A_PAYS = dict(rewards=[1, 1, 0, 1], places=[0, 0, 1, 0])  # B, the third, does not
B_PAYS = dict(rewards=[0, 1, 1, 1], places=[0, 1, 1, 1])


def changed(animal="a", second=B_PAYS):
    return chose(
        A_PAYS["places"] + second["places"], A_PAYS["rewards"] + second["rewards"], animal, [0] * 4 + [1] * 4
    )


def test_learning_after_a_block_change_is_the_share_of_the_option_that_became_better():
    ax = changed().plot_blocks(before=2, after=3)
    assert drawn(ax, "observed") == ([-2, -1, 0, 1, 2], [1, 0, 0, 1, 1])
    assert ax.get_title() == "1 block change"


def test_animals_count_alike_and_have_a_line_each():
    late = changed("b", dict(rewards=[0, 0, 0, 1], places=[0, 0, 0, 1]))
    ax = synfer.Sessions([changed(), late]).plot_blocks(before=2, after=3)
    assert drawn(ax, "a")[1] == [1, 0, 0, 1, 1]
    assert drawn(ax, "b")[1] == [1, 0, 0, 0, 0]
    assert drawn(ax, "observed")[1] == [1, 0, 0, 0.5, 0.5]
    band = ax.collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == 0 and band[:, 1].max() == 1  # 0.5 +- sd of 0 and 1 / sqrt 2


def test_trials_that_few_blocks_reach_are_no_part_of_the_curve():
    trials, share = drawn(changed().plot_blocks(before=6, after=3), "observed")
    assert trials[0] == -6
    np.testing.assert_array_equal(share[:2], [NAN, NAN])
    assert share[2] == 0


def test_a_block_that_pays_as_the_one_before_is_no_change():
    with pytest.raises(ValueError, match="found no change of the better option"):
        changed(second=A_PAYS).plot_blocks()


def test_what_the_rule_predicts_after_a_block_change_is_that_of_the_trajectories(fitted):
    ax = fitted.plot_blocks(before=5, after=8)
    rows = fitted.trajectories()
    rows["taken"] = rows["chosen"] == 1
    values = {}
    for (animal, session), own in rows.groupby(["animal", "session"]):
        better = {}
        for block, of_block in own[own["taken"]].groupby("block"):
            better[block] = of_block.groupby("stimulus")["reward"].mean().idxmax()
        for block in (1, 2):
            if better[block] == better[block - 1]:
                continue
            first = own.loc[own["block"] == block, "trial"].min()
            here = own[(own["trial"] == first + 3) & (own["stimulus"] == better[block])]
            values.setdefault(animal, []).extend(zip(here["probability"], here["taken"], strict=True))
    of_animals = np.array([np.mean(v, axis=0) for v in values.values() if v])
    at = drawn(ax, "predicted")[0].index(3)
    assert drawn(ax, "predicted")[1][at] == pytest.approx(of_animals[:, 0].mean())
    assert drawn(ax, "observed")[1][at] == pytest.approx(of_animals[:, 1].mean())


# The fit.


def test_the_trace_has_every_step_of_every_start(fitted):
    ax = fitted.plot_trace()
    trace = fitted.trace()
    for start, rows in trace.groupby("start"):
        steps, losses = drawn(ax, f"start {start}")
        assert steps == list(range(len(rows)))  # from the start itself
        assert len(steps) > 2
        assert losses == rows["loss"].tolist()
        assert losses[-1] == pytest.approx(fitted.json["fit"]["start_losses"][start], rel=1e-12)


def test_the_trace_of_a_selected_rule_shows_the_best_set_of_each_size(simulated):
    selected = synfer.fit(simulated, quick=True, history__covariates=[], evaluation__cross_validate="none")
    ax = selected.plot_trace()
    (above,) = [other for other in ax.figure.axes if other is not ax]
    sizes, losses = drawn(above, "selection")
    assert sizes == list(range(len(sizes)))
    # Of no terms every choice is a toss-up here: ln 2 each.
    assert losses[0] == pytest.approx(np.log(2), abs=1e-3)
    assert losses[len(selected.estimates)] == pytest.approx(selected.json["fit"]["loss"], rel=1e-6)


def test_a_rule_is_drawn_where_the_data_went_and_at_three_weights(fitted):
    ax = fitted.plot_rule("r", "x", y=0.0)
    rows = [line.split(",") for line in fitted.tables["rule_shape.csv"].splitlines()[1:]]
    of_r = [float(row[3]) for row in rows if row[1] == "r"]
    assert ax.lines[0].get_xdata()[[0, -1]].tolist() == [min(of_r), max(of_r)]
    curves = named(ax, "x=")
    assert len(curves) == 2 * 3  # an input is driven or not; low, middle and high weight
    c = fitted.coefficients
    for name in curves:
        x, w = (float(v) for v in re.findall(r"=(\S+)", name))
        r, g = (np.array(v) for v in drawn(ax, name))
        expected = c["1"] + c["w"] * w + c["x"] * x + c["r"] * r + c["x*r"] * x * r
        np.testing.assert_allclose(g, expected, atol=1e-5)
    weights = {float(name.split("w=")[1]) for name in curves}
    visited = fitted.trajectories()["weight"]
    assert len(weights) == 3
    assert visited.min() - 1 < min(weights) < max(weights) < visited.max() + 1


def test_a_rule_without_weights_in_it_has_one_curve_a_level():
    ax = synfer.Rule("x*r").plot()
    assert named(ax, "r=") == ["r=-1 w=-1", "r=0 w=-1", "r=1 w=-1"]
    assert len(named(synfer.Rule("x*r - 0.1*w").plot(), "r=")) == 9
    assert len(named(synfer.Rule("x*r - 0.1*w").plot(w=0.5), "r=")) == 3


def test_a_rule_has_no_other_variables():
    for wrong in [("x", "x"), ("x", "z")]:
        with pytest.raises(ValueError, match="a rule has x, y, w and r"):
            synfer.Rule("x*r").plot(*wrong)
    with pytest.raises(ValueError, match="each once"):
        synfer.Rule("x*r").plot("x", "r", x=1.0)


def test_a_rule_is_drawn_with_the_words_of_its_result(simulated):
    plain = {"history__covariates": [], "evaluation__cross_validate": "none", "fit__epochs": 5}
    of_reward = synfer.fit(simulated, "x*r", reward_term__baseline="none", **plain)
    assert of_reward.plot_rule("r", "x").get_xlabel() == "reward r, where the data went"
    assert of_reward.rule.plot("r", "x").get_xlabel() == "reward r"
    expected = synfer.fit(simulated, "x*r", **plain)
    assert expected.plot_rule("r", "x").get_xlabel() == f"{expected.json['rule']['r']} r, where the data went"


def test_a_title_tells_only_variables_of_the_rule():
    assert synfer.Rule("x*r - 0.1*w").plot().get_title() == ""
    assert synfer.Rule("x*r - 0.1*w").plot(w=-1.5, y=2.0).get_title() == "at w = −1.5"
    assert synfer.Rule("x*r - 0.1*y").plot().get_title() == "at y = 0"


def test_what_is_nothing_beside_the_other_states_is_zero():
    of = _plots_rule._legible
    assert [of(v, np.array([-1.0, 0.5])) for v in (-1.2e-05, -0.0, 0.5, -1.0)] == ["0", "0", "0.5", "−1"]
    assert of(-1.2e-05, np.array([-1.2e-05, 3e-05])) == "−1.2e−05"


def test_silent_inputs_are_not_where_a_rule_is_drawn(fitted):
    ax = fitted.plot_rule("w", "r")
    shape = [line.split(",") for line in fitted.tables["rule_shape.csv"].splitlines()[1:]]
    (driven,) = {float(row[2]) for row in shape if row[0] == "x"} - {0.0}
    assert f"x = {driven:.2g}" in ax.get_title()
    # The report's panels are there too.
    c = fitted.coefficients
    for row in shape:
        if row[:2] == ["w", "r"]:
            w, r, g = map(float, row[2:5])
            assert g == pytest.approx(c["1"] + c["w"] * w + c["x"] * driven + c["r"] * r + c["x*r"] * driven * r, abs=1e-4)


def test_the_first_and_the_last_term_stand_clear_of_the_frame(fitted):
    low, high = fitted.plot_terms().get_ylim()
    assert low <= -0.5 and high >= len(fitted.estimates) - 0.5

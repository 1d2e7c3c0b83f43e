"""A rule that leaves synfer changes weights as it does in synfer."""

import importlib.util
import re
import shutil
import subprocess

import numpy as np
import pytest

import synfer

RNG = np.random.default_rng(3)
INPUTS, NEURONS, R = 3, 4, -0.4
X, Y, W = RNG.normal(size=INPUTS), RNG.normal(size=NEURONS), RNG.normal(size=(INPUTS, NEURONS))


@pytest.fixture(scope="module")
def mlp():
    sessions = synfer.simulate("x*r", sessions=3)
    return {
        output: synfer.fit(
            sessions,
            rule__kind="mlp",
            rule__inputs=["x", "y", "w", "r"],
            rule__hidden=[4],
            rule__hidden_activation=hidden,
            rule__output_activation=output,
            fit__method="adam",
            fit__epochs=2,
            fit__start_sd=0.7,
        )
        for hidden, output in [("leaky_relu", "tanh"), ("squareplus", "linear")]
    }


@pytest.fixture(scope="module")
def fitted():
    return synfer.fit(synfer.simulate("x*r - 0.05*w", sessions=4), "x*r + w")


@pytest.fixture(params=["text", "fit", "mlp tanh", "mlp linear"])
def rule_and_eta(request, mlp, fitted):
    if request.param == "text":
        return synfer.Rule("x*r - 0.05*w + 0.3*x^2*y - y^2*w"), 1.0
    result = fitted if request.param == "fit" else mlp[request.param.split()[1]]
    return result.rule, 0.5


def expected(rule, eta):
    return W + eta * rule(X[:, None], Y[None, :], W, R)


def module_of(text, path):
    path.write_text(text)
    spec = importlib.util.spec_from_file_location("exported", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_python_changes_weights_as_synfer_does(rule_and_eta, tmp_path):
    rule, eta = rule_and_eta
    exported = module_of(rule.to_python(), tmp_path / "exported.py")
    assert eta == exported.ETA
    np.testing.assert_allclose(exported.weights_after(W, X, Y, R), expected(rule, eta), rtol=1e-12, atol=1e-12)
    assert exported.g(1.0, 0.5, 0.2, -0.3) == pytest.approx(float(rule(1.0, 0.5, 0.2, -0.3)), rel=1e-12)


@pytest.mark.skipif(shutil.which("c++") is None, reason="needs a compiler")
def test_cpp_changes_weights_as_synfer_does(rule_and_eta, tmp_path):
    rule, eta = rule_and_eta
    (tmp_path / "rule.h").write_text(rule.to_cpp())
    (tmp_path / "main.cc").write_text(
        '#include "rule.h"\n#include <cstdio>\nint main() { double w, x, y, r;\n'
        'while (std::scanf("%lf %lf %lf %lf", &w, &x, &y, &r) == 4)\n'
        'std::printf("%.17g\\n", plasticity::weight_after(w, x, y, r)); }\n'
    )
    flags = ["-std=c++17", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(["c++", *flags, "main.cc", "-o", "main"], cwd=tmp_path, check=True)
    lines = "".join(f"{W[i, j]:.17g} {X[i]:.17g} {Y[j]:.17g} {R}\n" for i in range(INPUTS) for j in range(NEURONS))
    out = subprocess.run([tmp_path / "main"], input=lines, capture_output=True, text=True, check=True).stdout
    found = np.array(out.split(), float).reshape(INPUTS, NEURONS)
    np.testing.assert_allclose(found, expected(rule, eta), rtol=1e-12, atol=1e-12)


def test_brian2_changes_weights_as_synfer_does(rule_and_eta, tmp_path):
    brian2 = pytest.importorskip("brian2")
    brian2.prefs.codegen.target = "numpy"
    rule, eta = rule_and_eta
    exported = module_of(rule.to_brian2(), tmp_path / "exported.py")
    source = brian2.NeuronGroup(INPUTS, "x : 1")
    target = brian2.NeuronGroup(NEURONS, "y : 1")
    source.x, target.y = X, Y
    synapses = exported.plastic_synapses(source, target, dt=1 * brian2.second)
    synapses.connect()
    synapses.w = W.ravel()
    synapses.r = R
    network = brian2.Network(source, target, synapses)
    network.run(0.5 * brian2.second)  # one change, at the start
    found = np.empty_like(W)
    found[synapses.i[:], synapses.j[:]] = synapses.w[:]
    np.testing.assert_allclose(found, expected(rule, eta), rtol=1e-12, atol=1e-12)


def test_nestml_is_read_by_its_own_parser(rule_and_eta, tmp_path):
    parser = pytest.importorskip("pynestml.utils.model_parser")
    from pynestml.symbol_table.symbol_table import SymbolTable
    from pynestml.symbols.predefined_functions import PredefinedFunctions
    from pynestml.symbols.predefined_types import PredefinedTypes
    from pynestml.symbols.predefined_units import PredefinedUnits
    from pynestml.symbols.predefined_variables import PredefinedVariables
    from pynestml.utils.ast_source_location import ASTSourceLocation
    from pynestml.utils.logger import Logger, LoggingLevel

    rule, _ = rule_and_eta
    Logger.init_logger(LoggingLevel.ERROR)
    SymbolTable.initialize_symbol_table(ASTSourceLocation(0, 0, 0, 0))
    for predefined in PredefinedUnits, PredefinedTypes, PredefinedFunctions, PredefinedVariables:
        getattr(predefined, f"register_{predefined.__name__.removeprefix('Predefined').lower()}")()
    path = tmp_path / "rule.nestml"
    path.write_text(rule.to_nestml())
    unit = parser.ModelParser.parse_file(str(path))
    assert unit is not None
    (model,) = unit.get_model_list()
    assert model.get_name() == "plasticity_rule_synapse"
    assert not Logger.has_errors(model)


def test_latex_is_mathematics(rule_and_eta):
    mathtext = pytest.importorskip("matplotlib.mathtext")
    rule, _ = rule_and_eta
    lines = [line for line in rule.to_latex().splitlines() if not line.startswith("%")]
    assert lines
    for line in lines:
        shown = re.fullmatch(r"\\\[ (.*) \\\]", line)
        assert shown, line
        mathtext.MathTextParser("path").parse(f"${shown.group(1)}$")


def test_a_formula_of_a_fit_has_standard_errors(fitted):
    assert r"\pm" in fitted.rule.to_latex()


def test_the_command_line_exports_the_same(fitted, command_line, tmp_path):
    fitted.save(tmp_path / "run")
    out = command_line("export", tmp_path / "run", "--to", "python")
    code = lambda text: [line for line in text.splitlines() if not line.startswith("Numbers")]  # noqa: E731
    assert code(out) == code(fitted.rule.to_python())

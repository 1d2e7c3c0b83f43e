// Python: functions of numbers or NumPy arrays.
#include <fmt/format.h>

#include "synfer/exports/formula_private.h"

namespace synfer {

std::string to_python(const ExportedRule& exported) {
  constexpr Dialect kNumpy = {"np.tanh({})", "np.exp({})", "np.log({})", "np.sqrt({})",
                              "np.maximum({}, 0.0)"};
  const Formula rule = formula(exported, kNumpy);
  std::string steps;
  for (const auto& [name, value] : rule.lines) steps += fmt::format("    {} = {}\n", name, value);
  return fmt::format(R"("""{}"""

import numpy as np

ETA = {}


def g(x, y, w, r):
    """The rule at one synapse, or at many: numbers or arrays that broadcast."""
{}    return {}


def weights_after(w, x, y, r, eta=ETA):
    """Weights (N, M) after one change of weights w (N, M); x (N,), y (M,), r a number."""
    x, y = np.asarray(x), np.asarray(y)
    return w + eta * g(x[:, np.newaxis], y[np.newaxis, :], w, r)
)",
                     prefixed(about(exported), ""), number(exported.eta), steps, rule.g);
}

}  // namespace synfer

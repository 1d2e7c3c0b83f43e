// Brian2 (Stimberg, Brette and Goodman, eLife 8 (2019) e47314): synapses whose weights change when they are
// told to, at the end of a trial for instance. Source and target groups must have the variables x and y.
#include <fmt/format.h>

#include "synfer/exports/formula_private.h"

namespace synfer {

std::string to_brian2(const ExportedRule& exported) {
  constexpr Dialect kBrian = {"tanh({})", "exp({})", "log({})", "sqrt({})", "clip({}, 0.0, 1e300)"};
  const Formula rule = formula(exported, kBrian);
  std::string steps = "x = x_pre\ny = y_post\n";
  for (const auto& [name, value] : rule.lines) steps += fmt::format("{} = {}\n", name, value);
  return fmt::format(R"("""{}"""

from brian2 import Synapses

ETA = {}

MODEL = """
w : 1
r : 1 (shared)
"""

CHANGE = """
{}w += ETA*({})
"""


def plastic_synapses(source, target, dt, **options):
    """Synapses whose weights w change by the rule every dt, such as the time of a trial; set r before.

    source, target: groups with the variables x and y (without units). Connect them before you run.
    """
    synapses = Synapses(source, target, model=MODEL, namespace={{"ETA": ETA}}, **options)
    synapses.run_regularly(CHANGE, dt=dt)
    return synapses
)",
                     prefixed(about(exported), ""), number(exported.eta), steps, rule.g);
}

}  // namespace synfer

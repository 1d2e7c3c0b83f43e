// NESTML, the modelling language of NEST: a synapse whose weight changes at every presynaptic spike by the
// rule, with x, y and r set from outside, as trials go.
#include <fmt/format.h>

#include "synfer/exports/formula_private.h"

namespace synfer {

std::string to_nestml(const ExportedRule& exported) {
  constexpr Dialect kNestml = {"tanh({})", "exp({})", "ln({})", "({})**0.5", "max({}, 0.0)"};
  const Formula rule = formula(exported, kNestml);
  std::string steps;
  for (const auto& [name, value] : rule.lines) steps += fmt::format("        {} real = {}\n", name, value);
  return fmt::format(R"({}model plasticity_rule_synapse:
    state:
        w real = 0.0

    parameters:
        d ms = 1 ms
        eta real = {}
        x real = 0.0
        y real = 0.0
        r real = 0.0

    input:
        pre_spikes <- spike

    output:
        spike

    onReceive(pre_spikes):
{}        w += eta*({})
        emit_spike(w, d)
)",
                     prefixed(about(exported), "# "), number(exported.eta), steps, rule.g);
}

}  // namespace synfer

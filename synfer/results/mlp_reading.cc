#include "synfer/results/mlp_reading.h"

#include <fmt/format.h>

#include <algorithm>

#include "synfer/model/expression.h"

namespace synfer {

const PolynomialScores* ReadPolynomial::most_telling() const {
  const PolynomialScores* last = nullptr;
  for (const PolynomialScores& one : scores) {
    if (one.choices > 0) last = &one;
  }
  return last;
}

bool PolynomialScores::loses() const {
  const double beyond = nats - by_chance;
  return beyond > kAsGood && !(beyond <= 2.0 * error);
}

bool ReadPolynomial::explains() const { return std::ranges::none_of(scores, &PolynomialScores::loses); }

std::string ReadPolynomial::text() const {
  Expression rule;
  for (std::size_t n = 0; n < terms.size(); ++n)
    rule.push_back({terms[n], std::stod(fmt::format("{:.3g}", coefficients[n]))});
  return to_string(rule);
}

const ReadPolynomial& MlpReading::better() const {
  if (!of_choices) return of_surface;
  const PolynomialScores* a = of_surface.most_telling();
  const PolynomialScores* b = of_choices->most_telling();
  return a != nullptr && b != nullptr && b->nats < a->nats ? *of_choices : of_surface;
}

}  // namespace synfer

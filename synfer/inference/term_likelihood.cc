#include "synfer/inference/term_likelihood.h"

#include <utility>

#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

// A rule of one term whose coefficient is 0, and no parameter.
class WithoutTerms : public CurvedLikelihood {
 public:
  explicit WithoutTerms(const Objective& objective) : objective_(objective.with_rule(TaylorRule({Term{}}))) {}

  [[nodiscard]] std::size_t parameters() const override { return objective_.parameters() - 1; }
  [[nodiscard]] std::size_t sessions() const override { return objective_.sessions(); }
  [[nodiscard]] std::size_t observations() const override { return objective_.observations(); }

  [[nodiscard]] double nll(std::span<const double> parameters,
                           std::span<const double> weights) const override {
    return objective_.nll(with_coefficient(parameters), weights);
  }
  [[nodiscard]] Curvature curvature(std::span<const double> parameters,
                                    std::span<const double> weights) const override {
    Curvature all = objective_.curvature(with_coefficient(parameters), weights);
    const Eigen::Index others = all.gradient.size() - 1;
    all.gradient = all.gradient.tail(others).eval();
    all.information = all.information.bottomRightCorner(others, others).eval();
    all.session_gradients = all.session_gradients.rightCols(others).eval();
    return all;
  }

 private:
  static std::vector<double> with_coefficient(std::span<const double> parameters) {
    std::vector<double> all = {0.0};
    all.insert(all.end(), parameters.begin(), parameters.end());
    return all;
  }

  Objective objective_;
};

}  // namespace

std::unique_ptr<CurvedLikelihood> likelihood_of_terms(const Objective& objective, std::vector<Term> terms) {
  if (terms.empty()) return std::make_unique<WithoutTerms>(objective);
  return std::make_unique<Objective>(objective.with_rule(TaylorRule(std::move(terms))));
}

}  // namespace synfer

// What an outside project sees of an installed synfer: every kind of room is linked and called, and
// one gradient is compared with numbers worked out by hand.
#include <cmath>
#include <iostream>
#include <string>
#include <vector>

#include "synfer/base/error.h"
#include "synfer/formats/read.h"
#include "synfer/inference/penalty.h"
#include "synfer/model/expression.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/replay/replay.h"
#include "synfer/settings/configuration.h"

namespace {

int failures = 0;

void expect(bool holds, const std::string& statement) {
  std::cout << (holds ? "holds: " : "FAILS: ") << statement << "\n";
  if (!holds) ++failures;
}

bool near(double a, double b) { return std::abs(a - b) < 1e-12; }

}  // namespace

int main() {
  // One neuron, one input of 1. The first offer is accepted at W = 0 and rewarded above expectation
  // by 0.5, so that W = eta 0.4 r = 0.2 when the second is accepted.
  const synfer::TaylorRuleWithNumbers covariance = synfer::taylor_rule(synfer::parse_expression("0.4*x*r"));
  const synfer::Model model{synfer::network_without_hidden_layer(1), covariance.rule};
  synfer::EncodedSession session;
  session.inputs = 1;
  session.x = {1, 1};
  session.choice = {1, 1};
  session.r = {0.5, 0.5};
  session.learns = {1, 1};
  std::vector<double> gradient(1);
  const synfer::SessionLoss loss = synfer::session_loss_and_gradient(
      model, covariance.theta, session, synfer::Matrix::Zero(1, 1), synfer::LossSlopes{}, gradient);
  const double p = 1 / (1 + std::exp(-0.2));
  expect(near(loss.choice_nll, -std::log(0.5) - std::log(p)), "the loss is that of two acceptances");
  expect(near(gradient[0], -(1 - p) * 0.5), "its slope is -(1 - p) eta x r");

  expect(near(synfer::Penalty{synfer::Penalty::Kind::kL1, 0.1}.value(covariance.theta), 0.04),
         "L1 is 0.1 |0.4|");

  const synfer::Configuration configuration;
  expect(synfer::stimulus_in_fit(configuration, synfer::DataOrigin::recorded) == "mean",
         "recorded stimuli are fitted by their mean");

  try {
    synfer::read_sessions({"no such file"});
    expect(false, "a missing file is an error");
  } catch (const synfer::DataError& error) {
    expect(error.file == "no such file", "the error names the missing file");
  }
  return failures == 0 ? 0 : 1;
}

#include "synfer/simulation/odours.h"

#include <fmt/format.h>

#include <utility>

#include "synfer/base/error.h"
#include "synfer/simulation/sampling.h"

namespace synfer {

Odours::Odours(const Subject& subject, int count)
    : noise_sd_(subject.options.stimulus_noise_sd), noise_(subject.draws("stimulus noise")) {
  const int inputs = subject.model.network.inputs;
  if (inputs < count) {
    throw ConfigurationError("network.inputs",
                             fmt::format("found {}, expected at least one input for each of the {} odours of "
                                         "task.reward_probabilities; add inputs or take odours away",
                                         inputs, count));
  }
  const RandomStream groups = subject.draws("odour groups");
  const std::vector<int> input = random_order(inputs, groups, {.replicate = 0});
  const std::vector<int> odour = random_order(count, groups, {.replicate = 1});
  means_ = Matrix::Zero(count, inputs);
  for (int place = 0; place < inputs; ++place) {
    const int group = place * count / inputs;
    means_(odour[static_cast<std::size_t>(group)], input[static_cast<std::size_t>(place)]) =
        subject.options.stimulus_mean;
  }
}

std::vector<std::string> Odours::names() const {
  std::vector<std::string> names;
  for (Eigen::Index odour = 0; odour < means_.rows(); ++odour) names.push_back(std::to_string(odour));
  return names;
}

Stimulus Odours::offer(std::vector<int> offered, std::size_t step) const {
  Stimulus stimulus;
  for (const int odour : offered) {
    const auto mean = means_.row(odour);
    stimulus.mean.insert(stimulus.mean.end(), mean.begin(), mean.end());
  }
  stimulus.odours = std::move(offered);
  stimulus.seen.resize(stimulus.mean.size());
  noise_.normals({.step = step}, stimulus.seen.size(), stimulus.seen.data());
  for (std::size_t i = 0; i < stimulus.seen.size(); ++i) {
    stimulus.seen[i] = stimulus.mean[i] + noise_sd_ * stimulus.seen[i];
  }
  return stimulus;
}

}  // namespace synfer

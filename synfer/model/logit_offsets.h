// What is added to the logits of the offers besides what the weights say, and its slopes in
// coefficients of its own: H lanes, which learn nothing. History covariates make it (history.h).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace synfer {

/// At one step.
struct LogitOffset {
  std::span<const double> value = {};   // K; empty: nothing
  std::span<const double> slopes = {};  // K x H
};

/// Of a whole session.
struct LogitOffsets {
  std::vector<double> value = {};   // T x K; empty: nothing
  std::vector<double> slopes = {};  // T x K x H

  [[nodiscard]] LogitOffset at(std::size_t step, std::size_t offers, std::size_t lanes) const {
    if (value.empty()) return {};
    return {std::span(value).subspan(step * offers, offers),
            std::span(slopes).subspan(lanes == 0 ? 0 : step * offers * lanes, offers * lanes)};
  }
};

/// Adds a constant to the logit of each step's last offer, the only one or the second of two.
inline void add_session_bias(LogitOffsets& offsets, double bias, int offers) {
  const auto stride = static_cast<std::size_t>(offers);
  for (std::size_t n = stride - 1; n < offsets.value.size(); n += stride) offsets.value[n] += bias;
}

}  // namespace synfer

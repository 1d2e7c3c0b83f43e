#include "synfer/replay/column_block.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "synfer/base/error.h"
#include "synfer/base/stop.h"
#include "synfer/replay/kernels/columns.h"
#include "synfer/replay/non_finite.h"

namespace synfer {
namespace {

// Kernels take these at a time, at least.
template <typename Number>
constexpr std::size_t kColumns = 32 / sizeof(Number);

template <typename Number>
auto numbers(std::size_t count) {
  return std::make_unique_for_overwrite<Number[]>(count);  // NOLINT(modernize-avoid-c-arrays)
}

template <typename Number>
void convert(std::span<const double> from, Number* to) {
  for (std::size_t n = 0; n < from.size(); ++n) to[n] = static_cast<Number>(from[n]);
}

template <typename Number>
bool all_finite(std::span<const Number> values) {
  return std::ranges::all_of(values, [](Number v) { return std::isfinite(v); });
}

template <typename Number>
std::unique_ptr<ColumnRuleOf<Number>> rule_in(const Rule& rule, std::span<const double> theta) {
  if constexpr (std::is_same_v<Number, double>) {
    return rule.columns(theta);
  } else {
    std::unique_ptr<ColumnRuleOf<Number>> found = rule.columns_in_single(theta);
    if (found == nullptr) {
      throw ConfigurationError("run.precision",
                               "found single, for which this family of rules has no kernels; use double");
    }
    return found;
  }
}

// To the next multiple of what kernels take at once.
template <typename Number>
std::size_t padded(const Rule& rule, std::size_t width) {
  return rule.columnwise() ? (width + kColumns<Number> - 1) / kColumns<Number> * kColumns<Number> : width;
}

}  // namespace

std::size_t recorded_offer(const EncodedSession& session, std::size_t t) {
  if (session.offers == 1) return 0;
  const int choice = session.choice[t];
  return static_cast<std::size_t>(choice == kNoChoice ? session.offers : choice);
}

template <typename Number>
ColumnBlockOf<Number>::ColumnBlockOf(const Model& model, std::span<const double> theta,
                                     const EncodedSession& session, std::span<const Number> x,
                                     const Matrix& initial, std::size_t first, std::size_t width)
    : model_(model),
      theta_(theta),
      session_(session),
      x_(x),
      initial_(initial),
      first_(first),
      width_(width),
      columns_(padded<Number>(model.rule, width)),
      inputs_(static_cast<std::size_t>(session.inputs)),
      offers_(static_cast<std::size_t>(session.offers)),
      rule_(rule_in<Number>(model.rule, theta)),
      readout_(columns_),
      y_(numbers<Number>(size_of_y())),
      slope_(numbers<Number>(size_of_y())) {
  convert(std::span(model.network.readout).subspan(first, width), readout_.data());
  for (std::size_t t = 0, begin = 0; t < session.steps(); ++t) {
    const bool learns = session.learns[t] != 0;
    if (!learns && t + 1 < session.steps()) continue;
    const std::size_t learned = learns ? t * offers_ + session.learned_offer(t) : begin * offers_;
    runs_.push_back({begin * offers_, (t + 1) * offers_, learned, session.r[t], learns});
    if (learns) ++changes_;
    begin = t + 1;
  }
  // Neighbours among the recorded neurons are taken together.
  struct Recorded {
    std::size_t n, j, count;  // from there on among those recorded, and in the block
  };
  std::vector<Recorded> recorded;
  const std::size_t neurons = session.recorded_neurons.size();
  for (std::size_t n = 0; n < neurons; ++n) {
    const auto j = static_cast<std::size_t>(session.recorded_neurons[n]);
    if (j < first || j >= first + width) continue;
    if (!recorded.empty() && recorded.back().n + recorded.back().count == n &&
        recorded.back().j + recorded.back().count == j - first) {
      ++recorded.back().count;
    } else {
      recorded.push_back({n, j - first, 1});
    }
  }
  if (recorded.empty()) return;
  target_.assign(size_of_y(), std::numeric_limits<Number>::quiet_NaN());
  for (std::size_t t = session.scored_from; t < session.steps(); ++t) {
    const std::size_t k = recorded_offer(session, t);
    if (k == offers_) continue;
    Number* to = &target_[(t * offers_ + k) * columns_];
    for (const auto& [n, j, count] : recorded) {
      convert(std::span(session.recordings).subspan(t * neurons + n, count), to + j);
    }
  }
}

template <typename Number>
std::span<const Number> ColumnBlockOf<Number>::activity(std::size_t offer) const {
  return {&y_[offer * columns_], width_};
}

template <typename Number>
Number ColumnBlockOf<Number>::weight(std::size_t n, std::size_t i, std::size_t j) const {
  return w_[n * cells() + i * columns_ + j];
}

template <typename Number>
bool ColumnBlockOf<Number>::finite() const {
  const std::size_t last = stride_ == 0 ? 0 : changes() - reached_ * in_stretch_;
  return all_finite(std::span<const Number>(&w_[last * cells()], cells()));
}

template <typename Number>
StretchOf<Number> ColumnBlockOf<Number>::stretch(std::size_t n) {
  const std::size_t first = n * in_stretch_;
  const Network& network = model_.network;
  return {std::span(runs_).subspan(first, std::min(in_stretch_, runs_.size() - first)),
          network.activation,
          network.eta,
          inputs_,
          columns_,
          x_.data(),
          y_.get(),
          slope_.get(),
          w_.get(),
          stride_,
          kept_.get()};
}

template <typename Number>
void ColumnBlockOf<Number>::forward(KeptWeights kept) {
  in_stretch_ =
      std::max<std::size_t>(1, kept.stretch == 0 ? runs_.size() : std::min(kept.stretch, runs_.size()));
  stride_ = kept.stretch == 0 ? 0 : cells();
  w_ = numbers<Number>(cells() + in_stretch_ * stride_);
  if (stride_ > 0 && rule_->keeps_more()) kept_ = numbers<Number>(in_stretch_ * stride_);
  if (stretches() > 1) starts_ = numbers<Number>(stretches() * cells());
  for (std::size_t i = 0; i < inputs_; ++i) {
    Number* row = &w_[i * columns_];
    convert({&initial_(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(first_)), width_}, row);
    std::fill(row + width_, row + columns_, row[width_ - 1]);
  }
  for (std::size_t n = 0; n < stretches(); ++n) {
    stop_if_asked();
    if (n > 0) std::copy_n(&w_[in_stretch_ * stride_], cells(), w_.get());
    if (starts_) std::copy_n(w_.get(), cells(), &starts_[n * cells()]);
    rule_->forward(stretch(n));
    reached_ = n;
  }
}

template <typename Number>
void ColumnBlockOf<Number>::add_logits(std::span<double> logits) const {
  kernels::read_out(y_.get(), std::span<const Number>(readout_), logits);
}

template <typename Number>
double ColumnBlockOf<Number>::squared_error(std::size_t& recorded) const {
  return target_.empty() ? 0.0
                         : kernels::squared_error(std::span<const Number>(y_.get(), size_of_y()),
                                                  std::span<const Number>(target_), recorded);
}

// With the weights of all its runs at hand.
template <typename Number>
StretchOf<Number> ColumnBlockOf<Number>::stretch_kept_anew(std::size_t n) {
  StretchOf<Number> found = stretch(n);
  if (n == reached_) return found;
  std::copy_n(&starts_[n * cells()], cells(), w_.get());
  rule_->redo(found);
  reached_ = n;
  return found;
}

template <typename Number>
void ColumnBlockOf<Number>::pull_back_scores(std::span<const double> logit_bar, double squared_error_bar) {
  if (!y_bar_) y_bar_ = numbers<Number>(size_of_y());
  // forward: logit_k = sum_j b_j y_kj
  if (logit_bar.empty()) {
    std::fill_n(y_bar_.get(), size_of_y(), Number{0});
  } else {
    kernels::pull_back_read_out(logit_bar, std::span<const Number>(readout_), y_bar_.get());
  }
  if (!target_.empty() && squared_error_bar != 0.0) {
    kernels::pull_back_squared_error(squared_error_bar, std::span<const Number>(y_.get(), size_of_y()),
                                     std::span<const Number>(target_), y_bar_.get());
  }
}

// Once more and run by run, to find the step.
template <typename Number>
void ColumnBlockOf<Number>::refuse_adjoint(std::span<const double> logit_bar, double squared_error_bar,
                                           std::span<const double> theta_bar) {
  const std::unique_ptr<ColumnRuleOf<Number>> again = rule_in<Number>(model_.rule, theta_);
  std::vector<Number> w_bar(cells());
  std::vector<double> by_theta(theta_bar.size());
  pull_back_scores(logit_bar, squared_error_bar);
  for (std::size_t n = stretches(); n-- > 0;) {
    stop_if_asked();
    const StretchOf<Number> whole = stretch_kept_anew(n);
    for (std::size_t k = whole.runs.size(); k-- > 0;) {
      StretchOf<Number> one = whole;
      one.runs = whole.runs.subspan(k, 1);
      one.w = whole.w + k * stride_;
      if (kept_) one.kept = whole.kept + k * stride_;
      again->backward(one, y_bar_.get(), w_bar.data());
      std::ranges::copy(theta_bar, by_theta.begin());
      again->add_theta_bar(by_theta);
      refuse_non_finite_adjoint(model_, session_, whole.runs[k].end / offers_ - 1,
                                std::vector<double>(w_bar.begin(), w_bar.end()), by_theta);
    }
  }
}

template <typename Number>
void ColumnBlockOf<Number>::backward(std::span<const double> logit_bar, double squared_error_bar,
                                     std::span<double> theta_bar, double* initial_bar) {
  std::vector<Number> w_bar(cells());
  pull_back_scores(logit_bar, squared_error_bar);
  for (std::size_t n = stretches(); n-- > 0;) {
    stop_if_asked();
    rule_->backward(stretch_kept_anew(n), y_bar_.get(), w_bar.data());
  }
  std::vector<double> by_theta(theta_bar.size());
  rule_->add_theta_bar(by_theta);
  if (!all_finite(std::span<const double>(by_theta)) || !all_finite(std::span<const Number>(w_bar)))
    refuse_adjoint(logit_bar, squared_error_bar, theta_bar);
  for (std::size_t p = 0; p < theta_bar.size(); ++p) theta_bar[p] += by_theta[p];
  if (initial_bar == nullptr) return;
  const auto neurons = static_cast<std::size_t>(initial_.cols());
  for (std::size_t i = 0; i < inputs_; ++i) {
    for (std::size_t j = 0; j < width_; ++j) initial_bar[i * neurons + first_ + j] += w_bar[i * columns_ + j];
  }
}

template class ColumnBlockOf<double>;
template class ColumnBlockOf<float>;

}  // namespace synfer

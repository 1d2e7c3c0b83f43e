#include "synfer/replay/column_block.h"

#include <algorithm>
#include <cmath>

#include "synfer/replay/kernels/columns.h"
#include "synfer/replay/non_finite.h"

namespace synfer {
namespace {

constexpr std::size_t kColumns = 4;  // kernels take these at a time, at least

auto numbers(std::size_t count) { return std::make_unique_for_overwrite<double[]>(count); }  // NOLINT

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

}  // namespace

std::size_t recorded_offer(const EncodedSession& session, std::size_t t) {
  if (session.offers == 1) return 0;
  const int choice = session.choice[t];
  return static_cast<std::size_t>(choice == kNoChoice ? session.offers : choice);
}

ColumnBlock::ColumnBlock(const Model& model, std::span<const double> theta, const EncodedSession& session,
                         const Matrix& initial, std::size_t first, std::size_t width)
    : model_(model),
      theta_(theta),
      session_(session),
      initial_(initial),
      first_(first),
      width_(width),
      columns_(model.rule.columnwise() ? (width + kColumns - 1) / kColumns * kColumns : width),
      inputs_(static_cast<std::size_t>(session.inputs)),
      offers_(static_cast<std::size_t>(session.offers)),
      rule_(model.rule.columns(theta)),
      readout_(columns_),
      y_(numbers(size_of_y())),
      slope_(numbers(size_of_y())) {
  std::copy_n(model.network.readout.begin() + static_cast<std::ptrdiff_t>(first), width, readout_.begin());
  for (std::size_t t = 0, begin = 0; t < session.steps(); ++t) {
    const bool learns = session.learns[t] != 0;
    if (!learns && t + 1 < session.steps()) continue;
    const std::size_t learned = learns ? t * offers_ + session.learned_offer(t) : begin * offers_;
    runs_.push_back({begin * offers_, (t + 1) * offers_, learned, session.r[t], learns});
    if (learns) ++changes_;
    begin = t + 1;
  }
  struct Recorded {
    std::size_t n, j;  // among those recorded, and in the block
  };
  std::vector<Recorded> recorded;
  const std::size_t neurons = session.recorded_neurons.size();
  for (std::size_t n = 0; n < neurons; ++n) {
    const auto j = static_cast<std::size_t>(session.recorded_neurons[n]);
    if (j >= first && j < first + width) recorded.push_back({n, j - first});
  }
  if (recorded.empty()) return;
  target_.assign(size_of_y(), std::nan(""));
  for (std::size_t t = session.scored_from; t < session.steps(); ++t) {
    const std::size_t k = recorded_offer(session, t);
    if (k == offers_) continue;
    double* to = &target_[(t * offers_ + k) * columns_];
    for (const auto& [n, j] : recorded) to[j] = session.recordings[t * neurons + n];
  }
}

std::span<const double> ColumnBlock::activity(std::size_t offer) const {
  return {&y_[offer * columns_], width_};
}

double ColumnBlock::weight(std::size_t n, std::size_t i, std::size_t j) const {
  return w_[n * cells() + i * columns_ + j];
}

bool ColumnBlock::finite() const {
  const std::size_t last = stride_ == 0 ? 0 : changes() - reached_ * in_stretch_;
  return all_finite({&w_[last * cells()], cells()});
}

Stretch ColumnBlock::stretch(std::size_t n) {
  const std::size_t first = n * in_stretch_;
  const Network& network = model_.network;
  return {std::span(runs_).subspan(first, std::min(in_stretch_, runs_.size() - first)),
          network.activation,
          network.eta,
          inputs_,
          columns_,
          session_.x.data(),
          y_.get(),
          slope_.get(),
          w_.get(),
          stride_};
}

void ColumnBlock::forward(KeptWeights kept) {
  in_stretch_ =
      std::max<std::size_t>(1, kept.stretch == 0 ? runs_.size() : std::min(kept.stretch, runs_.size()));
  stride_ = kept.stretch == 0 ? 0 : cells();
  w_ = numbers(cells() + in_stretch_ * stride_);
  if (stretches() > 1) starts_ = numbers(stretches() * cells());
  for (std::size_t i = 0; i < inputs_; ++i) {
    for (std::size_t j = 0; j < columns_; ++j) {
      w_[i * columns_ + j] =
          initial_(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(first_ + std::min(j, width_ - 1)));
    }
  }
  for (std::size_t n = 0; n < stretches(); ++n) {
    if (n > 0) std::copy_n(&w_[in_stretch_ * stride_], cells(), w_.get());
    if (starts_) std::copy_n(w_.get(), cells(), &starts_[n * cells()]);
    rule_->forward(stretch(n));
    reached_ = n;
  }
}

void ColumnBlock::add_logits(std::span<double> logits) const {
  kernels::read_out(y_.get(), readout_, logits);
}

double ColumnBlock::squared_error(std::size_t& recorded) const {
  return target_.empty() ? 0.0 : kernels::squared_error({y_.get(), size_of_y()}, target_, recorded);
}

// With the weights of all its runs at hand.
Stretch ColumnBlock::stretch_kept_anew(std::size_t n) {
  Stretch found = stretch(n);
  if (n == reached_) return found;
  std::copy_n(&starts_[n * cells()], cells(), w_.get());
  rule_->redo(found);
  reached_ = n;
  return found;
}

void ColumnBlock::pull_back_scores(std::span<const double> logit_bar, double squared_error_bar) {
  if (!y_bar_) y_bar_ = numbers(size_of_y());
  // forward: logit_k = sum_j b_j y_kj
  if (logit_bar.empty()) {
    std::fill_n(y_bar_.get(), size_of_y(), 0.0);
  } else {
    kernels::pull_back_read_out(logit_bar, readout_, y_bar_.get());
  }
  if (!target_.empty() && squared_error_bar != 0.0) {
    kernels::pull_back_squared_error(squared_error_bar, {y_.get(), size_of_y()}, target_, y_bar_.get());
  }
}

// Once more and run by run, to find the step.
void ColumnBlock::refuse_adjoint(std::span<const double> logit_bar, double squared_error_bar,
                                 std::span<const double> theta_bar) {
  const std::unique_ptr<ColumnRule> again = model_.rule.columns(theta_);
  std::vector<double> w_bar(cells());
  std::vector<double> by_theta(theta_bar.size());
  pull_back_scores(logit_bar, squared_error_bar);
  for (std::size_t n = stretches(); n-- > 0;) {
    const Stretch whole = stretch_kept_anew(n);
    for (std::size_t k = whole.runs.size(); k-- > 0;) {
      Stretch one = whole;
      one.runs = whole.runs.subspan(k, 1);
      one.w = whole.w + k * stride_;
      again->backward(one, y_bar_.get(), w_bar.data());
      std::ranges::copy(theta_bar, by_theta.begin());
      again->add_theta_bar(by_theta);
      refuse_non_finite_adjoint(model_, session_, whole.runs[k].end / offers_ - 1, w_bar, by_theta);
    }
  }
}

void ColumnBlock::backward(std::span<const double> logit_bar, double squared_error_bar,
                           std::span<double> theta_bar, double* initial_bar) {
  std::vector<double> w_bar(cells());
  pull_back_scores(logit_bar, squared_error_bar);
  for (std::size_t n = stretches(); n-- > 0;) {
    rule_->backward(stretch_kept_anew(n), y_bar_.get(), w_bar.data());
  }
  std::vector<double> by_theta(theta_bar.size());
  rule_->add_theta_bar(by_theta);
  if (!all_finite(by_theta) || !all_finite(w_bar)) refuse_adjoint(logit_bar, squared_error_bar, theta_bar);
  for (std::size_t p = 0; p < theta_bar.size(); ++p) theta_bar[p] += by_theta[p];
  if (initial_bar == nullptr) return;
  const auto neurons = static_cast<std::size_t>(initial_.cols());
  for (std::size_t i = 0; i < inputs_; ++i) {
    for (std::size_t j = 0; j < width_; ++j) initial_bar[i * neurons + first_ + j] += w_bar[i * columns_ + j];
  }
}

}  // namespace synfer

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
  std::size_t longest = 0;
  for (std::size_t t = 0, begin = 0; t < session.steps(); ++t) {
    if (session.learns[t] == 0 && t + 1 < session.steps()) continue;
    runs_.push_back({begin, t + 1, learned_.size(), session.learns[t] != 0});
    if (runs_.back().learns) learned_.push_back(runs_.size() - 1);
    longest = std::max(longest, t + 1 - begin);
    begin = t + 1;
  }
  y_bar_ = numbers(longest * offers_ * columns_);
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

// Kept ones, and between them those of the stretch that was reached last; two in turn where none is kept.
double* ColumnBlock::weights(std::size_t n) {
  if (every_ == 0) return &between_[n % 2 * cells()];
  return n % every_ == 0 ? &kept_[n / every_ * cells()] : &between_[n % every_ * cells()];
}

const double* ColumnBlock::weights(std::size_t n) const {
  if (every_ == 0) return &between_[n % 2 * cells()];
  return n % every_ == 0 ? &kept_[n / every_ * cells()] : &between_[n % every_ * cells()];
}

std::span<const double> ColumnBlock::activity(std::size_t offer) const {
  return {&y_[offer * columns_], width_};
}

double ColumnBlock::weight(std::size_t n, std::size_t i, std::size_t j) const {
  return weights(n)[i * columns_ + j];
}

bool ColumnBlock::finite() const { return all_finite({weights(changes()), cells()}); }

ColumnChange ColumnBlock::change_after(const Run& run, const double* before) const {
  const std::size_t at = (run.end - 1) * offers_ + session_.learned_offer(run.end - 1);
  return {std::span(session_.x).subspan(at * inputs_, inputs_),
          {&y_[at * columns_], columns_},
          session_.r[run.end - 1],
          model_.network.eta,
          before};
}

void ColumnBlock::forward(KeptWeights kept) {
  every_ = kept.every;
  if (every_ > 0) kept_ = numbers((changes() / every_ + 1) * cells());
  between_ = numbers((every_ == 0 ? 2 : every_) * cells());
  double* start = weights(0);
  for (std::size_t i = 0; i < inputs_; ++i) {
    for (std::size_t j = 0; j < columns_; ++j) {
      start[i * columns_ + j] =
          initial_(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(first_ + std::min(j, width_ - 1)));
    }
  }
  for (const Run& run : runs_) {
    const double* w = weights(run.changes);
    const std::size_t at = run.first * offers_;
    const std::size_t rows = (run.end - run.first) * offers_;
    kernels::respond(model_.network.activation, std::span(session_.x).subspan(at * inputs_, rows * inputs_),
                     rows, w, columns_, &y_[at * columns_], &slope_[at * columns_]);
    if (run.learns) rule_->change(change_after(run, w), weights(run.changes + 1));
  }
  reached_ = changes();
}

void ColumnBlock::add_logits(std::span<double> logits) const {
  kernels::read_out(y_.get(), readout_, logits);
}

double ColumnBlock::squared_error(std::size_t& recorded) const {
  return target_.empty() ? 0.0 : kernels::squared_error({y_.get(), size_of_y()}, target_, recorded);
}

// Computes those between two kept ones again where the way back gets there.
const double* ColumnBlock::weights_before(const Run& run) {
  const std::size_t n = run.changes;
  if (n % every_ != 0 && n / every_ != reached_ / every_) {
    for (std::size_t k = n / every_ * every_; k < n; ++k) {
      rule_->change(change_after(runs_[learned_[k]], weights(k)), weights(k + 1));
    }
    reached_ = n;
  }
  return weights(n);
}

void ColumnBlock::back_through(const Run& run, std::span<const double> logit_bar, double squared_error_bar,
                               ColumnRule& rule, std::span<double> w_bar) {
  const std::size_t at = run.first * offers_;
  const std::size_t rows = (run.end - run.first) * offers_;
  // forward: logit_k = sum_j b_j y_kj
  if (logit_bar.empty()) {
    std::fill_n(y_bar_.get(), rows * columns_, 0.0);
  } else {
    kernels::pull_back_read_out(logit_bar.subspan(at, rows), readout_, y_bar_.get());
  }
  if (!target_.empty() && squared_error_bar != 0.0) {
    const std::size_t first = at * columns_;
    const std::size_t count = rows * columns_;
    kernels::pull_back_squared_error(squared_error_bar, {&y_[first], count},
                                     std::span(target_).subspan(first, count), y_bar_.get());
  }
  // forward: W' = W + eta g(x, y, W, r; theta)
  if (run.learns) {
    const std::size_t learned = (run.end - 1 - run.first) * offers_ + session_.learned_offer(run.end - 1);
    rule.pull_back(change_after(run, weights_before(run)), w_bar.data(), &y_bar_[learned * columns_]);
  }
  // forward: y_kj = f(z_kj), z_kj = sum_i x_ki W_ij
  kernels::pull_back_response(std::span(session_.x).subspan(at * inputs_, rows * inputs_), rows,
                              &slope_[at * columns_], columns_, y_bar_.get(), w_bar.data());
}

void ColumnBlock::backward(std::span<const double> logit_bar, double squared_error_bar,
                           std::span<double> theta_bar, double* initial_bar) {
  std::vector<double> w_bar(cells());
  for (std::size_t n = runs_.size(); n-- > 0;) {
    back_through(runs_[n], logit_bar, squared_error_bar, *rule_, w_bar);
  }
  std::vector<double> by_theta(theta_bar.size());
  rule_->add_theta_bar(by_theta);
  if (!all_finite(by_theta) || !all_finite(w_bar)) {
    // Once more, to find the step.
    const std::unique_ptr<ColumnRule> again = model_.rule.columns(theta_);
    std::ranges::fill(w_bar, 0.0);
    for (std::size_t n = runs_.size(); n-- > 0;) {
      back_through(runs_[n], logit_bar, squared_error_bar, *again, w_bar);
      std::ranges::copy(theta_bar, by_theta.begin());
      again->add_theta_bar(by_theta);
      refuse_non_finite_adjoint(model_, session_, runs_[n].end - 1, w_bar, by_theta);
    }
  }
  for (std::size_t p = 0; p < theta_bar.size(); ++p) theta_bar[p] += by_theta[p];
  if (initial_bar == nullptr) return;
  const auto neurons = static_cast<std::size_t>(initial_.cols());
  for (std::size_t i = 0; i < inputs_; ++i) {
    for (std::size_t j = 0; j < width_; ++j) initial_bar[i * neurons + first_ + j] += w_bar[i * columns_ + j];
  }
}

}  // namespace synfer

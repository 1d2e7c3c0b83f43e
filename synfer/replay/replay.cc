#include "synfer/replay/replay.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/model/likelihood.h"
#include "synfer/replay/column_block.h"
#include "synfer/replay/kernels/columns.h"
#include "synfer/replay/non_finite.h"

namespace synfer {
namespace {

// Of a block: what is prepared for a row is shared by two vectors of AVX-512, and weights of some 50 changes
// of a hundred inputs stay in the nearer caches.
template <typename Number>
constexpr std::size_t kColumns = 128 / sizeof(Number);
// What a block keeps of its weights so that the way back runs in cache.
constexpr std::size_t kInCache = 2048UL * 1024;

struct Columns {
  std::size_t first;
  std::size_t width;
};

std::vector<Columns> column_blocks(const Model& model, std::size_t at_most) {
  const auto neurons = static_cast<std::size_t>(model.network.neurons);
  std::vector<Columns> blocks;
  for (std::size_t first = 0; first < neurons; first += at_most) {
    blocks.push_back({first, std::min(at_most, neurons - first)});
  }
  return blocks;
}

// All weights, or those of stretches that stay in cache.
template <typename Number>
KeptWeights kept_weights(const Model& model, const EncodedSession& session) {
  const std::size_t columns = std::min(kColumns<Number>, static_cast<std::size_t>(model.network.neurons));
  const std::size_t a_change = static_cast<std::size_t>(session.inputs) * columns * sizeof(Number);
  const auto changes = static_cast<std::size_t>(
      std::ranges::count_if(session.learns, [](char learns) { return learns != 0; }));
  if ((changes + 1) * a_change <= kInCache) return {KeptWeights::kAll};
  return {std::max<std::size_t>(2, kInCache / a_change)};
}

// What a block of columns gives: blocks run in parallel, and are summed in order.
struct Part {
  SessionLoss loss;  // of recordings
  std::vector<double> logits;
  std::vector<double> theta_bar;
};

SessionLoss loss_of(std::span<const Part> parts) {
  SessionLoss loss;
  for (const Part& part : parts) loss += part.loss;
  return loss;
}

// What every block reads of a session's stimuli: the session's own, or a copy in single precision.
template <typename Number>
struct Inputs {
  explicit Inputs(const EncodedSession& session) : copy(session.x.begin(), session.x.end()), x(copy) {}
  std::vector<Number> copy;
  std::span<const Number> x;
};

template <>
struct Inputs<double> {
  explicit Inputs(const EncodedSession& session) : x(session.x) {}
  std::span<const double> x;
};

// One session under one model: what the functions of the header share.
template <typename Number>
class Replay {
 public:
  Replay(const Model& model, std::span<const double> theta, const EncodedSession& session,
         const Matrix& initial)
      : model_(model),
        theta_(theta),
        session_(session),
        inputs_(session),
        initial_(initial),
        offers_(static_cast<std::size_t>(session.offers)) {}

  [[nodiscard]] std::vector<Columns> blocks() const { return column_blocks(model_, kColumns<Number>); }

  [[nodiscard]] bool scores_choices() const { return session_.scored_choices() > 0; }

  [[nodiscard]] ColumnBlockOf<Number> forward(const Columns& columns, KeptWeights kept) const {
    ColumnBlockOf<Number> block(model_, theta_, session_, inputs_.x, initial_, columns.first, columns.width);
    block.forward(kept);
    if (!block.finite()) refuse("weight");
    return block;
  }

  [[nodiscard]] std::vector<double> logits_of(const ColumnBlockOf<Number>& block) const {
    std::vector<double> logits(session_.steps() * offers_);
    block.add_logits(logits);
    return logits;
  }

  [[nodiscard]] std::vector<double> logits(const LogitOffsets& offsets, std::span<const Part> parts) const {
    std::vector<double> logits =
        offsets.value.empty() ? std::vector<double>(session_.steps() * offers_) : offsets.value;
    for (const Part& part : parts) {
      for (std::size_t n = 0; n < logits.size(); ++n) logits[n] += part.logits[n];
    }
    return logits;
  }

  // Adds the choices' part to `loss`; logit_bar (T K), unless null, gets its slopes times `slope`.
  void score(std::span<const double> logits, SessionLoss& loss, std::vector<double>* logit_bar = nullptr,
             double slope = 1.0) const {
    if (logit_bar != nullptr) logit_bar->assign(logits.size(), 0.0);
    if (offers_ == 1) {
      std::vector<double> toward(logits.size());
      for (std::size_t t = session_.scored_from; t < session_.steps(); ++t) {
        const int choice = session_.scored_choice(t);
        if (choice == kNoChoice) continue;
        toward[t] = choice == 1 ? 1.0 : -1.0;
        ++loss.choices;
      }
      loss.choice_nll += kernels::accept_nll(
          logits, toward, slope, logit_bar == nullptr ? std::span<double>() : std::span(*logit_bar));
    }
    for (std::size_t t = session_.scored_from; t < session_.steps() && offers_ > 1; ++t) {
      const int choice = session_.scored_choice(t);
      if (choice == kNoChoice) continue;
      const std::span<const double> offered = logits.subspan(t * offers_, offers_);
      loss.choice_nll -= log_choice(offered, choice);
      ++loss.choices;
      if (logit_bar == nullptr) continue;
      pull_back_log_choice(offered, choice, slope, std::span(*logit_bar).subspan(t * offers_, offers_));
    }
    if (!std::isfinite(loss.choice_nll)) refuse("logit");
  }

  void score_recordings(const ColumnBlockOf<Number>& block, SessionLoss& loss) const {
    loss.squared_error += block.squared_error(loss.recorded);
    if (!std::isfinite(loss.squared_error)) refuse("activity");
  }

  [[noreturn]] void refuse(const char* quantity) const {
    refuse_non_finite_replay(model_, theta_, session_, initial_, std::numeric_limits<Number>::max());
    // All is finite step by step, so only a sum overflowed.
    throw NonFiniteError(session_.animal, session_.name, session_.steps() - 1,
                         model_.rule.parameter_names().front(), quantity);
  }

 private:
  const Model& model_;
  std::span<const double> theta_;
  const EncodedSession& session_;
  Inputs<Number> inputs_;
  const Matrix& initial_;
  std::size_t offers_;
};

template <typename Number>
SessionLoss loss_in(const Model& model, std::span<const double> theta, const EncodedSession& session,
                    const Matrix& initial, const LogitOffsets& offsets) {
  const Replay<Number> replay(model, theta, session, initial);
  const std::vector<Columns> blocks = replay.blocks();
  const bool choices = replay.scores_choices();
  std::vector<Part> parts(blocks.size());
  for_each_index(blocks.size(), [&](std::size_t n) {
    const ColumnBlockOf<Number> block = replay.forward(blocks[n], {});
    if (choices) parts[n].logits = replay.logits_of(block);
    replay.score_recordings(block, parts[n].loss);
  });
  SessionLoss loss = loss_of(parts);
  if (choices) replay.score(replay.logits(offsets, parts), loss);
  return loss;
}

template <typename Number>
SessionLoss loss_and_gradient_in(const Model& model, std::span<const double> theta,
                                 const EncodedSession& session, const Matrix& initial, LossSlopes slopes,
                                 std::span<double> theta_bar, std::span<double> initial_bar,
                                 const LogitOffsets& offsets, std::span<double> offset_bar) {
  const Replay<Number> replay(model, theta, session, initial);
  const std::vector<Columns> blocks = replay.blocks();
  const KeptWeights kept = kept_weights<Number>(model, session);
  std::vector<Part> parts(blocks.size());
  std::vector<double> logit_bar;
  SessionLoss choice_loss;
  // Only the logits couple the blocks: they need every block before any goes back. A single block
  // goes back at once; several are replayed a second time rather than all kept.
  std::optional<ColumnBlockOf<Number>> single;
  if (replay.scores_choices()) {
    for_each_index(blocks.size(), [&](std::size_t n) {
      ColumnBlockOf<Number> block = replay.forward(blocks[n], blocks.size() == 1 ? kept : KeptWeights{});
      parts[n].logits = replay.logits_of(block);
      if (blocks.size() == 1) single.emplace(std::move(block));
    });
    replay.score(replay.logits(offsets, parts), choice_loss, &logit_bar, slopes.choice_nll);
    // forward: logit += offset
    for (std::size_t n = 0; n < logit_bar.size(); ++n) {
      for (std::size_t h = 0; h < offset_bar.size(); ++h) {
        offset_bar[h] += logit_bar[n] * offsets.slopes[n * offset_bar.size() + h];
      }
    }
  }
  for_each_index(blocks.size(), [&](std::size_t n) {
    ColumnBlockOf<Number> block = single ? std::move(*single) : replay.forward(blocks[n], kept);
    replay.score_recordings(block, parts[n].loss);
    parts[n].theta_bar.resize(theta_bar.size());
    block.backward(logit_bar, slopes.squared_error, parts[n].theta_bar,
                   initial_bar.empty() ? nullptr : initial_bar.data());
  });
  for (const Part& part : parts) {
    for (std::size_t p = 0; p < theta_bar.size(); ++p) theta_bar[p] += part.theta_bar[p];
  }
  SessionLoss loss = loss_of(parts);
  loss += choice_loss;
  return loss;
}

}  // namespace

SessionLoss& SessionLoss::operator+=(const SessionLoss& other) {
  choice_nll += other.choice_nll;
  squared_error += other.squared_error;
  choices += other.choices;
  recorded += other.recorded;
  return *this;
}

SessionLoss session_loss(const Model& model, std::span<const double> theta, const EncodedSession& session,
                         const Matrix& initial, const LogitOffsets& offsets, Precision precision) {
  return precision == Precision::kSingle ? loss_in<float>(model, theta, session, initial, offsets)
                                         : loss_in<double>(model, theta, session, initial, offsets);
}

SessionLoss session_loss_and_gradient(const Model& model, std::span<const double> theta,
                                      const EncodedSession& session, const Matrix& initial, LossSlopes slopes,
                                      std::span<double> theta_bar, std::span<double> initial_bar,
                                      const LogitOffsets& offsets, std::span<double> offset_bar,
                                      Precision precision) {
  const auto in =
      precision == Precision::kSingle ? loss_and_gradient_in<float> : loss_and_gradient_in<double>;
  return in(model, theta, session, initial, slopes, theta_bar, initial_bar, offsets, offset_bar);
}

Trajectory replay(const Model& model, std::span<const double> theta, const EncodedSession& session,
                  const Matrix& initial) {
  const Replay<double> replay(model, theta, session, initial);
  const auto neurons = static_cast<std::size_t>(model.network.neurons);
  const ColumnBlock block = replay.forward({0, neurons}, {KeptWeights::kAll});
  const std::vector<double> logits = replay.logits_of(block);

  const auto steps = static_cast<Eigen::Index>(session.steps());
  const auto offers = static_cast<Eigen::Index>(session.offers);
  const auto columns = static_cast<Eigen::Index>(neurons);
  Trajectory trajectory;
  trajectory.logits = Eigen::Map<const Matrix>(logits.data(), steps, offers);
  trajectory.activity.resize(steps * offers, columns);
  for (Eigen::Index at = 0; at < steps * offers; ++at) {
    const std::span<const double> y = block.activity(static_cast<std::size_t>(at));
    std::ranges::copy(y, trajectory.activity.row(at).begin());
  }
  for (std::size_t t = 0; t < session.steps(); ++t) {
    if (session.learns[t] != 0) trajectory.learned.push_back(t);
  }
  const auto weights = [&](std::size_t changes) {
    Matrix w(initial.rows(), columns);
    for (Eigen::Index i = 0; i < w.rows(); ++i) {
      for (Eigen::Index j = 0; j < columns; ++j)
        w(i, j) = block.weight(changes, static_cast<std::size_t>(i), static_cast<std::size_t>(j));
    }
    return w;
  };
  trajectory.weights.resize(static_cast<Eigen::Index>(block.changes()), initial.size());
  for (std::size_t n = 0; n < block.changes(); ++n) {
    trajectory.weights.row(static_cast<Eigen::Index>(n)) =
        weights(n + 1).reshaped<Eigen::RowMajor>().transpose();
  }
  trajectory.final_weights = weights(block.changes());
  return trajectory;
}

}  // namespace synfer

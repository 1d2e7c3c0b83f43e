#include "synfer/replay/replay.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "synfer/base/error.h"
#include "synfer/model/likelihood.h"
#include "synfer/replay/column_block.h"
#include "synfer/replay/non_finite.h"

namespace synfer {
namespace {

// A block's weights through a session stay within this, so that forward and backward run in cache.
constexpr std::size_t kBlockBytes = 512UL * 1024;
constexpr std::size_t kNarrowestBlock = 8;  // columns; the lanes of a wide register

struct Columns {
  std::size_t first;
  std::size_t width;
};

std::vector<Columns> column_blocks(const Model& model, const EncodedSession& session) {
  const auto neurons = static_cast<std::size_t>(model.network.neurons);
  const std::size_t a_column =
      (session.steps() + 1) * static_cast<std::size_t>(session.inputs) * sizeof(double);
  const std::size_t fit = kBlockBytes / a_column / kNarrowestBlock * kNarrowestBlock;
  const std::size_t width = std::clamp(fit, std::min(kNarrowestBlock, neurons), neurons);
  std::vector<Columns> blocks;
  for (std::size_t first = 0; first < neurons; first += width) {
    blocks.push_back({first, std::min(width, neurons - first)});
  }
  return blocks;
}

// One session under one model: what the functions of the header share.
class Replay {
 public:
  Replay(const Model& model, std::span<const double> theta, const EncodedSession& session,
         const Matrix& initial)
      : model_(model),
        theta_(theta),
        session_(session),
        initial_(initial),
        offers_(static_cast<std::size_t>(session.offers)) {}

  [[nodiscard]] std::vector<Columns> blocks() const { return column_blocks(model_, session_); }

  [[nodiscard]] bool scores_choices() const {
    const auto from = session_.choice.begin() + static_cast<std::ptrdiff_t>(session_.scored_from);
    return std::any_of(from, session_.choice.end(), [](int c) { return c != kNoChoice; });
  }

  [[nodiscard]] ColumnBlock forward(const Columns& columns, bool keep_weights) const {
    ColumnBlock block(model_, theta_, session_, initial_, columns.first, columns.width);
    block.forward(keep_weights);
    if (!block.finite()) refuse("weight");
    return block;
  }

  // Before any column adds to them.
  [[nodiscard]] std::vector<double> logits_from(const LogitOffsets& offsets) const {
    return offsets.value.empty() ? std::vector<double>(session_.steps() * offers_) : offsets.value;
  }

  // Adds the choices' part to `loss`; logit_bar (T K), unless null, gets its slopes times `slope`.
  void score(std::span<const double> logits, SessionLoss& loss, std::vector<double>* logit_bar = nullptr,
             double slope = 1.0) const {
    if (logit_bar != nullptr) logit_bar->assign(logits.size(), 0.0);
    for (std::size_t t = session_.scored_from; t < session_.steps(); ++t) {
      const int choice = session_.choice[t];
      if (choice == kNoChoice) continue;
      const std::span<const double> offered = logits.subspan(t * offers_, offers_);
      loss.choice_nll -= log_choice(offered, choice);
      ++loss.choices;
      if (logit_bar == nullptr) continue;
      pull_back_log_choice(offered, choice, slope, std::span(*logit_bar).subspan(t * offers_, offers_));
    }
    if (!std::isfinite(loss.choice_nll)) refuse("logit");
  }

  void score_recordings(const ColumnBlock& block, SessionLoss& loss) const {
    loss.squared_error += block.squared_error(loss.recorded);
    if (!std::isfinite(loss.squared_error)) refuse("activity");
  }

  [[noreturn]] void refuse(const char* quantity) const {
    refuse_non_finite_replay(model_, theta_, session_, initial_);
    // All is finite step by step, so only a sum overflowed.
    throw NonFiniteError(session_.animal, session_.name, session_.steps() - 1,
                         model_.rule.parameter_names().front(), quantity);
  }

 private:
  const Model& model_;
  std::span<const double> theta_;
  const EncodedSession& session_;
  const Matrix& initial_;
  std::size_t offers_;
};

}  // namespace

SessionLoss& SessionLoss::operator+=(const SessionLoss& other) {
  choice_nll += other.choice_nll;
  squared_error += other.squared_error;
  choices += other.choices;
  recorded += other.recorded;
  return *this;
}

SessionLoss session_loss(const Model& model, std::span<const double> theta, const EncodedSession& session,
                         const Matrix& initial, const LogitOffsets& offsets) {
  const Replay replay(model, theta, session, initial);
  const bool choices = replay.scores_choices();
  std::vector<double> logits = replay.logits_from(offsets);
  SessionLoss loss;
  for (const Columns& columns : replay.blocks()) {
    const ColumnBlock block = replay.forward(columns, false);
    if (choices) block.add_logits(logits);
    replay.score_recordings(block, loss);
  }
  if (choices) replay.score(logits, loss);
  return loss;
}

SessionLoss session_loss_and_gradient(const Model& model, std::span<const double> theta,
                                      const EncodedSession& session, const Matrix& initial, LossSlopes slopes,
                                      std::span<double> theta_bar, std::span<double> initial_bar,
                                      const LogitOffsets& offsets, std::span<double> offset_bar) {
  const Replay replay(model, theta, session, initial);
  const std::vector<Columns> blocks = replay.blocks();
  double* const first_weights_bar = initial_bar.empty() ? nullptr : initial_bar.data();
  SessionLoss loss;
  std::vector<double> logit_bar;
  // Only the logits couple the blocks: they need every block before any goes back. A single block
  // goes back at once; several are replayed a second time rather than all kept.
  std::vector<ColumnBlock> kept;
  if (replay.scores_choices()) {
    std::vector<double> logits = replay.logits_from(offsets);
    for (const Columns& columns : blocks) {
      ColumnBlock block = replay.forward(columns, blocks.size() == 1);
      block.add_logits(logits);
      if (blocks.size() == 1) kept.push_back(std::move(block));
    }
    replay.score(logits, loss, &logit_bar, slopes.choice_nll);
    // forward: logit += offset
    for (std::size_t n = 0; n < logit_bar.size(); ++n) {
      for (std::size_t h = 0; h < offset_bar.size(); ++h) {
        offset_bar[h] += logit_bar[n] * offsets.slopes[n * offset_bar.size() + h];
      }
    }
  }
  for (const Columns& columns : blocks) {
    if (kept.empty()) kept.push_back(replay.forward(columns, true));
    replay.score_recordings(kept.front(), loss);
    kept.front().backward(logit_bar, slopes.squared_error, theta_bar, first_weights_bar);
    kept.clear();
  }
  return loss;
}

Trajectory replay(const Model& model, std::span<const double> theta, const EncodedSession& session,
                  const Matrix& initial) {
  const Replay replay(model, theta, session, initial);
  const auto neurons = static_cast<std::size_t>(model.network.neurons);
  const ColumnBlock block = replay.forward({0, neurons}, true);
  std::vector<double> logits = replay.logits_from({});
  block.add_logits(logits);

  const auto steps = static_cast<Eigen::Index>(session.steps());
  const auto offers = static_cast<Eigen::Index>(session.offers);
  const auto columns = static_cast<Eigen::Index>(neurons);
  Trajectory trajectory;
  trajectory.logits = Eigen::Map<const Matrix>(logits.data(), steps, offers);
  trajectory.activity = Eigen::Map<const Matrix>(block.activity().data(), steps * offers, columns);
  for (std::size_t t = 0; t < session.steps(); ++t) {
    if (session.learns[t] != 0) trajectory.learned.push_back(t);
  }
  trajectory.weights.resize(static_cast<Eigen::Index>(block.changes()), initial.size());
  for (std::size_t n = 0; n < block.changes(); ++n) {
    trajectory.weights.row(static_cast<Eigen::Index>(n)) =
        Eigen::Map<const Eigen::RowVectorXd>(block.weights(n + 1).data(), initial.size());
  }
  trajectory.final_weights =
      Eigen::Map<const Matrix>(block.weights(block.changes()).data(), initial.rows(), columns);
  return trajectory;
}

}  // namespace synfer

// What a replay means: the recursion step by step, and what happens where it leaves the numbers.
#include "synfer/replay/replay.h"

#include <gtest/gtest.h>

#include <cmath>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/base/random.h"
#include "synfer/model/initial_weights.h"
#include "synfer/model/likelihood.h"
#include "synfer/model/plastic_layer.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/replay/session_for_test.h"

namespace synfer {
namespace {

using for_test::model_of;
using for_test::random_session;

TEST(Replay, IsTheRecursionOfThePlasticLayerStepByStep) {
  for (const int offers : {1, 3}) {
    const EncodedSession session = random_session(30, 4, offers);
    const Model model = model_of(4, 6, "x*r - w + x*y");
    const std::vector<double> theta = {0.8, -0.1, 0.2};
    const Matrix initial = draw_initial_weights({.sd = 0.3}, 4, 6, RandomStream(1, "weights"));
    const Trajectory trajectory = replay(model, theta, session, initial);

    PlasticLayer layer(model.network, model.rule, theta, initial);
    double nll = 0.0;
    std::size_t change = 0;
    for (std::size_t t = 0; t < session.steps(); ++t) {
      std::vector<double> logits;
      std::vector<double> learned_y;
      const auto x = [&](std::size_t k) {
        return std::span(session.x).subspan((t * static_cast<std::size_t>(offers) + k) * 4, 4);
      };
      for (std::size_t k = 0; k < static_cast<std::size_t>(offers); ++k) {
        const auto y = layer.activity(x(k));
        logits.push_back(layer.logit(y));
        EXPECT_NEAR(trajectory.logits(static_cast<Eigen::Index>(t), static_cast<Eigen::Index>(k)),
                    logits.back(), 1e-12);
        if (k == session.learned_offer(t) || offers == 1) learned_y.assign(y.begin(), y.end());
      }
      nll -= log_choice(logits, session.choice[t]);
      if (session.learns[t] == 0) continue;
      layer.change(x(session.learned_offer(t)), learned_y, session.r[t]);
      EXPECT_EQ(trajectory.learned[change], t);
      EXPECT_NEAR(trajectory.weights(static_cast<Eigen::Index>(change), 7), layer.weights()(1, 1), 1e-12);
      ++change;
    }
    EXPECT_TRUE(trajectory.final_weights.isApprox(layer.weights(), 1e-13));
    EXPECT_NEAR(session_loss(model, theta, session, initial).choice_nll, nll, 1e-10);
  }
}

TEST(Replay, WithoutALearningStepTheWeightsStay) {
  EncodedSession session = random_session(10, 2, 1);
  std::ranges::fill(session.learns, 0);
  const Model model = model_of(2, 3, "x*r");
  const Matrix initial = Matrix::Constant(2, 3, 0.2);
  EXPECT_EQ(replay(model, std::vector{1.0}, session, initial).final_weights, initial);
}

TEST(Replay, OnlyScoredStepsCost) {
  EncodedSession session = random_session(20, 2, 1);
  const Model model = model_of(2, 3, "x*r");
  const Matrix initial = Matrix::Constant(2, 3, 0.2);
  const std::vector theta = {1.0};
  const SessionLoss whole = session_loss(model, theta, session, initial);
  session.scored_from = 12;
  const SessionLoss tail = session_loss(model, theta, session, initial);
  EXPECT_EQ(tail.choices, 8u);
  std::fill(session.choice.begin() + 12, session.choice.end(), kNoChoice);
  session.scored_from = 0;
  const SessionLoss head = session_loss(model, theta, session, initial);
  EXPECT_NEAR(whole.choice_nll, head.choice_nll + tail.choice_nll, 1e-12);
}

TEST(Replay, ARuleThatExplodesIsRefusedWithSessionStepAndTerm) {
  const EncodedSession session = random_session(200, 2, 1);
  const Model model{network_with_hidden_layer(2, 3, {Activation::Kind::kTanh}),
                    taylor_rule(parse_expression("x*r + w^2")).rule};
  const Matrix initial = Matrix::Constant(2, 3, 0.2);
  const std::vector theta = {0.1, 5.0};
  std::vector<double> bar(2);
  const auto refused = [&](auto&& call) {
    try {
      call();
      ADD_FAILURE() << "not refused";
    } catch (const NonFiniteError& error) {
      EXPECT_EQ(error.session, "monday");
      EXPECT_EQ(error.term, "w^2");
      EXPECT_GT(error.step, 5u);
      EXPECT_LT(error.step, 60u);
    }
  };
  refused([&] { session_loss(model, theta, session, initial); });
  refused([&] { session_loss_and_gradient(model, theta, session, initial, {}, bar); });
  refused([&] { replay(model, theta, session, initial); });
}

TEST(Replay, HugeButFiniteWeightsStillHaveAFiniteLoss) {
  const EncodedSession session = random_session(100, 2, 1);
  const Model model = model_of(2, 3, "x*r + w");
  const std::vector theta = {1.0, 4.0};  // the weights triple at each change
  const SessionLoss loss = session_loss(model, theta, session, Matrix::Constant(2, 3, 0.2));
  EXPECT_TRUE(std::isfinite(loss.choice_nll));
}

TEST(Replay, AnAdjointThatOverflowsIsRefusedToo) {
  // Linear neurons: the loss stays finite, its slope in the growth rate does not.
  const EncodedSession session = random_session(1400, 1, 1);
  const Model model{network_without_hidden_layer(1), taylor_rule(parse_expression("w")).rule};
  const std::vector theta = {1.745};
  std::vector<double> bar(1);
  EXPECT_THROW(session_loss_and_gradient(model, theta, session, Matrix::Constant(1, 1, 1.0), {}, bar),
               NonFiniteError);
}

// 70 neurons are three blocks of columns.
TEST(Replay, OfManyBlocksIsTheSameToTheBitOnAnyNumberOfThreads) {
  const EncodedSession session = random_session(120, 50, 1);
  const Model model = model_of(50, 70, "x*r - w + x*y");
  const std::vector<double> theta = {0.2, -0.1, 0.05};
  const Matrix initial = draw_initial_weights({.sd = 0.1}, 50, 70, RandomStream(1, "weights"));
  const auto on = [&](std::size_t threads) {
    const ThreadLimit limit(threads);
    std::vector<double> gradient(3 + 3500);
    const std::span<double> all = gradient;
    const SessionLoss loss =
        session_loss_and_gradient(model, theta, session, initial, {}, all.first(3), all.subspan(3));
    gradient.push_back(loss.choice_nll);
    return gradient;
  };
  const std::vector<double> one = on(1);
  for (const std::size_t threads : {2, 3, 4}) EXPECT_EQ(on(threads), one) << threads << " threads";
}

}  // namespace
}  // namespace synfer

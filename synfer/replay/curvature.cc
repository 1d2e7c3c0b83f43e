#include "synfer/replay/curvature.h"

#include <algorithm>
#include <cmath>

#include "synfer/base/stop.h"
#include "synfer/replay/belief_run.h"
#include "synfer/replay/column_block.h"
#include "synfer/replay/kernels/information.h"

namespace synfer {
namespace {

// A column of slopes without its padding.
Vector vector_of(const LaneArray& slopes) {
  Vector of(static_cast<Eigen::Index>(slopes.lanes()));
  for (std::size_t n = 0; n < slopes.lanes(); ++n) of[static_cast<Eigen::Index>(n)] = slopes.at(n, 0);
  return of;
}

// Runs a belief through the session; `observed` sees it after each step's observation.
template <typename Observed>
void run(Belief& belief, const BeliefSession& of, std::size_t offset_lanes, Observed&& observed) {
  for (std::size_t t = 0; t < of.session.steps(); ++t) {
    stop_if_asked();
    observed(t, observe_step(belief, of, t, offset_lanes));
    advance_step(belief, of, t);
  }
  refuse_non_finite_belief(belief.finite(), of);
}

// Calls `with(neuron's column, y, recording)` for every value recorded and scored at step t.
template <typename With>
void for_each_recording(const EncodedSession& session, std::size_t t, With&& with) {
  const std::size_t recorded = recorded_offer(session, t);
  if (t < session.scored_from || recorded == static_cast<std::size_t>(session.offers)) return;
  const std::size_t neurons = session.recorded_neurons.size();
  for (std::size_t n = 0; n < neurons; ++n) {
    const double recording = session.recordings[t * neurons + n];
    if (std::isnan(recording)) continue;
    with(recorded, static_cast<std::size_t>(session.recorded_neurons[n]), recording);
  }
}

}  // namespace

SessionCurvature session_curvature(const BeliefSession& of, const BeliefLanes& lanes) {
  const EncodedSession& session = of.session;
  BeliefLanes all = lanes;
  all.any = true;
  Belief belief(of, all);
  SessionCurvature curvature;
  Information choices(belief.lanes());
  Information recordings(belief.lanes());
  const auto neurons = static_cast<std::size_t>(of.model.network.neurons);
  LaneArray dy(belief.lanes(), 1);
  LaneArray d_nll(belief.lanes(), 1);
  LaneArray d_squares(belief.lanes(), 1);
  run(belief, of, lanes.offset, [&](std::size_t t, double log_p) {
    if (scored(session, t)) {
      curvature.loss.choice_nll -= log_p;
      ++curvature.loss.choices;
      d_nll.add(0, -1.0, belief.log_probability_slopes(), 0);
      const LaneArray& rows = belief.information_rows();
      for (std::size_t n = 0; n < rows.columns(); ++n) choices.add(rows, n);
    }
    for_each_recording(session, t, [&](std::size_t k, std::size_t j, double recording) {
      const double error = belief.activity()[k * neurons + j] - recording;
      belief.activity_slopes(k, j, dy);
      // forward: squared_error += (y - recording)^2
      curvature.loss.squared_error += error * error;
      ++curvature.loss.recorded;
      d_squares.add(0, 2.0 * error, dy, 0);
      recordings.add(dy, 0);
    });
  });
  curvature.choice_gradient = vector_of(d_nll);
  curvature.squared_error_gradient = vector_of(d_squares);
  curvature.choice_information = choices.total();
  curvature.squared_error_information = recordings.total();
  curvature.held = belief.held();
  refuse_non_finite_slopes(of, curvature.choice_gradient.allFinite() &&
                                   curvature.choice_information.allFinite() &&
                                   curvature.squared_error_gradient.allFinite() &&
                                   curvature.squared_error_information.allFinite());
  return curvature;
}

SessionLoss session_loss(const BeliefSession& of) {
  const EncodedSession& session = of.session;
  Belief belief(of, {});
  const auto neurons = static_cast<std::size_t>(of.model.network.neurons);
  SessionLoss loss;
  run(belief, of, 0, [&](std::size_t t, double log_p) {
    if (scored(session, t)) {
      loss.choice_nll -= log_p;
      ++loss.choices;
    }
    for_each_recording(session, t, [&](std::size_t k, std::size_t j, double recording) {
      const double error = belief.activity()[k * neurons + j] - recording;
      loss.squared_error += error * error;
      ++loss.recorded;
    });
  });
  return loss;
}

BeliefTrace belief_trace(const BeliefSession& of) {
  Belief belief(of, {});
  BeliefTrace trace;
  run(belief, of, 0, [&](std::size_t, double log_p) { trace.log_probabilities.push_back(log_p); });
  trace.mean = belief.mean();
  const auto inputs = static_cast<std::size_t>(of.initial.rows());
  const auto neurons = static_cast<std::size_t>(of.initial.cols());
  if (belief.groups() != neurons) return trace;
  // From group by group to input by input.
  const auto place = [&](std::size_t i, std::size_t j) { return static_cast<Eigen::Index>(j * inputs + i); };
  const auto size = static_cast<Eigen::Index>(inputs * neurons);
  trace.covariance.resize(size, size);
  for (Eigen::Index a = 0; a < size; ++a) {
    for (Eigen::Index b = 0; b < size; ++b) {
      const auto ia = static_cast<std::size_t>(a) / neurons, ja = static_cast<std::size_t>(a) % neurons;
      const auto ib = static_cast<std::size_t>(b) / neurons, jb = static_cast<std::size_t>(b) % neurons;
      trace.covariance(a, b) = belief.covariance()(place(ia, ja), place(ib, jb));
    }
  }
  return trace;
}

}  // namespace synfer

#include "synfer/replay/weight_information.h"

#include <algorithm>
#include <cmath>

#include "synfer/base/stop.h"
#include "synfer/model/likelihood.h"
#include "synfer/replay/belief_run.h"
#include "synfer/replay/column_block.h"

namespace synfer {
namespace {

using Eigen::Index;

// y of a neuron at an offer, with its slopes in theta and in the neuron's own initial weights.
struct Activity {
  double f1 = 0.0;  // f'
  double f2 = 0.0;  // f''
  double y = 0.0;
  Vector first;   // P + N
  Matrix second;  // N x (P + N), d2y by an initial weight and by any
};

// A neuron's weights with their slopes.
class Neuron {
 public:
  Neuron(const BeliefSession& of, Index j)
      : model_(of.model),
        theta_(of.theta),
        parameters_(static_cast<Index>(of.theta.size())),
        w_(of.initial.col(j)),
        first_(Matrix::Zero(w_.size(), parameters_ + w_.size())),
        second_(static_cast<std::size_t>(w_.size()), first_),
        slopes_of_g_(4 * of.theta.size()) {
    first_.rightCols(w_.size()).setIdentity();
  }

  [[nodiscard]] Activity at(const Eigen::Map<const Vector>& x) const {
    const Activation& f = model_.network.activation;
    const double z = x.dot(w_);
    Activity a{.y = f.value(z), .first = {}, .second = {}};
    a.f1 = f.slope(z, a.y);
    a.f2 = f.curvature(z, a.y);
    const Vector dz = first_.transpose() * x;
    a.first = a.f1 * dz;
    a.second = a.f2 * dz.tail(w_.size()) * dz.transpose();
    for (std::size_t n = 0; n < second_.size(); ++n)
      a.second.row(static_cast<Index>(n)) += a.f1 * (x.transpose() * second_[n]);
    return a;
  }

  void change(const Eigen::Map<const Vector>& x, const Activity& at, double r) {
    const std::size_t P = theta_.size();
    const std::span<double> all = slopes_of_g_;
    const ThetaSlopes by_theta = {all.first(P), all.subspan(P, P), all.subspan(2 * P, P), all.subspan(3 * P)};
    const auto mapped = [&](std::span<double> values) {
      return Eigen::Map<const Vector>(values.data(), parameters_);
    };
    const double eta = model_.network.eta;
    const auto own = [&](const auto& slopes) { return slopes.tail(w_.size()); };
    for (Index i = 0; i < w_.size(); ++i) {
      const Synapse synapse = {x[i], at.y, w_[i], r};
      const SecondSlopes g = model_.rule.second_slopes(synapse, theta_, by_theta);
      const Vector dw = first_.row(i);
      // forward: w += eta g(x, y, w, r; theta)
      Vector dg = g.y * at.first + g.w * dw;
      Vector d_gy = g.yy * at.first + g.yw * dw;
      Vector d_gw = g.yw * at.first + g.ww * dw;
      dg.head(parameters_) += mapped(by_theta.g);
      d_gy.head(parameters_) += mapped(by_theta.y);
      d_gw.head(parameters_) += mapped(by_theta.w);
      for (Index a = 0; a < w_.size(); ++a) {
        auto d2w = second_[static_cast<std::size_t>(a)].row(i);
        d2w += eta * (g.y * at.second.row(a) + g.w * d2w + own(at.first)[a] * d_gy.transpose() +
                      own(dw)[a] * d_gw.transpose());
      }
      first_.row(i) += eta * dg;
      w_[i] += eta * model_.rule.change(synapse, theta_);
    }
  }

 private:
  const Model& model_;
  std::span<const double> theta_;
  Index parameters_;            // P
  Vector w_;                    // N
  Matrix first_;                // N x (P + N), dw
  std::vector<Matrix> second_;  // N of N x (P + N), dw by an initial weight and by any
  std::vector<double> slopes_of_g_;
};

class InformationSlopes {
 public:
  InformationSlopes(const BeliefSession& of, std::size_t offset_lanes)
      : of_(of),
        inputs_(of.initial.rows()),
        neurons_(of.initial.cols()),
        parameters_(static_cast<Index>(of.theta.size())),
        offsets_(static_cast<Index>(offset_lanes)),
        total_(Vector::Zero(parameters_ + offsets_ + of.initial.size())) {
    for (Index j = 0; j < neurons_; ++j) layer_.emplace_back(of, j);
  }

  Vector run(const Matrix& choices_by, const Matrix& recordings_by) {
    const EncodedSession& session = of_.session;
    const auto offers = static_cast<std::size_t>(session.offers);
    std::vector<std::vector<Activity>> activity(offers);
    for (std::size_t t = 0; t < session.steps(); ++t) {
      stop_if_asked();
      const auto offer = [&](std::size_t k) {
        return Eigen::Map<const Vector>(
            session.x.data() + (t * offers + k) * static_cast<std::size_t>(inputs_), inputs_);
      };
      for (std::size_t k = 0; k < offers; ++k) {
        activity[k].clear();
        for (const Neuron& neuron : layer_) activity[k].push_back(neuron.at(offer(k)));
      }
      if (scored(session, t)) add_choice(activity, t, choices_by);
      if (t >= session.scored_from) add_recordings(activity, t, recordings_by);
      if (session.learns[t] == 0) continue;
      const std::size_t k = session.learned_offer(t);
      for (std::size_t j = 0; j < layer_.size(); ++j)
        layer_[j].change(offer(k), activity[k][j], session.r[t]);
    }
    return total_;
  }

 private:
  [[nodiscard]] Index cell(Index i, Index j) const { return i * neurons_ + j; }

  // A neuron's lanes among all.
  void add(Index j, const Vector& lanes, Vector& to) const {
    to.head(parameters_) += lanes.head(parameters_);
    for (Index i = 0; i < inputs_; ++i) to[parameters_ + offsets_ + cell(i, j)] += lanes[parameters_ + i];
  }

  // Adds sum_a by_a y_aq, a the initial weights of neuron j.
  void add_second(Index j, const Activity& at, const Vector& by, double factor) {
    Vector own(inputs_);
    for (Index i = 0; i < inputs_; ++i) own[i] = by[cell(i, j)];
    add(j, factor * (at.second.transpose() * own), total_);
  }

  void add_recordings(const std::vector<std::vector<Activity>>& activity, std::size_t t,
                      const Matrix& factor) {
    const EncodedSession& session = of_.session;
    const std::size_t k = recorded_offer(session, t);
    if (k == activity.size()) return;
    const std::size_t recorded = session.recorded_neurons.size();
    for (std::size_t n = 0; n < recorded; ++n) {
      if (std::isnan(session.recordings[t * recorded + n])) continue;
      const Index j = session.recorded_neurons[n];
      const Activity& at = activity[k][static_cast<std::size_t>(j)];
      Vector by = Vector::Zero(factor.rows());
      for (Index i = 0; i < inputs_; ++i) by += factor.col(cell(i, j)) * at.first[parameters_ + i];
      add_second(j, at, by, 2.0);
    }
  }

  // Of I = sum_o p_o (L_oa - m_a) (L_ob - m_b), m = sum_o p_o L_o, over what could be chosen; to reject an
  // only offer has the logit 0.
  void add_choice(const std::vector<std::vector<Activity>>& activity, std::size_t t, const Matrix& factor) {
    const std::vector<double>& readout = of_.model.network.readout;
    const LogitOffset offset = offset_at(of_, t, static_cast<std::size_t>(offsets_));
    const std::size_t offers = activity.size();
    std::vector<double> logits(offers, 0.0);
    std::vector<Vector> slopes(offers, Vector::Zero(total_.size()));
    for (std::size_t k = 0; k < offers; ++k) {
      if (!offset.value.empty()) logits[k] = offset.value[k];
      for (Index h = 0; h < offsets_; ++h)
        slopes[k][parameters_ + h] =
            offset.slopes[k * static_cast<std::size_t>(offsets_) + static_cast<std::size_t>(h)];
      for (std::size_t j = 0; j < layer_.size(); ++j) {
        logits[k] += readout[j] * activity[k][j].y;
        add(static_cast<Index>(j), readout[j] * activity[k][j].first, slopes[k]);
      }
    }
    std::vector<double> p(offers);
    Vector mean = Vector::Zero(total_.size());
    for (std::size_t k = 0; k < offers; ++k) {
      p[k] = offers == 1 ? sigmoid(logits[0]) : std::exp(log_softmax(logits, static_cast<int>(k)));
      mean += p[k] * slopes[k];
    }
    const Index cells = factor.rows();
    const Vector by_mean = factor * mean.tail(cells);
    for (std::size_t k = 0; k < offers; ++k) {
      const Vector own = slopes[k].tail(cells);
      const Vector by = factor * own;
      total_ += p[k] * (own.dot(by) - 2.0 * own.dot(by_mean)) * (slopes[k] - mean);
      for (std::size_t j = 0; j < layer_.size(); ++j)
        add_second(static_cast<Index>(j), activity[k][j], by - by_mean, 2.0 * p[k] * readout[j]);
    }
  }

  const BeliefSession& of_;
  Index inputs_, neurons_, parameters_, offsets_;
  std::vector<Neuron> layer_;
  Vector total_;  // lanes
};

}  // namespace

Vector weight_information_slopes(const BeliefSession& of, std::size_t offset_lanes, const Matrix& choices_by,
                                 const Matrix& recordings_by) {
  return InformationSlopes(of, offset_lanes).run(choices_by, recordings_by);
}

}  // namespace synfer

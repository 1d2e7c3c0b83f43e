#include "synfer/replay/belief_block.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "synfer/base/stop.h"
#include "synfer/replay/belief_run.h"
#include "synfer/replay/kernels/belief_block.h"

namespace synfer {
namespace {

// Measured: with more parameters eight of one session in the lanes cost less.
constexpr std::size_t kMostParameters = 24;

Lanes all(double number) {
  Lanes lanes;
  lanes.lane.fill(number);
  return lanes;
}

class BeliefBlock {
 public:
  BeliefBlock(std::span<const BeliefSession> of, const BeliefLanes& lanes)
      : of_(of),
        model_(of.front().model),
        options_(of.front().options),
        sloped_(lanes.any),
        cells_(static_cast<std::size_t>(of.front().initial.size())),
        rule_(model_.rule.lanes(of.front().theta)),
        losses_(of.size()),
        held_(of.size(), false) {
    prepare_values();
    if (!sloped_) return;
    places_ = LanePlaces(lanes, model_.rule.parameters(), cells_);
    prepare_slopes();
  }

  void run() {
    std::size_t steps = 0;
    for (const BeliefSession& one : of_) steps = std::max(steps, one.session.steps());
    for (std::size_t t = 0; t < steps; ++t) {
      stop_if_asked();
      see(t);
      observe(t);
      if (begin_change(t)) change();
    }
    for (std::size_t l = 0; l < of_.size(); ++l) {
      refuse_non_finite_belief(finite(now_.m, l) && finite(now_.p, l) && finite(now_.r, l), of_[l]);
    }
  }

  [[nodiscard]] const std::vector<SessionLoss>& losses() const { return losses_; }

  [[nodiscard]] SessionCurvature curvature(std::size_t l) const {
    SessionCurvature found;
    found.loss = losses_[l];
    found.held = held_[l];
    const auto size = static_cast<Eigen::Index>(places_.count);
    found.squared_error_gradient = Vector::Zero(size);
    found.squared_error_information = Matrix::Zero(size, size);
    found.choice_gradient.resize(size);
    found.choice_information.resize(size, size);
    const Lanes* sum = information_.data();
    for (Eigen::Index a = 0; a < size; ++a) {
      found.choice_gradient[a] = gradient_[static_cast<std::size_t>(a)].lane[l];
      for (Eigen::Index b = 0; b <= a; ++b, ++sum) {
        found.choice_information(a, b) = found.choice_information(b, a) = sum->lane[l];
      }
    }
    refuse_non_finite_slopes(of_[l],
                             found.choice_gradient.allFinite() && found.choice_information.allFinite());
    return found;
  }

 private:
  void prepare_values() {
    now_.inputs = static_cast<std::size_t>(of_.front().initial.rows());
    now_.neurons = static_cast<std::size_t>(of_.front().initial.cols());
    now_.offers = 1;
    now_.groups = options_.covariance == BeliefOptions::Covariance::kDense ? now_.neurons : 1;
    now_.modes = now_.groups * now_.inputs;
    now_.filtered = now_.moved = true;
    now_.second = options_.order == BeliefOptions::Order::kSecond;
    now_.above_mean = now_.second && model_.rule.spreads();
    now_.apart = apart_of(options_, now_);
    now_.readout = model_.network.readout;
    now_.noise_variance = options_.noise_sd * options_.noise_sd;
    const double size = static_cast<double>(now_.neurons) / static_cast<double>(now_.groups);
    now_.share.assign(now_.neurons, 1.0 / size);
    walk_variance_ = options_.walk_sd * options_.walk_sd / size;
    for (auto* v : {&now_.x, &now_.b, &now_.v, &now_.xh}) v->resize(now_.inputs);
    for (auto* v : {&now_.z, &now_.y, &now_.y1, &now_.y2, &now_.c1, &now_.c2}) v->resize(now_.neurons);
    for (auto* v : {&now_.a, &now_.pa, &now_.u, &now_.phi, &now_.gamma, &now_.psi, &now_.fu, &now_.gv})
      v->resize(now_.modes);
    now_.gamma_ij.resize(cells_);
    now_.g.resize(now_.modes * now_.inputs);
    now_.fp.resize(now_.modes * now_.modes);
    now_.g_slopes.resize(cells_);
    now_.mean_slopes.resize(cells_);
    now_.spread.resize(cells_);
    now_.residual.resize(now_.pairs());
    now_.spread_apart.resize(1);
    now_.node_work.resize(5 * now_.neurons);
    now_.node_slopes.resize(choice_inputs(now_));
    now_.moments.resize(choice_inputs(now_));
    now_.m.resize(cells_);
    for (std::size_t l = 0; l < of_.size(); ++l) {
      for (std::size_t n = 0; n < cells_; ++n) now_.m[n].lane[l] = of_[l].initial.data()[n];
      reach_.push_back(reach_of(of_[l].session));
    }
    now_.reach = std::ranges::min(reach_);
    now_.wide = spreads_widely(options_, now_.reach);
    now_.p.resize(now_.modes * now_.modes);
    for (std::size_t d = 0; d < now_.modes; ++d) {
      now_.p[d * now_.modes + d] = all(options_.initial_sd * options_.initial_sd / size);
    }
    if (now_.apart > 0.0) {
      now_.fr.resize(now_.modes * now_.modes);
      now_.r.resize(now_.modes * now_.modes);
      for (std::size_t d = 0; d < now_.modes; ++d) {
        now_.r[d * now_.modes + d] = all(now_.apart * now_.p[d * now_.modes + d].lane[0]);
      }
    }
    g_.resize(now_.inputs);
  }

  void prepare_slopes() {
    // A block a parameter.
    d_ = BeliefSlopes(now_, kLanes * places_.count, kLanes * model_.rule.parameters());
    d_.offsets = places_.offsets > 0;
    const auto own = [](LaneArray& slopes, Eigen::Index parameter) {
      if (parameter >= 0) *slopes.block(static_cast<std::size_t>(parameter)) = all(1.0);
    };
    own(d_.log_noise_sd, places_.noise_sd);
    own(d_.log_walk_sd, places_.walk_sd);
    for (std::size_t n = 0; n < places_.initials; ++n) d_.m.block(places_.initial + n)[n] = all(1.0);
    if (places_.initial_sd >= 0) {
      // forward: P = initial_sd^2 / size
      Lanes* dp = d_.p.block(static_cast<std::size_t>(places_.initial_sd));
      for (std::size_t d = 0; d < now_.modes; ++d) {
        dp[d * now_.modes + d] = all(2.0 * now_.p[d * now_.modes + d].lane[0]);
      }
      // forward: R = apart P
      Lanes* dr = d_.r.block(static_cast<std::size_t>(places_.initial_sd));
      for (std::size_t d = 0; d < now_.modes && now_.apart > 0.0; ++d) {
        dr[d * now_.modes + d] = all(2.0 * now_.r[d * now_.modes + d].lane[0]);
      }
    }
    theta_slopes_.resize(now_.inputs * 4 * model_.rule.parameters());
    gradient_.resize(places_.count);
    information_.resize(places_.count * (places_.count + 1) / 2);
  }

  // What every session has at step t.
  void see(std::size_t t) {
    choice_.toward = choice_.offset = {};
    for (std::size_t l = 0; l < of_.size(); ++l) {
      const EncodedSession& session = of_[l].session;
      const bool there = t < session.steps();
      for (std::size_t i = 0; i < now_.inputs; ++i) {
        now_.x[i].lane[l] = there ? session.x[t * now_.inputs + i] : 0.0;
      }
      const int choice = there ? session.free_choice(t) : kNoChoice;
      if (choice == kNoChoice) continue;
      choice_.toward.lane[l] = choice == 1 ? 1.0 : -1.0;
      if (of_[l].offsets != nullptr && !of_[l].offsets->value.empty()) see_offset(t, l);
    }
  }

  void see_offset(std::size_t t, std::size_t l) {
    const LogitOffset offset = offset_at(of_[l], t, places_.offsets);
    choice_.offset.lane[l] = offset.value[0];
    for (std::size_t n = 0; n < places_.offsets; ++n) {
      d_.offset.block(places_.offset + n)->lane[l] = offset.slopes[n];
    }
  }

  void observe(std::size_t t) {
    const Activation& f = model_.network.activation;
    kernels::respond(f, now_);
    if (sloped_) kernels::respond(now_, d_);
    kernels::observe(f, sloped_, choice_, now_);
    if (sloped_) kernels::observe_along_line(now_, d_);
    kernels::move(now_);

    Lanes weight;
    Lanes by;
    for (std::size_t l = 0; l < of_.size(); ++l) {
      if (choice_.toward.lane[l] == 0.0 || t < of_[l].session.scored_from) continue;
      losses_[l].choice_nll -= std::log(choice_.p.lane[l]);
      ++losses_[l].choices;
      by.lane[l] = -1.0;
      const double not_p = choice_.not_p.lane[l];
      weight.lane[l] = not_p > 0 ? choice_.p.lane[l] / not_p : 0.0;
    }
    if (sloped_) kernels::add_choice(d_, weight, by, gradient_.data(), information_.data());
  }

  // Which sessions change their weights after step t; whether any does.
  bool begin_change(std::size_t t) {
    bool any = false;
    at_.learns = now_.eta = now_.walk_variance = {};
    for (std::size_t l = 0; l < of_.size(); ++l) {
      const EncodedSession& session = of_[l].session;
      if (t >= session.steps() || session.learns[t] == 0) continue;
      any = true;
      at_.learns.lane[l] = 1.0;
      at_.r.lane[l] = session.r[t];
      now_.eta.lane[l] = model_.network.eta;
      now_.walk_variance.lane[l] = walk_variance_;
    }
    return any;
  }

  void change() {
    kernels::begin_change(now_);
    if (sloped_) kernels::begin_change(now_, d_);
    const std::size_t slopes = 4 * model_.rule.parameters();
    for (std::size_t j = 0; j < now_.neurons; ++j) {
      kernels::ResponseSlopes<Lanes> y;
      kernels::respond_to_believed(model_.network.activation, j, now_, at_.y, y);
      if (now_.above_mean) kernels::find_spread(j, y, now_);
      for (std::size_t i = 0; i < now_.inputs; ++i) {
        const std::size_t ij = now_.ij(i, j);
        at_.x = now_.xh[i];
        at_.w = now_.m[ij];
        Lanes* by_theta = sloped_ ? &theta_slopes_[i * slopes] : nullptr;
        SecondSlopesOf<Lanes>& g = now_.g_slopes[ij];
        rule_->at(at_, g_[i], g, by_theta);
        if (!sloped_) continue;
        SlopesOf<Lanes>& mean = now_.mean_slopes[ij];
        mean = {};
        if (now_.above_mean) rule_->spread_slopes(at_, now_.spread[ij], mean, by_theta);
        for (std::size_t l = 0; l < kLanes; ++l) {
          mean.x.lane[l] += g.x.lane[l];
          mean.y.lane[l] += g.y.lane[l];
          mean.w.lane[l] += g.w.lane[l];
        }
      }
      if (now_.above_mean) kernels::add_mean_above(j, g_.data(), now_);
      kernels::add_slopes_of_change(j, y.first, now_);
      if (sloped_) kernels::change_weights(now_, j, y, theta_slopes_.data(), d_);
      // The mean moves last: F and G are taken at the weights before the change.
      kernels::change_mean(j, g_.data(), now_);
    }
    kernels::change_covariance(now_);
    if (sloped_) kernels::change_covariance(now_, d_);
    if (kernels::beyond(now_.reach, now_)) hold_within_reach();
  }

  void hold_within_reach() {
    for (std::size_t l = 0; l < of_.size(); ++l) {
      for (std::size_t i = 0; i < now_.inputs; ++i) {
        for (std::size_t j = 0; j < now_.neurons; ++j) hold_within_reach(l, i, j);
      }
    }
  }

  void hold_within_reach(std::size_t l, std::size_t i, std::size_t j) {
    const std::size_t modes = now_.modes;
    const std::size_t d = now_.gi(j, i);
    double& m = now_.m[now_.ij(i, j)].lane[l];
    const double reach = reach_[l];
    const bool far = std::abs(m) > reach;
    if (!far && !(now_.p[d * modes + d].lane[l] > reach * reach)) return;
    if (far) m = std::copysign(reach, m);
    held_[l] = true;
    const auto clear = [l](LaneArray& slopes, std::size_t column) {
      for (std::size_t n = 0; n < slopes.blocks(); ++n) slopes.block(n)[column].lane[l] = 0.0;
    };
    clear(d_.m, now_.ij(i, j));
    for (std::size_t e = 0; e < modes; ++e) {
      for (const std::size_t at : {d * modes + e, e * modes + d}) {
        now_.p[at].lane[l] = 0.0;
        clear(d_.p, at);
        if (now_.apart == 0.0) continue;
        now_.r[at].lane[l] = 0.0;
        clear(d_.r, at);
      }
    }
  }

  static bool finite(const std::vector<Lanes>& values, std::size_t l) {
    return std::ranges::all_of(values, [l](const Lanes& of) { return std::isfinite(of.lane[l]); });
  }

  std::span<const BeliefSession> of_;
  const Model& model_;
  const BeliefOptions& options_;
  bool sloped_;
  std::size_t cells_;
  std::unique_ptr<LaneRule> rule_;
  BlockValues now_;
  double walk_variance_ = 0.0;
  kernels::ChoiceLanes choice_;
  SynapseLanes at_;
  std::vector<Lanes> g_;  // N
  std::vector<SessionLoss> losses_;
  std::vector<bool> held_;
  std::vector<double> reach_;  // of the weights of each session

  LanePlaces places_;
  BeliefSlopes d_;
  std::vector<Lanes> theta_slopes_;  // N x 4 x P of the rule
  std::vector<Lanes> gradient_;      // P
  std::vector<Lanes> information_;   // its lower half, row by row
};

}  // namespace

std::size_t sessions_at_once(const BeliefSession& of, const BeliefLanes& lanes) {
  const bool fits = of.options.stimuli == BeliefOptions::Stimuli::kFiltered && of.session.offers == 1 &&
                    of.model.rule.curved() && of.session.recorded_neurons.empty();
  if (!fits) return 1;
  if (!lanes.any) return kLanes;
  const LanePlaces places(lanes, of.model.rule.parameters(), static_cast<std::size_t>(of.initial.size()));
  return places.count <= kMostParameters ? kLanes : 1;
}

// A session by itself costs less without lanes for others.
std::vector<SessionLoss> session_losses(std::span<const BeliefSession> of) {
  if (of.size() == 1) return {session_loss(of.front())};
  BeliefBlock block(of, {});
  block.run();
  return block.losses();
}

std::vector<SessionCurvature> session_curvatures(std::span<const BeliefSession> of,
                                                 const BeliefLanes& lanes) {
  if (of.size() == 1) return {session_curvature(of.front(), lanes)};
  BeliefBlock block(of, lanes);
  block.run();
  std::vector<SessionCurvature> found;
  for (std::size_t l = 0; l < of.size(); ++l) found.push_back(block.curvature(l));
  return found;
}

}  // namespace synfer

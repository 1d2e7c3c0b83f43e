// The weight change and what it does to the covariance, backward.
#include <array>
#include <utility>

#include "synfer/replay/belief_on_tape.h"
#include "synfer/replay/belief_pull_back.h"
#include "synfer/replay/kernels/second_order-inl.h"

namespace synfer {
namespace {

Eigen::Map<const Vector> vector(std::span<const double> of) {
  return {of.data(), static_cast<Eigen::Index>(of.size())};
}

// F' p of a group: F = diag(phi) + gamma x'. p: N x columns, of the group.
template <typename P>
Matrix f_transposed(std::span<const double> phi, std::span<const double> gamma, std::span<const double> x,
                    const P& p) {
  return vector(phi).asDiagonal() * p + vector(x) * (vector(gamma).transpose() * p);
}

}  // namespace

void BeliefPullBack::change() {
  // forward: m_ij and P_gi,. held within reach
  for (const std::size_t ij : step_.held_at_) {
    m_bar_.data()[ij] = 0.0;
    if (step_.now_.modes == 0) continue;
    const Eigen::Index d = index(step_.now_.gi(ij % step_.now_.neurons, ij / step_.now_.neurons));
    p_bar_.row(d).setZero();
    p_bar_.col(d).setZero();
    if (step_.now_.apart == 0.0) continue;
    r_bar_.row(d).setZero();
    r_bar_.col(d).setZero();
  }
  if (step_.filtered()) {
    // forward: P_dd += walk_sd^2 share
    const double walk = of_.options.walk_sd * of_.options.walk_sd * step_.now_.share.front();
    add_to(places_.walk_sd, 2.0 * walk * p_bar_.trace());
    change_covariance();
    if (step_.now_.apart > 0.0) {
      // forward: R_dd += apart walk_sd^2 share
      add_to(places_.walk_sd, 2.0 * step_.now_.apart * walk * r_bar_.trace());
      change_covariance_apart();
    }
  }
  change_weights();
  if (!step_.now_.moved) return;
  // forward: x = mu + alpha v, of the learned offer
  const Eigen::Index n = index(step_.now_.inputs);
  const Eigen::Index first = index(step_.now_.learned) * n;
  alpha_bar_ += vector(step_.now_.v).segment(first, n).dot(xh_bar_);
  v_bar_.segment(first, n) += step_.now_.alpha * xh_bar_;
}

void BeliefPullBack::change_covariance() {
  const Eigen::Index n = index(step_.now_.inputs);
  // forward: P' = F P F', symmetric: of F, whose blocks are those of a group, and later of P
  for (Eigen::Index at = 0; at < p_bar_.rows(); at += n) {
    f_bar_.middleRows(at, n).noalias() = 2.0 * p_bar_.middleRows(at, n) * step_.now_.fp.middleCols(at, n);
  }
  // forward: P' += noise_sd^2 G G'
  g_bar_.noalias() = 2.0 * sd2_ * p_bar_ * step_.now_.g;
  add_to(places_.noise_sd, step_.now_.g.cwiseProduct(g_bar_).sum());
  const auto f_transposed_of = [&](Eigen::Index at, const auto& p) {
    const auto first = static_cast<std::size_t>(at);
    return f_transposed(std::span(step_.now_.phi).subspan(first, step_.now_.inputs),
                        std::span(step_.now_.gamma).subspan(first, step_.now_.inputs), step_.now_.xh, p);
  };
  if (step_.now_.moved) {
    // forward: P' += kappa (fu gv' + gv fu' + gv gv')
    const auto fu = vector(step_.now_.fu);
    const auto gv = vector(step_.now_.gv);
    const Vector by_gv = p_bar_ * gv;
    const Vector by_both = p_bar_ * (fu + gv);
    kappa_bar_ += by_gv.dot(2.0 * fu + gv);
    const Vector fu_bar = 2.0 * step_.now_.kappa * by_gv;
    const Vector gv_bar = 2.0 * step_.now_.kappa * by_both;
    // forward: fu = F u, gv = G v
    for (Eigen::Index at = 0; at < p_bar_.rows(); at += n) {
      f_bar_.middleRows(at, n) += fu_bar.segment(at, n) * vector(step_.now_.u).segment(at, n).transpose();
      u_bar_.segment(at, n) += f_transposed_of(at, fu_bar.segment(at, n));
    }
    const Eigen::Index first = index(step_.now_.learned) * n;
    v_bar_.segment(first, n) += step_.now_.g.transpose() * gv_bar;
    g_bar_ += gv_bar * vector(step_.now_.v).segment(first, n).transpose();
  }
  // forward: F = diag(phi) + gamma x' of a group; G_gi,i += psi_gi
  gamma_bar_ = f_bar_ * vector(step_.now_.xh);
  xh_bar_ += f_bar_.transpose() * vector(step_.now_.gamma);
  for (Eigen::Index d = 0; d < p_bar_.rows(); ++d) {
    phi_bar_[d] = f_bar_(d, d % n);
    psi_bar_[d] = g_bar_(d, d % n);
  }
  // forward: F P F', of P: F' p_bar F
  for (int side = 0; side < 2; ++side) {
    for (Eigen::Index at = 0; at < p_bar_.rows(); at += n) {
      p_bar_.middleRows(at, n) = f_transposed_of(at, p_bar_.middleRows(at, n));
    }
    p_bar_.transposeInPlace();
  }
}

// forward: R' = F R F', F = diag(phi) + gamma x': as of P above
void BeliefPullBack::change_covariance_apart() {
  const Matrix f_bar = 2.0 * r_bar_ * step_.now_.fr;
  gamma_bar_ += f_bar * vector(step_.now_.xh);
  xh_bar_ += f_bar.transpose() * vector(step_.now_.gamma);
  phi_bar_ += f_bar.diagonal();
  for (int side = 0; side < 2; ++side) {
    r_bar_ = f_transposed(step_.now_.phi, step_.now_.gamma, step_.now_.xh, Matrix(r_bar_));
    r_bar_.transposeInPlace();
  }
}

// The spread of all synapses, by their bars.
void BeliefPullBack::mean_above() {
  const BeliefValues& now = step_.now_;
  const Activation& f = of_.model.network.activation;
  const auto x = vector(now.xh);
  tape_.clear();
  StepOnTape of(now, tape_, {believed_.data(), believed_covariance_.data(), apart_.data()});
  std::vector<std::array<double, 2>> curved(now.neurons);  // f'' and f'''
  for (of.changing = 0; of.changing < now.neurons; ++of.changing) {
    const std::size_t j = of.changing;
    const double z = x.dot(believed_.col(index(j)));
    const double y = f.value(z);
    curved[j] = {f.curvature(z, y), f.third(z, y)};
    of.y1.push_back(tape_.variable(f.slope(z, y)));
    of.y2.push_back(tape_.variable(curved[j][0]));
    const auto neuron = HWY_NAMESPACE::neuron_spread(now, of, j);
    for (std::size_t i = 0; i < now.inputs; ++i) {
      SpreadOf<Tape::Number> by;
      HWY_NAMESPACE::synapse_spread(now, of, neuron, i, j, by);
      const Spread& bar = spread_bars_[now.ij(i, j)];
      const std::pair<const Tape::Number&, double> seeds[] = {
          {by.y, bar.y},   {by.xx, bar.xx}, {by.xy, bar.xy}, {by.xw, bar.xw},
          {by.yy, bar.yy}, {by.yw, bar.yw}, {by.ww, bar.ww}};
      for (const auto& [number, slope] : seeds) tape_.seed(number, slope);
    }
  }
  tape_.run_back();
  of.add_bars(m_bar_, p_bar_, r_bar_, u_bar_, v_bar_);
  kappa_bar_ += tape_.bar(of.of_kappa);
  add_to(places_.noise_sd, 2.0 * now.noise_variance * tape_.bar(of.noise));
  for (std::size_t i = 0; i < now.inputs; ++i) xh_bar_[index(i)] += tape_.bar(of.all_xh[i]);
  for (std::size_t j = 0; j < now.neurons; ++j) {
    // forward: f'(z), f''(z), z = sum_i x_i m_ij
    const double z_bar = curved[j][0] * tape_.bar(of.y1[j]) + curved[j][1] * tape_.bar(of.y2[j]);
    xh_bar_ += z_bar * believed_.col(index(j));
    m_bar_.col(index(j)) += z_bar * x;
  }
}

void BeliefPullBack::change_weights() {
  const Activation& f = of_.model.network.activation;
  const double eta = of_.model.network.eta;
  const bool filtered = step_.filtered();
  Eigen::Map<Vector> theta_bar(gradient_.data(), index(of_.theta.size()));
  const auto x = vector(step_.now_.xh);
  spread_bars_.resize(step_.now_.inputs * step_.now_.neurons);
  for (std::size_t j = 0; j < step_.now_.neurons; ++j) {
    const auto m = believed_.col(index(j));
    auto m_bar = m_bar_.col(index(j));
    const double z = x.dot(m);
    const double y = f.value(z);
    const double y1 = f.slope(z, y);
    double y_bar = 0.0;
    double y1_bar = 0.0;
    for (std::size_t i = 0; i < step_.now_.inputs; ++i) {
      const SecondSlopes& s = step_.now_.g_slopes[step_.now_.ij(i, j)];
      const ThetaSlopes by_theta = step_.theta_slopes(i, j);
      // forward: m' = m + eta g(x, y, m, r; theta)
      const double g_bar = eta * m_bar[index(i)];
      const Slopes& mean = step_.now_.mean_slopes[step_.now_.ij(i, j)];
      y_bar += g_bar * mean.y;
      m_bar[index(i)] += g_bar * mean.w;
      if (step_.now_.above_mean) {
        // forward: g + D g
        spread_bars_[step_.now_.ij(i, j)] = {g_bar * s.y,       0.5 * g_bar * s.xx, g_bar * s.xy,
                                             g_bar * s.xw,      0.5 * g_bar * s.yy, g_bar * s.yw,
                                             0.5 * g_bar * s.ww};
      }
      if (!filtered) {
        theta_bar += g_bar * vector(by_theta.g);
        continue;
      }
      const Eigen::Index d = index(step_.now_.gi(j, i));
      const double share = step_.now_.share[j];
      // forward: phi += share (1 + eta g_w), psi += share eta g_x
      const double w_bar = share * eta * phi_bar_[d];
      const double x_bar = share * eta * psi_bar_[d];
      // forward: gamma += share gamma_ij, G_gi,k += share gamma_ij m_kj, gamma_ij = eta g_y f'(z)
      const double gamma_bar = share * (gamma_bar_[d] + g_bar_.row(d).dot(m));
      const double g_y_bar = eta * y1 * gamma_bar;
      y1_bar += eta * s.y * gamma_bar;
      theta_bar += g_bar * vector(by_theta.g) + w_bar * vector(by_theta.w) + x_bar * vector(by_theta.x) +
                   g_y_bar * vector(by_theta.y);
      xh_bar_[index(i)] += g_bar * mean.x + x_bar * s.xx + g_y_bar * s.xy + w_bar * s.xw;
      y_bar += x_bar * s.xy + g_y_bar * s.yy + w_bar * s.yw;
      m_bar[index(i)] += x_bar * s.xw + g_y_bar * s.yw + w_bar * s.ww;
    }
    if (filtered) {
      // forward: G_gi,k += share gamma_ij m_kj, of m
      for (std::size_t i = 0; i < step_.now_.inputs; ++i) {
        const double by_m = step_.now_.share[j] * step_.now_.gamma_ij[step_.now_.ij(i, j)];
        m_bar += by_m * g_bar_.row(index(step_.now_.gi(j, i))).transpose();
      }
    }
    // forward: y = f(z), f'(z), z = sum_i x_i m_ij
    const double z_bar = y1 * y_bar + f.curvature(z, y) * y1_bar;
    xh_bar_ += z_bar * m;
    m_bar += z_bar * x;
  }
  if (step_.now_.above_mean) mean_above();
}

}  // namespace synfer

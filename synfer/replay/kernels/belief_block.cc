#include "synfer/replay/kernels/belief_block.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/replay/kernels/belief_block.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/model/functions-inl.h"
#include "synfer/replay/kernels/second_nodes-inl.h"
#include "synfer/replay/kernels/second_order-inl.h"
#include "synfer/replay/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

inline constexpr double kSmallestProbability = 1e-300;
inline constexpr double kSmallestLogitVariance = 1e-300;

using kernels::ChoiceLanes;

// `of` where `by` > `than`, `otherwise` elsewhere.
HWY_INLINE Block where_above(const Block& by, double than, const Block& of, const Block& otherwise) {
  Block chosen;
  for (std::size_t n = 0; n < kVectors; ++n) {
    const auto above = hn::Gt(by.part[n], hn::Set(Tag(), than));
    chosen.part[n] = hn::IfThenElse(above, of.part[n], otherwise.part[n]);
  }
  return chosen;
}

// What follows is written for any shape of one offer and compiled for the plain one besides.

template <int kKind>
HWY_INLINE void respond(const BeliefShape s, const Activation& f, BlockValues& now) {
  for (std::size_t j = 0; j < s.neurons; ++j) {
    Block z = zero();
    for (std::size_t i = 0; i < s.inputs; ++i) z += load(now.x[i]) * load(now.m[s.ij(i, j)]);
    const Response of = activate_block<kKind>(f, z);
    store(z, now.z[j]);
    store(of.value, now.y[j]);
    store(of.slope, now.y1[j]);
    store(of.curvature, now.y2[j]);
  }
}

// The line on which weights and noise move the logit: see belief.cc. A lane without choice, or where nothing
// moves the logit, has a line that is a point.
HWY_INLINE void find_line(const BeliefShape s, const Block& toward, BlockValues& now) {
  for (std::size_t d = 0; d < s.modes; ++d) now.a[d] = {};
  for (std::size_t i = 0; i < s.inputs; ++i) {
    Block b = zero();
    for (std::size_t j = 0; j < s.neurons; ++j) {
      const Block slope = now.readout[j] * load(now.y1[j]);
      Lanes& a = now.a[s.gi(j, i)];
      store(load(a) + slope * load(now.x[i]), a);
      b += slope * load(now.m[s.ij(i, j)]);
    }
    store(b, now.b[i]);
  }
  Block variance = zero();
  for (std::size_t d = 0; d < s.modes; ++d) {
    Block sum = zero();
    for (std::size_t e = 0; e < s.modes; ++e) sum += load(now.p[d * s.modes + e]) * load(now.a[e]);
    variance += load(now.a[d]) * sum;
    store(sum, now.pa[d]);
  }
  for (std::size_t i = 0; i < s.inputs; ++i) {
    const Block b = load(now.b[i]);
    variance += (now.noise_variance * b) * b;
  }
  Block sd;
  for (std::size_t n = 0; n < kVectors; ++n) sd.part[n] = hn::Sqrt(variance.part[n]);
  sd = where_above(variance, kSmallestLogitVariance, sd, all(1.0));
  store(variance, now.variance);
  store(sd, now.sd);
  const Block chosen = toward * toward;
  const Block over_sd = where_above(variance, kSmallestLogitVariance, chosen * (1.0 / sd), zero());
  for (std::size_t d = 0; d < s.modes; ++d) store(load(now.pa[d]) * over_sd, now.u[d]);
  for (std::size_t i = 0; i < s.inputs; ++i) {
    store((now.noise_variance * load(now.b[i])) * over_sd, now.v[i]);
  }
  // z along the line: (mu + t v)(m + t u) = z + c1 t + c2 t^2
  for (std::size_t j = 0; j < s.neurons; ++j) {
    Block c1 = zero();
    Block c2 = zero();
    for (std::size_t i = 0; i < s.inputs; ++i) {
      const Block u = load(now.u[s.gi(j, i)]);
      const Block v = load(now.v[i]);
      c1 += v * load(now.m[s.ij(i, j)]);
      c1 += load(now.x[i]) * u;
      c2 += v * u;
    }
    store(c1, now.c1[j]);
    store(c2, now.c2[j]);
  }
}

// p and not_p at place t on the line, to first order; with slopes also how they move with each drive and with
// the offset, into now.node_slopes.
template <int kKind>
HWY_INLINE void choose_on_line(const BeliefShape s, const Activation& f, bool slopes, double t,
                               const Block& offset, const Block& toward, BlockValues& now, Block& p,
                               Block& not_p) {
  Block logit = offset;
  for (std::size_t j = 0; j < s.neurons; ++j) {
    Response of;
    if (t == 0.0) {
      of = {load(now.y[j]), load(now.y1[j]), zero(), zero()};
    } else {
      of = activate_block<kKind>(f, load(now.z[j]) + t * load(now.c1[j]) + (t * t) * load(now.c2[j]));
    }
    logit += now.readout[j] * of.value;
    if (slopes) store(now.readout[j] * of.slope, now.node_slopes[j]);
  }
  const Chosen chosen = choose(logit, toward);
  p = chosen.p;
  not_p = chosen.not_p;
  if (!slopes) return;
  const Block by_logit = toward * chosen.product;
  for (std::size_t j = 0; j < s.neurons; ++j) store(by_logit * load(now.node_slopes[j]), now.node_slopes[j]);
  store(by_logit, now.node_slopes[s.neurons]);
}

template <int kKind>
HWY_INLINE void observe(const BeliefShape s, const Activation& f, bool moments, ChoiceLanes& choice,
                        BlockValues& now) {
  const Block toward = load(choice.toward);
  const Block offset = load(choice.offset);
  find_line(s, toward, now);
  if (now.second) find_residuals(s, now);
  if (moments) {
    for (auto& of : now.moments) of.fill({});
  }
  Block z = zero();
  Block not_z = zero();
  Block first = zero();
  Block second = zero();
  for (std::size_t q = 0; q < kNodes; ++q) {
    const double t = kNodeAt[q];
    Block p;
    Block not_p;
    if (now.second) {
      choose_at_node<kKind>(s, f, moments, all(t), offset, toward, now, p, not_p);
    } else {
      choose_on_line<kKind>(s, f, moments, t, offset, toward, now, p, not_p);
    }
    z += kNodeWeight[q] * p;
    not_z += kNodeWeight[q] * not_p;
    first += (kNodeWeight[q] * t) * p;
    second += (kNodeWeight[q] * t * t) * p;
    if (!moments) continue;
    for (std::size_t n = 0; n < now.moments.size(); ++n) {
      Block term = kNodeWeight[q] * load(now.node_slopes[n]);
      for (Lanes& sum : now.moments[n]) {
        store(load(sum) + term, sum);
        term = t * term;
      }
    }
  }
  for (auto& part : z.part) part = hn::Max(part, hn::Set(Tag(), kSmallestProbability));
  const Block over_z = 1.0 / z;
  const Block mean = first * over_z;
  const Block square = second * over_z;
  store(z, choice.p);
  store(not_z, choice.not_p);
  store(mean, now.first);
  store(square, now.second_moment);
  const Block chosen = toward * toward;
  store(chosen * mean, now.alpha);
  store(chosen * (square - mean * mean + all(-1.0)), now.kappa);
  if (!moments) return;
  for (auto& of : now.moments) {
    for (Lanes& sum : of) store(load(sum) * over_z, sum);
  }
}

HWY_INLINE void move(const BeliefShape s, BlockValues& now) {
  const Block alpha = load(now.alpha);
  const Block kappa = load(now.kappa);
  for (std::size_t i = 0; i < s.inputs; ++i) {
    for (std::size_t j = 0; j < s.neurons; ++j) {
      Lanes& m = now.m[s.ij(i, j)];
      store(load(m) + alpha * load(now.u[s.gi(j, i)]), m);
    }
  }
  for (std::size_t d = 0; d < s.modes; ++d) {
    const Block ku = kappa * load(now.u[d]);
    for (std::size_t e = d; e < s.modes; ++e) {
      const Block p = load(now.p[d * s.modes + e]) + ku * load(now.u[e]);
      store(p, now.p[d * s.modes + e]);
      store(p, now.p[e * s.modes + d]);
    }
  }
}

template <int kKind>
HWY_INLINE void respond_to_believed(const BeliefShape s, const Activation& f, std::size_t j,
                                    const BlockValues& now, Lanes& y,
                                    kernels::ResponseSlopes<Lanes>& slopes) {
  Block z = zero();
  for (std::size_t i = 0; i < s.inputs; ++i) z += load(now.xh[i]) * load(now.m[s.ij(i, j)]);
  const Response of = activate_block<kKind>(f, z);
  store(of.value, y);
  store(of.slope, slopes.first);
  store(of.curvature, slopes.second);
  store(of.third, slopes.third);
}

// The spread of the synapses of neuron j, given f'(z) and f''(z).
HWY_INLINE void find_spread(const BeliefShape s, std::size_t j, const kernels::ResponseSlopes<Lanes>& y,
                            BlockValues& now) {
  const ValuesOfStep<BlockValues> step{s, now, load(y.first), load(y.second)};
  const NeuronSpread<Block> neuron = neuron_spread(s, step, j);
  for (std::size_t i = 0; i < s.inputs; ++i) {
    SpreadOf<Block> of;
    synapse_spread(s, step, neuron, i, j, of);
    SpreadOf<Lanes>& to = now.spread[s.ij(i, j)];
    store(of.y, to.y);
    store(of.xx, to.xx);
    store(of.xy, to.xy);
    store(of.xw, to.xw);
    store(of.yy, to.yy);
    store(of.yw, to.yw);
    store(of.ww, to.ww);
  }
}

// g += D g.
HWY_INLINE void add_mean_above(const BlockValues& now, std::size_t ij, Lanes& g) {
  const SecondSlopesOf<Lanes>& of = now.g_slopes[ij];
  const SpreadOf<Lanes>& by = now.spread[ij];
  Block squares = load(by.xx) * load(of.xx);
  squares += load(by.yy) * load(of.yy);
  squares += load(by.ww) * load(of.ww);
  Block sum = load(g) + 0.5 * squares;
  sum += load(by.y) * load(of.y);
  sum += load(by.xy) * load(of.xy);
  sum += load(by.xw) * load(of.xw);
  sum += load(by.yw) * load(of.yw);
  store(sum, g);
}

HWY_INLINE void add_slopes_of_change(const BeliefShape s, std::size_t j, const Lanes& y1, BlockValues& now) {
  const double share = now.share[j];
  const Block eta = load(now.eta);
  const auto add = [](Lanes& to, const Block& more) HWY_ATTR { store(load(to) + more, to); };
  for (std::size_t i = 0; i < s.inputs; ++i) {
    const SecondSlopesOf<Lanes>& g = now.g_slopes[s.ij(i, j)];
    const std::size_t d = s.gi(j, i);
    add(now.phi[d], share * (all(1.0) + eta * load(g.w)));
    add(now.psi[d], (share * eta) * load(g.x));
    const Block gamma = eta * load(g.y) * load(y1);
    store(gamma, now.gamma_ij[s.ij(i, j)]);
    add(now.gamma[d], share * gamma);
    // G = diag(psi) + mean_j gamma_j m_j'
    for (std::size_t k = 0; k < s.inputs; ++k) {
      add(now.g[d * s.inputs + k], (share * gamma) * load(now.m[s.ij(k, j)]));
    }
    add(now.g[d * s.inputs + i], (share * eta) * load(g.x));
  }
}

// R' = F R F' + apart walk_sd^2 I.
HWY_INLINE void change_apart(const BeliefShape s, BlockValues& now) {
  const std::size_t inputs = s.inputs;
  for (std::size_t e = 0; e < inputs; ++e) {
    Block along_x = zero();
    for (std::size_t i = 0; i < inputs; ++i) along_x += load(now.xh[i]) * load(now.r[i * inputs + e]);
    for (std::size_t d = 0; d < inputs; ++d) {
      store(load(now.phi[d]) * load(now.r[d * inputs + e]) + load(now.gamma[d]) * along_x,
            now.fr[d * inputs + e]);
    }
  }
  for (std::size_t d = 0; d < inputs; ++d) {
    const Lanes* of_d = now.fr.data() + d * inputs;
    Block along_x = zero();
    for (std::size_t i = 0; i < inputs; ++i) along_x += load(now.xh[i]) * load(of_d[i]);
    for (std::size_t e = d; e < inputs; ++e) {
      Block sum = load(now.phi[e]) * load(of_d[e]) + load(now.gamma[e]) * along_x;
      if (d == e) sum += now.apart * load(now.walk_variance);
      store(sum, now.r[d * inputs + e]);
      store(sum, now.r[e * inputs + d]);
    }
  }
}

HWY_INLINE void change_covariance(const BeliefShape s, BlockValues& now) {
  const auto row = [&](std::size_t d, std::size_t e) -> const Lanes& { return now.p[d * s.modes + e]; };
  for (std::size_t first = 0; first < s.modes; first += s.inputs) {
    // Row d of F p is phi p_d + gamma (x' p_g).
    for (std::size_t e = 0; e < s.modes; ++e) {
      Block along_x = zero();
      for (std::size_t i = 0; i < s.inputs; ++i) along_x += load(now.xh[i]) * load(row(first + i, e));
      for (std::size_t d = first; d < first + s.inputs; ++d) {
        store(load(now.phi[d]) * load(row(d, e)) + load(now.gamma[d]) * along_x, now.fp[d * s.modes + e]);
      }
    }
    Block along_x = zero();
    for (std::size_t i = 0; i < s.inputs; ++i) along_x += load(now.xh[i]) * load(now.u[first + i]);
    for (std::size_t d = first; d < first + s.inputs; ++d) {
      store(load(now.phi[d]) * load(now.u[d]) + load(now.gamma[d]) * along_x, now.fu[d]);
      Block gv = zero();
      for (std::size_t i = 0; i < s.inputs; ++i) gv += load(now.g[d * s.inputs + i]) * load(now.v[i]);
      store(gv, now.gv[d]);
    }
  }
  const Block kappa = load(now.kappa);
  for (std::size_t d = 0; d < s.modes; ++d) {
    for (std::size_t e = d; e < s.modes; ++e) {
      const Lanes* of_d = now.fp.data() + d * s.modes;
      const std::size_t first = e - e % s.inputs;
      Block along_x = zero();
      Block squares = zero();
      for (std::size_t i = 0; i < s.inputs; ++i) {
        along_x += load(now.xh[i]) * load(of_d[first + i]);
        squares += load(now.g[d * s.inputs + i]) * load(now.g[e * s.inputs + i]);
      }
      Block sum = load(now.phi[e]) * load(of_d[e]) + load(now.gamma[e]) * along_x;
      sum += now.noise_variance * squares;
      const Block gv_d = load(now.gv[d]);
      const Block gv_e = load(now.gv[e]);
      sum += kappa * (load(now.fu[d]) * gv_e + gv_d * load(now.fu[e]) + gv_d * gv_e);
      if (d == e) sum += load(now.walk_variance);
      store(sum, now.p[d * s.modes + e]);
      store(sum, now.p[e * s.modes + d]);
    }
  }
}

// The shape and the activation of the default network are compiled by themselves.
HWY_INLINE bool plain(const Activation& f, const BlockValues& now) {
  return now == kPlainShape && f.kind == Activation::Kind::kTanh;
}

void Respond(const Activation& f, BlockValues& now) {
  plain(f, now) ? respond<kTanh>(kPlainShape, f, now) : respond<kAnyKind>(now, f, now);
}

void Observe(const Activation& f, bool moments, ChoiceLanes& choice, BlockValues& now) {
  plain(f, now) ? observe<kTanh>(kPlainShape, f, moments, choice, now)
                : observe<kAnyKind>(now, f, moments, choice, now);
}

void Move(BlockValues& now) { now == kPlainShape ? move(kPlainShape, now) : move(now, now); }

void BeginChange(BlockValues& now) {
  for (auto* v : {&now.phi, &now.gamma, &now.psi, &now.g}) std::ranges::fill(*v, Lanes{});
  const Block alpha = load(now.alpha);
  for (std::size_t i = 0; i < now.inputs; ++i) store(load(now.x[i]) + alpha * load(now.v[i]), now.xh[i]);
}

void RespondToBelieved(const Activation& f, std::size_t j, const BlockValues& now, Lanes& y,
                       kernels::ResponseSlopes<Lanes>& slopes) {
  plain(f, now) ? respond_to_believed<kTanh>(kPlainShape, f, j, now, y, slopes)
                : respond_to_believed<kAnyKind>(now, f, j, now, y, slopes);
}

void FindSpread(std::size_t j, const kernels::ResponseSlopes<Lanes>& y, BlockValues& now) {
  now == kPlainShape ? find_spread(kPlainShape, j, y, now) : find_spread(now, j, y, now);
}

void AddMeanAbove(std::size_t j, Lanes* g, const BlockValues& now) {
  for (std::size_t i = 0; i < now.inputs; ++i) add_mean_above(now, now.ij(i, j), g[i]);
}

void AddSlopesOfChange(std::size_t j, const Lanes& y1, BlockValues& now) {
  now == kPlainShape ? add_slopes_of_change(kPlainShape, j, y1, now) : add_slopes_of_change(now, j, y1, now);
}

void ChangeMean(std::size_t j, const Lanes* g, BlockValues& now) {
  const Block eta = load(now.eta);
  for (std::size_t i = 0; i < now.inputs; ++i) {
    Lanes& m = now.m[now.ij(i, j)];
    store(load(m) + eta * load(g[i]), m);
  }
}

void ChangeCovariance(BlockValues& now) {
  if (now.apart > 0.0) now == kPlainShape ? change_apart(kPlainShape, now) : change_apart(now, now);
  now == kPlainShape ? change_covariance(kPlainShape, now) : change_covariance(now, now);
}

bool Beyond(double reach, const BlockValues& now) {
  Block largest = zero();
  Block widest = zero();
  for (const Lanes& m : now.m) {
    for (std::size_t n = 0; n < kVectors; ++n)
      largest.part[n] = hn::Max(largest.part[n], hn::Abs(load(m).part[n]));
  }
  for (std::size_t d = 0; d < now.modes; ++d) {
    for (std::size_t n = 0; n < kVectors; ++n)
      widest.part[n] = hn::Max(widest.part[n], load(now.p[d * now.modes + d]).part[n]);
  }
  for (std::size_t n = 0; n < kVectors; ++n) {
    if (!hn::AllFalse(Tag(), hn::Gt(largest.part[n], hn::Set(Tag(), reach)))) return true;
    if (!hn::AllFalse(Tag(), hn::Gt(widest.part[n], hn::Set(Tag(), reach * reach)))) return true;
  }
  return false;
}

void AddChoice(const BeliefSlopes& d, const Lanes& weight, const Lanes& by, Lanes* gradient, Lanes* sum) {
  const Block of_gradient = load(by);
  const Block of_sum = load(weight);
  for (std::size_t a = 0; a < d.log_p.blocks(); ++a) {
    const Block slope = load(*d.log_p.block(a));
    store(load(gradient[a]) + of_gradient * slope, gradient[a]);
    const Block weighted = of_sum * slope;
    for (std::size_t b = 0; b <= a; ++b, ++sum) store(load(*sum) + weighted * load(*d.log_p.block(b)), *sum);
  }
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer::kernels {

HWY_EXPORT(Respond);
HWY_EXPORT(Observe);
HWY_EXPORT(Move);
HWY_EXPORT(BeginChange);
HWY_EXPORT(RespondToBelieved);
HWY_EXPORT(FindSpread);
HWY_EXPORT(AddMeanAbove);
HWY_EXPORT(AddSlopesOfChange);
HWY_EXPORT(ChangeMean);
HWY_EXPORT(ChangeCovariance);
HWY_EXPORT(Beyond);
HWY_EXPORT(AddChoice);

void respond(const Activation& f, BlockValues& now) { HWY_DYNAMIC_DISPATCH(Respond)(f, now); }

void observe(const Activation& f, bool moments, ChoiceLanes& choice, BlockValues& now) {
  HWY_DYNAMIC_DISPATCH(Observe)(f, moments, choice, now);
}

void move(BlockValues& now) { HWY_DYNAMIC_DISPATCH(Move)(now); }

void begin_change(BlockValues& now) { HWY_DYNAMIC_DISPATCH(BeginChange)(now); }

void respond_to_believed(const Activation& f, std::size_t j, const BlockValues& now, Lanes& y,
                         ResponseSlopes<Lanes>& slopes) {
  HWY_DYNAMIC_DISPATCH(RespondToBelieved)(f, j, now, y, slopes);
}

void find_spread(std::size_t j, const ResponseSlopes<Lanes>& y, BlockValues& now) {
  HWY_DYNAMIC_DISPATCH(FindSpread)(j, y, now);
}

void add_mean_above(std::size_t j, Lanes* g, const BlockValues& now) {
  HWY_DYNAMIC_DISPATCH(AddMeanAbove)(j, g, now);
}

void add_slopes_of_change(std::size_t j, const Lanes& y1, BlockValues& now) {
  HWY_DYNAMIC_DISPATCH(AddSlopesOfChange)(j, y1, now);
}

void change_mean(std::size_t j, const Lanes* g, BlockValues& now) {
  HWY_DYNAMIC_DISPATCH(ChangeMean)(j, g, now);
}

void change_covariance(BlockValues& now) { HWY_DYNAMIC_DISPATCH(ChangeCovariance)(now); }

bool beyond(double reach, const BlockValues& now) { return HWY_DYNAMIC_DISPATCH(Beyond)(reach, now); }

void add_choice(const BeliefSlopes& d, const Lanes& weight, const Lanes& by, Lanes* gradient, Lanes* sum) {
  HWY_DYNAMIC_DISPATCH(AddChoice)(d, weight, by, gradient, sum);
}

}  // namespace synfer::kernels
#endif

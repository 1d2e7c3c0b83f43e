// A change of the weights of eight sessions, one offer a step. Included once for each instruction
// set (Highway's foreach_target.h).

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_REPLAY_KERNELS_CHANGE_BLOCK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_REPLAY_KERNELS_CHANGE_BLOCK_INL_H_
#undef SYNFER_REPLAY_KERNELS_CHANGE_BLOCK_INL_H_
#else
#define SYNFER_REPLAY_KERNELS_CHANGE_BLOCK_INL_H_
#endif

#include <hwy/highway.h>

#include "synfer/replay/kernels/belief_block.h"
#include "synfer/replay/kernels/second_nodes-inl.h"
#include "synfer/replay/kernels/second_order-inl.h"
#include "synfer/replay/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

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

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif

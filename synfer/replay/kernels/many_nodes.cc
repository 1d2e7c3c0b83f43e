// The choice among three offers and more at the nodes of its space (many_offers.h), eight nodes at once:
// values, and slopes in what the nodes are made of.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "synfer/replay/kernels/many_offers.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/replay/kernels/many_nodes.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/replay/kernels/second_nodes-inl.h"
#include "synfer/replay/kernels/vectors-inl.h"

#ifndef SYNFER_REPLAY_KERNELS_MANY_NODES_CC_SPACE
#define SYNFER_REPLAY_KERNELS_MANY_NODES_CC_SPACE
namespace synfer {

/// Nodes of a space of R dimensions, in blocks; the last one is padded with weights of 0.
struct SpaceNodes {
  std::size_t count = 0;                // a multiple of eight
  std::vector<std::vector<double>> at;  // R x count
  std::vector<double> weight;           // count
  // The weight times the product of two of 1, t_a and t_a t_b (a <= b), in this order: of all with all.
  std::vector<std::vector<double>> monomials;
};

namespace {

struct OneNode {
  double at, weight;
};

std::vector<OneNode> nodes_of_one_dimension(std::size_t rank) {
  std::vector<OneNode> nodes;
  if (rank <= 2) {
    for (std::size_t q = 0; q < kNodes; ++q) nodes.push_back({kNodeAt[q], kNodeWeight[q]});
  } else if (rank == 3) {
    nodes = {{-2.8569700138728056542, 0.011257411327720688933},
             {-1.3556261799742658658, 0.22207592200561264440},
             {0.0, 8.0 / 15.0},
             {1.3556261799742658658, 0.22207592200561264440},
             {2.8569700138728056542, 0.011257411327720688933}};
  } else {
    nodes = {{-1.7320508075688772935, 1.0 / 6.0}, {0.0, 2.0 / 3.0}, {1.7320508075688772935, 1.0 / 6.0}};
  }
  return nodes;
}

SpaceNodes make_nodes(std::size_t rank) {
  const std::vector<OneNode> one = nodes_of_one_dimension(rank);
  std::size_t all = 1;
  for (std::size_t a = 0; a < rank; ++a) all *= one.size();
  SpaceNodes nodes;
  nodes.count = kLanes * blocks_of(all);
  nodes.at.assign(rank, std::vector<double>(nodes.count));
  nodes.weight.assign(nodes.count, 0.0);
  for (std::size_t q = 0; q < all; ++q) {
    std::size_t rest = q;
    nodes.weight[q] = 1.0;
    for (std::size_t a = 0; a < rank; ++a, rest /= one.size()) {
      nodes.at[a][q] = one[rest % one.size()].at;
      nodes.weight[q] *= one[rest % one.size()].weight;
    }
  }
  // 1, t_a and t_a t_b, and each of these times each.
  std::vector<std::vector<double>> low;
  low.emplace_back(nodes.count, 1.0);
  for (std::size_t a = 0; a < rank; ++a) low.push_back(nodes.at[a]);
  for (std::size_t a = 0; a < rank; ++a) {
    for (std::size_t b = a; b < rank; ++b) {
      std::vector<double> product(nodes.count);
      for (std::size_t q = 0; q < nodes.count; ++q) product[q] = nodes.at[a][q] * nodes.at[b][q];
      low.push_back(std::move(product));
    }
  }
  for (const std::vector<double>& first : low) {
    for (const std::vector<double>& second : low) {
      std::vector<double> of(nodes.count);
      for (std::size_t q = 0; q < nodes.count; ++q) of[q] = nodes.weight[q] * first[q] * second[q];
      nodes.monomials.push_back(std::move(of));
    }
  }
  return nodes;
}

const SpaceNodes& nodes_of(std::size_t rank) {
  static const std::array<SpaceNodes, kMostFilteredOffers> all = [] {
    std::array<SpaceNodes, kMostFilteredOffers> made;
    for (std::size_t r = 2; r < kMostFilteredOffers; ++r) made[r] = make_nodes(r);
    return made;
  }();
  return all[rank];
}

}  // namespace
}  // namespace synfer
#endif

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

HWY_INLINE double sum_of_lanes(const Block& block) {
  double sum = 0.0;
  for (const auto& part : block.part) sum += hn::GetLane(hn::SumOfLanes(Tag(), part));
  return sum;
}

// p = softmax(logits), which are overwritten by it.
HWY_INLINE void softmax(std::size_t count, Lanes* logits) {
  Block largest = load(logits[0]);
  for (std::size_t k = 1; k < count; ++k) {
    for (std::size_t n = 0; n < kVectors; ++n)
      largest.part[n] = hn::Max(largest.part[n], load(logits[k]).part[n]);
  }
  Block sum = zero();
  for (std::size_t k = 0; k < count; ++k) {
    const Block below = load(logits[k]) - largest;
    Block e;
    for (std::size_t n = 0; n < kVectors; ++n) e.part[n] = exponential(Tag(), below.part[n]).value;
    sum += e;
    store(e, logits[k]);
  }
  const Block over = 1.0 / sum;
  for (std::size_t k = 0; k < count; ++k) store(load(logits[k]) * over, logits[k]);
}

// What eight nodes are about.
struct NodeWork {
  explicit NodeWork(const ManyOffers& many)
      : g(many.drives),
        curvature(many.drives),
        value_by_rho(many.drives),
        slope_by_rho(many.drives),
        logit(many.offers),
        p(many.offers),
        variance(many.offers * many.offers),
        choice(many.offers),
        choice_bar(many.offers),
        logit_bar(many.offers),
        p_bar(many.offers),
        variance_bar(many.offers * many.offers) {}

  std::vector<Lanes> g, curvature, value_by_rho, slope_by_rho;  // drives
  std::vector<Lanes> logit, p, variance;                        // K, K, K x K
  std::vector<Lanes> choice;                                    // K: the probabilities of choices
  std::vector<Lanes> choice_bar, logit_bar, p_bar, variance_bar;
};

HWY_INLINE Block covariance_of(const ManyOffers& many, std::size_t one, std::size_t other) {
  return all(many.step.inputs[many.pair_input(std::min(one, other), std::max(one, other))]);
}

HWY_INLINE void respond_at_nodes(const BeliefShape s, const Activation& f, bool slopes,
                                 const BeliefValues& now, const SpaceNodes& nodes, std::size_t first,
                                 NodeWork& work) {
  const ManyOffers& many = now.many;
  const double* inputs = many.step.inputs.data();
  for (std::size_t k = 0; k < s.offers; ++k) store(all(inputs[many.offset_input(k)]), work.logit[k]);
  for (std::size_t kj = 0; kj < s.drives(); ++kj) {
    const std::size_t k = kj / s.neurons;
    const double* of = inputs + kj * many.of_drive();
    const auto t = [&](std::size_t a) HWY_ATTR {
      Block block;
      for (std::size_t n = 0; n < kVectors; ++n)
        block.part[n] = hn::LoadU(Tag(), nodes.at[a].data() + first + n * kWidth);
      return block;
    };
    Block z = all(*of++);
    for (std::size_t a = 0; a < many.rank; ++a) z += *of++ * t(a);
    for (std::size_t a = 0; a < many.rank; ++a) {
      for (std::size_t b = a; b < many.rank; ++b) z += *of++ * Block(t(a) * t(b));
    }
    const Block rho = covariance_of(many, kj, kj) + all(inputs[many.apart_input(k)]);
    const SpreadResponse response = respond_spread<kAnyKind>(f, now.wide, slopes, z, rho);
    const double reads = now.readout[kj % s.neurons];
    store(load(work.logit[k]) + reads * response.value, work.logit[k]);
    store(reads * response.slope, work.g[kj]);
    store(reads * response.curvature, work.curvature[kj]);
    store(reads * response.value_by_rho, work.value_by_rho[kj]);
    store(reads * response.slope_by_rho, work.slope_by_rho[kj]);
  }
  for (Lanes& variance : work.variance) variance = {};
  for (std::size_t one = 0; one < s.drives(); ++one) {
    for (std::size_t other = 0; other < s.drives(); ++other) {
      Lanes& to = work.variance[one / s.neurons * s.offers + other / s.neurons];
      const Block gg = load(work.g[one]) * load(work.g[other]);
      store(load(to) + gg * covariance_of(many, one, other), to);
    }
  }
  work.p = work.logit;
  softmax(s.offers, work.p.data());
  // To second order E softmax(L + e), e ~ N(0, V), is the softmax of L_c + V_cc / 2 - (V p)_c.
  for (std::size_t c = 0; c < s.offers; ++c) {
    Block logit = load(work.logit[c]) + 0.5 * load(work.variance[c * s.offers + c]);
    for (std::size_t k = 0; k < s.offers; ++k)
      logit = logit - load(work.variance[c * s.offers + k]) * load(work.p[k]);
    store(logit, work.choice[c]);
  }
  softmax(s.offers, work.choice.data());
}

// From choice_bar, of the probabilities of choices, to logit_bar, variance_bar.
HWY_INLINE void pull_back_choice(std::size_t offers, NodeWork& work) {
  Block mean = zero();
  for (std::size_t c = 0; c < offers; ++c) mean += load(work.choice[c]) * load(work.choice_bar[c]);
  for (std::size_t c = 0; c < offers; ++c) {
    const Block less = load(work.choice_bar[c]) - mean;
    store(load(work.choice[c]) * less, work.logit_bar[c]);
    work.p_bar[c] = {};
  }
  for (std::size_t c = 0; c < offers; ++c) {
    const Block bar = load(work.logit_bar[c]);
    for (std::size_t k = 0; k < offers; ++k) {
      Block of_variance = zero();
      if (k == c) of_variance += 0.5 * bar;
      of_variance = of_variance - bar * load(work.p[k]);
      store(of_variance, work.variance_bar[c * offers + k]);
      store(load(work.p_bar[k]) - bar * load(work.variance[c * offers + k]), work.p_bar[k]);
    }
  }
  Block mean_p = zero();
  for (std::size_t k = 0; k < offers; ++k) mean_p += load(work.p[k]) * load(work.p_bar[k]);
  for (std::size_t k = 0; k < offers; ++k) {
    const Block less = load(work.p_bar[k]) - mean_p;
    store(load(work.logit_bar[k]) + load(work.p[k]) * less, work.logit_bar[k]);
  }
}

// Rows of slopes at all nodes: of drives, pairs, offsets and variances of single neurons.
struct NodeRows {
  std::size_t count;
  std::vector<double> of;  // rows x count

  double* row(std::size_t n, std::size_t first) { return of.data() + n * count + first; }
};

HWY_INLINE void store_row(const Block& block, double* to) {
  for (std::size_t n = 0; n < kVectors; ++n) hn::StoreU(block.part[n], Tag(), to + n * kWidth);
}

HWY_INLINE void pull_back_drives(const BeliefShape s, const ManyOffers& many, NodeWork& work,
                                 std::size_t first, NodeRows& rows) {
  const std::size_t drives = s.drives();
  const std::size_t offsets = drives + many.pairs();
  for (std::size_t k = 0; k < s.offers; ++k) {
    store_row(load(work.logit_bar[k]), rows.row(offsets + k, first));
    store_row(zero(), rows.row(offsets + s.offers + k, first));
  }
  const auto both_bars = [&](std::size_t k, std::size_t l) HWY_ATTR {
    return load(work.variance_bar[k * s.offers + l]) + load(work.variance_bar[l * s.offers + k]);
  };
  for (std::size_t one = 0; one < drives; ++one) {
    const std::size_t k = one / s.neurons;
    Block of_g = zero();
    for (std::size_t other = 0; other < drives; ++other) {
      const Block bars = both_bars(k, other / s.neurons);
      const Block gc = load(work.g[other]) * covariance_of(many, one, other);
      of_g += bars * gc;
      if (other <= one) continue;
      const Block gg = load(work.g[one]) * load(work.g[other]);
      store_row(bars * gg, rows.row(drives + many.pair_input(one, other) - drives * many.of_drive(), first));
    }
    const Block z_bar = load(work.logit_bar[k]) * load(work.g[one]) + of_g * load(work.curvature[one]);
    const Block rho_bar =
        load(work.logit_bar[k]) * load(work.value_by_rho[one]) + of_g * load(work.slope_by_rho[one]);
    store_row(z_bar, rows.row(one, first));
    const Block squared = load(work.g[one]) * load(work.g[one]);
    const Block own = rho_bar + (0.5 * both_bars(k, k)) * squared;
    store_row(own, rows.row(drives + many.pair_input(one, one) - drives * many.of_drive(), first));
    double* apart = rows.row(offsets + s.offers + k, first);
    Lanes so_far;
    std::copy_n(apart, kLanes, so_far.lane.data());
    store_row(load(so_far) + rho_bar, apart);
  }
}

void ChooseAtNodesOfMany(const Activation& f, std::size_t choice, bool slopes, BeliefValues& now) {
  const BeliefShape s = now;
  ManyOffers& many = now.many;
  const SpaceNodes& nodes = nodes_of(many.rank);
  NodeWork work(many);
  const std::size_t low = many.of_drive();  // monomials up to degree two: those of a drive
  const std::size_t drives = s.drives();
  const std::size_t others = many.pairs() + 2 * s.offers;
  std::vector<NodeRows> of_choice(slopes ? s.offers : 0,
                                  {nodes.count, std::vector<double>((drives + others) * nodes.count)});
  std::vector<double> p(s.offers * nodes.count);
  for (std::size_t first = 0; first < nodes.count; first += kLanes) {
    respond_at_nodes(s, f, slopes, now, nodes, first, work);
    for (std::size_t c = 0; c < s.offers; ++c) {
      std::copy_n(work.choice[c].lane.data(), kLanes, p.data() + c * nodes.count + first);
      if (!slopes) continue;
      for (Lanes& bar : work.choice_bar) bar = {};
      work.choice_bar[c].lane.fill(1.0);
      pull_back_choice(s.offers, work);
      pull_back_drives(s, many, work, first, of_choice[c]);
    }
  }
  const auto sum = [&](const double* row, std::size_t monomial) {
    const double* with = nodes.monomials[monomial].data();
    double total = 0.0;
    for (std::size_t q = 0; q < nodes.count; ++q) total += row[q] * with[q];
    return total;
  };
  std::vector<double>& out = many.step.outputs;
  out.assign(many.outputs(), 0.0);
  for (std::size_t c = 0; c < s.offers; ++c)
    out[many.choice_output(c)] = std::max(1e-300, sum(p.data() + c * nodes.count, 0));
  const double z = out[many.choice_output(choice)];
  out[0] = std::log(z);
  for (std::size_t n = 1; n < low; ++n) out[n] = sum(p.data() + choice * nodes.count, n) / z;
  if (!slopes) return;
  const std::size_t inputs = many.inputs();
  many.jacobian.assign(many.outputs() * inputs, 0.0);
  // Input `n` of drive kj moves z by monomial n; so does output n take it.
  for (std::size_t row = 0; row < drives + others; ++row) {
    const std::size_t count = row < drives ? low : 1;
    for (std::size_t n = 0; n < count; ++n) {
      const std::size_t input = row < drives ? row * low + n : drives * low + row - drives;
      for (std::size_t c = 0; c < s.offers; ++c)
        many.jacobian[many.choice_output(c) * inputs + input] = sum(of_choice[c].row(row, 0), n);
      const double log_p = many.jacobian[many.choice_output(choice) * inputs + input] / z;
      many.jacobian[input] = log_p;
      for (std::size_t m = 1; m < low; ++m) {
        many.jacobian[m * inputs + input] =
            sum(of_choice[choice].row(row, 0), m * low + n) / z - out[m] * log_p;
      }
    }
  }
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer::kernels {

HWY_EXPORT(ChooseAtNodesOfMany);

void choose_at_nodes_of_many(const Activation& f, std::size_t choice, bool slopes, BeliefValues& now) {
  HWY_DYNAMIC_DISPATCH(ChooseAtNodesOfMany)(f, choice, slopes, now);
}

}  // namespace synfer::kernels
#endif

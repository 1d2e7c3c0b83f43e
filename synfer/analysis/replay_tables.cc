#include "synfer/analysis/replay_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <sstream>

#include "synfer/analysis/history_result.h"
#include "synfer/analysis/scoring.h"
#include "synfer/files/table.h"
#include "synfer/replay/belief_run.h"

namespace synfer {
namespace {

constexpr std::size_t kMostSessions = 24;
constexpr std::size_t kMostSteps = 20'000;
constexpr std::size_t kVisitsOfASession = 2'000;
constexpr std::size_t kGrid = 15;      // states a variable
constexpr std::size_t kFewStates = 6;  // a variable with no more takes them all

using Visits = std::vector<Synapse>;

std::string digits(double v) { return std::isfinite(v) ? fmt::format("{:.6g}", v) : std::string(); }

// Which of the replayed sessions are looked at: as many as the limits allow, evenly spread.
std::vector<char> looked_at(const std::vector<EncodedSession>& sessions) {
  std::vector<char> chosen(sessions.size(), 0);
  const std::size_t count = std::min(sessions.size(), kMostSessions);
  std::size_t steps = 0;
  for (std::size_t n = 0; n < count; ++n) {
    const std::size_t s = n * sessions.size() / count;
    steps += sessions[s].steps();
    if (n > 0 && steps > kMostSteps) break;
    chosen[s] = 1;
  }
  return chosen;
}

struct Offer {
  double probability = NAN, weight = NAN, weight_sd = NAN;
};

// P(choice of offer k) from that of the recorded choice; with three offers or more the belief is asked.
void predict(const Belief& before, const BeliefSession& of, std::size_t t, double log_p,
             std::span<Offer> offers) {
  const int choice = of.session.free_choice(t);  // of a forced one nothing is predicted
  const double p = std::exp(log_p);
  if (offers.size() <= 2 && choice != kNoChoice) {
    if (offers.size() == 1) {
      offers[0].probability = choice == 1 ? p : 1.0 - p;
    } else {
      offers[static_cast<std::size_t>(choice)].probability = p;
      offers[static_cast<std::size_t>(1 - choice)].probability = 1.0 - p;
    }
  } else if (offers.size() > 2 && choice != kNoChoice) {
    const std::size_t size = offers.size() * static_cast<std::size_t>(of.session.inputs);
    for (std::size_t k = 0; k < offers.size(); ++k) {
      Belief asked = before;
      offers[k].probability = std::exp(asked.observe(std::span(of.session.x).subspan(t * size, size),
                                                     static_cast<int>(k), offset_at(of, t, 0)));
    }
  }
}

// The mean weight of the inputs that x drives, and the belief's sd of it.
void weigh(const Belief& belief, std::span<const double> x, bool filtered, Offer& offer) {
  Vector share(static_cast<Eigen::Index>(x.size()));
  double drive = 0.0;
  for (const double v : x) drive += std::abs(v);
  if (drive == 0) return;
  for (std::size_t i = 0; i < x.size(); ++i) share[static_cast<Eigen::Index>(i)] = std::abs(x[i]) / drive;
  offer.weight = (share.transpose() * belief.mean()).mean();
  if (!filtered) return;
  const auto groups = static_cast<Eigen::Index>(belief.groups());
  const Vector all = share.replicate(groups, 1) / static_cast<double>(groups);
  offer.weight_sd = std::sqrt(std::max(0.0, all.dot(belief.covariance() * all)));
}

// Synapses as the weight change after step t finds them; every `stride`-th.
void visit(const Belief& belief, const EncodedSession& session, std::size_t t, std::size_t stride,
           std::size_t& at, Visits& visits) {
  const auto inputs = static_cast<std::size_t>(session.inputs);
  const auto neurons = static_cast<std::size_t>(belief.mean().cols());
  const std::size_t offer = session.learned_offer(t);
  const std::size_t first = (t * static_cast<std::size_t>(session.offers) + offer) * inputs;
  for (std::size_t ij = 0; ij < inputs * neurons; ++ij, ++at) {
    if (at % stride != 0) continue;
    const std::size_t i = ij / neurons;
    const std::size_t j = ij % neurons;
    visits.push_back({session.x[first + i], belief.activity()[offer * neurons + j],
                      belief.mean()(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)),
                      session.r[t]});
  }
}

// T x K; steps after one at which weights leave the finite numbers have nothing.
std::vector<Offer> replayed(const BeliefSession& of, Visits& visits) {
  const EncodedSession& session = of.session;
  const auto offers = static_cast<std::size_t>(session.offers);
  const auto inputs = static_cast<std::size_t>(session.inputs);
  const bool filtered = learns_from_choices(of.options, offers);
  const bool chooses = std::ranges::any_of(session.choice, [](int choice) { return choice != kNoChoice; });
  const std::vector<double> every(inputs, 1.0);  // of neural data, whose inputs are all driven
  const auto changes =
      static_cast<std::size_t>(std::ranges::count_if(session.learns, [](char l) { return l != 0; }));
  const std::size_t cells = static_cast<std::size_t>(of.initial.size());
  // Without a common divisor with the layer's size, so that all its synapses are seen in turn.
  std::size_t stride = std::max<std::size_t>(1, changes * cells / kVisitsOfASession);
  while (std::gcd(stride, cells) != 1) ++stride;
  std::vector<Offer> found(session.steps() * offers);
  Belief belief(of, {});
  std::size_t at = 0;
  for (std::size_t t = 0; t < session.steps() && belief.finite(); ++t) {
    const std::span<Offer> here = std::span(found).subspan(t * offers, offers);
    for (std::size_t k = 0; k < offers; ++k) {
      weigh(belief, chooses ? std::span(session.x).subspan((t * offers + k) * inputs, inputs) : every,
            filtered, here[k]);
    }
    if (offers > 2) {
      const Belief before = belief;
      predict(before, of, t, observe_step(belief, of, t, 0), here);
    } else {
      predict(belief, of, t, observe_step(belief, of, t, 0), here);
    }
    if (session.learns[t] != 0) visit(belief, session, t, stride, at, visits);
    advance_step(belief, of, t);
  }
  return found;
}

std::string stimulus_of(const Session& session, std::size_t t, std::size_t k) {
  const auto offers = static_cast<std::size_t>(session.offers);
  if (!session.stimulus.empty()) {
    return session.stimuli[static_cast<std::size_t>(session.stimulus[t * offers + k])];
  }
  if (session.choice[t] == kNoChoice && offers == 1) return "all inputs";
  return offers == 1 ? "the offer" : fmt::format("offer {}", k + 1);
}

// @param seen  so many of the first steps were fitted
void add_rows(const Session& session, std::span<const Offer> found, std::size_t seen, TableWriter& table) {
  const auto offers = static_cast<std::size_t>(session.offers);
  int trial = 0;
  for (std::size_t t = 0; t < session.steps(); ++t) {
    const bool new_trial =
        t == 0 || session.trial[t] != session.trial[t - 1] || session.block[t] != session.block[t - 1];
    trial += new_trial ? 1 : 0;
    const int choice = session.choice[t];
    for (std::size_t k = 0; k < offers; ++k) {
      const Offer& offer = found[t * offers + k];
      const bool chosen = offers == 1 ? choice == 1 : choice == static_cast<int>(k);
      table.text(session.animal).text(session.name).whole(static_cast<long long>(t)).whole(trial);
      table.whole(session.block[t]).text(stimulus_of(session, t, k)).text(digits(offer.probability));
      table.text(choice == kNoChoice ? "" : chosen ? "1" : "0").text(digits(session.reward[t]));
      table.text(digits(offer.weight))
          .text(digits(offer.weight_sd))
          .whole(t < seen ? 0 : 1)
          .whole(session.scored.empty() || session.scored[t] ? 1 : 0);
      table.end_row();
    }
  }
}

// States of one variable that are looked at: all where it has few, else evenly between its 2 and 98 %
// quantiles.
struct Axis {
  std::vector<double> at;
  double median = 0.0;

  [[nodiscard]] std::size_t nearest(double v) const {
    const auto best = std::ranges::min_element(at, {}, [v](double a) { return std::abs(a - v); });
    return static_cast<std::size_t>(best - at.begin());
  }
};

Axis axis_of(const Visits& visits, double Synapse::* variable) {
  std::vector<double> values;
  for (const Synapse& visit : visits) values.push_back(visit.*variable);
  std::ranges::sort(values);
  const auto quantile = [&](double q) {
    return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
  };
  Axis axis;
  axis.median = quantile(0.5);
  const std::set<double> distinct(values.begin(), values.end());
  if (distinct.size() <= kFewStates) {
    axis.at.assign(distinct.begin(), distinct.end());
    return axis;
  }
  const double low = quantile(0.02);
  const double high = quantile(0.98);
  for (std::size_t n = 0; n < kGrid; ++n) {
    axis.at.push_back(low + (high - low) * static_cast<double>(n) / static_cast<double>(kGrid - 1));
  }
  return axis;
}

// The median x of the inputs that were driven: most are silent, and where x is 0 rules of x do nothing.
double median_of_driven(const Visits& visits) {
  Visits driven = visits;
  std::erase_if(driven, [](const Synapse& at) { return at.x == 0.0; });
  return axis_of(driven.empty() ? visits : driven, &Synapse::x).median;
}

std::string shape_of(const TrueRule& fitted, Visits visits) {
  std::erase_if(visits, [](const Synapse& at) { return !std::isfinite(at.y) || !std::isfinite(at.w); });
  if (visits.empty()) return {};
  const std::array<double Synapse::*, 4> variables = {&Synapse::x, &Synapse::y, &Synapse::w, &Synapse::r};
  const std::array<const char*, 4> names = {"x", "y", "w", "r"};
  std::array<Axis, 4> axes;
  for (std::size_t v = 0; v < 4; ++v) axes[v] = axis_of(visits, variables[v]);
  const Synapse middle{median_of_driven(visits), axes[1].median, axes[2].median, axes[3].median};
  std::string text = "first,second,at_first,at_second,g,visits\n";
  for (std::size_t a = 0; a < 4; ++a) {
    for (std::size_t b = a + 1; b < 4; ++b) {
      std::vector<std::size_t> count(axes[a].at.size() * axes[b].at.size());
      for (const Synapse& visit : visits) {
        ++count[axes[a].nearest(visit.*variables[a]) * axes[b].at.size() +
                axes[b].nearest(visit.*variables[b])];
      }
      for (std::size_t n = 0; n < count.size(); ++n) {
        Synapse at = middle;
        at.*variables[a] = axes[a].at[n / axes[b].at.size()];
        at.*variables[b] = axes[b].at[n % axes[b].at.size()];
        text += fmt::format("{},{},{},{},{},{}\n", names[a], names[b], digits(at.*variables[a]),
                            digits(at.*variables[b]), digits(fitted.rule.change(at, fitted.theta)), count[n]);
      }
    }
  }
  return text;
}

}  // namespace

ReplayTables replay_tables(const Configuration& c, DataOrigin origin, const RunResult& result,
                           const std::vector<Session>& sessions, ReplayData data, bool same_sessions) {
  use_estimated_weights(result, same_sessions, data.initial);
  const TrueRule fitted = rule_of(c, result);
  const Model model{fitted_network(c, origin), fitted.rule};
  const BeliefOptions belief = fitted_belief(c, origin, result);
  const std::vector<LogitOffsets> offsets = fitted_offsets(c, result, data.sessions, same_sessions).of_fit;
  const std::vector<char> chosen = looked_at(data.sessions);
  Visits visits;
  std::vector<std::vector<Offer>> found(data.sessions.size());
  for (std::size_t s = 0; s < data.sessions.size(); ++s) {
    if (chosen[s] == 0) continue;
    const LogitOffsets* offset = offsets.empty() ? nullptr : &offsets[s];
    found[s] = replayed({model, fitted.theta, data.sessions[s], data.initial[s], belief, offset}, visits);
  }
  std::ostringstream text;
  TableWriter table(text);
  for (const char* name : {"animal", "session", "step", "trial", "block", "stimulus", "probability", "chosen",
                           "reward", "weight", "weight_sd", "held_out", "scored"}) {
    table.text(name);
  }
  table.end_row();
  const std::vector<ReplayPlace> places =
      origin == DataOrigin::recorded ? replay_places(c, sessions) : std::vector<ReplayPlace>();
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    const ReplayPlace place = places.empty() ? ReplayPlace{s, 0} : places[s];
    const auto offers = static_cast<std::size_t>(sessions[s].offers);
    if (found[place.session].empty()) continue;
    const std::size_t steps = sessions[s].steps();
    const std::size_t tail = data.sessions[place.session].scored_from;
    const std::size_t seen = !same_sessions        ? 0
                             : tail == 0           ? steps
                             : tail < place.offset ? 0
                                                   : tail - place.offset;
    add_rows(sessions[s], std::span(found[place.session]).subspan(place.offset * offers, steps * offers),
             seen, table);
  }
  return {text.str(), shape_of(fitted, std::move(visits))};
}

}  // namespace synfer

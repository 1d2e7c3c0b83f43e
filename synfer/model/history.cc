#include "synfer/model/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/model/likelihood.h"

namespace synfer {

// What a covariate does. Its parameters are h numbers, and it sees its own lanes of the slopes alone.
class Covariate {
 public:
  struct Out {
    std::span<double> value;  // K
    double* slopes;           // K x lanes, at this covariate's first
    std::size_t lanes;

    void add(std::size_t offer, double what) const { value[offer] += what; }
    void slope(std::size_t offer, std::size_t parameter, double what) const {
      slopes[offer * lanes + parameter] += what;
    }
  };

  Covariate() = default;
  Covariate(const Covariate&) = delete;
  Covariate& operator=(const Covariate&) = delete;
  virtual ~Covariate() = default;
  virtual void add_to(const HistoryStep& step, const Out& out) = 0;
  // A choice was made: never kNoChoice.
  virtual void observe(const HistoryStep& /*step*/, int /*choice*/) {}
};

namespace {

constexpr const char* kKey = "history.covariates";
constexpr double kUsualRate = 0.1;
constexpr double kRateSd = 1.5;          // of its logit
constexpr double kCoefficientSd = 10.0;  // logits

using Parameters = std::span<const double>;

// a += rate (input - a), with its slope in logit(rate).
struct Average {
  double value = 0.0;
  double slope = 0.0;

  void move(double input, double rate) {
    // forward: value' = (1 - rate) value + rate input
    slope = (1.0 - rate) * slope + rate * (1.0 - rate) * (input - value);
    value += rate * (input - value);
  }
};

bool takes(int choice, std::size_t offers) { return offers > 1 || choice == 1; }

class Bias : public Covariate {
 public:
  explicit Bias(Parameters p) : p_(p) {}
  void add_to(const HistoryStep&, const Out& out) override {
    const std::size_t offers = out.value.size();
    for (std::size_t n = 0; n < p_.size(); ++n) {
      const std::size_t k = offers == 1 ? 0 : n + 1;
      out.add(k, p_[n]);
      out.slope(k, n, 1.0);
    }
  }

 private:
  Parameters p_;  // one, or K - 1
};

class Rejections : public Covariate {
 public:
  explicit Rejections(Parameters p) : p_(p) {}
  void add_to(const HistoryStep& step, const Out& out) override {
    const double x = step.trial == trial_ ? std::log1p(count_) : 0.0;
    out.add(0, p_[0] * x);
    out.slope(0, 0, x);
  }
  void observe(const HistoryStep& step, int choice) override {
    if (step.trial != trial_) count_ = 0.0;
    trial_ = step.trial;
    if (choice == 0) ++count_;
  }

 private:
  Parameters p_;
  int trial_ = -1;
  double count_ = 0.0;
};

class AcceptAverage : public Covariate {
 public:
  AcceptAverage(Parameters p, bool by_stimulus) : p_(p), by_stimulus_(by_stimulus) {}
  void add_to(const HistoryStep& step, const Out& out) override {
    const Average& a = of(step);
    // forward: b (a - 1/2)
    out.add(0, p_[0] * (a.value - 0.5));
    out.slope(0, 0, a.value - 0.5);
    out.slope(0, 1, p_[0] * a.slope);
  }
  void observe(const HistoryStep& step, int choice) override {
    of(step).move(choice == 1 ? 1.0 : 0.0, sigmoid(p_[1]));
  }

 private:
  Average& of(const HistoryStep& step) {
    return averages_.try_emplace(by_stimulus_ ? step.stimulus[0] : 0, Average{.value = 0.5}).first->second;
  }

  Parameters p_;  // b, logit(rate)
  bool by_stimulus_;
  std::map<int, Average> averages_;
};

class ChoiceKernel : public Covariate {
 public:
  explicit ChoiceKernel(Parameters p) : p_(p) {}
  void add_to(const HistoryStep& step, const Out& out) override {
    for (std::size_t k = 0; k < out.value.size(); ++k) {
      const Average& c = traces_[step.stimulus[k]];
      out.add(k, p_[0] * c.value);
      out.slope(k, 0, c.value);
      out.slope(k, 1, p_[0] * c.slope);
    }
  }
  void observe(const HistoryStep& step, int choice) override {
    const std::size_t offers = step.stimulus.size();
    if (!takes(choice, offers)) return;
    const int taken = step.stimulus[offers == 1 ? 0 : static_cast<std::size_t>(choice)];
    traces_.try_emplace(taken);
    for (auto& [stimulus, trace] : traces_) trace.move(stimulus == taken ? 1.0 : 0.0, sigmoid(p_[1]));
  }

 private:
  Parameters p_;  // b, logit(rate)
  std::map<int, Average> traces_;
};

struct Kind {
  const char* name;
  bool one_offer_alone = false;
  bool within_a_trial = false;  // of nothing but what came before in the trial
  bool by_stimulus = false;
  bool has_rate = false;
  std::unique_ptr<Covariate> (*make)(Parameters);
};

template <typename C, auto... kOptions>
std::unique_ptr<Covariate> make(Parameters p) {
  return std::make_unique<C>(p, kOptions...);
}

// The list of covariates.
const std::array kKinds = {
    Kind{.name = "bias", .make = make<Bias>},
    Kind{.name = "rejections", .one_offer_alone = true, .within_a_trial = true, .make = make<Rejections>},
    Kind{.name = "accept_average",
         .one_offer_alone = true,
         .has_rate = true,
         .make = make<AcceptAverage, false>},
    Kind{.name = "accept_average_by_stimulus",
         .one_offer_alone = true,
         .by_stimulus = true,
         .has_rate = true,
         .make = make<AcceptAverage, true>},
    Kind{.name = "choice_kernel", .by_stimulus = true, .has_rate = true, .make = make<ChoiceKernel>},
};

std::vector<HistoryParameter> parameters_of(const Kind& kind, int offers) {
  const std::string name = fmt::format("history.{}", kind.name);
  const auto coefficient = [](std::string named) {
    return HistoryParameter{std::move(named), 0.0, kCoefficientSd};
  };
  std::vector<HistoryParameter> parameters;
  if (kind.has_rate) {
    return {coefficient(name), {name + " rate", std::log(kUsualRate / (1.0 - kUsualRate)), kRateSd, true}};
  }
  if (offers == 1 || kind.one_offer_alone) return {coefficient(name)};
  for (int k = 1; k < offers; ++k) parameters.push_back(coefficient(fmt::format("{} of place {}", name, k)));
  return parameters;
}

}  // namespace

std::vector<std::string> covariate_names() {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

std::vector<std::string> usual_covariates(int offers, bool named_stimuli, bool several_steps_a_trial) {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) {
    if ((offers == 1 || !kind.one_offer_alone) && (named_stimuli || !kind.by_stimulus) &&
        (several_steps_a_trial || !kind.within_a_trial))
      names.emplace_back(kind.name);
  }
  return names;
}

History::History(const std::vector<std::string>& covariates, int offers) : offers_(offers) {
  for (const std::string& name : covariates) {
    const auto at = std::ranges::find_if(kKinds, [&](const Kind& kind) { return kind.name == name; });
    if (at == kKinds.end()) {
      const std::vector<std::string> all = covariate_names();
      throw ConfigurationError(kKey, fmt::format("found {}, expected some of {}", name, join(all, ", ")),
                               nearest(name, all));
    }
    if (at->one_offer_alone && offers > 1) {
      throw ConfigurationError(kKey, fmt::format("{} is of one offer that is accepted or rejected, and these "
                                                 "choices are among {}; leave it out",
                                                 name, offers));
    }
    const auto kind = static_cast<std::size_t>(at - kKinds.begin());
    if (std::ranges::find(parts_, kind, &Part::kind) != parts_.end())
      throw ConfigurationError(kKey, fmt::format("found {} twice; name each once", name));
    const std::vector<HistoryParameter> own = parameters_of(*at, offers);
    parts_.push_back({kind, parameters_.size(), own.size()});
    parameters_.insert(parameters_.end(), own.begin(), own.end());
    by_stimulus_ = by_stimulus_ || at->by_stimulus;
  }
}

HistoryState::HistoryState(const History& history, Parameters parameters)
    : lanes_(history.lanes()),
      value_(static_cast<std::size_t>(history.offers())),
      slopes_(value_.size() * lanes_) {
  for (const auto& [kind, first, count] : history.parts_) {
    covariates_.push_back(kKinds[kind].make(parameters.subspan(first, count)));
    first_.push_back(first);
  }
}

HistoryState::~HistoryState() = default;
HistoryState::HistoryState(HistoryState&&) noexcept = default;
HistoryState& HistoryState::operator=(HistoryState&&) noexcept = default;

LogitOffset HistoryState::offset(const HistoryStep& step) {
  std::ranges::fill(value_, 0.0);
  std::ranges::fill(slopes_, 0.0);
  for (std::size_t n = 0; n < covariates_.size(); ++n) {
    covariates_[n]->add_to(step, {value_, slopes_.data() + first_[n], lanes_});
  }
  return {value_, slopes_};
}

void HistoryState::observe(const HistoryStep& step, int choice) {
  if (choice == kNoChoice) return;
  for (const std::unique_ptr<Covariate>& covariate : covariates_) covariate->observe(step, choice);
}

void check_suits(const History& history, const EncodedSession& session) {
  if (history.lanes() == 0) return;
  if (history.offers() != session.offers) {
    throw ConfigurationError(kKey, fmt::format("session {} has {} offers a step, the covariates are of {}",
                                               session.name, session.offers, history.offers()));
  }
  if (history.by_stimulus() && session.stimulus.empty()) {
    throw ConfigurationError(
        kKey,
        fmt::format("session {} has stimuli as vectors without names, but a covariate goes by stimulus; "
                    "name them in a column (data.columns.stimulus) or leave out such covariates",
                    session.name));
  }
}

LogitOffsets history_offsets(const History& history, Parameters parameters, const EncodedSession& session,
                             std::size_t lanes) {
  check_suits(history, session);
  const auto offers = static_cast<std::size_t>(session.offers);
  const std::size_t own = history.lanes();
  LogitOffsets offsets;
  offsets.value.resize(session.steps() * offers);
  offsets.slopes.resize(session.steps() * offers * lanes);
  if (own == 0) return offsets;
  HistoryState state(history, parameters);
  for (std::size_t t = 0; t < session.steps(); ++t) {
    HistoryStep step{.trial = session.trial[t]};
    if (!session.stimulus.empty()) step.stimulus = std::span(session.stimulus).subspan(t * offers, offers);
    const LogitOffset at = state.offset(step);
    for (std::size_t k = 0; k < offers; ++k) {
      offsets.value[t * offers + k] = at.value[k];
      std::ranges::copy(at.slopes.subspan(k * own, own),
                        offsets.slopes.begin() + static_cast<std::ptrdiff_t>((t * offers + k) * lanes));
    }
    state.observe(step, session.choice[t]);
  }
  return offsets;
}

}  // namespace synfer

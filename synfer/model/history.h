// History covariates: known functions of what an animal did so far in a session, added to the logit of
// each offer with coefficients of their own. They learn nothing; they stand for what is not plasticity.
//
//   bias                        K = 1: b.  K >= 2: b_k for each place but the first
//   rejections                  K = 1: b log(1 + n), n offers rejected so far in this trial
//   accept_average              K = 1: b (a - 1/2), a += rate (accepted - a) at every choice, from 1/2
//   accept_average_by_stimulus  K = 1: the same, one a for each stimulus, moved where that one is offered
//   choice_kernel               b c_s of the offered stimulus s; c_s += rate (1{s was taken} - c_s) for all
//                               stimuli whenever an offer is taken (accepted, or chosen among several), from
//                               0
//
// A rate is estimated as its logit, with its exact slope by the recursion's own derivative:
// da' = (1 - rate) da + rate (1 - rate) (input - a). Steps without a choice change nothing.
//
// Weak Gaussian priors keep apart what a constant animal does not (a bias and its averages), and rates from
// their ends: a coefficient has mean 0 and sd 10 logits, the logit of a rate mean logit .1 and sd 1.5, so
// that 95 % of rates lie between .6 and 68 %. They cost an estimate that the data know next to nothing.
//
// Sources: choice kernels, Lau and Glimcher (J Exp Anal Behav 2005); averages of own choices, Akaishi et
// al. (Neuron 2014). A covariate is one class in history.cc and one line in its list.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "synfer/model/encoding.h"
#include "synfer/model/logit_offsets.h"

namespace synfer {

/// A coefficient, or the logit of a rate. A fit starts from the prior's mean.
struct HistoryParameter {
  std::string name;  // "history.bias", "history.accept_average rate"
  double mean = 0.0;
  double sd = 1.0;
  bool is_rate = false;  // the parameter is its logit
};

/// An offer, or several, before the choice.
struct HistoryStep {
  int trial = 0;                       // steps of one trial share it
  std::span<const int> stimulus = {};  // K; empty where stimuli have no names
};

/// Which covariates there are, for choices among K offers. A value; without covariates it adds nothing.
class History {
 public:
  History() = default;
  /// @throws ConfigurationError (history.covariates) of a name that is unknown, twice, or not for K offers.
  History(const std::vector<std::string>& covariates, int offers);

  [[nodiscard]] const std::vector<HistoryParameter>& parameters() const { return parameters_; }  // H
  [[nodiscard]] std::size_t lanes() const { return parameters_.size(); }
  [[nodiscard]] int offers() const { return offers_; }
  [[nodiscard]] bool by_stimulus() const { return by_stimulus_; }  // whether stimuli must have names

 private:
  friend class HistoryState;

  struct Part {
    std::size_t kind;   // in the list of history.cc
    std::size_t first;  // of its parameters
    std::size_t count;
  };

  std::vector<Part> parts_;
  std::vector<HistoryParameter> parameters_;
  int offers_ = 1;
  bool by_stimulus_ = false;
};

/// The names of all covariates.
std::vector<std::string> covariate_names();

/// Those that suit choices among K offers, by stimulus only where stimuli have names, and of rejections
/// before in a trial only where trials have several steps.
std::vector<std::string> usual_covariates(int offers, bool named_stimuli, bool several_steps_a_trial = true);

class Covariate;  // history.cc

/// A history under way, step by step, as a simulation needs it: offset(), a choice, observe().
class HistoryState {
 public:
  /// @param parameters  H, which must outlive the state
  HistoryState(const History& history, std::span<const double> parameters);
  ~HistoryState();
  HistoryState(HistoryState&&) noexcept;
  HistoryState& operator=(HistoryState&&) noexcept;

  /// What the history so far adds to the logits of these offers; valid until the next call.
  LogitOffset offset(const HistoryStep& step);

  /// The choice at that step; kNoChoice changes nothing.
  void observe(const HistoryStep& step, int choice);

 private:
  std::vector<std::unique_ptr<Covariate>> covariates_;
  std::vector<std::size_t> first_;  // lane of each
  std::size_t lanes_;               // H
  std::vector<double> value_;       // K
  std::vector<double> slopes_;      // K x H
};

/// @throws ConfigurationError (history.covariates) where the session has another number of offers, or a
///         covariate goes by stimulus and the session's stimuli are vectors without names.
void check_suits(const History& history, const EncodedSession& session);

/// All of a session, from its first step, whatever is scored. `lanes` >= H leaves room for slopes of the
/// caller's own after those of the history.
/// @throws ConfigurationError as check_suits.
LogitOffsets history_offsets(const History& history, std::span<const double> parameters,
                             const EncodedSession& session, std::size_t lanes);

}  // namespace synfer

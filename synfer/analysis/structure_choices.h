// The choices of which a structure is made: what stands around a rule and that recordings do not tell.
//
//   hidden           no hidden layer, or one
//   expected_reward  none, a moving average, or exponential with one of a few rates
//   covariates       none, a bias, or all that suit the choices
//   drift            weights stay but for what the rule does, or they walk at random too (through the filter)
//   carry            weights start anew in each session, or are carried over, where an animal has several
//
// Each choice begins with its simplest option. A choice of which the user gave a setting is not open: it
// stays as given. The settings of a structure are those of the user with one option of each open choice.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/settings/configuration.h"

namespace synfer {

struct StructureOption {
  std::string name;      // in words, short enough for a table
  std::string settings;  // that make it so, as a user would write them
  int complexity = 0;    // 0: the simplest
  std::function<void(Configuration&)> apply;
};

struct StructureChoice {
  std::string of;
  std::vector<StructureOption> options;  // two or more, the simplest first
};

/// The name of the choice that is tried last and once.
inline constexpr const char* kHiddenChoice = "hidden";

/// Those that are open: the settings suit a search (choices, a Taylor rule, fisher, no penalty), it is wanted
/// (structures.search; automatic: unless
/// terms are given), and no setting of the choice was given.
std::vector<StructureChoice> structure_choices(const Configuration& c, const SetKeys& given,
                                               const std::vector<Session>& sessions);

/// An option of each choice.
struct Structure {
  std::vector<std::size_t> options;

  friend bool operator==(const Structure&, const Structure&) = default;
  friend auto operator<=>(const Structure&, const Structure&) = default;
};

Configuration settings_of(const Structure& structure, const std::vector<StructureChoice>& choices,
                          Configuration c);
/// "simplest", or what differs from that: "bias + drift".
std::string name_of(const Structure& structure, const std::vector<StructureChoice>& choices);
/// The settings that make it, those of the simplest options too.
std::string settings_in_words(const Structure& structure, const std::vector<StructureChoice>& choices);
int complexity_of(const Structure& structure, const std::vector<StructureChoice>& choices);

}  // namespace synfer

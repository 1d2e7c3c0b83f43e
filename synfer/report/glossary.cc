// The words of the page that a newcomer may not know, in plain ones.
#include <fmt/format.h>

#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

struct Entry {
  const char* word;
  const char* meaning;
};

constexpr Entry kEntries[] = {
    {"nats a choice, nats a step",
     "How badly choices were predicted: minus the natural logarithm of the probability that was given to "
     "what "
     "happened, on average. 0 is perfect, a coin flip between two costs 0.693, and a gain of 0.1 means that "
     "what "
     "happened was thought 1.1 times as likely."},
    {"percent deviance explained, and its null",
     "The share of a simple model's misfit that the rule takes away; that model is the null, and the figure "
     "says "
     "nothing without its name. 100 is perfect, 0 no better than the null, below 0 worse."},
    {"open loop",
     "The weights are replayed from the first trial under the rule: past choices and rewards count only "
     "through what "
     "was learned from them."},
    {"one step ahead",
     "Each choice is predicted from all before it, which also correct the weights that the rule predicts. "
     "Part of such "
     "a score is therefore not the rule's doing."},
    {"closed loop",
     "The fitted rule is left alone and makes choices of its own, which are rewarded as the task would. What "
     "it then "
     "does is compared with what the animals did."},
    {"held out, in sample",
     "Held-out choices were kept from the fit and used only to test it. In-sample figures are of the choices "
     "that were "
     "fitted, and flatter every model."},
    {"odds, log odds (logit)",
     "The odds of a choice are its probability divided by that of not making it, and the logit is their "
     "natural "
     "logarithm: 0 is an even chance. Adding 1 to a logit multiplies the odds by 2.7, which takes 50 % to 73 "
     "%."},
};

}  // namespace

std::string glossary() {
  std::string list;
  for (const Entry& entry : kEntries) {
    list += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escaped(entry.word), escaped(entry.meaning));
  }
  return section("words", "Words", "<dl>\n" + list + "</dl>\n");
}

}  // namespace synfer::report

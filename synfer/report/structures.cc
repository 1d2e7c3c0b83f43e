// Which structure? What was compared on held-out choices, what the data allow, and the terms whose sign holds
// in all of that. See synfer/analysis/structures.h.
#include <fmt/format.h>

#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

Numbers numbers_of(const Json& structures) {
  Numbers numbers{{{"structure"},
                   {"nats a choice", true},
                   {"behind the best", true},
                   {"s.e.", true},
                   {"standing"},
                   {"rule selected in it"}},
                  {}};
  for (const Json& one : structures.at("tried")) {
    numbers.rows.push_back({one.value("name", std::string()), number(number_at(one, "nats")),
                            number(number_at(one, "behind")), number(number_at(one, "standard_error")),
                            one.value("standing", std::string()),
                            short_rule(one.value("rule", std::string()))});
  }
  return numbers;
}

std::string words_of(const Json& structures) {
  std::string hold;
  std::string items;
  for (const Json& one : structures.at("conclusions")) {
    const std::string of = html_term(one.value("of", std::string()));
    const std::string side = escaped(one.value("as_chosen", std::string()));
    if (one.value("holds", false)) {
      hold += fmt::format("{}{} {}", hold.empty() ? "" : ", ", of, side);
    } else {
      items += fmt::format("<li>{} is {} in the chosen structure, and otherwise with {}.</li>\n", of, side,
                           code_list(one.at("otherwise").get<std::vector<std::string>>()));
    }
  }
  const std::string first = hold.empty() ? "No term is of one sign in all structures that the data allow."
                                         : "In all structures that the data allow: " + hold + ".";
  return "<ul>\n<li>" + first + "</li>\n" + items + "</ul>\n";
}

}  // namespace

std::string structures(Runs runs) {
  std::vector<std::string> parts;
  for (const Run& run : runs) {
    if (!run.files.result.contains("structures")) continue;
    const Json& found = run.files.result.at("structures");
    parts.push_back(
        of_one_run(runs, run,
                   words_of(found) +
                       to_html(numbers_of(found), fmt::format("structures-{}", run.index),
                               label_of(runs, run) + "Structures on held-out choices") +
                       "<p>All have the same terms in this comparison. Allowed is what lies within two "
                       "paired standard errors of "
                       "the best; of that the simplest is chosen, and the rule is selected in it.</p>\n"));
  }
  return section("structures", "Which structure?", side_by_side(parts));
}

}  // namespace synfer::report

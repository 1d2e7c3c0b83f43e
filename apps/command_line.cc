#include "command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>

#include "colour.h"
#include "completion.h"
#include "listing.h"
#include "manual.h"
#include "printable.h"
#include "synfer/base/error.h"
#include "synfer/base/stop.h"
#include "synfer/base/text.h"
#include "synfer/formats/read.h"
#include "synfer/results/result_table.h"
#include "synfer/run/build_details.h"
#include "synfer/run/compare_runs.h"
#include "synfer/run/data_check.h"
#include "synfer/run/export_run.h"
#include "synfer/run/interruption.h"
#include "synfer/run/like_command.h"
#include "synfer/run/run_folder.h"
#include "synfer/settings/settings_listing.h"
#include "synfer/settings/yaml_reader.h"

namespace synfer {
namespace {

struct Words {
  std::vector<std::string> paths;
  std::vector<std::string> overrides;
};

bool is_assignment(const std::string& word) {
  const std::size_t equals = word.find('=');
  const auto of_key = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
  };
  return equals != std::string::npos && equals > 0 &&
         std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals), of_key);
}

// A word such as fit.epochs=10 is an override unless a file has that name.
Words sorted_out(const std::vector<std::string>& words) {
  Words found;
  for (const std::string& word : words) {
    std::error_code ignored;
    const bool is_override = is_assignment(word) && !std::filesystem::exists(word, ignored);
    (is_override ? found.overrides : found.paths).push_back(word);
  }
  return found;
}

Configuration configuration_of(const Arguments& arguments, const Words& words, DataOrigin origin,
                               const std::string& earlier_run = {}, SetKeys* given = nullptr) {
  ConfigurationReader reader;
  if (!earlier_run.empty()) {
    reader.read_text(RunFolder::open_existing(earlier_run, {kConfigurationFile}).read(kConfigurationFile),
                     kConfigurationFile);
  }
  if (!arguments.config.empty()) reader.read_file(arguments.config);
  if (!arguments.format.empty()) reader.override_with("data.format=" + arguments.format);
  for (const std::string& assignment : words.overrides) reader.override_with(assignment);
  if (arguments.quick) reader.override_with("structures.search=none");
  validate(reader.configuration(), origin, earlier_run.empty() ? reader.set_keys() : SetKeys{});
  if (given != nullptr) *given = reader.set_keys();
  return reader.configuration();
}

void want_paths(const Words& words, std::size_t least, std::size_t most, const char* what) {
  if (words.paths.size() < least || words.paths.size() > most) {
    const std::string found = words.paths.size() > most ? words.paths[most] : "nothing";
    throw ConfigurationError("command line",
                             fmt::format("found {}, expected {} and key=value settings", found, what));
  }
}

void want_no_settings(const Words& words, const char* command, const char* why) {
  if (!words.overrides.empty()) throw ConfigurationError(command, why);
}

int exit_of(const RunResult& result) {
  if (result.command == "evaluate") return kDone;
  if (result.state == "interrupted") return kInterruptedExit;
  return result.state == "converged" || result.state == "completed" ? kDone : kNotConverged;
}

int show(const RunResult& result, const std::string& folder) {
  if (result.estimates.empty() && result.state == "interrupted") {  // before there was a result
    std::fputs(fmt::format("interrupted: {}\n", result.advice).c_str(), stderr);
  } else {
    const std::string table = printable(table_of(result));
    fmt::print("{}results in {}\n", wants_colour(stdout) ? coloured_result(table) : table, folder);
  }
  if (const std::string earlier = earlier_run(folder); !earlier.empty())
    fmt::print("the earlier run of that name is kept in {}\n", earlier);
  return exit_of(result);
}

int simulate_command(const CommandLine&, const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 0, 0, "no path");
  const Configuration c = configuration_of(arguments, words, DataOrigin::simulated);
  const SimulatedFiles made = simulate_run(c, arguments.to);
  const std::string where = made.files.size() == 1 ? made.files.front() : "sessions";
  fmt::print("{} of the rule in {}/{}\n", counted(static_cast<std::size_t>(c.data.sessions), "session"),
             arguments.to.folder, where);
  if (made.trials_at_limit > 0) {
    fmt::print("{} ended at task.max_offers\n", counted(made.trials_at_limit, "trial"));
  }
  return kDone;
}

int recover_like_command(const Arguments& arguments, const Words& words) {
  want_paths(words, 1, words.paths.size(), "data files or folders whose design is simulated");
  const auto names_truth = [](const std::string& word) { return word.starts_with("truth."); };
  if (!arguments.rule.empty() && std::ranges::any_of(words.overrides, names_truth)) {
    throw ConfigurationError("--rule",
                             "names the run whose rule is simulated, and truth.* another rule; give "
                             "one of the two");
  }
  const Configuration c = configuration_of(arguments, words, DataOrigin::recorded, arguments.rule);
  const DesignCheck check = recover_like_run(c, words.paths, arguments.rule, arguments.to);
  if (check.interrupted) {
    std::fputs(
        "interrupted: nothing is kept of a design check; fewer design.replicates or "
        "design.multiples end sooner\n",
        stderr);
    return kInterruptedExit;
  }
  fmt::print("{}results in {}\n", printable(table_of(check)), arguments.to.folder);
  return kDone;
}

int recover_command(const CommandLine&, const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  if (arguments.like) return recover_like_command(arguments, words);
  if (!arguments.rule.empty()) throw ConfigurationError("--rule", "is the run whose rule --like simulates");
  want_paths(words, 0, 0, "no path; --like takes data");
  return show(recover_run(configuration_of(arguments, words, DataOrigin::simulated), arguments.to),
              arguments.to.folder);
}

int fit_command(const CommandLine&, const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 1, words.paths.size(), "data files or folders");
  SetKeys given;
  const Configuration c = configuration_of(arguments, words, DataOrigin::recorded, {}, &given);
  return show(fit_run(c, words.paths, arguments.to, given), arguments.to.folder);
}

int evaluate_command(const CommandLine&, const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 2, words.paths.size(), "the folder of a run, then data files or folders");
  const std::string& run = words.paths.front();
  const Configuration c = configuration_of(arguments, words, DataOrigin::recorded, run);
  return show(evaluate_run(c, run, {words.paths.begin() + 1, words.paths.end()}, arguments.to),
              arguments.to.folder);
}

int compare_command(const CommandLine&, const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 2, words.paths.size(), "folders of two or more runs");
  want_no_settings(words, "compare", "takes folders of runs and no settings");
  const RunComparison comparison = compare_runs(words.paths);
  fmt::print("{}", arguments.json ? to_json(comparison) : printable(table_of(comparison)));
  return kDone;
}

int export_command(const CommandLine&, const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 1, 1, "the folder of one run");
  want_no_settings(words, "export", "takes the folder of a run and no settings");
  fmt::print("{}", export_run(words.paths.front(), arguments.language));
  return kDone;
}

int report_command(const CommandLine&, const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 1, words.paths.size(), "folders of runs");
  want_no_settings(words, "report", "takes folders of runs and no settings");
  fmt::print("report in {}\n", report_runs(words.paths, arguments.page));
  return kDone;
}

int resume_command(const CommandLine&, const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 1, 1, "the folder of one run");
  want_no_settings(words, "resume", "goes on with the settings of the run; start a new run to change them");
  return show(resume_run(words.paths.front()), words.paths.front());
}

int check_command(const CommandLine&, const Arguments& arguments) {
  const Words words = sorted_out(arguments.words);
  want_paths(words, 1, words.paths.size(), "data files or folders");
  const Configuration c = configuration_of(arguments, words, DataOrigin::recorded);
  const DataCheck check = check_data(c, words.paths);
  fmt::print("{}", arguments.json ? to_json(check) : printable(table_of(check)));
  return kDone;
}

int settings_command(const CommandLine&, const Arguments& arguments) {
  if (arguments.markdown) {
    fmt::print("{}", settings_as_markdown());
    return kDone;
  }
  const std::string text = settings_as_text(arguments.words);
  if (text.empty())
    throw ConfigurationError(join(arguments.words, " "), "no setting speaks of this; see synfer settings");
  fmt::print("{}", text);
  return kDone;
}

int completion_command(const CommandLine& line, const Arguments& arguments) {
  fmt::print("{}", completion_script(listed_commands(line), listed_settings(), arguments.shell));
  return kDone;
}

int manual_command(const CommandLine& line, const Arguments& /*arguments*/) {
  fmt::print("{}", manual_page(listed_commands(line), listed_settings()));
  return kDone;
}

// Commands in a narrower column than options, so that both fit a terminal.
struct Help : CLI::Formatter {
  std::string make_subcommand(const CLI::App* command) const override {
    return fmt::format("  {:<12}{}\n", command->get_name(), command->get_description());
  }
  std::string make_help(const CLI::App* command, std::string name, CLI::AppFormatMode mode) const override {
    const std::string help = Formatter::make_help(command, std::move(name), mode);
    return wants_colour(stdout) ? coloured_help(help) : help;
  }
};

std::vector<std::string> names_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

// CLI11 refuses a command or an option that it does not know too, but names none that it does.
void want_known(CLI::App& app, int argc, const char* const* argv) {
  if (argc < 2 || *argv[1] == '-') return;
  const std::string name = argv[1];
  const std::vector<std::string> names = names_of(app);
  if (std::ranges::find(names, name) == names.end()) {
    throw ConfigurationError(name, "no such command; see synfer --help", nearest(name, names));
  }
  std::vector<std::string> options;
  for (const CLI::Option* option : app.get_subcommand(name)->get_options()) {
    for (const std::string& known : option->get_lnames()) options.push_back("--" + known);
  }
  for (int n = 2; n < argc; ++n) {
    const std::string word = argv[n];
    const std::string option = word.substr(0, word.find('='));
    if (option == "--") return;  // what follows is no option
    if (option.starts_with("--") && std::ranges::find(options, option) == options.end()) {
      throw ConfigurationError(option, fmt::format("no such option; see synfer {} --help", name),
                               nearest(option, options));
    }
  }
}

}  // namespace

CLI::App* CommandLine::add(const Entry& entry) {
  CLI::App* sub = app.add_subcommand(entry.name, entry.what);
  if (*entry.words != '\0') sub->add_option("words", arguments_.words, entry.words)->option_text("...");
  if (entry.has_settings) {
    sub->add_option("--config", arguments_.config, "YAML file with settings (see: synfer settings)");
    sub->add_option("--format", arguments_.format, "layout of the data, short for data.format=...");
  }
  if (entry.has_output) {
    sub->add_option("--out", arguments_.to.folder, "folder of this run; must not exist yet")->required();
    sub->add_flag("--overwrite", arguments_.to.overwrite, "replace an earlier run of that name");
  }
  sub->footer(std::string("Example:\n  ") + entry.example);
  sub->callback([this, call = entry.call] { chosen_ = call; });
  return sub;
}

CommandLine::CommandLine()
    : app("Infers synaptic plasticity rules from recordings and behaviour.", "synfer"),
      choices{{"--format", format_names()}, {"--to", export_languages()}, {"shell", completion_shells()}} {
  app.formatter(std::make_shared<Help>());
  app.set_version_flag("--version", [] { return build_details(); });
  app.require_subcommand(1);
  add({"simulate", "Simulate sessions of a known rule.", "settings, key=value",
       "synfer simulate --out runs/sim \"truth.rule=x*r - 0.05*w\" data.sessions=10", simulate_command, true,
       true});
  CLI::App* recover = add({"recover", "Simulate, fit, evaluate: is a known rule found?",
                           "settings, key=value; with --like data",
                           "synfer recover --out runs/xr truth.rule=x*r\n"
                           "  synfer recover --like flies/*.mat --out runs/power truth.rule=x*r",
                           recover_command, true, true});
  recover->add_flag("--like", arguments_.like, "many experiments of the design of these data");
  recover->add_option("--rule", arguments_.rule, "with --like: the run whose rule is simulated");
  add({"fit", "Fit a rule to recorded sessions.", "data files or folders, and settings, key=value",
       "synfer fit flies/*.mat --out runs/flies \"rule.terms=[1, w, x, r, x*r]\"", fit_command, true, true})
      ->add_flag("--quick", arguments_.quick, "settings as they stand: no structures are compared");
  add({"evaluate", "Score the rule of a run on unseen sessions.",
       "a run's folder, data files or folders, key=value",
       "synfer evaluate runs/flies other-flies/*.mat --out runs/others", evaluate_command, true, true});
  add({"compare", "Compare cross-validated runs on the same held-out choices.", "folders of runs",
       "synfer compare runs/flies runs/flies-without-w", compare_command})
      ->add_flag("--json", arguments_.json, "as JSON, every pair of runs");
  add({"export", "Write the rule of a run as code or a formula without synfer.", "the folder of a run",
       "synfer export runs/flies --to python > rule.py", export_command})
      ->add_option("--to", arguments_.language, fmt::format("{}", fmt::join(export_languages(), ", ")))
      ->required();
  add({"report", "Write the report of a run again, or of several side by side.", "folders of runs",
       "synfer report runs/flies runs/flies-without-w --out comparison.html", report_command})
      ->add_option("--out", arguments_.page, "the page, else RUN/report.html");
  add({"check", "Read data and say what is there and what is wrong.",
       "data files or folders, and settings, key=value", "synfer check flies/*.mat", check_command, true})
      ->add_flag("--json", arguments_.json, "as JSON");
  add({"resume", "Go on with an interrupted run.", "the folder of a run", "synfer resume runs/flies",
       resume_command});
  add({"settings", "List every setting, or those that speak of all words given.", "words to look for",
       "synfer settings reward", settings_command})
      ->add_flag("--markdown", arguments_.markdown, "as a page");
  add({"completion", "Write what lets a shell complete commands and settings.", "",
       "source <(synfer completion bash)", completion_command})
      ->add_option("shell", arguments_.shell, fmt::format("{}", fmt::join(completion_shells(), ", ")))
      ->required();
  add({"manual", "Write the manual page.", "", "synfer manual | man -l -", manual_command});
}

int CommandLine::run(int argc, const char* const* argv) {
  want_known(app, argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // what was asked for: help, or the version
    const std::vector<CLI::App*> parsed = app.get_subcommands();
    const std::string name = parsed.empty() ? "synfer" : "synfer " + parsed.front()->get_name();
    throw ConfigurationError(name, fmt::format("{}; see {} --help", error.what(), name));
  }
  const InterruptionGuard guard;
  const StopAsked overdue = interruption_is_overdue;
  const StopScope scope(&overdue);
  try {
    return chosen_(*this, arguments_);
  } catch (const Stopped&) {
    std::fputs("interrupted: nothing is kept\n", stderr);
    return kInterruptedExit;
  }
}

}  // namespace synfer

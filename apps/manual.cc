#include "manual.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace synfer {
namespace {

// Text as troff takes it: backslashes, hyphens of options, and lines that begin like requests.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  const bool like_request = out.starts_with('.') || out.starts_with('\'');
  return like_request ? "\\&" + out : out;
}

std::string entry(const std::string& head, const std::string& body) {
  return ".TP\n" + head + "\n" + escaped(body) + "\n";
}

std::string bold(const std::string& text) { return "\\fB" + escaped(text) + "\\fR"; }

std::string option_entry(const ListedOption& option) {
  std::string head = bold(option.name);
  if (!option.value.empty()) head += " \\fI" + escaped(option.value) + "\\fR";
  return entry(head, option.meaning + (option.required ? " (required)" : ""));
}

// "Example:\n  synfer ...": the lines that are indented, as they are.
std::string examples(const std::string& footer) {
  std::string text;
  for (std::size_t at = 0; at < footer.size();) {
    const std::size_t end = std::min(footer.find('\n', at), footer.size());
    const std::string line = footer.substr(at, end - at);
    if (line.starts_with("  ")) text += escaped(line) + "\n";
    at = end + 1;
  }
  return text.empty() ? text : ".PP\n.nf\n" + text + ".fi\n";
}

std::string command_section(const ListedCommand& command) {
  std::string text = fmt::format(".SS synfer {}\n{}\n", escaped(command.name), escaped(command.meaning));
  if (!command.words.empty()) text += entry("\\fIwords\\fR ...", command.words);
  for (const ListedOption& option : command.options) {
    if (option.name != "--help") text += option_entry(option);
  }
  return text + examples(command.footer);
}

}  // namespace

std::string manual_page(const std::vector<ListedCommand>& commands,
                        const std::vector<ListedSetting>& settings) {
  const ListedCommand& program = commands.front();
  std::string text = ".TH SYNFER 1 \"\" \"synfer " SYNFER_VERSION
                     "\" \"User Commands\"\n"
                     ".SH NAME\n"
                     "synfer \\- infer synaptic plasticity rules from recordings and behaviour\n"
                     ".SH SYNOPSIS\n"
                     ".B synfer\n"
                     "\\fICOMMAND\\fR [\\fIwords\\fR ...] [\\fIkey\\fR=\\fIvalue\\fR ...] [\\fIoptions\\fR]\n"
                     ".SH DESCRIPTION\n";
  text += escaped(program.meaning) + "\n.SH OPTIONS\n";
  for (const ListedOption& option : program.options) text += option_entry(option);
  text += ".SH COMMANDS\n";
  for (const ListedCommand& command : commands) {
    if (!command.name.empty()) text += command_section(command);
  }
  text +=
      ".SH SETTINGS\n"
      "In a YAML file they are nested (fit: {epochs: 10}); on the command line they are dotted keys "
      "(fit.epochs=10).\n";
  for (const ListedSetting& setting : settings) {
    text += entry(bold(setting.key) + " = " + escaped(setting.value),
                  fmt::format("{} Allowed: {}.", setting.meaning, setting.allowed));
  }
  text +=
      ".SH EXIT STATUS\n"
      ".TP\n0\nDone.\n"
      ".TP\n2\nUsage, settings or output.\n"
      ".TP\n3\nData that cannot be read or contradict themselves.\n"
      ".TP\n4\nA fit that did not converge; its results are written and marked.\n"
      ".TP\n130\nInterrupted; the state is saved, and synfer resume goes on.\n"
      ".SH ENVIRONMENT\n"
      ".TP\n.B NO_COLOR\nIf set and not empty, nothing is coloured. Without it, colours are used on a "
      "terminal "
      "alone.\n";
  return text;
}

}  // namespace synfer

#include "listing.h"

#include "synfer/settings/schema.h"
#include "synfer/settings/settings_listing.h"

namespace synfer {
namespace {

std::vector<std::string> choices_of(const CommandLine& line, const std::string& name) {
  const auto found = line.choices.find(name);
  return found == line.choices.end() ? std::vector<std::string>{} : found->second;
}

ListedCommand listed(const CommandLine& line, const CLI::App& app, const std::string& name) {
  ListedCommand command;
  command.name = name;
  command.meaning = app.get_description();
  command.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      command.words = option->get_description();
      command.choices = choices_of(line, option->get_name());
      continue;
    }
    const std::string long_name = "--" + option->get_lnames().front();
    command.has_settings = command.has_settings || long_name == "--config";
    command.options.push_back({long_name, option->get_type_size() > 0 ? option->get_type_name() : "",
                               option->get_description(), choices_of(line, long_name),
                               option->get_required()});
  }
  return command;
}

std::vector<std::string> choices_of(const Setting& setting) {
  if (std::holds_alternative<bool*>(setting.field) ||
      std::holds_alternative<std::optional<bool>*>(setting.field)) {
    return {"true", "false"};
  }
  const bool one = std::holds_alternative<std::string*>(setting.field) ||
                   std::holds_alternative<std::optional<std::string>*>(setting.field);
  return one ? setting.allowed.words : std::vector<std::string>{};
}

}  // namespace

std::vector<ListedCommand> listed_commands(const CommandLine& line) {
  std::vector<ListedCommand> commands = {listed(line, line.app, "")};
  for (const CLI::App* sub : line.app.get_subcommands({})) {
    commands.push_back(listed(line, *sub, sub->get_name()));
  }
  return commands;
}

std::vector<ListedSetting> listed_settings() {
  Configuration defaults;
  std::vector<ListedSetting> listed;
  for (const Setting& setting : settings_of(defaults)) {
    listed.push_back({setting.key, default_text(setting), setting.documentation, allowed_with_unit(setting),
                      choices_of(setting)});
  }
  return listed;
}

}  // namespace synfer

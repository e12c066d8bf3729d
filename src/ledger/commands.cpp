#include "ledger/commands.hpp"

#include <array>
#include <boost/json/array.hpp>

#include "ledger/box_commands.hpp"
#include "ledger/command_arguments.hpp"
#include "ledger/import.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/office/office_commands.hpp"
#include "ledger/public/public_commands.hpp"
#include "ledger/rebuild.hpp"
#include "ledger/reports/reports.hpp"
#include "ledger/verify.hpp"

namespace yijuan::ledger {
namespace {

namespace json = boost::json;

Result<json::object> report(const CommandContext& context, const json::object& arguments) {
  const std::string name = text(arguments, "report");
  if (name == "sync") return formatted(sync_report(context.store), arguments);
  if (name != "day") return {LedgerErrc::bad_argument, "there is no report " + name};
  const auto from = day(arguments, "from", std::chrono::year(1970) / 1 / 1);
  if (!from) return from.error();
  const auto to = day(arguments, "to", std::chrono::year(9999) / 12 / 31);
  if (!to) return to.error();
  return formatted(day_report(context.store, *from, *to), arguments);
}

Result<json::object> rebuild(const CommandContext& context, const json::object& /*arguments*/) {
  auto rebuilt = rebuild_books(context.store, context.progress);
  if (!rebuilt) return rebuilt.error();
  json::array differences;
  for (const std::string& difference : rebuilt->differences) differences.emplace_back(difference);
  return json::object{{"logs", rebuilt->logs},
                      {"entries", rebuilt->entries},
                      {"differences", std::move(differences)}};
}

Result<json::object> verify(const CommandContext& context, const json::object& arguments) {
  auto cosigner = read_cosigner(context.config);
  if (!cosigner) return cosigner.error();
  const LedgerConfig::Public& published = context.config.published;
  auto verified = verify_store({.store = context.store,
                                .cosigner = cosigner->verifier(),
                                .domain = context.config.domain,
                                .published = published.folder.empty()
                                                 ? std::nullopt
                                                 : std::optional(PublicFolder(published.folder)),
                                .origin = text(arguments, "origin"),
                                .state_file = context.config.data / "verify.state",
                                .fresh = text(arguments, "fresh") == "yes",
                                .progress = context.progress,
                                .stopped = context.stopped});
  if (!verified) return verified.error();
  json::array wrong;
  for (const std::string& what : verified->wrong) wrong.emplace_back(what);
  return json::object{{"logs", verified->logs},
                      {"entries", verified->entries},
                      {"before", verified->before},
                      {"notes", json::array(verified->notes.begin(), verified->notes.end())},
                      {"wrong", std::move(wrong)}};
}

constexpr auto kCommands = std::to_array<Command>({
    {"report", false, report},
    {"box_list", false, box_list},
    {"box_add", true, box_add},
    {"box_renew", true, box_renew},
    {"box_revoke", true, box_revoke},
    {"rebuild", true, rebuild},
    {"import_batch", true, import_batch},
    {"import_epochs", true, import_epochs},
    {"verify", false, verify, true},
    {"publish", true, publish_command, true},
    {"proof", false, proof_command, true},
    {"auditor_add", true, auditor_add, true},
    {"auditor_remove", true, auditor_remove, true},
    {"auditor_list", false, auditor_list, true},
    {"office_status", false, office_status},
    {"office_resume", true, office_resume},
    {"office_declare_hole", true, office_declare_hole},
    {"log_lost", true, log_lost},
    {"quarantine_list", false, quarantine_list},
    {"quarantine_show", false, quarantine_show},
    {"quarantine_post", true, quarantine_post},
    {"backup", true, backup_command, true},
});

}  // namespace

const Command* find_command(std::string_view name) {
  for (const Command& command : kCommands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

}  // namespace yijuan::ledger

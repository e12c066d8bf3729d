#include "ledger/commands.hpp"

#include <array>
#include <boost/json/array.hpp>

#include "ledger/command_arguments.hpp"
#include "ledger/import.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/office/office_commands.hpp"
#include "ledger/public/public_commands.hpp"
#include "ledger/rebuild.hpp"
#include "ledger/reports/reports.hpp"
#include "ledger/verify.hpp"
#include "sync/enrolment.hpp"

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

Result<json::object> box_list(const CommandContext& context, const json::object& arguments) {
  return formatted(box_report(context.store), arguments);
}

Result<sync::BoxIdentity> answer(const CommandContext& context, const sync::BoxRequest& request,
                                 const std::string& id) {
  auto authority = read_authority(context.config);
  if (!authority) return authority.error();
  auto cosigner = read_cosigner(context.config);
  if (!cosigner) return cosigner.error();
  auto office_key = read_office_key(context.config);
  if (!office_key && office_key.error() != make_error_code(LedgerErrc::no_office_key)) {
    return office_key.error();
  }
  const sync::Office office{.authority = *authority,
                            .domain = context.config.domain,
                            .cosigner = cosigner->verifier().text(),
                            .ledger = context.config.name,
                            .office = office_key ? office_key->verifier(1).text() : ""};
  return sync::answer_box_request(
      request, id, office,
      {.from = context.now - std::chrono::days(1), .to = context.now + std::chrono::days(365 * 5)});
}

// Whether the box may be added: it is new, or staff said that it may be known already.
Result<void> check_new(LedgerStore& store, const std::string& id, const json::object& arguments) {
  auto known = store.box(id);
  if (!known) return known.error();
  if (*known && text(arguments, "again") != "yes") {
    return {LedgerErrc::box_exists, id + "; to replace its keys, use --again"};
  }
  return {};
}

Result<json::object> box_add(const CommandContext& context, const json::object& arguments) {
  const std::string id = text(arguments, "box");
  auto request = sync::parse_box_request(text(arguments, "request"));
  if (!request) return request.error();
  auto allowed = check_new(context.store, id, arguments);
  if (!allowed) return allowed.error();
  auto known_log = context.store.log(request->origin);
  if (!known_log) return known_log.error();
  if (*known_log) return {LedgerErrc::box_exists, "the log " + request->origin};
  auto identity = answer(context, *request, id);
  if (!identity) return identity.error();
  auto certificate = net::Certificate::from_pem(identity->certificate);
  if (!certificate) return certificate.error();
  LogState log;
  log.origin = request->origin;
  log.box = id;
  log.vkey = request->log_vkey;
  auto added = context.store.add_box({.id = id,
                                      .status = BoxStatus::active,
                                      .key_fingerprint = certificate->key_fingerprint(),
                                      .since = context.now},
                                     log);
  if (!added) return added.error();
  return json::object{{"identity", sync::write_box_identity(*identity)}};
}

// Whether a box, its log and its key are those of the request: a new certificate changes nothing.
Result<void> check_known(LedgerStore& store, const sync::BoxRequest& request) {
  auto box = store.box(request.box);
  if (!box) return box.error();
  if (!*box || (*box)->status != BoxStatus::active) return {LedgerErrc::unknown_box, request.box};
  auto log = store.log(request.origin);
  if (!log) return log.error();
  auto key = net::check_request(request.certificate_request);
  if (!key) return key.error();
  if (!*log || (*log)->vkey != request.log_vkey || *key != (*box)->key_fingerprint) {
    return {LedgerErrc::bad_argument, "the box has other keys than those of this request"};
  }
  return {};
}

Result<json::object> box_renew(const CommandContext& context, const json::object& arguments) {
  auto request = sync::parse_box_request(text(arguments, "request"));
  if (!request) return request.error();
  auto known = check_known(context.store, *request);
  if (!known) return known.error();
  auto identity = answer(context, *request, text(arguments, "box"));
  if (!identity) return identity.error();
  return json::object{{"identity", sync::write_box_identity(*identity)}};
}

Result<json::object> box_revoke(const CommandContext& context, const json::object& arguments) {
  auto done = context.store.set_status(text(arguments, "box"), BoxStatus::revoked);
  if (!done) return done.error();
  return json::object{};
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

#include "ledger/box_commands.hpp"

#include "base/log.hpp"
#include "ledger/command_arguments.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/office/box_register.hpp"
#include "ledger/office/desk.hpp"
#include "ledger/reports/reports.hpp"
#include "sync/enrolment.hpp"

namespace yijuan::ledger {
namespace {

namespace json = boost::json;

constexpr const char* kNotInLog =
    "it is done, but the office's log is held up and does not say so: a restored backup would not "
    "know. Once the log goes on (ledgerctl office status), do it again";

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

// Writes it into the office's log, from where it is posted. False: nothing is signed there now.
Result<bool> decide(const CommandContext& context, const tlog::Body& body) {
  auto written = context.office->log().append({&body, 1});
  if (!written && written.error() == make_error_code(LedgerErrc::office_blocked)) return false;
  if (!written) return written.error();
  auto posted = context.office->post_due();
  if (!posted) return posted.error();
  return true;
}

json::object warned() {
  log_warning("office", kNotInLog);
  return {{"warning", kNotInLog}};
}

}  // namespace

Result<json::object> box_list(const CommandContext& context, const json::object& arguments) {
  return formatted(box_report(context.store), arguments);
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
  json::object reply{{"identity", sync::write_box_identity(*identity)}};
  if (context.office != nullptr) {
    auto said = decide(context, tlog::Enrolled{.box = id,
                                               .origin = request->origin,
                                               .key = request->log_vkey,
                                               .spki = certificate->key_fingerprint()});
    if (!said) return said.error();
    if (*said) return reply;
    reply["warning"] = warned()["warning"];
  }
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
  return reply;
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
  const std::string id = text(arguments, "box");
  auto box = context.store.box(id);
  if (!box) return box.error();
  if (!*box) return {LedgerErrc::unknown_box, id};
  bool said = false;
  if (context.office != nullptr) {
    auto offices = context.office->log().all();
    if (!offices) return offices.error();
    auto listed = read_register(context.store, *offices);
    if (!listed) return listed.error();
    said = listed->revokes(id, (*box)->key_fingerprint);
    auto decided = said
                       ? Result<bool>(true)
                       : decide(context, tlog::Revoked{.box = id, .spki = (*box)->key_fingerprint});
    if (!decided) return decided.error();
    said = *decided;
  }
  auto done = context.store.set_status(id, BoxStatus::revoked);
  if (!done) return done.error();
  return context.office != nullptr && !said ? warned() : json::object{};
}

}  // namespace yijuan::ledger

#include "ledger/import.hpp"

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "ledger/command_arguments.hpp"
#include "ledger/ingest.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/new_epoch.hpp"

namespace yijuan::ledger {
namespace {

namespace json = boost::json;

constexpr int kMostTries = 8;  // against a box that sends the same log over the network

Result<void> raise(LedgerStore& store, const std::optional<Alarm>& alarm) {
  if (!alarm) return {};
  log_warning("import", alarm->origin + ": " + alarm->text);
  return store.raise(*alarm);
}

// Stores what was found; the answer, or nothing if the log moved meanwhile or must be looked at
// again.
Result<std::optional<sync::BatchReply>> store_checked(LedgerStore& store, Checked checked) {
  using Reply = std::optional<sync::BatchReply>;
  if (auto* answer = std::get_if<Answer>(&checked)) {
    auto raised = raise(store, answer->alarm);
    if (!raised) return raised.error();
    return Reply(std::move(answer->reply));
  }
  if (auto* doubt = std::get_if<Doubt>(&checked)) {
    auto done = raise(store, doubt->alarm);
    auto set = done ? store.set_floor(doubt->log) : Result<bool>(done.error());
    if (!set) return set.error();
    return Reply();
  }
  auto* forking = std::get_if<Forking>(&checked);
  if (forking != nullptr && forking->opened) {
    auto added = store.add_log(*forking->opened);
    if (!added) return added.error();
  }
  const Appending& appending =
      forking != nullptr ? forking->appending : std::get<Appending>(checked);
  auto appended = store.append(appending);
  if (!appended) return appended.error();
  if (*appended == Appended::moved) return Reply();
  if (forking != nullptr) return store_checked(store, std::move(forking->answer));
  if (appending.next.floor) return Reply(sync::Stored{appending.next.size()});
  return Reply(sync::Cosigned{appending.next.note});
}

struct Outcome {
  json::object operator()(const sync::Cosigned& reply) const {
    return {{"outcome", "cosigned"}, {"note", reply.note}, {"text", ""}};
  }
  json::object operator()(const sync::Stored& reply) const {
    return {{"outcome", "stored"}, {"size", reply.size}, {"text", ""}};
  }
  json::object operator()(const sync::ResumeAt& reply) const {
    return {{"outcome", "resume"}, {"size", reply.size}, {"text", ""}};
  }
  json::object operator()(const sync::Forked& reply) const {
    json::object object{{"outcome", "forked"}, {"text", reply.text}};
    if (reply.kept) object["kept"] = *reply.kept;
    return object;
  }
  json::object operator()(const sync::Revoked& reply) const {
    return {{"outcome", "revoked"}, {"text", reply.text}};
  }
  json::object operator()(const sync::Busy& /*reply*/) const {
    return {{"outcome", "busy"}, {"text", "not now"}};
  }
  json::object operator()(const sync::Rejected& reply) const {
    return {{"outcome", "rejected"}, {"text", reply.text}};
  }
};

json::object outcome_of(const std::string& origin, const sync::BatchReply& reply) {
  json::object object = std::visit(Outcome{}, reply);
  object["origin"] = origin;
  return object;
}

}  // namespace

Result<json::object> import_batch(const CommandContext& context, const json::object& arguments) {
  const auto packed = from_base64(text(arguments, "packed"));
  if (!packed) return {LedgerErrc::bad_argument, "no batch"};
  auto batch = sync::unpack(*packed);
  if (!batch) return outcome_of("", sync::Rejected{400, batch.error().message()});
  auto cosigner = read_cosigner(context.config);
  if (!cosigner) return cosigner.error();
  const auto origin = Origin::parse(batch->origin);
  const std::string box = origin ? origin->box : std::string();
  for (int i = 0; i < kMostTries; ++i) {
    auto checked =
        check_batch({.store = context.store, .cosigner = *cosigner}, box, *batch, context.now);
    if (!checked) return checked.error();
    auto reply = store_checked(context.store, *std::move(checked));
    if (!reply) return reply.error();
    if (*reply) return outcome_of(batch->origin, **reply);
  }
  return outcome_of(batch->origin, sync::Busy{});
}

Result<json::object> import_epochs(const CommandContext& context, const json::object& arguments) {
  const auto certificates = sync::parse_epochs(text(arguments, "text"));
  if (!certificates) return {LedgerErrc::bad_argument, certificates.error().message()};
  std::uint64_t count = 0;
  for (const sync::EpochCertificate& certificate : *certificates) {
    const auto origin = Origin::parse(certificate.previous.origin);
    const std::string box = origin ? origin->box : std::string();
    auto checked = check_epoch(context.store, box, certificate, context.now);
    if (!checked) return checked.error();
    if (!checked->refusal.empty()) return {LedgerErrc::not_done, checked->refusal};
    if (!checked->log) continue;
    auto added = context.store.add_log(*checked->log);
    if (!added) return added.error();
    if (!*added) continue;
    ++count;
    auto raised = raise(context.store, checked->alarm);
    if (!raised) return raised.error();
  }
  return json::object{{"added", count}};
}

}  // namespace yijuan::ledger

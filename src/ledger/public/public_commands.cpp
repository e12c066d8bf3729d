#include "ledger/public/public_commands.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <charconv>

#include "base/log.hpp"
#include "io/system_random.hpp"
#include "ledger/command_arguments.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/public/auditors.hpp"
#include "ledger/public/public_proof.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::ledger {
namespace {

namespace json = boost::json;

const Error kNoFolder(LedgerErrc::not_done, "[public] folder is empty: nothing is published");

// The stored entry, so that no proof is given out that does not hold for it.
Result<Hash> leaf_of(LedgerStore& store, const std::string& origin, Seq seq) {
  auto lines = store.lines(origin, seq, 1);
  if (!lines) return lines.error();
  if (lines->size() != 1) return {LedgerErrc::not_done, "there is no such entry"};
  return tlog::leaf_hash(lines->front());
}

Result<std::string> checked_proof(const CommandContext& context, const LogState& log, Seq seq) {
  const auto name = public_name(log.origin, context.config.domain);
  if (!name) return {LedgerErrc::not_done, log.origin + " is not published"};
  auto proof = published_proof(PublicFolder(context.config.published.folder), *name, seq);
  if (!proof) return proof.error();
  if (!*proof) {
    return {LedgerErrc::not_done,
            fmt::format("entry {} of {} is not published yet", seq, log.origin)};
  }
  const auto key = tlog::VerifierKey::parse(log.vkey);
  if (!key) return {LedgerErrc::store_damaged, "the key of " + log.origin};
  auto cosigner = read_cosigner(context.config);
  if (!cosigner) return cosigner.error();
  auto leaf = leaf_of(context.store, log.origin, seq);
  if (!leaf) return leaf.error();
  auto proven = tlog::verify_tlog_proof(**proof, *leaf, *key, cosigner->verifier());
  if (!proven) return proven.error();
  return tlog::write_tlog_proof(**proof);
}

tlog::Digest entry_of(const Digest& digest) {
  return {.day = domain::to_text(digest.day), .logs = digest.logs, .hash = digest.hash};
}

}  // namespace

Publication publication_of(const LedgerConfig& config, OfficeLog* office) {
  Publication publication{.folder = PublicFolder(config.published.folder),
                          .domain = config.domain,
                          .at = config.published.at};
  if (office == nullptr) return publication;
  publication.refuse_digest = [office](const Digest& digest) {
    return office->refuses(entry_of(digest));
  };
  publication.on_digest = [office](const Digest& digest) -> Result<bool> {
    auto stated = office->append_digest(entry_of(digest));
    // Held up since it was asked: what is not signed now comes again the next time.
    if (!stated && stated.error() == make_error_code(LedgerErrc::office_blocked)) return true;
    return stated;
  };
  return publication;
}

Result<Published> publish_and_raise(const Publication& publication, LedgerStore& store,
                                    WallTime now) {
  auto published = publish(publication, store, now);
  if (!published) return published;
  for (const std::string& note : published->notes) log_info("public", note);
  for (const Alarm& alarm : published->alarms) {
    log_error("public", fmt::format("ALARM {} {}: {}", alarm.code, alarm.origin, alarm.text));
    auto raised = store.raise(alarm);
    if (!raised) return raised.error();
  }
  return published;
}

Result<json::object> publish_command(const CommandContext& context, const json::object& arguments) {
  if (context.config.published.folder.empty()) return kNoFolder;
  Publication publication =
      publication_of(context.config, context.office == nullptr ? nullptr : &context.office->log());
  publication.repair = text(arguments, "repair") == "yes";
  publication.progress = context.progress;
  publication.stopped = context.stopped;
  auto published = publish_and_raise(publication, context.store, context.now);
  if (!published) return published.error();
  json::array refused;
  for (const Alarm& alarm : published->alarms) {
    refused.emplace_back(alarm.origin + ": " + alarm.text);
  }
  json::array notes(published->notes.begin(), published->notes.end());
  return json::object{{"logs", published->logs},
                      {"entries", published->entries},
                      {"mended", published->mended},
                      {"notes", std::move(notes)},
                      {"refused", std::move(refused)}};
}

Result<json::object> proof_command(const CommandContext& context, const json::object& arguments) {
  if (context.config.published.folder.empty()) return kNoFolder;
  const std::string wanted = text(arguments, "seq");
  Seq seq = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), seq);
  if (error != std::errc() || end != wanted.data() + wanted.size()) {
    return {LedgerErrc::bad_argument, "\"" + wanted + "\" is no entry's number"};
  }
  auto log = context.store.log(text(arguments, "origin"));
  if (!log) return log.error();
  if (!*log) return {LedgerErrc::not_done, "there is no log " + text(arguments, "origin")};
  auto proof = checked_proof(context, **log, seq);
  if (!proof) return proof.error();
  return json::object{{"proof", *proof}};
}

Result<json::object> auditor_add(const CommandContext& context, const json::object& arguments) {
  std::optional<domain::Day> until;
  if (!text(arguments, "until").empty()) {
    const auto given = day(arguments, "until", {});
    if (!given) return given.error();
    if (*given < domain::shanghai_day(context.now)) {
      return {LedgerErrc::not_done,
              domain::to_text(*given) + " is past: nobody could read with that token"};
    }
    until = *given;
  }
  SystemRandom random;
  auto token = Auditors(context.config.auditors()).add(text(arguments, "name"), until, random);
  if (!token) return token.error();
  return json::object{{"token", *token}};
}

Result<json::object> auditor_remove(const CommandContext& context, const json::object& arguments) {
  auto removed = Auditors(context.config.auditors()).remove(text(arguments, "name"));
  if (!removed) return removed.error();
  return json::object{};
}

Result<json::object> auditor_list(const CommandContext& context, const json::object& arguments) {
  auto auditors = Auditors(context.config.auditors()).all();
  if (!auditors) return auditors.error();
  Table table{.columns = {{"name", "审计员"}, {"until", "有效至"}}, .rows = {}, .total = {}};
  for (const Auditor& auditor : *auditors) {
    table.rows.push_back({auditor.name, auditor.last_day ? Cell(domain::to_text(*auditor.last_day))
                                                         : Cell(std::monostate())});
  }
  return formatted(table, arguments);
}

}  // namespace yijuan::ledger

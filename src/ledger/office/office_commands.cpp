#include "ledger/office/office_commands.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/log.hpp"
#include "ledger/backup/backup.hpp"
#include "ledger/command_arguments.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/office/desk.hpp"
#include "ledger/office/evidence.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/words.hpp"

namespace yijuan::ledger {
namespace {

namespace json = boost::json;

// What the public holds: as given, and as this ledger published it.
std::vector<std::string> published_notes(const Office& office, const std::string& given) {
  std::vector<std::string> notes = office.published_notes();
  if (!given.empty()) notes.push_back(given);
  return notes;
}

constexpr std::size_t kMostNames = 10;

std::string names(const std::vector<std::string>& all) {
  const std::size_t shown = std::min(all.size(), kMostNames);
  std::string text = fmt::format(
      "{}", fmt::join(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (shown < all.size()) text += fmt::format(" and {} more", all.size() - shown);
  return text;
}

std::string text_of(Office& office, const Evidence& evidence) {
  const LogState& log = evidence.log;
  std::string lines = fmt::format("log: {}\nkey: {}\nheld: {} entries, root {}\n", log.origin,
                                  log.vkey, log.size(), to_base64(log.frontier.root()));
  lines +=
      evidence.witnesses.empty() && !log.floor
          ? "seen: nobody has said\n"
          : fmt::format("seen: {} entries ({})\n", evidence.seen,
                        evidence.witnesses.empty() ? "see the alarms" : names(evidence.witnesses));
  const char* why = !is_blocked(log)
                        ? evidence.short_of_seen
                              ? "still, though more, or something else, was seen than is held"
                              : "yes"
                    : evidence.short_of_seen ? "no: more, or something else, was seen than is held"
                                             : "no: restored from a backup";
  lines += fmt::format("signed: {}\n", why);
  if (!evidence.silent.empty() && is_blocked(log)) {
    lines += fmt::format("silent since: {}\n", names(evidence.silent));
  }
  if (evidence.waiting > 0) {
    lines += fmt::format("waiting: {} entries, for what boxes will send again\n", evidence.waiting);
  }
  if (office.copy() != nullptr) lines += "copy: " + office.copy()->standing().text + "\n";
  return lines;
}

Result<json::object> said(std::string text) {
  return json::object{{"text", std::move(text)}};
}

Result<OfficeWritten> write_and_post(const CommandContext& context,
                                     const std::vector<tlog::Body>& bodies) {
  auto written = context.office->log().append(bodies);
  if (!written) return written;
  auto posted = context.office->post_due();
  if (!posted) return posted.error();
  return written;
}

Result<LogState> fork_named(LedgerStore& store, const std::string& origin) {
  auto fork = store.log(origin);
  if (!fork) return fork.error();
  if (!*fork || (*fork)->kind != LogKind::fork) {
    return {LedgerErrc::not_done, "there is no fork " + origin};
  }
  return **std::move(fork);
}

std::int64_t number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

// What an entry of a fork is about, for a person who decides.
std::vector<Cell> row_of(const std::string& line, Seq seq) {
  const auto entry = tlog::parse_line(line);
  if (!entry) return {number(seq), Cell("?"), Cell(), Cell(), Cell()};
  std::vector<Cell> row = {number(seq), Cell(std::string(tlog::type_of(entry->body))),
                           Cell(Word{.word = to_rfc3339(entry->header.at.time),
                                     .shown = domain::shanghai_text(entry->header.at.time, true)}),
                           Cell(), Cell()};
  if (const auto* cash = std::get_if<tlog::Cash>(&entry->body)) {
    row[3] = cash->amount;
    row[4] = cash->device + " " + cash->serial;
  } else if (const auto* gift = std::get_if<tlog::Gift>(&entry->body)) {
    row[3] = gift->amount;
    row[4] = gift->terms.designation;
  }
  return row;
}

}  // namespace

Result<json::object> office_status(const CommandContext& context,
                                   const json::object& /*arguments*/) {
  if (context.office == nullptr) return Error(LedgerErrc::no_office_key);
  auto evidence = weigh_all(*context.office, context.store, published_notes(*context.office, {}));
  if (!evidence) return evidence.error();
  return json::object{{"text", text_of(*context.office, *evidence)},
                      {"origin", evidence->log.origin},
                      {"blocked", is_blocked(evidence->log)}};
}

Result<json::object> office_resume(const CommandContext& context, const json::object& arguments) {
  if (context.office == nullptr) return Error(LedgerErrc::no_office_key);
  OfficeLog& log = context.office->log();
  std::uint64_t completed = 0;
  if (context.office->copy() != nullptr) {
    auto taken = log.complete_from(CopyFolder(context.office->copy()->folder()));
    if (!taken) return taken.error();
    completed = *taken;
  }
  const auto notes = published_notes(*context.office, text(arguments, "public"));
  auto evidence = hear_all(*context.office, context.store, notes, context.now);
  if (!evidence) return evidence.error();
  if (!is_blocked(evidence->log)) return said(evidence->log.origin + " is signed as ever\n");
  if (!shows_whole(*evidence)) {
    return {LedgerErrc::office_blocked,
            "no second copy shows it to be whole; ledgerctl office declare-hole begins the next "
            "log, and is always safe\n" +
                text_of(*context.office, *evidence)};
  }
  auto settled = log.settle();
  if (!settled) return settled.error();
  log_warning("office", evidence->log.origin + " goes on, as a person has decided");
  return said(fmt::format("{} goes on after {} entries, {} of them from the second copy\n",
                          evidence->log.origin, evidence->log.size(), completed));
}

Result<json::object> office_declare_hole(const CommandContext& context,
                                         const json::object& arguments) {
  if (context.office == nullptr) return Error(LedgerErrc::no_office_key);
  const std::string why = text(arguments, "why");
  if (why.empty()) return {LedgerErrc::bad_argument, "say why"};
  auto heard =
      hear_all(*context.office, context.store, published_notes(*context.office, {}), context.now);
  if (!heard) return heard.error();
  auto written = context.office->log().declare_hole(why);
  if (!written) return written.error();
  return said(fmt::format("{} begins; of {} {} entries are held and {} were seen\n",
                          written->log.origin, heard->log.origin, heard->log.size(),
                          heard->log.floor ? heard->log.floor->size : heard->log.size()));
}

/// A box that speaks has not lost its disk. Heartbeats come every minute, and a box that failed to
/// reach the ledger tries again within five.
Result<void> check_silent(const CommandContext& context, const std::string& origin) {
  constexpr std::chrono::minutes kSilent{10};
  auto log = context.store.log(origin);
  if (!log) return log.error();
  if (!*log || (*log)->kind != LogKind::box) return {};
  auto heard = last_heard(context.store, **log);
  if (!heard) return heard.error();
  if (!*heard || context.now - **heard >= kSilent) return {};
  return {LedgerErrc::not_done,
          fmt::format("the box spoke of {} at {}, less than {} minutes ago; if its disk is lost "
                      "all the same, say --still-heard",
                      origin, to_rfc3339(**heard), kSilent.count())};
}

Result<json::object> log_lost(const CommandContext& context, const json::object& arguments) {
  if (context.office == nullptr) return Error(LedgerErrc::no_office_key);
  const std::string origin = text(arguments, "origin");
  const std::string why = text(arguments, "why");
  if (why.empty()) return {LedgerErrc::bad_argument, "say why"};
  if (const auto* known = arguments.if_contains("still_heard");
      known == nullptr || *known != json::value(true)) {
    auto silent = check_silent(context, origin);
    if (!silent) return silent.error();
  }
  auto due = context.office->post_due();  // of a command that was cut
  if (!due) return due.error();
  auto bodies = lost_log(context.store, context.office->log(), origin, why);
  if (!bodies) return bodies.error();
  if (bodies->empty()) return said(origin + " is lost already, and has no open cash\n");
  auto written = write_and_post(context, *bodies);
  if (!written) return written.error();
  std::string lines;
  Fen closed;
  std::uint64_t closings = 0;
  for (const tlog::Body& body : *bodies) {
    if (const auto* lost = std::get_if<tlog::Lost>(&body)) {
      lines += fmt::format(
          "{}: {} entries are held of {} that the box had; {} pieces of cash, {} "
          "yuan, had not come\n",
          origin, lost->size, lost->head, lost->unsynced,
          to_decimal(Fen(static_cast<std::int64_t>(lost->unsynced_fen))));
    } else if (const auto* closing = std::get_if<tlog::Closing>(&body)) {
      ++closings;
      closed += closing->amount;
    }
  }
  lines += fmt::format("{} gifts, {} yuan, are written for its open cash\n", closings,
                       to_decimal(closed));
  return said(std::move(lines));
}

Result<json::object> quarantine_list(const CommandContext& context, const json::object& arguments) {
  auto logs = context.store.logs();
  if (!logs) return logs.error();
  Table table{.columns = {{"origin", "隔离的流水"},
                          {"first", "起始条目"},
                          {"entries", "条目"},
                          {"posted", "已入账条目"},
                          {"cash", "现金（枚）"},
                          {"fen", "现金（元）"},
                          {"waiting_fen", "待入账（元）"}},
              .rows = {},
              .total = {}};
  for (const LogState& log : *logs) {
    if (log.kind != LogKind::fork) continue;
    auto waiting = quarantined_books(context.store, log, offices_of(*logs));
    if (!waiting) return waiting.error();
    table.rows.push_back({log.origin, number(log.base), number(log.size() - log.base),
                          number(log.posted - log.base), number(log.totals.cash_count),
                          log.totals.cash_sum, cash_of(*waiting)});
  }
  return formatted(table, arguments);
}

Result<json::object> quarantine_show(const CommandContext& context, const json::object& arguments) {
  auto fork = fork_named(context.store, text(arguments, "origin"));
  if (!fork) return fork.error();
  auto lines = context.store.lines(fork->origin, fork->base, fork->size() - fork->base);
  if (!lines) return lines.error();
  Table table{.columns = {{"seq", "条目"},
                          {"type", "类型"},
                          {"at", "箱内时间"},
                          {"fen", "金额（元）"},
                          {"what", "内容"}},
              .rows = {},
              .total = {}};
  for (std::size_t i = 0; i < lines->size(); ++i) {
    table.rows.push_back(row_of((*lines)[i], fork->base + i));
  }
  return formatted(table, arguments);
}

Result<json::object> quarantine_post(const CommandContext& context, const json::object& arguments) {
  if (context.office == nullptr) return Error(LedgerErrc::no_office_key);
  auto due = context.office->post_due();  // of a command that was cut
  if (!due) return due.error();
  auto fork = fork_named(context.store, text(arguments, "origin"));
  if (!fork) return fork.error();
  auto bodies = quarantined_entries(context.store, *fork);
  if (!bodies) return bodies.error();
  if (bodies->empty()) return said(fork->origin + " is in the books already\n");
  auto logs = context.store.logs();
  if (!logs) return logs.error();
  auto waiting = quarantined_books(context.store, *fork, offices_of(*logs));
  if (!waiting) return waiting.error();
  auto written = write_and_post(context, *bodies);
  if (!written) return written.error();
  return said(fmt::format("{} entries of {} are in the books, {} yuan of cash\n",
                          fork->size() - fork->posted, fork->origin,
                          to_decimal(cash_of(*waiting))));
}

Result<json::object> backup_command(const CommandContext& context, const json::object& arguments) {
  if (!context.config.postgres.empty()) {
    return {LedgerErrc::not_done,
            "the store is PostgreSQL's: pg_dump makes its backup (config/postgres/README.md)"};
  }
  const std::filesystem::path folder = text(arguments, "folder");
  if (!folder.is_absolute()) return {LedgerErrc::bad_argument, "the folder must be absolute"};
  auto made = make_backup(context.config.store, folder, context.config.domain, context.now,
                          {.progress = context.progress, .stopped = context.stopped});
  if (!made) return made.error();
  std::uint64_t entries = 0;
  for (const Manifest::Log& log : made->logs) entries += log.size;
  return json::object{{"text", fmt::format("{}: {} logs, {} entries, {} bytes\n", folder.string(),
                                           made->logs.size(), entries, made->bytes)},
                      {"made", to_rfc3339(made->made)},
                      {"sha256", to_hex(made->hash)}};
}

}  // namespace yijuan::ledger

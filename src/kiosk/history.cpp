#include "kiosk/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "base/bytes.hpp"

namespace yijuan::kiosk {
namespace {

namespace json = boost::json;

constexpr int kVersion = 3;

// Reads "a:b:c:d;…" numbers; the rest of the text, or nothing.
std::optional<std::uint64_t> take_number(std::string_view& text, char end) {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto used = static_cast<std::size_t>(stop - text.data());
  if (error != std::errc() || used >= text.size() || text[used] != end) return std::nullopt;
  text.remove_prefix(used + 1);
  return value;
}

json::object write_cash(const domain::CashPiece& piece) {
  return {{"seq", piece.seq},
          {"fen", piece.amount.count()},
          {"session", piece.session},
          {"activity", static_cast<int>(piece.terms.activity)},
          {"designation", piece.terms.designation},
          {"unit", piece.terms.unit}};
}

tlog::Cash read_cash(const json::object& row) {
  tlog::Cash cash;
  cash.amount = Fen(row.at("fen").to_number<std::int64_t>());
  cash.session = row.at("session").to_number<std::uint64_t>();
  cash.terms.activity = static_cast<tlog::Activity>(row.at("activity").to_number<int>());
  cash.terms.designation = row.at("designation").as_string();
  cash.terms.unit = row.at("unit").as_string();
  return cash;
}

json::object write_pending(const domain::PendingNote& note) {
  return {{"seq", note.seq},
          {"device", note.intent.device},
          {"serial", note.intent.serial},
          {"counter", note.intent.counter},
          {"fen", note.intent.amount.count()},
          {"test", note.intent.purpose == tlog::Purpose::test}};
}

tlog::Intent read_pending(const json::object& row) {
  return {std::string(row.at("device").as_string()), std::string(row.at("serial").as_string()),
          row.at("counter").to_number<int>(), Fen(row.at("fen").to_number<std::int64_t>()),
          row.at("test").as_bool() ? tlog::Purpose::test : tlog::Purpose::gift};
}

void read_books(const json::object& row, domain::Books& books) {
  // Open cash and notes about to be stacked by their entries, then the totals, which count them.
  for (const json::value& piece : row.at("open").as_array()) {
    books.add(piece.at("seq").to_number<std::uint64_t>(), read_cash(piece.as_object()));
  }
  for (const json::value& note : row.at("pending").as_array()) {
    books.add(note.at("seq").to_number<std::uint64_t>(), read_pending(note.as_object()));
  }
  books.cash_count = row.at("cash").to_number<std::uint64_t>();
  books.cash_total = Fen(row.at("cash_fen").to_number<std::int64_t>());
  books.test_count = row.at("tests").to_number<std::uint64_t>();
  books.test_total = Fen(row.at("test_fen").to_number<std::int64_t>());
  books.gift_count = row.at("gifts").to_number<std::uint64_t>();
  books.gift_total = Fen(row.at("gift_fen").to_number<std::int64_t>());
  books.disputed_count = row.at("disputed").to_number<std::uint64_t>();
  books.disputed_total = Fen(row.at("disputed_fen").to_number<std::int64_t>());
  books.tampers = row.at("tampers").to_number<std::uint64_t>();
  books.lost = row.at("lost").to_number<std::uint64_t>();
  books.unknown_gaps = row.at("gaps").to_number<std::uint64_t>();
  books.last_slip = row.at("slip").to_number<std::uint64_t>();
}

json::object write_books(const domain::Books& books) {
  json::array open;
  for (const auto& [seq, piece] : books.open()) open.push_back(write_cash(piece));
  json::array pending;
  for (const auto& [device, note] : books.pending()) pending.push_back(write_pending(note));
  return {{"open", std::move(open)},          {"pending", std::move(pending)},
          {"cash", books.cash_count},         {"cash_fen", books.cash_total.count()},
          {"tests", books.test_count},        {"test_fen", books.test_total.count()},
          {"gifts", books.gift_count},        {"gift_fen", books.gift_total.count()},
          {"disputed", books.disputed_count}, {"disputed_fen", books.disputed_total.count()},
          {"tampers", books.tampers},         {"lost", books.lost},
          {"gaps", books.unknown_gaps},       {"slip", books.last_slip}};
}

std::optional<Hash> read_hash(const json::value& value) {
  const auto bytes = from_hex(value.as_string());
  Hash hash{};
  if (!bytes || bytes->size() != hash.size()) return std::nullopt;
  std::ranges::copy(*bytes, hash.begin());
  return hash;
}

}  // namespace

void UnsyncedCash::add(Seq seq, Fen amount) {
  ++count_;
  sum_ += amount;
  if (!runs_.empty()) {
    Run& run = runs_.back();
    if (run.amount == amount && run.count == 1) {
      run.step = seq - run.first;
      run.count = 2;
      return;
    }
    if (run.amount == amount && seq == run.last() + run.step) {
      ++run.count;
      return;
    }
  }
  runs_.push_back({seq, 1, 1, amount});
}

void UnsyncedCash::cosigned(std::uint64_t size) {
  while (!runs_.empty() && runs_.front().first < size) {
    Run& run = runs_.front();
    const std::uint64_t done = std::min(run.count, (size - run.first + run.step - 1) / run.step);
    count_ -= done;
    sum_ -= Fen(run.amount.count() * static_cast<std::int64_t>(done));
    run.count -= done;
    run.first += run.step * done;
    if (run.count > 0) break;
    runs_.pop_front();
  }
}

std::string UnsyncedCash::to_text() const {
  std::string text;
  for (const Run& run : runs_) {
    text += fmt::format("{}:{}:{}:{};", run.first, run.step, run.count, run.amount.count());
  }
  return text;
}

bool UnsyncedCash::from_text(std::string_view text) {
  while (!text.empty()) {
    const auto first = take_number(text, ':');
    const auto step = first ? take_number(text, ':') : std::nullopt;
    const auto count = step ? take_number(text, ':') : std::nullopt;
    const auto fen = count ? take_number(text, ';') : std::nullopt;
    if (!fen || *count == 0 || *step == 0) return false;
    runs_.push_back({*first, *step, *count, Fen(static_cast<std::int64_t>(*fen))});
    count_ += *count;
    sum_ += Fen(static_cast<std::int64_t>(*fen * *count));
  }
  return true;
}

void History::add(Seq seq, const WallReading& at, const tlog::Body& body) {
  books.add(seq, body);
  if (const auto* cash = std::get_if<tlog::Cash>(&body)) unsynced.add(seq, cash->amount);
  if (const auto* came = std::get_if<tlog::Pack>(&body)) pack = *came;
  if (const auto* seen = std::get_if<tlog::Witness>(&body)) witness = *seen;
  if (const auto* moved = std::get_if<tlog::Door>(&body)) door.recall(*moved);
  if (at.quality == ClockQuality::ntp || at.quality == ClockQuality::ledger) {
    last_trusted = std::max(last_trusted.value_or(at.time), at.time);
  }
  size = seq + 1;
}

std::string History::to_snapshot() const {
  json::array faults;
  for (const tlog::Fault& fault : health.faults()) {
    faults.push_back({{"device", fault.device}, {"code", fault.code}, {"text", fault.text}});
  }
  json::array doors;
  for (const auto& [contact, entry] : door.entries()) {
    doors.push_back({{"contact", contact}, {"state", entry.state}, {"by", entry.authority}});
  }
  json::object row = {{"version", kVersion},
                      {"doors", std::move(doors)},
                      {"books", write_books(books)},
                      {"faults", std::move(faults)},
                      {"unsynced", unsynced.to_text()}};
  if (pack) {
    row["pack"] = {
        {"campaign", pack->campaign}, {"version", pack->version}, {"hash", to_hex(pack->hash)}};
  }
  if (witness) {
    row["witness"] = {{"origin", witness->origin},
                      {"size", witness->size},
                      {"root", to_hex(witness->root)},
                      {"signature", witness->signature}};
  }
  if (last_trusted) row["trusted"] = last_trusted->time_since_epoch().count();
  return json::serialize(row);
}

std::optional<History> History::from_snapshot(std::string_view text, std::uint64_t size) {
  // Our own text, but from a disk: anything unexpected means that the log is read instead.
  try {
    const json::value value = json::parse(text);
    const json::object& row = value.as_object();
    if (row.at("version").as_int64() != kVersion) return std::nullopt;
    History history;
    history.size = size;
    read_books(row.at("books").as_object(), history.books);
    for (const json::value& fault : row.at("faults").as_array()) {
      history.health.recall(tlog::Fault{std::string(fault.at("device").as_string()),
                                        std::string(fault.at("code").as_string()),
                                        std::string(fault.at("text").as_string())});
    }
    for (const json::value& door : row.at("doors").as_array()) {
      history.door.recall(tlog::Door{std::string(door.at("contact").as_string()),
                                     std::string(door.at("state").as_string()),
                                     std::string(door.at("by").as_string())});
    }
    if (!history.unsynced.from_text(row.at("unsynced").as_string())) return std::nullopt;
    if (const json::value* pack = row.if_contains("pack")) {
      history.pack.emplace(tlog::Pack{std::string(pack->at("campaign").as_string()),
                                      pack->at("version").to_number<std::uint64_t>(),
                                      {}});
      const auto hash = read_hash(pack->at("hash"));
      if (!hash) return std::nullopt;
      history.pack->hash = *hash;
    }
    if (const json::value* seen = row.if_contains("witness")) {
      const auto root = read_hash(seen->at("root"));
      if (!root) return std::nullopt;
      history.witness = tlog::Witness{std::string(seen->at("origin").as_string()),
                                      seen->at("size").to_number<std::uint64_t>(), *root,
                                      std::string(seen->at("signature").as_string())};
    }
    if (const json::value* trusted = row.if_contains("trusted")) {
      history.last_trusted = WallTime(std::chrono::milliseconds(trusted->as_int64()));
    }
    return history;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace yijuan::kiosk

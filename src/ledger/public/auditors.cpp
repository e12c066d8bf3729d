#include "ledger/public/auditors.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/ids.hpp"
#include "io/files.hpp"
#include "io/key_file.hpp"
#include "ledger/errc.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::string_view kTokenStart = "auditor-";
constexpr std::size_t kMostAuditors = 100;  // so that the file stays within read_key_file's bound
constexpr std::size_t kLongestToken = 100;

// The next word of a line; the line loses it and the space after it.
std::string_view take_word(std::string_view& line) {
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  return word;
}

std::optional<Auditor> parse_auditor(std::string_view line) {
  Auditor auditor;
  auditor.name = take_word(line);
  const auto hash = from_hex(take_word(line));
  const std::string_view day = take_word(line);
  if (day != "-") {
    auditor.last_day = domain::parse_day(day);
    if (!auditor.last_day) return {};
  }
  if (!is_box_id(auditor.name) || !hash || hash->size() != sizeof(Hash) || !line.empty()) return {};
  std::ranges::copy(*hash, auditor.token_hash.begin());
  return auditor;
}

std::string write_auditor(const Auditor& auditor) {
  return auditor.name + " " + to_hex(auditor.token_hash) + " " +
         (auditor.last_day ? domain::to_text(*auditor.last_day) : "-") + "\n";
}

}  // namespace

Result<std::vector<Auditor>> Auditors::all() const {
  std::vector<Auditor> auditors;
  std::error_code error;
  if (!std::filesystem::exists(file_, error) && !error) return auditors;
  auto content = read_key_file(file_);
  if (!content) return content.error();
  std::string_view text = as_text(*content);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    auto auditor = parse_auditor(text.substr(0, end));
    if (!auditor) return {LedgerErrc::bad_keys, file_.string() + ": a line is no auditor's"};
    auditors.push_back(*std::move(auditor));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return auditors;
}

Result<void> Auditors::put(const std::vector<Auditor>& auditors) const {
  std::string content;
  for (const Auditor& auditor : auditors) content += write_auditor(auditor);
  return write_file_atomically(file_, content, 0600);
}

Result<std::string> Auditors::add(const std::string& name, std::optional<domain::Day> last_day,
                                  Random& random) const {
  if (!is_box_id(name)) return {LedgerErrc::bad_argument, "a name is of a-z, 0-9 and -"};
  auto auditors = all();
  if (!auditors) return auditors.error();
  if (std::ranges::find(*auditors, name, &Auditor::name) != auditors->end()) {
    return {LedgerErrc::not_done, name + " has a token already; remove it first"};
  }
  if (auditors->size() == kMostAuditors) return {LedgerErrc::not_done, "too many auditors"};
  std::array<std::uint8_t, 32> secret;
  random.fill(secret);
  std::string token = std::string(kTokenStart) + to_base64url(secret);
  sodium_memzero(secret.data(), secret.size());
  auditors->push_back({.name = name, .token_hash = sha256(as_bytes(token)), .last_day = last_day});
  auto done = put(*auditors);
  if (!done) return done.error();
  return token;
}

Result<void> Auditors::remove(std::string_view name) const {
  auto auditors = all();
  if (!auditors) return auditors.error();
  if (std::erase_if(*auditors, [&](const Auditor& known) { return known.name == name; }) == 0) {
    return {LedgerErrc::not_done, "there is no auditor " + std::string(name)};
  }
  return put(*auditors);
}

Result<std::optional<std::string>> Auditors::who(std::string_view token, domain::Day today) const {
  auto auditors = all();
  if (!auditors) return auditors.error();
  std::optional<std::string> found;
  if (token.size() > kLongestToken) return found;
  const Hash hash = sha256(as_bytes(token));
  for (const Auditor& auditor : *auditors) {
    const bool same = sodium_memcmp(hash.data(), auditor.token_hash.data(), hash.size()) == 0;
    if (same && (!auditor.last_day || today <= *auditor.last_day)) found = auditor.name;
  }
  return found;
}

}  // namespace yijuan::ledger

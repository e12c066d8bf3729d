// Who may read entries over HTTP: auditors, each with a token that is shown once and kept as a
// hash. The file is one line an auditor, "<name> <SHA-256 of the token, hex> <last day or ->", with
// mode 0600. Blocking.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "base/result.hpp"
#include "domain/business_day.hpp"
#include "ports/random.hpp"

namespace yijuan::ledger {

struct Auditor {
  std::string name;  // as a box id
  Hash token_hash{};
  std::optional<domain::Day> last_day;  // in Shanghai; none: until removed
};

class Auditors {
 public:
  explicit Auditors(std::filesystem::path file) : file_(std::move(file)) {}

  /// No file: nobody. IoErrc::unsafe_key if others can read it.
  [[nodiscard]] Result<std::vector<Auditor>> all() const;
  /// The new auditor's token. LedgerErrc::bad_argument for a bad or known name.
  Result<std::string> add(const std::string& name, std::optional<domain::Day> last_day,
                          Random& random) const;
  /// LedgerErrc::bad_argument if there is no such auditor.
  Result<void> remove(std::string_view name) const;
  /// The name of the auditor whose token this is, on this day. Takes as long for a wrong token.
  [[nodiscard]] Result<std::optional<std::string>> who(std::string_view token,
                                                       domain::Day today) const;

 private:
  Result<void> put(const std::vector<Auditor>& auditors) const;

  std::filesystem::path file_;
};

}  // namespace yijuan::ledger

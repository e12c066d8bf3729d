// The key that signs the office's logs. One key for all of them, under the name of each.
#pragma once

#include <string>

#include "base/ids.hpp"
#include "tlog/key.hpp"

namespace yijuan::ledger {

/// A secret key, wiped when it goes.
class OfficeKey {
 public:
  /// `domain`: under which the ledger's logs are named.
  OfficeKey(std::string domain, const tlog::Seed& seed);
  OfficeKey(const OfficeKey&) = default;
  OfficeKey& operator=(const OfficeKey&) = default;
  ~OfficeKey();

  [[nodiscard]] const std::string& domain() const { return domain_; }
  /// The name of the log of this number.
  [[nodiscard]] std::string origin(std::uint64_t number) const;
  [[nodiscard]] tlog::SigningKey of(std::uint64_t number) const;
  [[nodiscard]] tlog::VerifierKey verifier(std::uint64_t number) const;

 private:
  std::string domain_;
  tlog::Seed seed_;
};

}  // namespace yijuan::ledger

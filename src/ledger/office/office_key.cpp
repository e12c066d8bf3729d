#include "ledger/office/office_key.hpp"

#include <sodium.h>

namespace yijuan::ledger {

OfficeKey::OfficeKey(std::string domain, const tlog::Seed& seed)
    : domain_(std::move(domain)), seed_(seed) {}

OfficeKey::~OfficeKey() {
  sodium_memzero(seed_.data(), seed_.size());
}

std::string OfficeKey::origin(std::uint64_t number) const {
  return OfficeOrigin{.domain = domain_, .number = number}.text();
}

tlog::SigningKey OfficeKey::of(std::uint64_t number) const {
  return {origin(number), tlog::KeyType::note, seed_};
}

tlog::VerifierKey OfficeKey::verifier(std::uint64_t number) const {
  return {.name = origin(number), .type = tlog::KeyType::note, .bytes = tlog::public_key_of(seed_)};
}

}  // namespace yijuan::ledger

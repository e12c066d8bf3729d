#include "base/hash.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>

#include "base/assert.hpp"

namespace yijuan {
namespace {

// Fetching an algorithm costs more than hashing an entry, so it is fetched once.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  YIJUAN_ASSERT(algorithm != nullptr, "OpenSSL has no SHA-256");
  return algorithm;
}

struct ContextFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

Hash sha256(std::initializer_list<BytesView> parts) {
  thread_local const std::unique_ptr<EVP_MD_CTX, ContextFree> context(EVP_MD_CTX_new());
  bool good = EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr) == 1;
  for (const BytesView part : parts) {
    good = good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  Hash hash;
  good = good && EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1;
  YIJUAN_ASSERT(good, "SHA-256 failed");
  return hash;
}

Hash sha256(BytesView bytes) {
  return sha256({bytes});
}

Hash hmac_sha256(BytesView key, BytesView message) {
  Hash hash;
  unsigned size = 0;
  const auto* done = HMAC(sha256_algorithm(), key.data(), static_cast<int>(key.size()),
                          message.data(), message.size(), hash.data(), &size);
  YIJUAN_ASSERT(done != nullptr && size == hash.size(), "HMAC-SHA-256 failed");
  return hash;
}

}  // namespace yijuan

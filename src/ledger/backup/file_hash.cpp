#include "ledger/backup/file_hash.hpp"

#include <fcntl.h>
#include <openssl/evp.h>

#include <cerrno>
#include <memory>
#include <string>

#include "base/assert.hpp"
#include "io/descriptor.hpp"
#include "io/errc.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

Result<void> write_all(const Descriptor& file, std::string_view piece,
                       const std::filesystem::path& path) {
  while (!piece.empty()) {
    const ssize_t count = ::write(file.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error(IoErrc::failed, path.string(), errno);
    piece.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace

Result<FileHash> hash_file(
    const std::filesystem::path& file,
    const std::function<Result<void>(std::string_view piece, std::uint64_t done)>& each) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened.valid()) return io_error(IoErrc::cannot_open, file.string(), errno);
  const std::unique_ptr<EVP_MD_CTX, FreeDigest> digest(EVP_MD_CTX_new());
  YIJUAN_ASSERT(digest && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1,
                "OpenSSL has SHA-256");
  FileHash found;
  std::string piece(kPiece, '\0');
  while (true) {
    const ssize_t count = ::read(opened.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error(IoErrc::failed, file.string(), errno);
    if (count == 0) break;
    EVP_DigestUpdate(digest.get(), piece.data(), static_cast<std::size_t>(count));
    found.bytes += static_cast<std::uint64_t>(count);
    auto taken =
        each(std::string_view(piece).substr(0, static_cast<std::size_t>(count)), found.bytes);
    if (!taken) return taken.error();
  }
  EVP_DigestFinal_ex(digest.get(), found.hash.data(), nullptr);
  return found;
}

Result<FileHash> copy_and_hash(const std::filesystem::path& from, const std::filesystem::path& to,
                               const std::function<Result<void>(std::uint64_t done)>& each) {
  const Descriptor target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!target.valid()) return io_error(IoErrc::cannot_open, to.string(), errno);
  auto copied = hash_file(from, [&](std::string_view piece, std::uint64_t done) -> Result<void> {
    auto written = write_all(target, piece, to);
    return written ? each(done) : written;
  });
  if (!copied) return copied;
  if (fsync(target.get()) != 0) return io_error(IoErrc::failed, to.string(), errno);
  return copied;
}

}  // namespace yijuan::ledger

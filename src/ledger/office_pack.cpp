#include "ledger/office_pack.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include "domain/pack.hpp"
#include "io/files.hpp"
#include "io/key_file.hpp"
#include "tlog/note.hpp"
#include "tlog/plain_text.hpp"

namespace yijuan::ledger {

Result<std::string> make_pack_key(const std::filesystem::path& path, const std::string& name,
                                  Random& random) {
  if (!tlog::is_key_name(name)) return {LedgerErrc::bad_argument, "not a key's name: " + name};
  tlog::Seed seed;
  random.fill(seed);
  const tlog::SigningKey key(name, tlog::KeyType::note, seed);
  auto made = create_key_file(path, as_bytes(tlog::write_seed_file(seed)));
  sodium_memzero(seed.data(), seed.size());
  if (!made) return made.error();
  return key.verifier().text();
}

Result<void> sign_pack(const std::filesystem::path& key_path, const std::string& name,
                       const std::filesystem::path& json, const std::filesystem::path& out) {
  auto content = read_key_file(key_path);
  if (!content) return content.error();
  auto seed = tlog::parse_seed_file(as_text(*content));
  if (!seed) return seed.error();
  if (!tlog::is_key_name(name)) return {LedgerErrc::bad_argument, "not a key's name: " + name};
  auto text = read_file(json, domain::kLargestPack);
  if (!text) return text.error();
  auto pack = domain::parse_pack(*text);
  if (!pack) return pack.error();
  if (!text->ends_with('\n')) *text += '\n';
  if (!tlog::is_plain_text(*text, true)) {
    return {LedgerErrc::bad_argument, json.string() + ": indent with spaces, not tabs"};
  }
  const tlog::SigningKey key(name, tlog::KeyType::note, *seed);
  return write_file_atomically(out, tlog::sign_note(*std::move(text), key));
}

Result<std::string> check_pack(const std::filesystem::path& file, const std::string& vkey) {
  auto content = read_file(file, domain::kLargestPack);
  if (!content) return content.error();
  auto pack = domain::open_pack(*content, vkey);
  if (!pack) return pack.error();
  return fmt::format("{} version {}, {} to {}, {} boxes", pack->campaign, pack->version,
                     domain::to_text(pack->first_day), domain::to_text(pack->last_day),
                     pack->boxes.size());
}

}  // namespace yijuan::ledger

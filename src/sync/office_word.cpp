#include "sync/office_word.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "sync/batch.hpp"
#include "sync/errc.hpp"
#include "sync/json_reader.hpp"
#include "tlog/note.hpp"

namespace yijuan::sync {
namespace {

namespace json = boost::json;

std::optional<Hash> read_hash(const json::value& value) {
  if (!value.is_string()) return std::nullopt;
  const auto bytes = from_base64(std::string_view(value.get_string()));
  Hash hash{};
  if (!bytes || bytes->size() != hash.size()) return std::nullopt;
  std::ranges::copy(*bytes, hash.begin());
  return hash;
}

// base64 of key id and signature, as it stands in a note.
std::string signature_text(const tlog::NoteSignature& signature) {
  Bytes bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(signature.key_id >> shift));
  }
  bytes.insert(bytes.end(), signature.bytes.begin(), signature.bytes.end());
  return to_base64(bytes);
}

struct Seen {
  tlog::Checkpoint checkpoint;
  std::string signature;
};

// The checkpoint, if the office's key signed it under the name of one of the office's logs.
Result<Seen> open_office_note(const std::string& text, tlog::VerifierKey key) {
  auto note = tlog::parse_note(text);
  if (!note) return {SyncErrc::bad_reply, "the office's checkpoint: " + note.error().message()};
  const std::string name = note->text.substr(0, note->text.find('\n'));
  const auto origin = OfficeOrigin::parse(name);
  const auto own = OfficeOrigin::parse(key.name);
  if (!origin || !own || origin->domain != own->domain) {
    return {SyncErrc::bad_reply, "not a checkpoint of the office's log"};
  }
  key.name = name;
  auto checkpoint = tlog::open_checkpoint(text, key);
  if (!checkpoint) {
    return {SyncErrc::bad_reply, "the office's checkpoint: " + checkpoint.error().message()};
  }
  for (const tlog::NoteSignature& signature : note->signatures) {
    if (signature.name == name && signature.key_id == key.id()) {
      return Seen{*std::move(checkpoint), signature_text(signature)};
    }
  }
  return {SyncErrc::bad_reply, "the office's checkpoint has no signature"};
}

tlog::Witness witness_of(const Seen& seen) {
  return {.origin = seen.checkpoint.origin,
          .size = seen.checkpoint.size,
          .root = seen.checkpoint.root,
          .signature = seen.signature};
}

Error forked(std::string text) {
  return {SyncErrc::office_forked, std::move(text)};
}

// Whether `seen` goes on from what was known of the same log.
Result<void> continues(const tlog::Witness& known, const Seen& seen, const OfficeWord& word) {
  const tlog::Checkpoint& now = seen.checkpoint;
  if (now.size < known.size) {
    return forked(fmt::format("it had {} entries and has {} now", known.size, now.size));
  }
  if (word.from != known.size) return {SyncErrc::bad_reply, "a proof from another size"};
  auto proven = tlog::verify_consistency(known.size, known.root, now.size, now.root, word.proof);
  if (!proven) {
    return forked(fmt::format("its {} entries do not begin with the {} that were seen", now.size,
                              known.size));
  }
  return {};
}

}  // namespace

json::object write_office_word(const OfficeWord& word) {
  json::array proof;
  for (const Hash& hash : word.proof) proof.push_back(json::value(to_base64(hash)));
  return {{"checkpoint", word.checkpoint}, {"from", word.from}, {"proof", std::move(proof)}};
}

std::optional<OfficeWord> read_office_word(const json::object& object) {
  JsonReader reader(object);
  OfficeWord word{.checkpoint = reader.text("checkpoint", kLongestNote),
                  .from = reader.number("from"),
                  .proof = {}};
  const json::array* proof = reader.maybe_array("proof");
  if (!reader.ok() || proof == nullptr || proof->size() > tlog::kLongestProof) return std::nullopt;
  for (const json::value& one : *proof) {
    const auto hash = read_hash(one);
    if (!hash) return std::nullopt;
    word.proof.push_back(*hash);
  }
  return word;
}

OfficeWatch::OfficeWatch(tlog::VerifierKey key, std::optional<tlog::Witness> known)
    : key_(std::move(key)), known_(std::move(known)) {}

Result<std::optional<tlog::Witness>> OfficeWatch::hear(const OfficeWord& word) {
  auto seen = open_office_note(word.checkpoint, key_);
  if (!seen) return seen.error();
  const std::string& origin = seen->checkpoint.origin;
  if (known_ && known_->origin == origin) {
    auto same = continues(*known_, *seen, word);
    if (!same) return same.error();
    if (known_->size == seen->checkpoint.size) return std::optional<tlog::Witness>();
  } else if (known_ &&
             OfficeOrigin::parse(known_->origin)->number > OfficeOrigin::parse(origin)->number) {
    return forked(fmt::format("it was {} and is {} now", known_->origin, origin));
  }
  return std::optional(witness_of(*seen));
}

std::string OfficeWatch::note() const {
  if (!known_) return {};
  const auto bytes = from_base64(known_->signature);
  if (!bytes || bytes->size() <= 4) return {};
  std::uint32_t id = 0;
  for (std::size_t i = 0; i < 4; ++i) id = id << 8U | bytes->at(i);
  return tlog::format_note({tlog::write_checkpoint({known_->origin, known_->size, known_->root}),
                            {{known_->origin, id, Bytes(bytes->begin() + 4, bytes->end())}}});
}

}  // namespace yijuan::sync

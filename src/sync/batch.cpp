#include "sync/batch.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "base/assert.hpp"
#include "sync/dictionary.hpp"
#include "sync/errc.hpp"
#include "tlog/entry_line.hpp"

namespace yijuan::sync {
namespace {

constexpr std::string_view kMagic = "yijuan-batch-v2";
constexpr std::string_view kMagicOfVersion1 = "yijuan-batch-v1";
constexpr std::uint64_t kLargestNumber = (std::uint64_t{1} << 53) - 1;
// A thousand entries take half a millisecond here and a few on a small ARM, on the loop; level 9
// takes six times as long and gains 7 %.
constexpr int kLevel = 3;

/// Decimal without sign or leading zero.
std::optional<std::uint64_t> number(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value > kLargestNumber) return std::nullopt;
  return value;
}

/// Takes the next line off `rest`; nothing if there is no newline any more.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

bool is_line(std::string_view line) {
  return !line.empty() && line.size() <= tlog::kLongestLine &&
         std::ranges::none_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

/// Numbers with one space between them; nothing if it is not that.
std::optional<std::vector<std::uint64_t>> take_numbers(std::string_view line) {
  std::vector<std::uint64_t> numbers;
  while (true) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const auto next = number(line.substr(0, space));
    if (!next || numbers.size() == 8) return std::nullopt;
    numbers.push_back(*next);
    if (space == line.size()) return numbers;
    line.remove_prefix(space + 1);
  }
}

Result<void> take_entries(std::string_view& text, std::uint64_t count,
                          std::vector<std::string>& lines) {
  lines.reserve(count);
  std::size_t bytes = 0;
  while (lines.size() < count) {
    const auto line = take_line(text);
    if (!line || !is_line(*line)) {
      return {SyncErrc::bad_batch, fmt::format("line {} of {}", lines.size() + 1, count)};
    }
    bytes += line->size() + 1;
    if (bytes > kMostEntryBytes) return {SyncErrc::bad_batch, "too many bytes of entries"};
    lines.emplace_back(*line);
  }
  return {};
}

/// The notes that are all of `text`; the first must be there, the others may be empty.
Result<std::vector<std::string>> take_notes(std::string_view text,
                                            const std::vector<std::uint64_t>& lengths) {
  std::vector<std::string> notes;
  for (const std::uint64_t length : lengths) {
    const bool whole = length <= text.size() && length <= kLongestNote;
    if (!whole || (length == 0 && notes.empty()) || (length > 0 && text[length - 1] != '\n')) {
      return {SyncErrc::bad_batch, "no checkpoint"};
    }
    notes.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  if (!text.empty()) return {SyncErrc::bad_batch, "more than its notes at its end"};
  return notes;
}

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

std::string write_batch(const Batch& batch) {
  YIJUAN_ASSERT(!batch.lines.empty() && batch.lines.size() <= kMostEntries,
                "a batch holds 1 to 1000 entries");
  const bool two = batch.version == Version::two;
  std::string text = fmt::format("{}\n{}\n{} {}", two ? kMagic : kMagicOfVersion1, batch.origin,
                                 batch.first, batch.lines.size());
  if (two) {
    text += fmt::format(" {} {} {}", batch.checkpoint.size(), batch.cosigned.size(),
                        batch.office.size());
  }
  text += '\n';
  for (const std::string& line : batch.lines) {
    text += line;
    text += '\n';
  }
  text += batch.checkpoint;
  if (two) text += batch.cosigned + batch.office;
  YIJUAN_ASSERT(text.size() <= kMostUnpacked, "a batch is within its bounds");
  return text;
}

Result<Batch> parse_batch(std::string_view text) {
  if (text.size() > kMostUnpacked) return {SyncErrc::bad_batch, "too long"};
  const auto magic = take_line(text);
  if (magic != kMagic && magic != kMagicOfVersion1) {
    return {SyncErrc::bad_batch, "unknown kind of batch"};
  }
  const Version version = magic == kMagic ? Version::two : Version::one;
  const auto origin = take_line(text);
  if (!origin || !Origin::parse(*origin)) return {SyncErrc::bad_batch, "no origin"};
  const auto numbers = take_numbers(take_line(text).value_or(""));
  if (!numbers || numbers->size() != (version == Version::two ? 5 : 2)) {
    return {SyncErrc::bad_batch, "no first seq and count"};
  }
  const std::uint64_t first = numbers->at(0);
  const std::uint64_t count = numbers->at(1);
  if (count < 1 || count > kMostEntries || first > kLargestNumber - count) {
    return {SyncErrc::bad_batch, "number of entries out of bounds"};
  }
  Batch batch{.version = version,
              .origin = std::string(*origin),
              .first = first,
              .lines = {},
              .checkpoint = {},
              .cosigned = {},
              .office = {}};
  auto read = take_entries(text, count, batch.lines);
  if (!read) return read.error();
  // Before version 2 the checkpoint was all that followed.
  std::vector<std::uint64_t> lengths{text.size(), 0, 0};
  if (version == Version::two) lengths.assign(numbers->begin() + 2, numbers->end());
  auto notes = take_notes(text, lengths);
  if (!notes) return notes.error();
  batch.checkpoint = std::move(notes->at(0));
  batch.cosigned = std::move(notes->at(1));
  batch.office = std::move(notes->at(2));
  return batch;
}

Bytes pack(const Batch& batch) {
  const std::string text = write_batch(batch);
  const std::string_view dictionary = batch_dictionary();
  const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  YIJUAN_ASSERT(context, "zstd found no memory");
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_loadDictionary(context.get(), dictionary.data(), dictionary.size());
  Bytes packed(ZSTD_compressBound(text.size()));
  const std::size_t size =
      ZSTD_compress2(context.get(), packed.data(), packed.size(), text.data(), text.size());
  YIJUAN_ASSERT(!ZSTD_isError(size), "zstd could not pack");
  packed.resize(size);
  return packed;
}

std::size_t unpacked_size(BytesView body) {
  // An error, or a size that is not said, is a number above all others.
  const unsigned long long size = ZSTD_getFrameContentSize(body.data(), body.size());
  return size > kMostUnpacked ? 0 : size;
}

Result<Batch> unpack(BytesView body) {
  if (body.size() > kMostPacked) return {SyncErrc::bad_batch, "too long"};
  if (ZSTD_findFrameCompressedSize(body.data(), body.size()) != body.size()) {
    return {SyncErrc::bad_batch, "not one zstd frame"};
  }
  // The frame must say its size: what it unpacks to is known before a byte is written.
  const unsigned long long size = ZSTD_getFrameContentSize(body.data(), body.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR) {
    return {SyncErrc::bad_batch, "zstd frame without a size"};
  }
  if (size > kMostUnpacked) return {SyncErrc::bad_batch, "unpacks to too much"};
  const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  YIJUAN_ASSERT(context, "zstd found no memory");
  const std::string_view dictionary = batch_dictionary();
  std::string text(size, '\0');
  const std::size_t written =
      ZSTD_decompress_usingDict(context.get(), text.data(), text.size(), body.data(), body.size(),
                                dictionary.data(), dictionary.size());
  if (ZSTD_isError(written) || written != size) {
    return {SyncErrc::bad_batch, "zstd frame is damaged"};
  }
  return parse_batch(text);
}

}  // namespace yijuan::sync

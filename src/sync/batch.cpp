#include "sync/batch.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "base/assert.hpp"
#include "sync/dictionary.hpp"
#include "sync/errc.hpp"

namespace yijuan::sync {
namespace {

constexpr std::string_view kMagic = "yijuan-batch-v1";
constexpr std::size_t kLongestLine = std::size_t{64} * 1024;
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
  return !line.empty() && line.size() <= kLongestLine &&
         std::ranges::none_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

std::string write_batch(const Batch& batch) {
  YIJUAN_ASSERT(!batch.lines.empty() && batch.lines.size() <= kMostEntries,
                "a batch holds 1 to 1000 entries");
  std::string text =
      fmt::format("{}\n{}\n{} {}\n", kMagic, batch.origin, batch.first, batch.lines.size());
  for (const std::string& line : batch.lines) {
    text += line;
    text += '\n';
  }
  text += batch.checkpoint;
  YIJUAN_ASSERT(text.size() <= kMostUnpacked, "a batch is within its bounds");
  return text;
}

Result<Batch> parse_batch(std::string_view text) {
  if (text.size() > kMostUnpacked) return {SyncErrc::bad_batch, "too long"};
  if (take_line(text) != kMagic) return {SyncErrc::bad_batch, "unknown kind of batch"};
  const auto origin = take_line(text);
  if (!origin || !Origin::parse(*origin)) return {SyncErrc::bad_batch, "no origin"};
  const auto range = take_line(text).value_or("");
  const std::size_t space = std::min(range.find(' '), range.size());
  const auto first = number(range.substr(0, space));
  const auto count = number(range.substr(std::min(space + 1, range.size())));
  if (!first || !count) return {SyncErrc::bad_batch, "no first seq and count"};
  if (*count < 1 || *count > kMostEntries || *first > kLargestNumber - *count) {
    return {SyncErrc::bad_batch, "number of entries out of bounds"};
  }
  Batch batch{std::string(*origin), *first, {}, {}};
  batch.lines.reserve(*count);
  std::size_t entry_bytes = 0;
  while (batch.lines.size() < *count) {
    const auto line = take_line(text);
    if (!line || !is_line(*line)) {
      return {SyncErrc::bad_batch, fmt::format("line {} of {}", batch.lines.size() + 1, *count)};
    }
    entry_bytes += line->size() + 1;
    if (entry_bytes > kMostEntryBytes) return {SyncErrc::bad_batch, "too many bytes of entries"};
    batch.lines.emplace_back(*line);
  }
  if (text.empty() || text.size() > kLongestNote || text.back() != '\n') {
    return {SyncErrc::bad_batch, "no checkpoint"};
  }
  batch.checkpoint = text;
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

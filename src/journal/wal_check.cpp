// The WAL's format: sqlite.org/fileformat2.html, section 4.
#include "journal/wal_check.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <utility>

#include "journal/errc.hpp"

namespace yijuan::journal {
namespace {

constexpr std::size_t kHeader = 32;
constexpr std::size_t kFrameHeader = 24;
constexpr std::size_t kPage = 4096;
constexpr std::size_t kFrame = kFrameHeader + kPage;
constexpr std::uint32_t kMagic = 0x377F0682;  // the lowest bit: the words summed are big-endian
constexpr int kForeignInARow = 16;            // frames of an earlier round: so is the rest

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    number = number << 8U | static_cast<std::uint8_t>(bytes[i]);
  }
  return number;
}

struct Checksum {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  friend bool operator==(const Checksum&, const Checksum&) = default;

  void add(std::string_view bytes, bool big) {
    const bool swap = big != (std::endian::native == std::endian::big);
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      std::array<std::uint32_t, 2> words{};
      std::memcpy(words.data(), bytes.data() + at, 8);
      first += (swap ? __builtin_bswap32(words[0]) : words[0]) + second;
      second += (swap ? __builtin_bswap32(words[1]) : words[1]) + first;
    }
  }
  static Checksum stored(std::string_view bytes, std::size_t at) {
    return {big_endian(bytes, at), big_endian(bytes, at + 4)};
  }
};

/// What the frames are, one after the other.
class Frames {
 public:
  Frames(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}

  /// False: there is nothing to look at.
  Result<bool> begin() {
    auto header = disk_.read(path_, 0, kHeader);
    if (!header) return header.error();
    auto first = disk_.read(path_, kHeader, kFrame);
    if (!first) return first.error();
    if (header->size() < kHeader || first->size() < kFrame) return false;
    Checksum sum;
    big_ = big_endian(*header, 0) == (kMagic | 1U);
    sum.add(std::string_view(*header).substr(0, kHeader - 8), big_);
    header_good_ = (big_endian(*header, 0) | 1U) == (kMagic | 1U) &&
                   sum == Checksum::stored(*header, kHeader - 8);
    // A header that is not whole says nothing of its round; the frames do.
    big_ = big_ && header_good_;
    before_ = computed_ = Checksum::stored(*header, kHeader - 8);
    salt_ = header_good_ ? header->substr(16, 8) : first->substr(8, 8);
    return true;
  }
  [[nodiscard]] bool header_good() const { return header_good_; }

  struct Frame {
    bool of_this_round = false;
    bool whole = false;   // as SQLite sees it
    bool linked = false;  // was written behind the frame before it
    bool commit = false;
    std::uint32_t page = 0;
  };
  /// Nothing at the end.
  Result<std::optional<Frame>> next() {
    auto bytes = disk_.read(path_, offset(count_), kFrame);
    if (!bytes) return bytes.error();
    if (bytes->size() < kFrame) return std::optional<Frame>();
    ++count_;
    const std::string_view view(*bytes);
    const auto sum_behind = [&](Checksum sum) {
      sum.add(view.substr(0, 8), big_);
      sum.add(view.substr(kFrameHeader), big_);
      return sum;
    };
    const Checksum stored = Checksum::stored(view, 16);
    const Checksum sum = sum_behind(before_);
    const bool whole = sum == stored;
    // Or only the sum of the frame before is broken.
    const bool linked = whole || sum_behind(computed_) == stored;
    before_ = stored;
    computed_ = sum;
    const bool of_this_round = view.substr(8, 8) == salt_;
    return std::optional(Frame{.of_this_round = of_this_round,
                               .whole = of_this_round && whole,
                               .linked = of_this_round && linked,
                               .commit = big_endian(view, 4) != 0,
                               .page = big_endian(view, 0)});
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  Result<std::string> content(std::size_t frame) {
    return disk_.read(path_, offset(frame) + kFrameHeader, kPage);
  }

 private:
  static std::size_t offset(std::size_t frame) { return kHeader + frame * kFrame; }

  Disk& disk_;
  std::string path_;
  bool header_good_ = false;
  bool big_ = false;
  std::string salt_;
  Checksum before_, computed_;  // of the frame before, as stored and as it is
  std::size_t count_ = 0;
};

Error damaged(std::size_t frame) {
  return {JournalErrc::damaged,
          fmt::format("frame {} of its WAL, with acknowledged entries behind it", frame)};
}

/// A whole header: what is linked to it, SQLite takes.
Result<void> check_behind(Frames& frames) {
  std::optional<std::size_t> broken;
  bool committed = false;  // the frame before, so that a linked one proves it
  for (int foreign = 0; foreign < kForeignInARow;) {
    auto frame = frames.next();
    if (!frame) return frame.error();
    if (!*frame) return {};
    foreign = (*frame)->of_this_round ? 0 : foreign + 1;
    if (!(*frame)->whole && !broken) broken = frames.count();
    if (broken && (*frame)->linked && committed) return damaged(*broken);
    committed = broken && (*frame)->commit;
  }
  return {};
}

/// A header that is not whole. A power cut can tear it only where the journal has all that the
/// frames hold.
Result<void> check_all(Frames& frames, Disk& disk, const std::string& path) {
  std::map<std::uint32_t, std::size_t> newest, committed;  // page: frame
  while (true) {
    auto frame = frames.next();
    if (!frame) return frame.error();
    if (!*frame || !((*frame)->linked || frames.count() == 1)) break;
    newest[(*frame)->page] = frames.count() - 1;
    if ((*frame)->commit) committed = newest;
  }
  for (const auto& [page, frame] : committed) {
    auto in_wal = frames.content(frame);
    if (!in_wal) return in_wal.error();
    auto in_file = disk.read(path, (std::uint64_t{page} - 1) * kPage, kPage);
    if (!in_file) return in_file.error();
    if (*in_wal != *in_file) return damaged(0);
  }
  return {};
}

}  // namespace

Result<void> check_wal(Disk& disk, const std::string& path) {
  Frames frames(disk, path + "-wal");
  const auto any = frames.begin();
  if (!any) return any.error();
  if (!*any) return {};
  if (frames.header_good()) return check_behind(frames);
  auto held = check_all(frames, disk, path);
  if (!held) return held;
  // SQLite would begin anew under the salt that stands in the torn header; what is left of the
  // round before would look like acknowledged entries behind a bad frame at the next start.
  if (!disk.remove(path + "-wal")) return Error(JournalErrc::write_failed, path + "-wal");
  return disk.sync_folder(path);
}

}  // namespace yijuan::journal

// One bit flipped in a small journal and in its WAL: in the release tree in every byte, in the
// sanitized one in some bytes of every page. It is found and named, or without effect; in the WAL
// the newest commit alone may go, which nothing on the disk could tell from a power cut.
#include <set>

#include "tests/fault/tally.hpp"

namespace yijuan::fault {
namespace {

using test::SimDisk;

constexpr std::size_t kPage = 4096;
#ifdef YIJUAN_SANITIZED
constexpr std::size_t kStep = 257;
#else
constexpr std::size_t kStep = 1;
#endif

std::size_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::size_t value = 0;
  for (std::size_t i = at; i < at + size; ++i) {
    value = value << 8U | static_cast<std::uint8_t>(bytes[i]);
  }
  return value;
}

/// What stands at a byte of an SQLite file, as far as this test must know (fileformat2.html).
class Regions {
 public:
  explicit Regions(std::string_view file) : file_(file) {
    for (std::size_t trunk = number(file, 32, 4); trunk != 0;) {
      const std::size_t at = (trunk - 1) * kPage;
      free_.insert(trunk - 1);
      for (std::size_t i = 0; i < number(file, at + 4, 4); ++i) {
        free_.insert(number(file, at + 8 + 4 * i, 4) - 1);
      }
      trunk = number(file, at, 4);
    }
  }

  [[nodiscard]] std::string at(std::size_t byte) const {
    const std::size_t page = byte / kPage;
    if (byte < 100) return "file header";
    if (free_.contains(page)) return "free pages";
    // Its header, pointers to its cells, a gap, the cells.
    const std::size_t begin = page * kPage, header = begin + (page == 0 ? 100 : 0);
    const bool leaf = file_[header] == 13 || file_[header] == 10;
    const std::size_t pointers = header + (leaf ? 8 : 12);
    const std::size_t cells = begin + number(file_, header + 5, 2);
    if (byte < pointers + 2 * number(file_, header + 3, 2)) return "page headers";
    return byte < cells ? "gaps in pages" : "cells";
  }

 private:
  std::string_view file_;
  std::set<std::size_t> free_;
};

/// The disk with one bit of `path` flipped.
std::unique_ptr<SimDisk> flipped(const SimDisk& disk, const std::string& path, std::size_t byte) {
  auto copy = disk.copy();
  std::string bytes = disk.content(path);
  bytes[byte] = static_cast<char>(static_cast<std::uint8_t>(bytes[byte]) ^ (1U << (byte % 8)));
  copy->set_content(path, std::move(bytes));
  return copy;
}

// Two halves, for two cores.
class JournalFlipTest : public testing::TestWithParam<std::size_t> {};

TEST_P(JournalFlipTest, InAnyByteOfTheFileIsFoundOrWithoutEffect) {
  SimDisk disk;
  Promises promises;
  GiftFlow flow(disk, promises);
  ASSERT_EQ(flow.run(), FlowEnd::whole) << flow.error();
  disk.power_cut();
  const std::string path = GiftFlow::options(disk).path;
  const std::string whole = disk.content(path);
  const Regions regions(whole);
  Tally tally;
  for (std::size_t byte = GetParam() * kStep; byte < whole.size(); byte += 2 * kStep) {
    const std::string region = regions.at(byte);
    // What is without effect now must be so later: seen where anything is written at all.
    const bool unused = region == "free pages" || region == "gaps in pages";
    const auto broken = flipped(disk, path, byte);
    const Aftermath after =
        unused && byte % 16 != GetParam() ? look(*broken, promises) : inspect(*broken, promises);
    EXPECT_TRUE(after.found != Found::wrong && after.found != Found::shorter)
        << "byte " << byte << ", " << region << ": " << after.why;
    tally.add(region, after.found);
  }
  EXPECT_GT(tally.times("cells", Found::refused), 5);
}

INSTANTIATE_TEST_SUITE_P(Halves, JournalFlipTest, testing::Values(0, 1));

TEST(WalFlipTest, InAnyByteOfTheWalIsFoundOrCostsTheNewestCommitAlone) {
  SimDisk disk;
  Promises promises;
  GiftFlow flow(disk, promises);
  ASSERT_EQ(flow.run_into_the_wal(), FlowEnd::whole) << flow.error();
  const std::string path = GiftFlow::options(disk).path + "-wal";
  const std::size_t size = disk.content(path).size();
  const std::uint64_t entries = promises.acknowledged.size();
  Tally tally;
  for (std::size_t byte = 0; byte < size; byte += kStep) {
    const auto broken = flipped(disk, path, byte);
    const Aftermath after = look(*broken, promises);
    EXPECT_NE(after.found, Found::wrong) << "byte " << byte << ": " << after.why;
    if (after.found == Found::shorter) {
      // Its coin and its gift.
      EXPECT_EQ(after.why, fmt::format("{} of {} entries", entries - 2, entries))
          << "byte " << byte;
    }
    tally.add("WAL", after.found);
  }
  EXPECT_GT(tally.times("WAL", Found::refused), 50);
}

}  // namespace
}  // namespace yijuan::fault

#include "sync/batch.hpp"

#include <gtest/gtest.h>
#include <zstd.h>

#include "base/hash.hpp"
#include "sync/dictionary.hpp"
#include "sync/errc.hpp"

namespace yijuan::sync {
namespace {

constexpr const char* kOrigin = "ledger.example.org/box/market-01/0123abcd";

Batch small_batch() {
  return {Version::one,
          kOrigin,
          7,
          {R"({"seq":7,"type":"cash"})", R"({"seq":8,"type":"gift","unit":"示例"})"},
          "ledger.example.org/box/market-01/0123abcd\n9\nroot\n\n\u2014 name sig\n"};
}

Bytes packed_text(const std::string& text) {
  Bytes packed(ZSTD_compressBound(text.size()));
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

Batch batch_of_version_2() {
  Batch batch = small_batch();
  batch.version = Version::two;
  batch.cosigned = "a cosigned note\n";
  batch.office = "the office's note\n";
  return batch;
}

TEST(Batch, BothVersionsArriveByteForByte) {
  Batch batch = batch_of_version_2();
  EXPECT_EQ(unpack(pack(batch)).value(), batch);
  batch.cosigned.clear();
  EXPECT_EQ(parse_batch(write_batch(batch)).value(), batch);
  batch.office.clear();
  EXPECT_EQ(parse_batch(write_batch(batch)).value(), batch);
}

TEST(Batch, TheNotesOfVersion2AreWhatTheirLengthsSay) {
  const Batch batch = batch_of_version_2();
  const std::string good = write_batch(batch);
  const std::string lengths = " " + std::to_string(batch.checkpoint.size()) + " 16 18\n";
  ASSERT_NE(good.find(lengths), std::string::npos);
  const auto with = [&](const std::string& others) {
    std::string text = good;
    return parse_batch(text.replace(text.find(lengths), lengths.size(), others));
  };
  const std::string checkpoint = std::to_string(batch.checkpoint.size());
  EXPECT_TRUE(with(lengths).has_value());
  EXPECT_FALSE(with(" " + checkpoint + " 16 17\n").has_value());
  EXPECT_FALSE(with(" " + checkpoint + " 17 17\n").has_value());
  EXPECT_FALSE(with(" " + checkpoint + " 16 19\n").has_value());
  EXPECT_FALSE(with(" " + checkpoint + " 16\n").has_value());
  EXPECT_FALSE(with(" " + checkpoint + " 16 18 0\n").has_value());
  EXPECT_FALSE(with(" 0 16 18\n").has_value());
  EXPECT_FALSE(with(" " + checkpoint + " 16 9007199254740991\n").has_value());
  EXPECT_FALSE(with("\n").has_value());
}

TEST(Batch, ArrivesByteForByte) {
  const Batch batch = small_batch();
  EXPECT_EQ(parse_batch(write_batch(batch)).value(), batch);
  EXPECT_EQ(unpack(pack(batch)).value(), batch);
}

TEST(Batch, TheFullThousandFits) {
  Batch batch = small_batch();
  batch.lines.assign(kMostEntries, std::string(1000, 'x'));
  EXPECT_EQ(unpack(pack(batch)).value(), batch);
  batch.lines.assign(kMostEntries, std::string(1048, 'x'));
  EXPECT_EQ(parse_batch(write_batch(batch)).error().detail(), "too many bytes of entries");
}

TEST(Batch, WhatIsNotABatchIsRefusedWithAReason) {
  const std::string good = write_batch(small_batch());
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return parse_batch(text);
  };
  EXPECT_TRUE(with("7 2", "7 2").has_value());
  EXPECT_FALSE(with("-v1", "-v3").has_value());
  EXPECT_FALSE(with("/box/", "/bax/").has_value());
  EXPECT_FALSE(with("7 2", "7 0").has_value());
  EXPECT_FALSE(with("7 2", "7 1001").has_value());
  EXPECT_FALSE(with("7 2", "07 2").has_value());
  EXPECT_FALSE(with("7 2", "-7 2").has_value());
  EXPECT_FALSE(with("7 2", "7  2").has_value());
  EXPECT_FALSE(with("7 2", "7").has_value());
  EXPECT_FALSE(with("7 2", "9007199254740991 2").has_value());
  EXPECT_FALSE(with("7 2", "99999999999999999999 2").has_value());
  EXPECT_FALSE(with("{\"seq\":7", "\n{\"seq\":7").has_value());
  EXPECT_FALSE(with("{\"seq\":7", "\t{\"seq\":7").has_value());
}

TEST(Batch, ATruncationAnywhereIsRefused) {
  const std::string good = write_batch(small_batch());
  const std::size_t note = good.find("\n9\n");
  for (std::size_t size = 0; size < note; ++size) {
    EXPECT_FALSE(parse_batch(good.substr(0, size)).has_value() &&
                 good.substr(0, size).back() != '\n')
        << size;
  }
  const Bytes packed = pack(small_batch());
  for (std::size_t size = 0; size < packed.size(); ++size) {
    EXPECT_FALSE(unpack(BytesView(packed).first(size)).has_value()) << size;
  }
}

TEST(Batch, NoDamagedByteIsAcceptedAsAnotherForm) {
  const Bytes packed = pack(small_batch());
  for (std::size_t i = 0; i < packed.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes damaged = packed;
      damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ (1 << bit));
      const auto result = unpack(damaged);  // must neither crash nor grow; signatures do the rest
      if (result) {
        EXPECT_LE(result->lines.size(), kMostEntries);
      }
    }
  }
}

TEST(Batch, ABombIsRefusedBeforeItIsUnpacked) {
  EXPECT_EQ(unpack(packed_text(std::string(100'000'000, 'a'))).error().detail(),
            "unpacks to too much");
  Bytes unsized = packed_text("abc");
  const std::size_t content = ZSTD_getFrameContentSize(unsized.data(), unsized.size());
  ASSERT_EQ(content, 3U);
  const Bytes two = [&] {
    Bytes bytes = unsized;
    bytes.insert(bytes.end(), unsized.begin(), unsized.end());
    return bytes;
  }();
  EXPECT_EQ(unpack(two).error().detail(), "not one zstd frame");
  EXPECT_FALSE(unpack({}).has_value());
  EXPECT_FALSE(unpack(as_bytes("yijuan-batch-v1\n")).has_value());
  EXPECT_FALSE(unpack(Bytes(kMostPacked + 1)).has_value());
}

TEST(Batch, ALedgerAcceptsAFramePackedWithoutTheDictionary) {
  EXPECT_EQ(unpack(packed_text(write_batch(small_batch()))).value(), small_batch());
}

TEST(Batch, TheDictionaryIsPartOfTheProtocolAndNeverChanges) {
  EXPECT_EQ(to_hex(sha256(as_bytes(batch_dictionary()))).substr(0, 16), "ccff61e90c88ed6f");
}

}  // namespace
}  // namespace yijuan::sync

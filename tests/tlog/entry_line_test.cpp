#include "tlog/entry_line.hpp"

#include <gtest/gtest.h>

#include "tests/support/entry_samples.hpp"
#include "tlog/words.hpp"

namespace yijuan::tlog {
namespace {

using namespace samples;

const std::string kHead =
    R"({"seq":42,"at":"2026-10-17T01:02:03.004Z","q":"ntp","boot":"0123456789abcdef","up":61250,)"
    R"("salt":"AAECAwQFBgcICQoLDA0ODw","type":)";

const std::string kGift =
    kHead +
    R"("gift","activity":"one_yuan","designation":"general","unit":"","channel":"cash","fen":100,)"
    R"("campaign":"demo-2026","people":1,"slip":7,"cash":[40,41],)"
    R"("claim":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","closed":"quiet"})";

std::string with(std::string line, std::string_view what, std::string_view by) {
  const std::size_t at = line.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return line.replace(at, what.size(), by);
}

bool is_unknown(const Result<Entry>& entry, std::string_view type) {
  return entry.has_value() && std::holds_alternative<Unknown>(entry->body) &&
         type_of(entry->body) == type;
}

TEST(EntryLine, IsWrittenWithItsKeysInTheOrderOfItsSchema) {
  EXPECT_EQ(write_line(plain_header(42), plain_gift()), kGift);
  EXPECT_EQ(write_line(plain_header(42), Cash{.device = "coin",
                                              .serial = "12",
                                              .counter = 255,
                                              .amount = Fen(50),
                                              .session = 3,
                                              .terms = {Activity::free, "school", "town-2"},
                                              .purpose = Purpose::test}),
            kHead +
                R"("cash","device":"coin","serial":"12","counter":255,"fen":50,"session":3,)"
                R"("activity":"free","designation":"school","unit":"town-2","purpose":"test"})");
  EXPECT_EQ(write_line(plain_header(42),
                       Epoch{.key = "k", .previous = Epoch::Predecessor{"o", 9, {}}, .why = "x"}),
            kHead + R"("epoch","key":"k","previous":{"origin":"o","size":9,)"
                    R"("root":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},"why":"x"})");
  EXPECT_EQ(
      write_line(plain_header(42), Gap{"coin", "1", 9, std::nullopt, "restart"}),
      kHead + R"("gap","device":"coin","serial":"1","counter":9,"lost":null,"why":"restart"})");
  EXPECT_EQ(
      write_line(plain_header(42), Intent{"note", "1", 5, Fen(500)}),
      kHead + R"("intent","device":"note","serial":"1","counter":5,"fen":500,"purpose":"gift"})");
  EXPECT_EQ(write_line(plain_header(42), Returned{"note", "1", 6, 41, "asked"}),
            kHead + R"("returned","device":"note","serial":"1","counter":6,"intent":41,)"
                    R"("why":"asked"})");
  EXPECT_EQ(write_line(plain_header(42), Disputed{"note", "1", 0, Fen(500), 41, "restart"}),
            kHead + R"("disputed","device":"note","serial":"1","counter":0,"fen":500,"intent":41,)"
                    R"("why":"restart"})");
  EXPECT_EQ(write_line(plain_header(42), Door{"door", "opened", ""}),
            kHead + R"("door","contact":"door","state":"opened","authority":""})");
}

TEST(EntryLine, ReadsBackWhatItWrote) {
  Generator random(1);
  for (int i = 0; i < 5000; ++i) {
    const Header header = random_header(random, random() >> 12);
    const Body body = random_body(random);
    const std::string line = write_line(header, body);
    const auto entry = parse_line(line);
    ASSERT_TRUE(entry.has_value()) << line;
    ASSERT_EQ(entry->body, body) << line;
    EXPECT_EQ(entry->header.seq, header.seq);
    EXPECT_EQ(entry->header.at.time, header.at.time);
    EXPECT_EQ(entry->header.salt, header.salt);
    ASSERT_EQ(write_line(entry->header, entry->body), line);
  }
}

TEST(EntryLine, RefusesEveryCutOfALine) {
  for (std::size_t length = 0; length < kGift.size(); ++length) {
    EXPECT_FALSE(parse_line(kGift.substr(0, length)).has_value()) << length;
  }
  EXPECT_FALSE(parse_line(kGift + "\n").has_value());
  EXPECT_FALSE(parse_line(kGift + "}").has_value());
  EXPECT_FALSE(parse_line(" " + kGift).has_value());
}

TEST(EntryLine, NeverTakesAChangedByteForTheSameEntry) {
  for (std::size_t at = 0; at < kGift.size(); ++at) {
    for (const char c : {'\0', '"', '0', '9', 'x', '\\', '\x80', '\n'}) {
      std::string line = kGift;
      if (line[at] == c) continue;
      line[at] = c;
      const auto entry = parse_line(line);
      if (!entry || std::holds_alternative<Unknown>(entry->body)) continue;
      EXPECT_EQ(write_line(entry->header, entry->body), line);
    }
  }
}

TEST(EntryLine, RefusesAHeaderThatIsNotCanonical) {
  for (const auto& [what, by] : std::vector<std::pair<std::string, std::string>>{
           {R"("seq":42)", R"("seq":042)"},
           {R"("seq":42)", R"("seq":-1)"},
           {R"("seq":42)", R"("seq":4e1)"},
           {R"("seq":42)", R"("seq":9007199254740992)"},
           {R"("seq":42)", R"("seq":99999999999999999999)"},
           {R"("seq":42)", R"("seq": 42)"},
           {R"("seq":42,)", ""},
           {"2026-10-17T01", "2026-10-32T01"},
           {"03.004Z", "03Z"},
           {R"("ntp")", R"("gps")"},
           {"0123456789abcdef", "0123456789ABCDEF"},
           {"0123456789abcdef", "0123456789abcde"},
           {R"("up":61250)", R"("up":-5)"},
           {"DA0ODw", "DA0ODx"},  // bits beyond the 16 bytes
           {"DA0ODw", "DA0ODw=="},
           {R"("type":"gift")", R"("type":"Gift")"},
           {R"("type":"gift")", R"("type":"")"},
           {R"("type":"gift")", R"("type":7)"}}) {
    EXPECT_FALSE(parse_line(with(kGift, what, by)).has_value()) << by;
  }
}

TEST(EntryLine, KeepsABodyThatDoesNotFitItsSchemaAsUnknown) {
  for (const auto& [what, by] : std::vector<std::pair<std::string, std::string>>{
           {R"("fen":100)", R"("fen":0)"},
           {R"("fen":100)", R"("fen":-100)"},
           {R"("fen":100)", R"("fen":10000000001)"},
           {R"("fen":100)", R"("fen":1.5)"},
           {R"("fen":100)", R"("fen":"100")"},
           {R"("people":1)", R"("people":0)"},
           {R"("one_yuan")", R"("two_yuan")"},
           {R"([40,41])", R"([41,40])"},
           {R"([40,41])", R"([40,40])"},
           {R"([40,41])", R"({"40":41})"},
           {R"("closed":"quiet")", R"("closed":"quiet","more":[1,{"a":null}])"},
           {R"("unit":"")", R"("unit":"\u0061")"},
           {R"("designation":"general","unit":"")", R"("unit":"","designation":"general")"}}) {
    EXPECT_TRUE(is_unknown(parse_line(with(kGift, what, by)), "gift")) << by;
  }
  EXPECT_TRUE(is_unknown(parse_line(kHead + R"("door","open":true})"), "door"));
  EXPECT_TRUE(is_unknown(parse_line(kHead + R"("door"})"), "door"));
}

TEST(EntryLine, RefusesAnUnknownBodyThatIsNoSoundJson) {
  for (const char* body :
       {R"("door","open":tru})", R"("door",})", R"("door","a":1,"a":2})", R"("door","seq":1})",
        R"("door","a":01})", R"("door","a":1.})", R"("door","a":[1,]})", R"("door","a":"\x"})",
        R"("door","a":"\ud8"})", R"("door","\u0061":1})", "\"door\",\"a\":\"\x01\"}",
        "\"door\",\"a\":\"\xC0\xAF\"}", "\"door\",\"a\":\"\xED\xA0\x80\"}",
        R"("door","a":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]})", R"("door" })",
        R"("door","a":{"b":1,"b":2}})"}) {
    EXPECT_FALSE(parse_line(kHead + body).has_value()) << body;
  }
}

TEST(EntryLine, MayBeAsLongAsTheLimitAndNotLonger) {
  const std::string start = kHead + R"("door","a":")";
  const std::string longest = start + std::string(kLongestLine - start.size() - 2, 'x') + "\"}";
  EXPECT_TRUE(parse_line(longest).has_value());
  EXPECT_FALSE(parse_line(with(longest, "xx", "xxx")).has_value());
}

TEST(EntryLine, HoldsTheLargestGiftOfSmallCoins) {
  Gift gift = plain_gift();
  gift.cash.clear();
  for (std::size_t i = 0; i < kMostCashOfGift; ++i) gift.cash.push_back(kLargestNumber - 5000 + i);
  gift.terms = {Activity::one_day, std::string(kLongestName, '"'), std::string(kLongestName, '\\')};
  const std::string line = write_line(plain_header(kLargestNumber), gift);
  EXPECT_LE(line.size(), kLongestLine);
  const auto entry = parse_line(line);
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(std::get<Gift>(entry->body), gift);
}

TEST(EntryLine, WritesNoiseFromADeviceAsText) {
  const Fault noisy{.device = "coin", .code = "noise", .text = "a\x01\xFF\n示\xE7\xA4"};
  const auto entry = parse_line(write_line(plain_header(1), noisy));
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(std::get<Fault>(entry->body).text, "a \uFFFD 示\uFFFD\uFFFD");
  const auto cut = parse_line(write_line(
      plain_header(1), Fault{"coin", "noise", std::string(kLongestText - 1, 'x') + "示"}));
  ASSERT_TRUE(cut.has_value());
  EXPECT_EQ(std::get<Fault>(cut->body).text, std::string(kLongestText - 1, 'x'));
}

TEST(EntryLine, ClampsAClockThatIsOutsideTheCalendar) {
  Header header = plain_header(1);
  header.at.time = WallTime(std::chrono::milliseconds(-1));
  EXPECT_EQ(parse_line(write_line(header, Boot{}))->header.at.time, WallTime());
  header.at.time = WallTime(std::chrono::hours(24 * 366 * 12'000));
  EXPECT_EQ(to_rfc3339(parse_line(write_line(header, Boot{}))->header.at.time),
            "9999-12-31T23:59:59.999Z");
}

TEST(EntryLine, IsNeverWrittenForABugOfOurs) {
  Gift gift = plain_gift();
  gift.amount = Fen(0);
  EXPECT_DEATH(write_line(plain_header(1), gift), "out of its bounds");
  gift = plain_gift();
  gift.cash = {2, 1};
  EXPECT_DEATH(write_line(plain_header(1), gift), "in order");
  EXPECT_DEATH(write_line(plain_header(1), Unknown{"door"}), "unknown type");
}

TEST(EntryLine, TextsAreEscapedInOneWayOnly) {
  const auto read = [](std::string_view text) {
    return parse_line(kHead + R"("recovered","device":")" + std::string(text) + R"(","code":""})");
  };
  const auto entry = read(R"(\"\\/)");
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(std::get<Recovered>(entry->body).device, "\"\\/");
  EXPECT_TRUE(is_unknown(read(R"(\/)"), "recovered"));
  EXPECT_TRUE(is_unknown(read(R"(\n)"), "recovered"));
  EXPECT_TRUE(is_unknown(read(std::string(kLongestName + 1, 'x')), "recovered"));
  EXPECT_FALSE(is_unknown(read(std::string(kLongestName, 'x')), "recovered"));
}

}  // namespace
}  // namespace yijuan::tlog

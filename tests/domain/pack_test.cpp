#include "domain/pack.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "sample_pack.hpp"

namespace yijuan::domain {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

// The complaint about the sample after `change`, or "" if it is still read.
std::string complaint(const std::function<void(json::object&)>& change) {
  const auto pack = parse_pack(changed_sample(change));
  if (pack) return "";
  EXPECT_EQ(pack.error(), make_error_code(DomainErrc::pack_malformed));
  return pack.error().detail();
}

TEST(Pack, ReadsTheSample) {
  const auto pack = parse_pack(sample_json());
  ASSERT_TRUE(pack.has_value()) << pack.error().message();
  EXPECT_EQ(pack->campaign, "sample-2026");
  EXPECT_EQ(pack->version, 1u);
  EXPECT_EQ(to_text(pack->first_day), "2026-10-11");
  EXPECT_EQ(pack->fundraiser.name.zh, "示例县慈善会（示例）");
  EXPECT_EQ(pack->partners.size(), 2u);
  EXPECT_EQ(pack->partners[1].agreement, "示例协字第000002号");
  EXPECT_EQ(pack->boxes.at("school-1").host.en, "Example School (sample)");
  EXPECT_EQ(pack->designations.front().id, "general");
  EXPECT_EQ(pack->one_yuan, OneYuanMode::each_yuan);
  EXPECT_EQ(pack->quiet, std::chrono::seconds(4));
  EXPECT_EQ(pack->free_amounts.front(), yuan(5));
  EXPECT_EQ(pack->one_day_amounts.back(), yuan(300));
  EXPECT_EQ(pack->payee.value().name.zh, pack->fundraiser.name.zh);
  EXPECT_EQ(pack->panels.size(), 3u);
  EXPECT_TRUE(pack->texts.contains("how_to_give"));
}

// Nobody may take the sample for a real organisation, person or phone.
TEST(Pack, TheSampleIsMarkedAsSuchEverywhere) {
  const CampaignPack pack = sample();
  std::vector<std::string> names = {pack.name.zh, pack.fundraiser.name.zh,
                                    pack.fundraiser.certificate, pack.filing, pack.contact};
  for (const Partner& partner : pack.partners) {
    names.insert(names.end(), {partner.name.zh, partner.agreement});
  }
  for (const auto& [id, box] : pack.boxes) {
    names.insert(names.end(), {box.place.zh, box.host.zh});
  }
  for (const Choice& unit : pack.units) names.push_back(unit.name.zh);
  for (const std::string& name : names) EXPECT_THAT(name, HasSubstr("示例"));
  EXPECT_EQ(pack.supervision_phone, "000-0000000");
  EXPECT_THAT(pack.verify_url, HasSubstr(".example.org/"));
}

TEST(Pack, EveryTextOfTheSampleIsInBothLanguages) {
  const CampaignPack pack = sample();
  std::vector<Text> texts = {pack.name, pack.slogan, pack.fundraiser.name,
                             pack.plan, pack.query,  pack.payee.value().name};
  for (const auto& [id, box] : pack.boxes) texts.insert(texts.end(), {box.place, box.host});
  for (const Choice& one : pack.designations) texts.push_back(one.name);
  for (const Choice& one : pack.units) texts.push_back(one.name);
  for (const Panel& panel : pack.panels) texts.insert(texts.end(), {panel.title, panel.text});
  for (const auto& [key, text] : pack.texts) texts.push_back(text);
  for (const Text& text : texts) {
    EXPECT_FALSE(text.zh.empty());
    EXPECT_FALSE(text.en.empty()) << text.zh;
  }
}

// ---- the signature

TEST(PackFile, OpensUnderItsKeyAndKnowsItsHash) {
  const tlog::SigningKey key = pack_key(1);
  const std::string file = signed_pack(sample_json(), key);
  const auto pack = open_pack(file, key.verifier().text());
  ASSERT_TRUE(pack.has_value()) << pack.error().message();
  EXPECT_EQ(pack->campaign, "sample-2026");
  EXPECT_EQ(pack->hash, sha256(as_bytes(file)));
}

TEST(PackFile, AnotherKeyIsABadSignature) {
  const std::string file = signed_pack(sample_json(), pack_key(1));
  for (const auto& pack :
       {open_pack(file, pack_key(2).verifier().text()),
        open_pack(
            file,
            tlog::SigningKey("other.example.org", tlog::KeyType::note, {1}).verifier().text())}) {
    ASSERT_FALSE(pack.has_value());
    EXPECT_EQ(pack.error(), make_error_code(DomainErrc::pack_signature));
  }
}

TEST(PackFile, EveryChangedByteIsRefused) {
  const tlog::SigningKey key = pack_key(1);
  const std::string file = signed_pack(sample_json(), key);
  for (std::size_t at = 0; at < file.size(); at += 7) {
    std::string bad = file;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_FALSE(open_pack(bad, key.verifier().text()).has_value()) << at;
  }
}

TEST(PackFile, EveryCutIsRefused) {
  const tlog::SigningKey key = pack_key(1);
  const std::string file = signed_pack(sample_json(), key);
  for (std::size_t size = 0; size < file.size(); size += 11) {
    EXPECT_FALSE(open_pack(file.substr(0, size), key.verifier().text()).has_value()) << size;
  }
}

TEST(PackFile, AnUnsignedDocumentIsMalformed) {
  const auto pack = open_pack(sample_json(), pack_key(1).verifier().text());
  ASSERT_FALSE(pack.has_value());
  EXPECT_EQ(pack.error(), make_error_code(DomainErrc::pack_malformed));
}

TEST(PackFile, AKeyThatIsNoneIsAnErrorOfTheConfiguration) {
  const auto pack = open_pack(signed_pack(sample_json(), pack_key(1)), "not a vkey");
  ASSERT_FALSE(pack.has_value());
  EXPECT_EQ(pack.error(), make_error_code(TlogErrc::bad_key));
}

TEST(PackFile, ASignedDocumentThatIsNoPackIsMalformed) {
  const tlog::SigningKey key = pack_key(1);
  for (const char* text : {"{}\n", "[]\n", "null\n", "hello\n", "{\"schema\":2}\n"}) {
    const auto pack = open_pack(tlog::sign_note(text, key), key.verifier().text());
    ASSERT_FALSE(pack.has_value()) << text;
    EXPECT_EQ(pack.error(), make_error_code(DomainErrc::pack_malformed)) << text;
  }
}

// ---- the document

TEST(PackDocument, RefusesGarbage) {
  for (const char* bad :
       {"", " ", "{", "nul", "{\"a\":1}}", "\xff\xfe", "[[[[[[[[[[[[]]]]]]]]]]]]"}) {
    EXPECT_FALSE(parse_pack(bad).has_value()) << bad;
  }
  EXPECT_FALSE(parse_pack(std::string(kLargestPack + 1, ' ')).has_value());
  EXPECT_FALSE(parse_pack(std::string(100'000, '[')).has_value());
}

TEST(PackDocument, EveryCutIsRefused) {
  const std::string text = sample_json();
  const std::size_t end = text.rfind('}');
  for (std::size_t size = 0; size <= end; size += 13) {
    EXPECT_FALSE(parse_pack(std::string_view(text).substr(0, size)).has_value()) << size;
  }
}

// A field of another type is refused and named, whichever it is.
TEST(PackDocument, NamesAnyFieldOfAWrongType) {
  const json::value sample = json::parse(sample_json());
  for (const auto& [key, value] : sample.as_object()) {
    const std::string name(key);
    EXPECT_THAT(complaint([&](json::object& pack) { pack[name] = 1.5; }), HasSubstr(name));
    EXPECT_THAT(complaint([&](json::object& pack) { pack[name] = nullptr; }), HasSubstr(name));
  }
}

TEST(PackDocument, NamesAKeyThatNobodyKnows) {
  EXPECT_EQ(complaint([](json::object& pack) { pack["one_yaun"] = 1; }),
            "one_yaun is not a key of a pack");
  EXPECT_EQ(complaint([](json::object& pack) { pack["fundraiser"].as_object()["x"] = 1; }),
            "fundraiser.x is not a key of a pack");
  EXPECT_EQ(
      complaint([](json::object& pack) { pack["units"].as_array().at(1).as_object()["x"] = 1; }),
      "units[1].x is not a key of a pack");
}

TEST(PackDocument, NamesEveryValueOutOfRange) {
  const std::pair<const char*, std::function<void(json::object&)>> cases[] = {
      {"schema", [](json::object& pack) { pack["schema"] = 2; }},
      {"campaign", [](json::object& pack) { pack["campaign"] = "Sample 2026"; }},
      {"campaign", [](json::object& pack) { pack["campaign"] = std::string(33, 'a'); }},
      {"version", [](json::object& pack) { pack["version"] = 0; }},
      {"version", [](json::object& pack) { pack["version"] = -1; }},
      {"signed_at", [](json::object& pack) { pack["signed_at"] = "yesterday"; }},
      {"first_day", [](json::object& pack) { pack["first_day"] = "2026-02-30"; }},
      {"last_day", [](json::object& pack) { pack["last_day"] = "2026-10-10"; }},
      {"boxes.School 1",
       [](json::object& pack) { pack["boxes"].as_object()["School 1"] = json::object(); }},
      {"designations", [](json::object& pack) { pack["designations"] = json::array(); }},
      {"designations[1].id",
       [](json::object& pack) {
         auto& rows = pack["designations"].as_array();
         rows[1] = rows[0];
       }},
      {"units[0].name",
       [](json::object& pack) {
         pack["units"].as_array()[0].as_object()["name"] = json::object();
       }},
      {"one_yuan.mode", [](json::object& pack) { pack["one_yuan"].as_object()["mode"] = "both"; }},
      {"one_yuan.quiet_seconds",
       [](json::object& pack) { pack["one_yuan"].as_object()["quiet_seconds"] = 61; }},
      {"amounts.free",
       [](json::object& pack) { pack["amounts"].as_object()["free"] = json::parse("[0]"); }},
      {"amounts.one_day",
       [](json::object& pack) {
         pack["amounts"].as_object()["one_day"] = json::parse("[10000000001]");
       }},
      {"verify_url", [](json::object& pack) { pack["verify_url"] = "http://a.example.org"; }},
      {"verify_url", [](json::object& pack) { pack["verify_url"] = "https://a.example.org#x"; }},
      {"verify_url", [](json::object& pack) { pack["verify_url"] = "https://示例.org"; }},
      {"verify_url",
       [](json::object& pack) { pack["verify_url"] = "https://" + std::string(200, 'a'); }},
      {"payee.code", [](json::object& pack) { pack["payee"].as_object()["code"] = ""; }},
      {"payee.name",
       [](json::object& pack) { pack["payee"].as_object()["name"] = json::object(); }},
      {"filing", [](json::object& pack) { pack["filing"] = "1\x1b@"; }},
      {"coin_tables", [](json::object& pack) { pack["coin_tables"] = json::parse("[1]"); }},
      {"partners", [](json::object& pack) { pack.erase("partners"); }},
      {"one_yuan.mode", [](json::object& pack) { pack.erase("one_yuan"); }},
  };
  for (const auto& [field, change] : cases) {
    EXPECT_TRUE(complaint(change).starts_with(std::string(field) + " "))
        << field << ": " << complaint(change);
  }
}

TEST(PackDocument, MayLeaveOutWhatABoxCanDoWithout) {
  EXPECT_EQ(complaint([](json::object& pack) { pack.erase("payee"); }), "");
  EXPECT_EQ(complaint([](json::object& pack) { pack.erase("texts"); }), "");
  EXPECT_EQ(complaint([](json::object& pack) { pack["partners"] = json::array(); }), "");
  EXPECT_EQ(complaint([](json::object& pack) { pack["units"] = json::array(); }), "");
}

// What the law wants disclosed may be missing here: the gate names it to whoever stands there.
TEST(PackDocument, LeavesMissingDisclosuresToTheGate) {
  for (const char* key : {"filing", "plan", "contact", "supervision_phone", "query", "name"}) {
    EXPECT_EQ(complaint([&](json::object& pack) { pack.erase(key); }), "") << key;
  }
}

TEST(PackText, EnglishFallsBackToChinese) {
  EXPECT_EQ((Text{"捐", ""}.english()), "捐");
  EXPECT_EQ((Text{"捐", "give"}.english()), "give");
}

}  // namespace
}  // namespace yijuan::domain

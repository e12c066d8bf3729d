// The campaign pack (活动资料包): what the office tells a box about its campaign. A signed note
// whose text is one JSON document; pack.md lists its fields. A pack that is read here may still
// lack a field that must be disclosed, or be out of its dates: that is gate.hpp's decision, which
// a person in front of the box is told.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fen.hpp"
#include "base/hash.hpp"
#include "base/result.hpp"
#include "domain/business_day.hpp"
#include "domain/errc.hpp"

namespace yijuan::domain {

/// A text in both languages of the box. English falls back to Chinese.
struct Text {
  std::string zh;
  std::string en;
  [[nodiscard]] const std::string& english() const { return en.empty() ? zh : en; }
  friend bool operator==(const Text&, const Text&) = default;
};

/// 募捐主体: the charity that holds the public fundraising certificate and the account.
struct Fundraiser {
  Text name;
  std::string certificate;  // number of 公开募捐资格证书
};
/// 合作方/承办单位: an office that works under an agreement with the fundraiser.
struct Partner {
  Text name;
  std::string agreement;  // number of the agreement
};
/// Where one box stands, and who keeps it there (设箱单位).
struct BoxPlace {
  Text place;
  Text host;
};
/// A designation (捐赠用途) or a unit (单位) that a donor may name.
struct Choice {
  std::string id;
  Text name;
};
struct Panel {
  Text title;
  Text text;
};
/// Where money goes that is given by phone: shown, with the payee's name under it, at idle.
struct Payee {
  Text name;
  std::string code;  // URL
};

/// What coins at idle become; rules.md has the table.
enum class OneYuanMode { each_yuan, until_quiet };

struct CampaignPack {
  std::string campaign;       // id
  std::uint64_t version = 0;  // rises with every edition
  WallTime signed_at;
  Day first_day, last_day;  // in Shanghai, both included
  Text name, slogan;
  Fundraiser fundraiser;
  std::vector<Partner> partners;
  std::string filing;  // 备案编号
  Text plan;           // what the money is for, in some sentences
  std::string contact, supervision_phone;
  Text query;                             // how to query the result
  std::map<std::string, BoxPlace> boxes;  // by box id
  std::vector<Choice> designations;       // the first is the default: "general", 统筹使用
  std::vector<Choice> units;
  OneYuanMode one_yuan = OneYuanMode::each_yuan;
  std::chrono::milliseconds quiet{4000};
  std::vector<Fen> free_amounts, one_day_amounts;  // suggestions; any amount is accepted
  std::vector<std::string> coin_tables;
  std::optional<Payee> payee;
  std::string verify_url;
  std::vector<Panel> panels;
  std::map<std::string, Text> texts;  // wording that replaces the box's own, by key
  Hash hash{};                        // SHA-256 of the signed file; zero from parse_pack
};

/// The signed file's text, checked against `vkey` and read. Errors: pack_signature,
/// pack_malformed (its detail names the field), and TlogErrc::bad_key if `vkey` is none.
Result<CampaignPack> open_pack(std::string_view file, std::string_view vkey);
/// The JSON document alone, without any signature. Error: pack_malformed.
Result<CampaignPack> parse_pack(std::string_view json);

/// The choice named `id`, or null.
const Choice* find_choice(const std::vector<Choice>& choices, std::string_view id);

inline constexpr std::size_t kLargestPack = 1 << 20;  // bytes

}  // namespace yijuan::domain

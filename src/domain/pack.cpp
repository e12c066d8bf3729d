#include "domain/pack.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/ids.hpp"
#include "domain/pack_reader.hpp"
#include "tlog/note.hpp"

namespace yijuan::domain {
namespace {

constexpr std::int64_t kSchema = 1;
constexpr std::size_t kLongestUrl = 200;  // a slip's code must fit a printer's QR

bool is_id(std::string_view text) {
  constexpr std::size_t kLongest = 32;
  return !text.empty() && text.size() <= kLongest && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_printable_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

std::string read_id(PackReader& reader, std::string_view key) {
  std::string id = reader.text(key);
  if (!is_id(id)) reader.fail(key, "is not an id (a-z, 0-9, '-', at most 32)");
  return id;
}

Day read_day(PackReader& reader, std::string_view key) {
  const auto day = parse_day(reader.text(key));
  if (!day) reader.fail(key, "is not a day (2026-10-17)");
  return day.value_or(Day());
}

WallTime read_time(PackReader& reader, std::string_view key) {
  const auto time = parse_rfc3339(reader.text(key));
  if (!time) reader.fail(key, "is not a time (2026-10-01T00:00:00.000Z)");
  return time.value_or(WallTime());
}

Text read_text(PackReader& reader, std::string_view key) {
  PackReader part = reader.object(key);
  Text text{part.text("zh", ""), part.text("en", "")};
  part.finish();
  return text;
}

std::vector<Choice> read_choices(PackReader& reader, std::string_view key) {
  std::vector<Choice> choices;
  for (PackReader& row : reader.rows(key)) {
    Choice choice{read_id(row, "id"), read_text(row, "name")};
    row.finish();
    if (choice.name.zh.empty()) row.fail("name", "has no Chinese");
    if (find_choice(choices, choice.id) != nullptr) row.fail("id", "is there twice");
    choices.push_back(std::move(choice));
  }
  return choices;
}

std::vector<Fen> read_amounts(PackReader& reader, std::string_view key) {
  std::vector<Fen> amounts;
  for (const std::int64_t fen : reader.integers(key)) {
    if (fen < 1 || fen > kLargestAmount.count()) reader.fail(key, "holds an amount out of range");
    amounts.emplace_back(fen);
  }
  return amounts;
}

void read_parties(PackReader& reader, CampaignPack& pack) {
  PackReader fundraiser = reader.object("fundraiser");
  pack.fundraiser.name = read_text(fundraiser, "name");
  pack.fundraiser.certificate = fundraiser.text("certificate", "");
  fundraiser.finish();
  for (PackReader& row : reader.rows("partners")) {
    pack.partners.push_back({read_text(row, "name"), row.text("agreement", "")});
    row.finish();
  }
  PackReader boxes = reader.object("boxes");
  for (const std::string& id : boxes.keys()) {
    if (!is_box_id(id)) boxes.fail(id, "is not a box id");
    PackReader box = boxes.object(id);
    pack.boxes[id] = {read_text(box, "place"), read_text(box, "host")};
    box.finish();
  }
}

void read_one_yuan(PackReader& reader, CampaignPack& pack) {
  PackReader part = reader.object("one_yuan");
  const std::string mode = part.text("mode");
  if (mode != "each_yuan" && mode != "until_quiet") {
    part.fail("mode", "is neither each_yuan nor until_quiet");
  }
  pack.one_yuan = mode == "until_quiet" ? OneYuanMode::until_quiet : OneYuanMode::each_yuan;
  constexpr std::int64_t kLongestQuiet = 60;
  pack.quiet = std::chrono::seconds(part.integer("quiet_seconds", 1, kLongestQuiet));
  part.finish();
}

void read_addresses(PackReader& reader, CampaignPack& pack) {
  pack.verify_url = reader.text("verify_url");
  if (!pack.verify_url.starts_with("https://") || pack.verify_url.contains('#') ||
      !is_printable_ascii(pack.verify_url) || pack.verify_url.size() > kLongestUrl) {
    reader.fail("verify_url", "is not an https address of at most 200 characters without '#'");
  }
  if (!reader.has("payee")) return;
  PackReader part = reader.object("payee");
  pack.payee = Payee{read_text(part, "name"), part.text("code")};
  part.finish();
  if (pack.payee->name.zh.empty()) part.fail("name", "has no Chinese: whom does the code pay?");
  const std::string& code = pack.payee->code;
  if (code.empty() || code.size() > 2 * kLongestUrl || !is_printable_ascii(code)) {
    part.fail("code", "is not an address of at most 400 characters");
  }
}

void read_showing(PackReader& reader, CampaignPack& pack) {
  pack.slogan = read_text(reader, "slogan");
  for (PackReader& row : reader.rows("panels")) {
    pack.panels.push_back({read_text(row, "title"), read_text(row, "text")});
    row.finish();
  }
  PackReader texts = reader.object("texts");
  for (const std::string& key : texts.keys()) pack.texts[key] = read_text(texts, key);
}

CampaignPack read_pack(PackReader& reader) {
  CampaignPack pack;
  static_cast<void>(reader.integer("schema", kSchema, kSchema));
  pack.campaign = read_id(reader, "campaign");
  pack.version = static_cast<std::uint64_t>(reader.integer("version", 1, INT64_MAX));
  pack.signed_at = read_time(reader, "signed_at");
  pack.first_day = read_day(reader, "first_day");
  pack.last_day = read_day(reader, "last_day");
  if (pack.last_day < pack.first_day) reader.fail("last_day", "is before first_day");
  pack.name = read_text(reader, "name");
  read_parties(reader, pack);
  pack.filing = reader.text("filing", "");
  pack.plan = read_text(reader, "plan");
  pack.contact = reader.text("contact", "");
  pack.supervision_phone = reader.text("supervision_phone", "");
  pack.query = read_text(reader, "query");
  pack.designations = read_choices(reader, "designations");
  if (pack.designations.empty()) reader.fail("designations", "is empty");
  pack.units = read_choices(reader, "units");
  read_one_yuan(reader, pack);
  PackReader amounts = reader.object("amounts");
  pack.free_amounts = read_amounts(amounts, "free");
  pack.one_day_amounts = read_amounts(amounts, "one_day");
  amounts.finish();
  pack.coin_tables = reader.texts("coin_tables");
  read_addresses(reader, pack);
  read_showing(reader, pack);
  reader.finish();
  return pack;
}

}  // namespace

Result<CampaignPack> open_pack(std::string_view file, std::string_view vkey) {
  if (file.size() > kLargestPack) return {DomainErrc::pack_malformed, "larger than 1 MiB"};
  const auto key = tlog::VerifierKey::parse(vkey);
  if (!key) return key.error();
  const auto text = tlog::open_note(file, *key);
  if (!text) {
    const bool unreadable = text.error() == make_error_code(TlogErrc::bad_note);
    const DomainErrc code = unreadable ? DomainErrc::pack_malformed : DomainErrc::pack_signature;
    return {code, text.error().message()};
  }
  auto pack = parse_pack(*text);
  if (pack) pack->hash = sha256(as_bytes(file));
  return pack;
}

Result<CampaignPack> parse_pack(std::string_view json) {
  if (json.size() > kLargestPack) return {DomainErrc::pack_malformed, "larger than 1 MiB"};
  boost::json::error_code problem;
  boost::json::parse_options options;
  options.max_depth = 8;
  const boost::json::value value =
      boost::json::parse({json.data(), json.size()}, problem, {}, options);
  if (problem) return {DomainErrc::pack_malformed, "not JSON: " + problem.message()};
  if (!value.is_object()) return {DomainErrc::pack_malformed, "not a JSON object"};
  std::string complaint;
  PackReader reader(&value.get_object(), "", complaint);
  CampaignPack pack = read_pack(reader);
  if (!complaint.empty()) return {DomainErrc::pack_malformed, std::move(complaint)};
  return pack;
}

const Choice* find_choice(const std::vector<Choice>& choices, std::string_view id) {
  const auto at = std::ranges::find(choices, id, &Choice::id);
  return at == choices.end() ? nullptr : &*at;
}

}  // namespace yijuan::domain

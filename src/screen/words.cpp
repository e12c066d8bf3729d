#include "screen/words.hpp"

#include <array>
#include <optional>

#include "base/assert.hpp"
#include "base/settings.hpp"
#include "screen/built_in_languages.hpp"

namespace yijuan::screen {
namespace {

// Keys of a section stand together.
constexpr auto kKeys = std::to_array<std::string_view>({
    "common.other_language",
    "common.box",
    "common.supervision",
    "activity.one_yuan",
    "activity.one_day",
    "activity.free",
    "disclosure.organisation",
    "disclosure.partner",
    "disclosure.agreement",
    "disclosure.host",
    "disclosure.certificate",
    "disclosure.filing",
    "disclosure.plan",
    "disclosure.contact",
    "disclosure.query",
    "disclosure.phone",
    "idle.coin",
    "idle.coin_each",
    "idle.coin_sum",
    "idle.cash",
    "idle.note",
    "idle.phone",
    "idle.pays",
    "idle.check_payee",
    "idle.free_hint",
    "idle.one_day_hint",
    "idle.gifts",
    "idle.slips_on_screen",
    "idle.coins_down",
    "idle.notes_down",
    "counting.insert",
    "counting.insert_notes",
    "counting.insert_cash",
    "counting.so_far",
    "counting.goal",
    "counting.more",
    "counting.designation",
    "counting.finish",
    "counting.leave",
    "choice.one_day",
    "choice.free",
    "choice.hint",
    "choice.amount",
    "choice.any",
    "choice.leave",
    "thanks.received",
    "thanks.row",
    "thanks.designation",
    "thanks.scan",
    "thanks.number",
    "thanks.print",
    "thanks.no_slip",
    "thanks.done",
    "thanks.printing",
    "thanks.printed",
    "thanks.failed",
    "thanks.uncertain",
    "thanks.unavailable",
    "testing.title",
    "testing.coin",
    "testing.note",
    "testing.so_far",
    "testing.empty",
    "testing.newest",
    "testing.ending",
    "testing.pieces",
    "testing.no_gift",
    "testing.hint",
    "testing.finish",
    "test_card.title",
    "test_card.hint",
    "out.title",
    "out.starting",
    "out.acceptor",
    "out.storage",
    "out.storage_full",
    "out.clock",
    "out.stopping",
    "out.other",
    "out.safe",
    "out.still",
    "out.call",
    "gate.title",
    "gate.no_pack",
    "gate.bad_signature",
    "gate.incomplete",
    "gate.not_begun",
    "gate.ended",
    "gate.other_box",
    "gate.date_unknown",
    "gate.door_open",
    "gate.tampered",
    "gate.box_full",
    "gate.dates",
    "gate.call",
    "notice.cash_returned",
    "notice.cash_unknown",
    "notice.slip_in_tray",
});

}  // namespace

const Words& Words::of(Language language) {
  static const Words chinese = parse(kChineseWords, "zh-CN.toml");
  static const Words english = parse(kEnglishWords, "en.toml");
  return language == Language::zh_cn ? chinese : english;
}

Words Words::parse(std::string_view toml, std::string name) {
  auto file = Settings::parse(toml, std::move(name));
  Words words;
  std::string_view open;
  std::optional<Settings> section;
  for (const auto key : kKeys) {
    const auto dot = key.find('.');
    if (key.substr(0, dot) != open) {
      open = key.substr(0, dot);
      section = file.section(open);
    }
    words.texts_.emplace(key, section->text(key.substr(dot + 1)));
  }
  file.finish();
  return words;
}

std::vector<std::string_view> Words::keys() {
  return {kKeys.begin(), kKeys.end()};
}

const std::string& Words::operator[](std::string_view key) const {
  const auto found = texts_.find(key);
  YIJUAN_ASSERT(found != texts_.end(), "a scene asks for a word that no language has");
  return found->second;
}

std::string Words::fill(
    std::string_view key,
    std::initializer_list<std::pair<std::string_view, std::string_view>> places) const {
  std::string text;
  std::string_view rest = (*this)[key];
  // One pass, so that a value that looks like a {place} stays as it is.
  while (!rest.empty()) {
    const auto open = rest.find('{');
    const auto close = open == rest.npos ? rest.npos : rest.find('}', open);
    if (close == rest.npos) break;
    text += rest.substr(0, open);
    const auto place = rest.substr(open + 1, close - open - 1);
    for (const auto& [name, value] : places) {
      if (name == place) text += value;
    }
    rest.remove_prefix(close + 1);
  }
  return text += rest;
}

std::string_view to_text(Language language) {
  return language == Language::zh_cn ? "zh-CN" : "en";
}

}  // namespace yijuan::screen

#include "tlog/words.hpp"

#include <array>
#include <utility>

namespace yijuan::tlog {
namespace {

template <class Word, std::size_t N>
using Words = std::array<std::pair<Word, std::string_view>, N>;

constexpr Words<Activity, 3> kActivities = {
    {{Activity::one_yuan, "one_yuan"}, {Activity::one_day, "one_day"}, {Activity::free, "free"}}};
constexpr Words<Channel, 2> kChannels = {{{Channel::cash, "cash"}, {Channel::qr, "qr"}}};
constexpr Words<Purpose, 2> kPurposes = {{{Purpose::gift, "gift"}, {Purpose::test, "test"}}};
constexpr Words<SlipOutcome, 4> kOutcomes = {{{SlipOutcome::printed, "printed"},
                                              {SlipOutcome::failed, "failed"},
                                              {SlipOutcome::declined, "declined"},
                                              {SlipOutcome::uncertain, "uncertain"}}};

template <class Word, std::size_t N>
std::string_view text_in(const Words<Word, N>& words, Word word) {
  for (const auto& [value, text] : words) {
    if (value == word) return text;
  }
  YIJUAN_ASSERT(false, "an enumeration has a value without a word");
}

template <class Word, std::size_t N>
std::optional<Word> word_in(const Words<Word, N>& words, std::string_view text) {
  for (const auto& [value, word] : words) {
    if (word == text) return value;
  }
  return std::nullopt;
}

struct TypeOf {
  std::string_view operator()(const Epoch&) const { return "epoch"; }
  std::string_view operator()(const Boot&) const { return "boot"; }
  std::string_view operator()(const Cash&) const { return "cash"; }
  std::string_view operator()(const Intent&) const { return "intent"; }
  std::string_view operator()(const Returned&) const { return "returned"; }
  std::string_view operator()(const Disputed&) const { return "disputed"; }
  std::string_view operator()(const Gift&) const { return "gift"; }
  std::string_view operator()(const Slip&) const { return "slip"; }
  std::string_view operator()(const Gap&) const { return "gap"; }
  std::string_view operator()(const Door&) const { return "door"; }
  std::string_view operator()(const Fault&) const { return "fault"; }
  std::string_view operator()(const Recovered&) const { return "recovered"; }
  std::string_view operator()(const ClockStep&) const { return "clock"; }
  std::string_view operator()(const Pack&) const { return "pack"; }
  std::string_view operator()(const Witness&) const { return "witness"; }
  std::string_view operator()(const Lost&) const { return "lost"; }
  std::string_view operator()(const Closing&) const { return "closing"; }
  std::string_view operator()(const Quarantined&) const { return "quarantined"; }
  std::string_view operator()(const Digest&) const { return "digest"; }
  std::string_view operator()(const Hole&) const { return "hole"; }
  std::string_view operator()(const Enrolled&) const { return "enrolled"; }
  std::string_view operator()(const Revoked&) const { return "revoked"; }
  std::string_view operator()(const Unknown& unknown) const { return unknown.type; }
};

}  // namespace

std::string_view to_text(Activity activity) {
  return text_in(kActivities, activity);
}
std::string_view to_text(Channel channel) {
  return text_in(kChannels, channel);
}
std::string_view to_text(Purpose purpose) {
  return text_in(kPurposes, purpose);
}
std::string_view to_text(SlipOutcome outcome) {
  return text_in(kOutcomes, outcome);
}
std::optional<Activity> parse_activity(std::string_view text) {
  return word_in(kActivities, text);
}
std::optional<Channel> parse_channel(std::string_view text) {
  return word_in(kChannels, text);
}
std::optional<Purpose> parse_purpose(std::string_view text) {
  return word_in(kPurposes, text);
}
std::optional<SlipOutcome> parse_slip_outcome(std::string_view text) {
  return word_in(kOutcomes, text);
}

std::string_view type_of(const Body& body) {
  return std::visit(TypeOf{}, body);
}

}  // namespace yijuan::tlog

// The box takes nothing now: what does not work, what still does, whom to call. Calm.
#include <algorithm>

#include "screen/composer.hpp"

namespace yijuan::screen {
namespace {

std::string_view key_of(OutReason reason) {
  switch (reason) {
    case OutReason::starting:
      return "out.starting";
    case OutReason::acceptor:
      return "out.acceptor";
    case OutReason::storage:
      return "out.storage";
    case OutReason::storage_full:
      return "out.storage_full";
    case OutReason::clock:
      return "out.clock";
    case OutReason::stopping:
      return "out.stopping";
    case OutReason::other:
      return "out.other";
  }
  return "out.other";
}

std::string_view key_of(GateReason reason) {
  switch (reason) {
    case GateReason::no_pack:
      return "gate.no_pack";
    case GateReason::bad_signature:
      return "gate.bad_signature";
    case GateReason::incomplete:
      return "gate.incomplete";
    case GateReason::not_begun:
      return "gate.not_begun";
    case GateReason::ended:
      return "gate.ended";
    case GateReason::other_box:
      return "gate.other_box";
    case GateReason::date_unknown:
      return "gate.date_unknown";
  }
  return "gate.no_pack";
}

struct ClosedTexts {
  std::string_view head, title, reason;
  std::string line;  // what is still good, or the dates
  std::string_view call, phone, detail;
};

void closed_story(Composer& pen, Column column, const ClosedTexts& texts) {
  const auto& geometry = pen.geometry;
  const int gap = geometry.grid();
  pen.head(column, texts.head, "");
  column.y += std::max(0, column.left() - geometry.headline() * 8) / 2;
  const int icon = geometry.step(6);
  pen.pictogram({column.x, column.y, icon, icon}, Pictogram::pause, Colour::amber);
  column.y += icon + 2 * gap;
  const auto title = pen.fit(texts.title, Composer::poster(geometry.step(6)), column.width,
                             geometry.headline() * 3, geometry.step(6), geometry.headline());
  pen.put(column, texts.title, title, Colour::ink);
  column.y += gap;
  auto reason = Composer::plain(geometry.title());
  reason.phrases = true;
  pen.put(column, texts.reason, reason, Colour::ink);
  column.y += gap;
  pen.put(column, texts.line, Composer::plain(geometry.lead()), Colour::stone);
}

// Whom to call, over a line for technicians.
void call_card(Composer& pen, Column hands, const ClosedTexts& texts) {
  const auto& geometry = pen.geometry;
  const int gap = geometry.grid();
  if (!texts.detail.empty()) {
    auto small = Composer::plain(geometry.caption());
    small.ellipsis = true;
    Column foot{hands.x, hands.bottom - small.leading, hands.width, hands.bottom};
    pen.put(foot, texts.detail, small, Colour::stone);
  }
  if (texts.phone.empty()) return;
  pen.put(hands, texts.call, Composer::plain(geometry.lead()), Colour::stone);
  const auto phone = pen.fit(texts.phone, Composer::poster(geometry.headline()), hands.width,
                             geometry.headline() * 3, geometry.headline(), geometry.lead());
  pen.put(hands, texts.phone, phone, Colour::ink);
  hands.y += gap;
}

int language_corner(Composer& pen, const Column& hands) {
  const auto& geometry = pen.geometry;
  const int height = geometry.button();
  const int width = std::max(height * 3 / 2, geometry.headline() * 3);
  pen.language_button({hands.x + hands.width - width, hands.bottom - height, width, height});
  return height + 2 * geometry.grid();
}

}  // namespace

void compose_out(Composer& pen, const OutOfService& out) {
  const auto& words = pen.words;
  const int foot = pen.short_foot();
  const bool starting = out.reason == OutReason::starting || out.reason == OutReason::stopping;
  ClosedTexts texts{.head = pen.model.disclosure.organisation,
                    .title = words["out.title"],
                    .reason = words[key_of(out.reason)],
                    .line = words["out.safe"],
                    .call = words["out.call"],
                    .phone = out.phone,
                    .detail = out.detail};
  if (starting) texts.phone = {};
  closed_story(pen, pen.story(foot), texts);
  auto hands = pen.hands(foot);
  hands.bottom -= language_corner(pen, hands);
  if (out.payee && !starting) {
    const auto& geometry = pen.geometry;
    pen.put(hands, words["out.still"], Composer::bold(geometry.lead()), Colour::ink);
    hands.y += geometry.grid();
    hands.y += pen.payee_card(hands.rect(hands.left() / 2), *out.payee) + 2 * geometry.grid();
  }
  call_card(pen, hands, texts);
}

void compose_gate(Composer& pen, const GateClosed& gate) {
  const auto& words = pen.words;
  const int foot = pen.short_foot();
  ClosedTexts texts{
      .head = gate.campaign.empty() ? pen.model.disclosure.organisation : gate.campaign,
      .title = words["gate.title"],
      .reason = words[key_of(gate.reason)],
      .line = {},
      .call = words["gate.call"],
      .phone = gate.phone,
      .detail = gate.detail};
  if (!gate.from.empty() && !gate.until.empty()) {
    texts.line = words.fill("gate.dates", {{"from", gate.from}, {"until", gate.until}});
  }
  closed_story(pen, pen.story(foot), texts);
  auto hands = pen.hands(foot);
  hands.bottom -= language_corner(pen, hands);
  call_card(pen, hands, texts);
}

}  // namespace yijuan::screen

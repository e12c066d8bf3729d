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
    case GateReason::door_open:
      return "gate.door_open";
    case GateReason::tampered:
      return "gate.tampered";
    case GateReason::box_full:
      return "gate.box_full";
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
  const auto first = pen.scene.items.size();
  const int icon = geometry.step(geometry.portrait() ? 5 : 7);
  pen.pictogram({column.x, column.y, icon, icon}, Pictogram::pause, Colour::amber);
  column.y += icon + 2 * gap;
  const auto title = pen.fit(texts.title, Composer::poster(geometry.step(6)), column.width,
                             geometry.headline() * 3, geometry.step(6), geometry.headline());
  pen.put(column, texts.title, title, Colour::ink);
  column.y += gap;
  auto reason = Composer::plain(geometry.title());
  reason.phrases = true;
  pen.put(column, texts.reason,
          pen.fit(texts.reason, reason, column.width, column.left() - geometry.lead() * 4 / 3 - gap,
                  geometry.title(), geometry.body()),
          Colour::ink);
  if (!texts.line.empty()) {
    column.y += gap;
    auto line = Composer::plain(geometry.lead());
    line.ellipsis = true;
    pen.put(
        column, texts.line,
        pen.fit(texts.line, line, column.width, line.leading, geometry.lead(), geometry.caption()),
        Colour::stone);
  }
  pen.shift(first, std::max(0, column.left()) / 2);
}

void call_card(Composer& pen, Column hands, const ClosedTexts& texts) {
  if (texts.phone.empty()) return;
  const auto& geometry = pen.geometry;
  const auto first = pen.scene.items.size();
  pen.put(hands, texts.call, Composer::plain(geometry.lead()), Colour::stone);
  auto phone = Composer::bold(geometry.headline());
  phone.ellipsis = true;  // one line: a number is read and dialled as one
  phone = pen.fit(texts.phone, phone, hands.width, phone.leading, geometry.headline(),
                  geometry.caption());
  pen.put(hands, texts.phone, phone, Colour::ink);
  // Beside the story, at its height; below it, right below.
  if (!geometry.portrait()) pen.shift(first, std::max(0, hands.left()) / 2);
}

// The language button in the corner, and beside it a line for technicians. The height they take.
int corner(Composer& pen, const Column& hands, std::string_view detail) {
  const auto& geometry = pen.geometry;
  const int gap = geometry.grid();
  const int height = geometry.button();
  const int width = std::max(height * 3 / 2, geometry.headline() * 3);
  const int y = hands.bottom - height;
  pen.language_button({hands.x + hands.width - width, y, width, height});
  auto small = Composer::plain(geometry.caption());
  small.ellipsis = true;
  Column line{hands.x, y + (height - small.leading) / 2, hands.width - width - 2 * gap, 0};
  pen.put(line, detail, small, Colour::stone);
  return height + 2 * gap;
}

}  // namespace

void compose_out(Composer& pen, const OutOfService& out) {
  const auto& words = pen.words;
  const int foot = pen.short_foot();
  const bool starting = out.reason == OutReason::starting || out.reason == OutReason::stopping;
  ClosedTexts texts{.head = pen.model.disclosure.organisation,
                    .title = words["out.title"],
                    .reason = words[key_of(out.reason)],
                    .line = {},
                    .call = words["out.call"],
                    .phone = out.phone,
                    .detail = out.detail};
  if (starting) texts.phone = {};
  // Said only where nothing speaks against it.
  const bool storage = out.reason == OutReason::storage || out.reason == OutReason::storage_full;
  if (!starting && !storage) texts.line = words["out.safe"];
  closed_story(pen, pen.story(foot), texts);
  auto hands = pen.hands(foot);
  hands.bottom -= corner(pen, hands, texts.detail);
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
  hands.bottom -= corner(pen, hands, texts.detail);
  call_card(pen, hands, texts);
}

}  // namespace yijuan::screen

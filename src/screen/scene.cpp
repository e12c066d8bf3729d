#include "screen/scene.hpp"

#include "screen/composer.hpp"

namespace yijuan::screen {
namespace {

struct NameOf {
  std::string_view operator()(const Idle&) const { return "idle"; }
  std::string_view operator()(const Counting&) const { return "counting"; }
  std::string_view operator()(const AmountChoice&) const { return "choice"; }
  std::string_view operator()(const Thanks&) const { return "thanks"; }
  std::string_view operator()(const Testing&) const { return "testing"; }
  std::string_view operator()(const TestCard&) const { return "test-card"; }
  std::string_view operator()(const OutOfService&) const { return "out-of-service"; }
  std::string_view operator()(const GateClosed&) const { return "gate-closed"; }
};

struct Compose {
  Composer& pen;
  const Moment& moment;
  void operator()(const Idle& idle) const { compose_idle(pen, idle, moment.panel); }
  void operator()(const Counting& counting) const {
    compose_counting(pen, counting, moment.sum.value_or(counting.amount));
  }
  void operator()(const AmountChoice& choice) const { compose_choice(pen, choice); }
  void operator()(const Thanks& thanks) const { compose_thanks(pen, thanks); }
  void operator()(const Testing& testing) const { compose_testing(pen, testing); }
  void operator()(const TestCard& card) const { compose_test_card(pen, card); }
  void operator()(const OutOfService& out) const { compose_out(pen, out); }
  void operator()(const GateClosed& gate) const { compose_gate(pen, gate); }
};

bool inside(const Rect& area, Tap tap) {
  return tap.x >= area.x && tap.x < area.x + area.width && tap.y >= area.y &&
         tap.y < area.y + area.height;
}

}  // namespace

Scene compose(const Model& model, const Geometry& geometry, Typesetter& typesetter, Moment moment) {
  Composer pen(model, geometry, typesetter, std::visit(NameOf{}, model.scene));
  std::visit(Compose{pen, moment}, model.scene);
  pen.notice();
  return std::move(pen.scene);
}

std::optional<Action> hit_test(const Scene& scene, Tap tap) {
  for (const auto& button : scene.buttons) {
    if (inside(button.area, tap)) return button.action;
  }
  return std::nullopt;
}

Rect area_of(const DrawItem& item) {
  return std::visit([](const auto& one) { return one.area; }, item);
}

}  // namespace yijuan::screen

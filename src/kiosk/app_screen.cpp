// kioskd's screen: what a view looks like, and what a tap on it means.
#include "domain/gift_slip.hpp"
#include "domain/slip_code.hpp"
#include "kiosk/app.hpp"
#include "kiosk/screen_model.hpp"

namespace yijuan::kiosk {
namespace {

std::optional<domain::SessionEvent> event_of(const screen::Action& action) {
  switch (action.intent) {
    case screen::Intent::begin_free:
      return domain::StartGift{tlog::Activity::free};
    case screen::Intent::begin_one_day:
      return domain::StartGift{tlog::Activity::one_day};
    case screen::Intent::choose_amount:
      return domain::ChooseAmount{action.amount};
    case screen::Intent::leave:
      return domain::Cancel{};
    case screen::Intent::finish:
      return domain::Done{};
    case screen::Intent::print_slip:
      return domain::AskSlip{domain::SlipWish::paper};
    case screen::Intent::no_slip:
      return domain::AskSlip{domain::SlipWish::none};
    case screen::Intent::switch_language:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void App::present(const domain::View& view) {
  view_ = view;
  // Who gives sees what they gave.
  const bool idle = view.scene == domain::Scene::idle || view.scene == domain::Scene::closed;
  if (!idle) test_card_.reset();
  show();
  presented_.set();
}

std::string App::slip_payload(const DurableGift& gift) const {
  if (!box_->pack() || box_->pack()->verify_url.empty()) return {};
  const auto code = domain::make_slip_code(
      opened_.keys.slip_key, opened_.keys.origin(), gift.ref.seq, gift.ref.leaf,
      [this](BytesView message) { return opened_.keys.log_key().sign(message); });
  return domain::slip_url(box_->pack()->verify_url, code);
}

void App::show() {
  if (!screen_ || !view_) return;
  ScreenFacts facts{.view = *view_,
                    .pack = box_->pack() ? &*box_->pack() : nullptr,
                    .health = box_->history().health,
                    .box = opened_.config.box,
                    .language = language_,
                    .slip_number = {},
                    .slip_payload = {},
                    .gifts = box_->history().books.gift_count,
                    .has_coin = devices_.coin != nullptr,
                    .has_note = devices_.note != nullptr,
                    .has_printer = slips_.has_value(),
                    .storage_full = box_->storage_full(),
                    .stopping = box_->stopping(),
                    .failure = box_->failure() ? box_->failure()->message() : ""};
  if (view_->thanks) {
    facts.slip_number =
        domain::slip_number(*Origin::parse(opened_.keys.origin()), view_->thanks->slip);
    if (const DurableGift* gift = box_->gift(view_->thanks->gift)) {
      facts.slip_payload = slip_payload(*gift);
    }
  }
  screen::Model model = make_model(facts);
  if (test_card_) model.scene = *test_card_;
  screen_->show(std::move(model), box_->take_heard());
}

void App::on_tap(Tap tap) {
  last_tap_ = clock_.now();
  if (test_card_) {
    test_watch_.hear(tap);
    test_card_->touch({tap.x, tap.y});
    return show();
  }
  const auto action = screen_->tap(tap);
  if (!action) return;
  if (action->intent == screen::Intent::switch_language) {
    language_ = language_ == screen::Language::en ? screen::Language::zh_cn : screen::Language::en;
    return show();
  }
  if (const auto event = event_of(*action)) box_->touch(*event);
}

}  // namespace yijuan::kiosk

#include "drivers/contacts/lock.hpp"

#include "async/cancellation.hpp"
#include "drivers/contacts/back_off.hpp"
#include "drivers/contacts/errc.hpp"

namespace yijuan::contacts {
namespace {

// A coil for pulses is made for a short one and a long rest.
constexpr std::chrono::seconds kRest{2};

}  // namespace

Task<void> Lock::keep(Tell tell) {
  BackOff back_off(context_.random);
  while (true) {
    auto opened = source_->open(!settings_.active_high);
    if (opened) {
      back_off.reset();
      line_ = std::move(*opened);
      tell(std::nullopt);
      lost_.clear();
      auto lost = co_await lost_.wait();
      line_.reset();
      if (!lost) co_return lost;
    } else {
      tell(opened.error());
    }
    auto slept = co_await context_.clock.sleep_for(back_off.next());
    if (!slept) co_return slept;
  }
}

Task<void> Lock::open() {
  const Instant now = context_.clock.now();
  if (rest_until_ && now < *rest_until_) co_return ContactsErrc::too_soon;
  const std::shared_ptr<OutputLine> line = line_;
  if (!line) co_return Error(ContactsErrc::not_open, source_->name());
  rest_until_ = now + settings_.pulse + kRest;
  auto raised = line->pulse(settings_.active_high, settings_.pulse);
  if (!raised) {
    lost_.set();
    co_return raised;
  }
  auto slept = co_await context_.clock.sleep_for(settings_.pulse);
  // Also where the wait was cut short: nobody waits for the line's own end then.
  auto lowered = line->set(!settings_.active_high);
  if (!lowered) lost_.set();
  if (!lowered) co_return lowered;
  co_return slept;
}

}  // namespace yijuan::contacts

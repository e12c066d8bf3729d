#include "kiosk/screen_desk.hpp"

#include <algorithm>

#include "async/errc.hpp"
#include "async/with_timeout.hpp"
#include "base/log.hpp"

namespace yijuan::kiosk {

ScreenDesk::ScreenDesk(const asio::any_io_executor& executor, Clock& clock, Display& display,
                       screen::Geometry geometry)
    : clock_(clock), display_(display), stage_(geometry), changed_(executor) {}

void ScreenDesk::show(screen::Model model, std::optional<Instant> heard) {
  stage_.show(std::move(model), clock_.now());
  if (heard && !heard_) heard_ = heard;
  changed_.set();
}

Result<void> ScreenDesk::draw() {
  const auto picture = stage_.draw(clock_.now());
  if (!picture) {
    heard_.reset();
    return {};
  }
  auto presented = display_.present(picture->frame, picture->changed, picture->scene);
  ++frames_;
  if (const auto heard = std::exchange(heard_, {}); heard && presented) {
    coin_to_frame_.add(clock_.now() - *heard);
  }
  return presented;
}

Task<void> ScreenDesk::run() {
  while (true) {
    changed_.clear();
    auto drawn = draw();
    if (!drawn) log_error("display", drawn.error().message());
    const std::optional<Instant> due = stage_.due();
    if (!due) {
      auto waited = co_await changed_.wait();
      if (!waited) co_return waited;
      continue;
    }
    const Instant left = std::max(Instant::zero(), *due - clock_.now());
    auto waited = co_await with_timeout(clock_, left, changed_.wait());
    if (!waited && waited.error() == make_error_code(AsyncErrc::cancelled)) co_return waited;
  }
}

}  // namespace yijuan::kiosk

#include "kiosk/verification.hpp"

#include "async/errc.hpp"

namespace yijuan::kiosk {

Task<void> Verification::run() {
  if (running_) {
    auto waited = co_await ended_.wait();
    if (!waited) co_return waited;
    if (result_) co_return *result_;
    co_return AsyncErrc::cancelled;
  }
  running_ = true;
  ended_.clear();
  auto result = co_await journal_.verify([this](std::uint64_t checked, std::uint64_t size) {
    checked_ = checked;
    size_ = size;
  });
  running_ = false;
  const bool cancelled = !result && result.error() == make_error_code(AsyncErrc::cancelled);
  if (!cancelled) result_ = result;
  ended_.set();
  co_return result;
}

}  // namespace yijuan::kiosk

#include "ledger/public/daily.hpp"

#include <fmt/format.h>

#include "async/with_timeout.hpp"
#include "base/log.hpp"

namespace yijuan::ledger {
namespace {

using namespace std::chrono_literals;
constexpr auto kLookAgain = 60s;  // the wall clock may be set at any time
constexpr auto kTryAgain = 600s;

}  // namespace

DailyPublication::DailyPublication(const asio::any_io_executor& executor,
                                   const Publication& publication, Clock& clock,
                                   WallClock& wall_clock, Publish publish)
    : publication_(publication),
      clock_(clock),
      wall_clock_(wall_clock),
      publish_(std::move(publish)),
      asked_(executor) {}

Task<void> DailyPublication::run() {
  while (true) {
    const WallTime now = wall_clock_.now().time;
    const domain::Day today = domain::shanghai_day(now);
    const bool due = tried_ != today && digest_is_due(publication_, now);
    if (asked_.is_set() || due) {
      asked_.clear();
      auto published = co_await publish_();
      if (!published && published.error() == make_error_code(AsyncErrc::cancelled)) {
        co_return published.error();
      }
      if (!published) {
        log_error("public", published.error().message());
        auto slept = co_await clock_.sleep_for(kTryAgain);
        if (!slept) co_return slept.error();
        continue;
      }
      if (due) tried_ = today;
      log_info("public", fmt::format("{} logs are shown, {} entries for the first time",
                                     published->logs, published->entries));
    }
    auto woken = co_await with_timeout(clock_, kLookAgain, asked_.wait());
    if (!woken && woken.error() != make_error_code(AsyncErrc::timed_out)) co_return woken.error();
  }
}

}  // namespace yijuan::ledger

// kioskd's tasks: what runs beside each other, and the order in which it ends.
#include <fmt/format.h>

#include "async/with_timeout.hpp"
#include "base/log.hpp"
#include "io/files.hpp"
#include "io/process.hpp"
#include "io/stop_signal.hpp"
#include "kiosk/app.hpp"

namespace yijuan::kiosk {
namespace {

using namespace std::chrono_literals;

constexpr auto kHouseInterval = 5s;
constexpr auto kLanguagePatience = 30s;
constexpr auto kDrainLimit = 10s;
constexpr auto kFailureShown = 5s;
constexpr std::uint64_t kEntriesPerSnapshot = 256;

}  // namespace

void App::spawn_all() {
  root_.spawn("signals", wait_for_signal());
  root_.spawn("kioskd", live());
  if (devices_.coin) acceptors_.spawn("coin", devices_.coin->run());
  if (devices_.note) acceptors_.spawn("note", devices_.note->run());
  others_.spawn("facts", take_facts());
  others_.spawn("time", keep_time());
  others_.spawn("house", keep_house());
  others_.spawn("start", become_ready());
  others_.spawn("control", control_->run());
  if (screen_) others_.spawn("display", screen_->run());
  if (slips_) others_.spawn("printer", slips_->run());
  if (devices_.door) others_.spawn("door", devices_.door->run());
  if (devices_.board) others_.spawn("board", devices_.board->run());
  if (devices_.scanner) {
    others_.spawn("scanner", devices_.scanner->run());
    others_.spawn("scans", take_scans());
  }
  if (devices_.touch) others_.spawn("touch", devices_.touch->run());
  if (devices_.touch && screen_) others_.spawn("taps", take_taps());
  if (link_) {
    others_.spawn("ledger", link_->run());
    others_.spawn("archives", link_->run_archives());
  }
}

Task<void> App::live() {
  auto waited = co_await stop_.wait();
  if (!waited) co_return waited;
  if (box_->failure() && exit_code_ != 0) {
    // Who stands in front reads why before the screen goes dark.
    auto shown = co_await clock_.sleep_for(kFailureShown);
    if (!shown) co_return shown;
  }
  auto stopped = co_await stop();
  root_.cancel();
  co_return stopped;
}

Task<void> App::stop() {
  log_info("kioskd", "stopping: acceptors first");
  co_await acceptors_.cancel_and_join();
  const Instant limit = clock_.now() + kDrainLimit;
  while (facts_.size() > 0 && clock_.now() < limit) {
    auto slept = co_await clock_.sleep_for(1ms);
    if (!slept) co_return slept;
  }
  box_->stop();
  auto settled = co_await with_timeout(clock_, kDrainLimit, box_->settled().wait());
  co_await others_.cancel_and_join();
  // A slip in the printer may have ended meanwhile: its outcome is an entry too.
  auto last = co_await with_timeout(clock_, kDrainLimit, box_->settled().wait());
  if (!settled || !last || box_->failure()) co_return Result<void>();
  journal_->keep_snapshot({box_->history().size, box_->history().to_snapshot()});
  auto marked = write_file_atomically(opened_.config.clean_mark(), "", 0644);
  if (!marked) log_warning("kioskd", marked.error().message());
  co_return Result<void>();
}

Task<void> App::wait_for_signal() {
  auto asked = co_await stop_signal();
  if (!asked) co_return asked;
  stop_.set();
  co_return Result<void>();
}

Task<void> App::take_taps() {
  while (true) {
    auto tap = co_await taps_.pop();
    if (!tap) co_return tap.error();
    on_tap(*tap);
  }
}

// Nothing asks for a badge yet: but for a test what was scanned is dropped, so that the queue is
// never old.
Task<void> App::take_scans() {
  while (true) {
    auto scan = co_await scans_.pop();
    if (!scan) co_return scan.error();
    test_watch_.hear(*scan);
  }
}

Task<void> App::keep_time() {
  while (true) {
    box_->changed().clear();
    const std::optional<Instant> deadline = box_->deadline();
    if (!deadline) {
      auto changed = co_await box_->changed().wait();
      if (!changed) co_return changed;
      continue;
    }
    const Instant left = std::max(Instant::zero(), *deadline - clock_.now());
    auto changed = co_await with_timeout(clock_, left, box_->changed().wait());
    if (!changed && changed.error() == make_error_code(AsyncErrc::cancelled)) co_return changed;
    if (clock_.now() >= *deadline && box_->deadline() == deadline) box_->tick();
  }
}

// What nobody tells us: a new pack file, the date, the clock, a visitor who left.
Task<void> App::keep_house() {
  while (true) {
    auto slept = co_await clock_.sleep_for(kHouseInterval);
    if (!slept) co_return slept;
    read_pack();
    box_->look_around();
    const bool forgotten = clock_.now() - last_tap_ > kLanguagePatience;
    if (forgotten && language_ != opened_.config.language && view_ &&
        view_->scene == domain::Scene::idle) {
      language_ = opened_.config.language;
      show();
    }
  }
}

Task<void> App::leave_log_later(std::string why, std::chrono::nanoseconds pause) {
  auto slept = co_await clock_.sleep_for(pause);
  if (!slept) co_return slept;
  leave_log(why);
  co_return Result<void>();
}

void App::read_pack() {
  std::error_code missing;
  const auto time = std::filesystem::last_write_time(opened_.config.pack, missing);
  const auto seen = missing ? std::filesystem::file_time_type::min() : time;
  if (seen == pack_time_) return;
  pack_time_ = seen;
  auto pack = load_pack(opened_.config);
  if (!pack) log_warning("campaign", pack.error().message());
  box_->offer_pack(std::move(pack));
}

Task<void> App::become_ready() {
  auto presented = co_await presented_.wait();
  if (!presented) co_return presented;
  if (screen_) {
    auto drawn = screen_->draw();
    if (!drawn) log_error("display", drawn.error().message());
  }
  ready_ = true;
  ready_after_ = process_age();
  log_info("kioskd", fmt::format("ready after {} ms, {} entries", ready_after_.count(),
                                 journal_->next_seq()));
  auto good = co_await verify();
  co_return good;
}

Task<void> App::verify() {
  auto good = co_await verification_->run();
  if (!good && good.error() == make_error_code(AsyncErrc::cancelled)) co_return good;
  if (!good) {
    // A restart cannot mend it: stay, out of service, and say so.
    box_->damaged(good.error());
  }
  co_return Result<void>();
}

void App::keep_snapshot() {
  if (box_->busy() || box_->history().size < snapshot_size_ + kEntriesPerSnapshot) return;
  snapshot_size_ = box_->history().size;
  journal_->keep_snapshot({snapshot_size_, box_->history().to_snapshot()});
}

}  // namespace yijuan::kiosk

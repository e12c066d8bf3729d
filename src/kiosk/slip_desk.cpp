#include "kiosk/slip_desk.hpp"

#include "async/errc.hpp"
#include "async/with_timeout.hpp"

namespace yijuan::kiosk {
namespace {

using namespace std::chrono_literals;

constexpr auto kStateInterval = 10s;
constexpr auto kStateLimit = 5s;

}  // namespace

SlipDesk::SlipDesk(const asio::any_io_executor& executor, Clock& clock, Printer& printer,
                   Reports reports)
    : clock_(clock), printer_(printer), reports_(std::move(reports)), queued_(executor) {}

void SlipDesk::print(Job job) {
  job.queued = clock_.now();
  jobs_.push_back(std::move(job));
  queued_.set();
}

void SlipDesk::print_test(domain::SlipDocument document,
                          std::function<void(const PrintResult&)> told) {
  Job job;
  job.document = std::move(document);
  job.test = std::move(told);
  print(std::move(job));
}

void SlipDesk::answer(const Job& job, PrintResult result) {
  if (job.test) return job.test(result);
  reports_.printed({job.gift, job.copy, result.outcome, std::move(result.why)});
}

Task<void> SlipDesk::run() {
  while (true) {
    auto asked = co_await ask_state();
    if (!asked) break;
    auto waited = co_await with_timeout(clock_, kStateInterval, queued_.wait());
    if (!waited && waited.error() == make_error_code(AsyncErrc::cancelled)) break;
    while (!jobs_.empty()) {
      auto printed = co_await print_next();
      if (!printed) break;
    }
    queued_.clear();
    const bool cancelled = co_await is_cancelled();
    if (cancelled) break;
  }
  for (const Job& job : jobs_) {
    answer(job, {tlog::SlipOutcome::failed, "the box was stopped"});
  }
  jobs_.clear();
  co_return AsyncErrc::cancelled;
}

Task<void> SlipDesk::print_next() {
  const bool cancelled = co_await is_cancelled();
  if (cancelled) co_return AsyncErrc::cancelled;
  Job job = std::move(jobs_.front());
  jobs_.pop_front();
  if (clock_.now() - job.queued > kFresh) {
    answer(job, {tlog::SlipOutcome::failed, "not printed in time"});
    co_return Result<void>();
  }
  auto result = co_await printer_.print(std::move(job.document));
  answer(job, std::move(result));
  co_return Result<void>();
}

Task<void> SlipDesk::ask_state() {
  auto ready = co_await with_timeout(clock_, kStateLimit, printer_.ready());
  if (std::string identity = printer_.identity(); identity != identity_) {
    identity_ = std::move(identity);
    reports_.found(
        {.device = "printer", .maker = {}, .product = identity_, .serial = {}, .firmware = {}});
  }
  const auto trouble = printer_.trouble();
  if (!ready && ready.error() == make_error_code(AsyncErrc::cancelled)) {
    co_return AsyncErrc::cancelled;
  }
  if (!ready && ready.error() == make_error_code(AsyncErrc::timed_out)) {
    reports_.state({"printer", "no answer", ready.error().message()});
  } else if (trouble) {
    reports_.state({"printer", trouble->code, trouble->text});
  } else if (ready) {
    reports_.state({"printer", "", ""});
  } else {
    reports_.state({"printer", ready.error().code().message(), ready.error().message()});
  }
  co_return Result<void>();
}

}  // namespace yijuan::kiosk

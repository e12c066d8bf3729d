#include "tools/bench_ledger/intake.hpp"

#include <algorithm>
#include <future>

#include "base/assert.hpp"
#include "ledger/ingest.hpp"
#include "tools/bench_rows/row.hpp"

namespace yijuan::bench {
namespace {

constexpr std::size_t kAhead = 4;  // batches checked and not stored

// Until `counter` has come to within `short_by` of `wanted`.
void wait_for(std::atomic<std::size_t>& counter, std::size_t wanted, std::size_t short_by) {
  for (std::size_t seen = counter; seen + short_by < wanted; seen = counter) counter.wait(seen);
}
void tell(std::atomic<std::size_t>& counter, std::size_t more = 1) {
  counter += more;
  counter.notify_one();
}

}  // namespace

Intake::Intake(ledger::LedgerStore& store) : store_(store) {
  for (int i = 0; i < kBoxes; ++i) {
    const Sender& sender = senders_.emplace_back(i);
    const auto done = store_.add_box(
        {.id = sender.box(), .status = ledger::BoxStatus::active, .since = now_}, sender.log());
    YIJUAN_ASSERT(done.has_value(), "a new box");
  }
}

std::pair<std::vector<Rows>, double> Intake::turn() {
  std::vector<Rows> rows;
  std::vector<Sent> sent;
  for (int i = 0; i < kTurn; ++i) {
    Sender& sender = senders_[static_cast<std::size_t>(i % kBoxes)];
    sync::Batch batch = sender.next_batch();
    sent.push_back({sender.box(), sync::pack(batch)});
    rows.push_back({sender.box(), batch.origin, batch.first, std::move(batch.lines), {}});
  }
  const double took = milliseconds([&] { take(sent, rows); });
  return {std::move(rows), took};
}

ledger::Appending Intake::check(const Sent& sent) {
  auto batch = sync::unpack(sent.body);
  YIJUAN_ASSERT(batch.has_value(), "a batch");
  auto checked =
      ledger::check_batch({.store = store_, .cosigner = cosigner_}, sent.box, *batch, now_);
  YIJUAN_ASSERT(checked && std::holds_alternative<ledger::Appending>(*checked), "a good batch");
  return std::get<ledger::Appending>(*std::move(checked));
}

// A box sends its next batch when it has the answer to the last: at most kAhead < kBoxes are
// under way, each of another box. What was stored is freed by the thread that checks: in the
// daemon it is not the writer either.
void Intake::take(const std::vector<Sent>& sent, std::vector<Rows>& rows) {
  std::vector<ledger::Appending> batches(sent.size());
  std::atomic<std::size_t> checked = 0;
  std::atomic<std::size_t> stored = 0;
  [[maybe_unused]] const auto checking = std::async(std::launch::async, [&] {
    for (std::size_t i = 0; i < sent.size(); ++i) {
      wait_for(stored, i + 1, kAhead);
      if (i >= kAhead) batches[i - kAhead].lines = {};
      batches[i] = check(sent[i]);
      tell(checked);
    }
  });
  for (std::size_t i = 0; i < sent.size();) {
    wait_for(checked, i + 1, 0);
    std::vector<const ledger::Appending*> together;
    for (const std::size_t end = checked; i < end; ++i) {
      together.push_back(&batches[i]);
      if (i % kCheckpoint == 0) YIJUAN_ASSERT(store_.rest().has_value(), "a checkpoint");
    }
    const auto appended = store_.append_all(together);
    YIJUAN_ASSERT(appended && std::ranges::count(*appended, ledger::Appended::done) ==
                                  static_cast<std::ptrdiff_t>(together.size()),
                  "stored");
    tell(stored, together.size());
  }
  for (std::size_t i = 0; i < sent.size(); ++i) rows[i].changes = std::move(batches[i].changes);
}

}  // namespace yijuan::bench

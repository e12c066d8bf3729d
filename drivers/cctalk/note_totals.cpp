// NoteSession: totals that the device keeps itself, for the audit. One question a poll, and none
// while a note is held: a verdict must not wait for them.
#include "drivers/cctalk/note_session.hpp"
#include "drivers/cctalk/totals.hpp"

namespace yijuan::cctalk {
namespace {

constexpr std::chrono::minutes kCountInterval{10};

}  // namespace

/// Total number `index`: first those of every acceptor, then one for each note of the table.
Task<std::optional<std::uint64_t>> NoteSession::total(std::size_t index) {
  Command command{.header = Header::note_accept_counter, .tries = 1};
  if (index < kTotals.size()) {
    command.header = kTotals[index].header;
  } else {
    const NoteRow& row = config_.table[index - kTotals.size()];
    command.data = {static_cast<std::uint8_t>(row.position)};
  }
  auto data = co_await world_.link.ask_optional(std::move(command));
  if (!data) co_return data.error();
  co_return *data ? counter_value(**data) : std::nullopt;
}

Task<void> NoteSession::count() {
  const Instant now = world_.clock.now();
  if (world_.book.held()) co_return Result<void>();
  if (counting_ == 0 && counted_at_ && now - *counted_at_ < kCountInterval) {
    co_return Result<void>();
  }
  const std::size_t index = counting_++;
  if (!uncounted_.contains(index)) {
    auto value = co_await total(index);
    if (!value) co_return value.error();
    const auto name = index < kTotals.size() ? std::string(kTotals[index].name)
                                             : config_.table[index - kTotals.size()].id;
    if (*value) counters_.totals.emplace_back(name, **value);
    if (!*value) uncounted_.insert(index);
  }
  if (counting_ < kTotals.size() + config_.table.size()) co_return Result<void>();
  counting_ = 0;
  counted_at_ = now;
  counters_.device = std::string(kNoteDevice);
  if (!counters_.totals.empty()) world_.outbox.put(std::move(counters_));
  counters_ = {};
  co_return Result<void>();
}

}  // namespace yijuan::cctalk

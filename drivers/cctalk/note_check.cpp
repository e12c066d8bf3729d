// NoteSession: holding the configured notes against what the device says that it takes. A position
// whose name or worth differs is not enabled.
#include <fmt/format.h>

#include "drivers/cctalk/errc.hpp"
#include "drivers/cctalk/note_session.hpp"

namespace yijuan::cctalk {
namespace {

constexpr std::chrono::milliseconds kSlow{300};
constexpr std::size_t kIdBytes = 7;
constexpr std::size_t kScaleBytes = 3;
constexpr int kBitsPerByte = 8;
constexpr std::string_view kTableName = "note-table";

}  // namespace

/// What one unit of the country's note ids is worth. A device that does not know the question
/// names its notes in yuan. Nothing where it does not know the country.
Task<std::optional<NoteScale>> NoteSession::scale_of(std::string country) {
  auto data = co_await world_.link.ask_optional({.header = Header::note_scale,
                                                 .data = Bytes(country.begin(), country.end()),
                                                 .reply_size = kScaleBytes,
                                                 .patience = kSlow});
  if (!data) co_return data.error();
  co_return *data ? NoteScale::parse(**data) : std::optional(NoteScale{});
}

/// Why the row must not be enabled; empty if it may.
Task<std::string> NoteSession::complaint(const NoteRow& row) {
  if (mask_bytes_ != 0 && row.position > static_cast<int>(mask_bytes_) * kBitsPerByte) {
    co_return fmt::format("position {}: the device has {} only", row.position,
                          mask_bytes_ * kBitsPerByte);
  }
  auto data = co_await world_.link.ask_optional({.header = Header::note_id,
                                                 .data = {static_cast<std::uint8_t>(row.position)},
                                                 .reply_size = kIdBytes,
                                                 .patience = kSlow});
  if (!data) co_return data.error();
  const auto told = *data ? printable(**data) : std::string("no id");
  if (told != row.id) {
    co_return fmt::format("position {}: {} in the table, {} in the device", row.position, row.id,
                          told);
  }
  const auto id = NoteId::parse(told);
  auto scale = co_await scale_of(id ? id->country : std::string("CN"));
  if (!scale) co_return scale.error();
  const auto worth = id && *scale ? (*scale)->worth(id->value) : std::optional<Fen>();
  if (worth == row.amount) co_return std::string();
  co_return fmt::format("position {}: {} fen in the table, {} in the device", row.position,
                        row.amount.count(), worth ? fmt::to_string(worth->count()) : "no worth");
}

Task<void> NoteSession::check_table() {
  NoteMask confirmed;
  std::string wrong;
  for (const NoteRow& row : config_.table) {
    auto why = co_await complaint(row);
    if (!why) co_return why.error();
    if (why->empty()) {
      confirmed.add(row.position);
      continue;
    }
    if (!wrong.empty()) wrong += "; ";
    wrong += *why;
  }
  mask_ = confirmed;
  world_.book.trust(confirmed);
  tell(kTableName, wrong.empty() ? "" : "table mismatch", wrong);
  if (confirmed.bits == 0) tell(kNoteDevice, "table mismatch", "no note of the table is in it");
  co_return Result<void>();
}

}  // namespace yijuan::cctalk

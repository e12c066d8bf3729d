#include "ledger/log_fold.hpp"

#include <algorithm>

namespace yijuan::ledger {
namespace {

bool is_trusted(const tlog::Header& header) {
  return header.at.quality >= ClockQuality::ntp;
}

// Entries in which a fork may name pieces again: an acceptor remembers its last few events, and its
// counter comes round after 255.
constexpr std::uint64_t kEntriesThatRetell = 64;

LogAnchor anchor_at(const tlog::Header& header) {
  return {.boot = header.boot, .anchor = {.at = header.at.time, .up = header.up}};
}

// For each entry the trusted reading that places it: the last one of its boot before it (or of
// itself), else the first one after it in the same batch.
std::vector<std::optional<domain::BootAnchor>> anchors_of(std::span<const tlog::Entry> entries,
                                                          std::optional<LogAnchor> anchor) {
  std::vector<std::optional<domain::BootAnchor>> anchors(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const tlog::Header& header = entries[i].header;
    if (is_trusted(header)) anchor = anchor_at(header);
    if (anchor && anchor->boot == header.boot) anchors[i] = anchor->anchor;
  }
  anchor.reset();
  for (std::size_t i = entries.size(); i-- > 0;) {
    const tlog::Header& header = entries[i].header;
    if (is_trusted(header)) anchor = anchor_at(header);
    if (!anchors[i] && anchor && anchor->boot == header.boot) anchors[i] = anchor->anchor;
  }
  return anchors;
}

}  // namespace

LogFold::LogFold(LogState state, std::span<const domain::CashPiece> open,
                 std::vector<RetoldPiece> retold)
    : state_(std::move(state)),
      before_(state_.totals),
      open_before_(open.begin(), open.end()),
      retold_(std::move(retold)) {
  std::ranges::sort(open_before_, {}, &domain::CashPiece::seq);
  for (const domain::CashPiece& piece : open_before_) {
    books_.add(piece.seq, tlog::Cash{.device = {},
                                     .serial = {},
                                     .counter = 0,
                                     .amount = piece.amount,
                                     .session = piece.session,
                                     .terms = piece.terms,
                                     .purpose = tlog::Purpose::gift});
  }
  for (const auto& [device, note] : state_.pending) books_.add(note.seq, note.intent);
  books_.disputed_count = before_.disputed_count;
  books_.disputed_total = before_.disputed_sum;
  books_.tampers = before_.tampers;
  books_.last_slip = before_.last_slip;
  books_.cash_count = before_.cash_count;
  books_.cash_total = before_.cash_sum;
  books_.test_count = before_.test_count;
  books_.test_total = before_.test_sum;
  books_.gift_count = before_.gift_count;
  books_.gift_total = before_.gift_sum;
  books_.lost = before_.lost;
}

void LogFold::add_batch(std::span<const tlog::Entry> entries, std::span<const Hash> leaves,
                        WallTime received) {
  YIJUAN_ASSERT(entries.size() == leaves.size(), "every entry has a leaf");
  books_.faults.clear();  // they are bounded in number: a rebuild must count as ingest did
  const auto anchors = anchors_of(entries, state_.anchor);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const tlog::Entry& entry = entries[i];
    YIJUAN_ASSERT(entry.header.seq == state_.size(), "a log is folded in its order");
    state_.frontier.append(leaves[i]);
    if (is_trusted(entry.header)) {
      state_.anchor = anchor_at(entry.header);
    } else if (state_.anchor && state_.anchor->boot != entry.header.boot) {
      state_.anchor.reset();
    }
    // What stands before a fork's own entries is in another fork too, and counted there.
    if (entry.header.seq >= state_.retold.own) add(entry, anchors[i], received);
  }
  state_.received = received;
  take_totals();
}

// A disk that went back in time asks the acceptor for its last events once more: pieces that were
// told before are no other pieces in the fork.
bool LogFold::is_retold(const tlog::Entry& entry) const {
  const auto* cash = std::get_if<tlog::Cash>(&entry.body);
  if (cash == nullptr) return false;
  return std::ranges::any_of(retold_, [&](const RetoldPiece& piece) {
    const tlog::Cash& before = piece.cash;
    return entry.header.seq >= piece.from && entry.header.seq < piece.from + kEntriesThatRetell &&
           before.device == cash->device && before.serial == cash->serial &&
           before.counter == cash->counter && before.amount == cash->amount;
  });
}

void LogFold::add(const tlog::Entry& entry, std::optional<domain::BootAnchor> anchor,
                  WallTime received) {
  if (is_retold(entry)) return;
  const Fen gifts_before = books_.gift_total;
  const std::uint64_t faults_before = books_.faults.size();
  books_.add(entry.header.seq, entry.body);
  state_.totals.faults += books_.faults.size() - faults_before;
  if (const auto* unknown = std::get_if<tlog::Unknown>(&entry.body)) {
    ++state_.totals.unknown;
    changes_.unknown.emplace_back(entry.header.seq, unknown->type);
    return;
  }
  if (std::holds_alternative<tlog::Gap>(entry.body)) ++state_.totals.gaps;
  const auto* gift = std::get_if<tlog::Gift>(&entry.body);
  if (gift == nullptr && !std::holds_alternative<tlog::Cash>(entry.body)) return;

  const domain::Day day = domain::business_day(entry.header.at, entry.header.up, anchor, received);
  const Fen given = books_.gift_total - gifts_before;
  // A gift of cash that was given before is no other gift: the office wrote one for the cash of a
  // log that seemed lost, and the box then finished its own.
  const bool nothing_new = given == Fen(0) && gift != nullptr && gift->amount != Fen(0);
  if (gift != nullptr && !nothing_new) {
    Rollup& rollup = changes_.rollups[{day, gift->terms.activity, gift->channel}];
    ++rollup.gifts;
    rollup.people += gift->people;
    rollup.sum += given;
  }
  for (const Posting& posting : postings(entry.body, given)) {
    changes_.accounts[{day, posting.account}] += posting.amount;
  }
}

void LogFold::take_totals() {
  LogTotals& totals = state_.totals;
  totals.cash_count = books_.cash_count;
  totals.cash_sum = books_.cash_total;
  totals.test_count = books_.test_count;
  totals.test_sum = books_.test_total;
  totals.gift_count = books_.gift_count;
  totals.gift_sum = books_.gift_total;
  totals.disputed_count = books_.disputed_count;
  totals.disputed_sum = books_.disputed_total;
  totals.tampers = books_.tampers;
  state_.pending = books_.pending();
  totals.lost = books_.lost;
  totals.last_slip = books_.last_slip;
}

BookChanges LogFold::changes() const {
  BookChanges changes = changes_;
  const auto was_open = [this](Seq seq) {
    return std::ranges::binary_search(open_before_, seq, {}, &domain::CashPiece::seq);
  };
  for (const auto& [seq, piece] : books_.open()) {
    if (!was_open(seq)) changes.opened.push_back(piece);
  }
  for (const domain::CashPiece& piece : open_before_) {
    if (!books_.open().contains(piece.seq)) changes.closed.push_back(piece.seq);
  }
  return changes;
}

}  // namespace yijuan::ledger

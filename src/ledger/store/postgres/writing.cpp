#include "ledger/store/postgres/writing.hpp"

#include "tlog/words.hpp"

namespace yijuan::ledger::postgres {
namespace {

// All that is summed up for a log, as parameters.
template <class Send>
void with_totals(const LogState& log, Send send) {
  const LogTotals& t = log.totals;
  std::optional<std::string_view> boot;
  std::optional<WallTime> at;
  std::optional<std::int64_t> up;
  if (log.anchor) {
    boot = log.anchor->boot;
    at = log.anchor->anchor.at;
    up = log.anchor->anchor.up.count();
  }
  send(boot, at, up, t.cash_count, t.cash_sum, t.test_count, t.test_sum, t.gift_count, t.gift_sum,
       t.disputed_count, t.disputed_sum, t.tampers, t.gaps, t.lost, t.unknown, t.faults,
       t.last_slip);
}

struct FloorColumns {
  std::optional<std::uint64_t> size;
  std::optional<BytesView> root;
};

// Views of the log's own.
FloorColumns floor_of(const LogState& log) {
  if (!log.floor) return {};
  return {.size = log.floor->size, .root = BytesView(log.floor->root)};
}

// Queues what moves the log's head, if it is where it was and nothing was posted to it meanwhile;
// the answer says whether it was.
void send_move(Connection& connection, const LogState& log, std::uint64_t expected_size) {
  const Hash root = log.frontier.root();
  const Bytes frontier = log.frontier.to_bytes();
  const auto [floor_size, floor_root] = floor_of(log);
  with_totals(log, [&](const auto&... totals) {
    connection.send(
        "UPDATE logs SET size = $4, root = $5, frontier = $6, note = $7, received = $8, "
        "anchor_boot = $9, anchor_at = $10, anchor_up = $11, cash_count = $12, cash_fen = $13, "
        "test_count = $14, test_fen = $15, gift_count = $16, gift_fen = $17, "
        "disputed_count = $18, disputed_fen = $19, tampers = $20, gaps = $21, lost = $22, "
        "unknown = $23, faults = $24, last_slip = $25, floor_size = $26, floor_root = $27, "
        "unsure = $28, retold = $30 "
        "WHERE box = $1 AND origin = $2 AND size = $3 AND posted = $29",
        log.box, log.origin, expected_size, log.size(), BytesView(root), BytesView(frontier),
        log.note, log.received, totals..., floor_size, floor_root, log.unsure, log.posted,
        write_retold(log.retold));
  });
}

Result<void> copy_entries(Connection& connection, const LogState& log, Seq seq,
                          std::span<const std::string> lines) {
  CopyRows rows;
  for (const std::string& line : lines) rows.add(log.box, log.origin, seq++, line);
  return connection.copy("COPY entries (box, origin, seq, line) FROM STDIN (FORMAT binary)",
                         rows.finish());
}

void send_closed(Connection& connection, const LogState& log, const BookChanges& changes) {
  for (const Seq seq : changes.closed) {
    connection.send_only("DELETE FROM open_cash WHERE box = $1 AND origin = $2 AND seq = $3",
                         log.box, log.origin, seq);
  }
}

// Whether the log's head is what this batch would have made of it: then the commit whose answer
// was lost was done. Whoever moved it since did so from there.
Result<Appended> find_out(Connection& connection, const LogState& next) {
  const Hash root = next.frontier.root();
  auto same = connection.ask(
      "SELECT count(*) FROM logs WHERE box = $1 AND origin = $2 AND size = $3 AND root = $4 "
      "AND note = $5",
      next.box, next.origin, next.size(), BytesView(root), next.note);
  if (!same) return same.error();
  return same->row(0).number() == 1 ? Appended::done : Appended::moved;
}

}  // namespace

void send_totals(Connection& connection, const LogState& log, std::uint64_t expected_size) {
  with_totals(log, [&](const auto&... totals) {
    connection.send(
        "UPDATE logs SET anchor_boot = $4, anchor_at = $5, anchor_up = $6, cash_count = $7, "
        "cash_fen = $8, test_count = $9, test_fen = $10, gift_count = $11, gift_fen = $12, "
        "disputed_count = $13, disputed_fen = $14, tampers = $15, gaps = $16, lost = $17, "
        "unknown = $18, faults = $19, last_slip = $20, posted = $21 "
        "WHERE box = $1 AND origin = $2 AND size = $3",
        log.box, log.origin, expected_size, totals..., log.posted);
  });
}

void send_pending(Connection& connection, const LogState& log) {
  connection.send_only("DELETE FROM pending_notes WHERE box = $1 AND origin = $2", log.box,
                       log.origin);
  for (const auto& [device, note] : log.pending) {
    connection.send_only(
        "INSERT INTO pending_notes (box, origin, device, seq, serial, counter, fen, purpose) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        log.box, log.origin, device, note.seq, note.intent.serial,
        std::int64_t{note.intent.counter}, note.intent.amount, tlog::to_text(note.intent.purpose));
  }
}

Result<void> copy_cash(Connection& connection, const LogState& log, const BookChanges& changes) {
  CopyRows opened;
  for (const domain::CashPiece& piece : changes.opened) {
    opened.add(log.box, log.origin, piece.seq, piece.amount, piece.session,
               tlog::to_text(piece.terms.activity), piece.terms.designation, piece.terms.unit);
  }
  CopyRows unknown;
  for (const auto& [seq, type] : changes.unknown) unknown.add(log.box, log.origin, seq, type);
  Result<void> done;
  if (opened.rows() > 0) {
    done = connection.copy(
        "COPY open_cash (box, origin, seq, fen, session, activity, designation, unit) "
        "FROM STDIN (FORMAT binary)",
        opened.finish());
  }
  if (done && unknown.rows() > 0) {
    done =
        connection.copy("COPY unknown_entries (box, origin, seq, type) FROM STDIN (FORMAT binary)",
                        unknown.finish());
  }
  return done;
}

void send_books(Connection& connection, const std::string& box, const BookChanges& changes) {
  for (const auto& [key, value] : changes.rollups) {
    connection.send_only(
        "INSERT INTO rollups (box, day, activity, channel, gifts, people, fen) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (box, day, activity, channel) "
        "DO UPDATE SET gifts = rollups.gifts + excluded.gifts, "
        "people = rollups.people + excluded.people, fen = rollups.fen + excluded.fen",
        box, domain::to_text(key.day), tlog::to_text(key.activity), tlog::to_text(key.channel),
        value.gifts, value.people, value.sum);
  }
  for (const auto& [key, amount] : changes.accounts) {
    connection.send_only(
        "INSERT INTO accounts (box, day, account, fen) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (box, day, account) DO UPDATE SET fen = accounts.fen + excluded.fen",
        box, domain::to_text(key.day), key.account, amount);
  }
}

void send_alarm(Connection& connection, const Alarm& alarm) {
  connection.send_only(
      "INSERT INTO alarms (box, origin, code, text, evidence, first, last, count) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (box, origin, code) DO UPDATE SET "
      "text = excluded.text, evidence = excluded.evidence, last = excluded.last, "
      "count = alarms.count + excluded.count",
      alarm.box, alarm.origin, alarm.code, alarm.text, alarm.evidence, alarm.first, alarm.last,
      alarm.count);
}

void send_floor(Connection& connection, const LogState& log) {
  const auto [floor_size, floor_root] = floor_of(log);
  connection.send(
      "UPDATE logs SET floor_size = $4, floor_root = $5, unsure = $6 "
      "WHERE box = $1 AND origin = $2 AND size = $3 AND posted = $7",
      log.box, log.origin, log.size(), floor_size, floor_root, log.unsure, log.posted);
}

Result<Posted> put_posting(Connection& connection, const OfficePosting& posting, bool done_before) {
  auto known = connection.ask(
      "SELECT count(*) FROM office_postings WHERE box = $1 AND office = $2 AND seq = $3",
      posting.box, posting.office, posting.seq);
  if (!known) return known.error();
  if (known->row(0).number() != 0) return done_before ? Posted::done : Posted::before;
  auto moved = connection.ask(
      "UPDATE logs SET posted = CASE kind WHEN 'fork' THEN greatest(posted, $4) "
      "ELSE posted + 1 END WHERE box = $1 AND origin = $2 AND size = $3",
      posting.box, posting.origin, posting.expected_size, posting.posted.value_or(0));
  if (!moved) return moved.error();
  if (moved->changed() != 1) return Posted::moved;
  LogState log;
  log.box = posting.box;
  log.origin = posting.origin;
  auto copied = copy_cash(connection, log, posting.changes);
  if (!copied) return copied.error();
  send_posted(connection, posting.box, {posting.office, posting.seq});
  send_closed(connection, log, posting.changes);
  send_books(connection, posting.box, posting.changes);
  return Posted::done;
}

void send_posted(Connection& connection, const std::string& box, const OfficeEntry& entry) {
  connection.send_only("INSERT INTO office_postings (box, office, seq) VALUES ($1, $2, $3)", box,
                       entry.office, entry.seq);
}

Result<Appended> put_history(Connection& connection, const History& history, bool done_before) {
  const LogState& next = history.next;
  send_move(connection, next, history.expected_size);
  auto moved = connection.finish();
  if (!moved) return moved.error();
  if (moved->front().changed() != 1) {
    return done_before ? find_out(connection, next) : Appended::moved;
  }
  auto copied = copy_entries(connection, next, history.expected_size, history.lines);
  if (!copied) return copied.error();
  CopyRows batches;
  for (const BatchMark& mark : history.batches) {
    batches.add(next.box, next.origin, mark.first, mark.count, mark.received);
  }
  copied = connection.copy(
      "COPY batches (box, origin, first, count, received) FROM STDIN (FORMAT binary)",
      batches.finish());
  if (!copied) return copied.error();
  send_pending(connection, next);
  return Appended::done;
}

Result<Appended> put_batch(Connection& connection, const Appending& appending, bool done_before) {
  const LogState& next = appending.next;
  send_move(connection, next, appending.expected_size);
  auto moved = connection.finish();
  if (!moved) return moved.error();
  if (moved->front().changed() != 1) {
    return done_before ? find_out(connection, next) : Appended::moved;
  }
  auto copied = copy_entries(connection, next, appending.expected_size, appending.lines);
  if (copied) copied = copy_cash(connection, next, appending.changes);
  if (!copied) return copied.error();
  connection.send_only(
      "INSERT INTO batches (box, origin, first, count, received) VALUES ($1, $2, $3, $4, $5)",
      next.box, next.origin, appending.expected_size, std::uint64_t{appending.lines.size()},
      next.received);
  send_closed(connection, next, appending.changes);
  send_pending(connection, next);
  send_books(connection, next.box, appending.changes);
  for (const Alarm& alarm : appending.alarms) send_alarm(connection, alarm);
  return Appended::done;
}

}  // namespace yijuan::ledger::postgres

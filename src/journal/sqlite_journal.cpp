#include "journal/sqlite_journal.hpp"

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

#include "journal/check.hpp"
#include "journal/committer.hpp"
#include "journal/reader.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"

namespace yijuan {
namespace {

constexpr std::size_t kVerifiedAtOnce = 512;  // a read of the sync waits for no more than this

}  // namespace

class SqliteJournal::Parts {
 public:
  // What the loop knows. Reports posted to the loop hold it weakly: they may outlive the journal.
  struct LoopSide {
    LogHead head;
    bool disk_full = false;
    std::function<void(bool)> on_disk_full;
    std::function<void(const Error&)> on_failed;
  };

  Parts(asio::any_io_executor loop_executor, WallClock& wall_clock, Random& generator,
        JournalOptions journal_options, std::unique_ptr<journal::Writer> writer,
        journal::Writer::Found found, journal::Database database)
      : loop(std::move(loop_executor)),
        clock(wall_clock),
        random(generator),
        options(std::move(journal_options)),
        boot(clock.boot_id()),
        marks(std::move(found.marks)),
        cosigned(std::move(found.cosigned)),
        snapshot(std::move(found.snapshot)),
        side(std::make_shared<LoopSide>()),
        reader(std::move(database), options.executor),
        committer(std::move(writer), options, reporter(loop, side)) {}

  static journal::Committer::Report reporter(asio::any_io_executor loop,
                                             const std::weak_ptr<LoopSide>& side) {
    return [loop = std::move(loop), side](journal::Committer::Outcome outcome) {
      asio::post(loop, [side, outcome = std::move(outcome)]() { receive(side, outcome); });
    };
  }

  static void receive(const std::weak_ptr<LoopSide>& weak,
                      const journal::Committer::Outcome& outcome) {
    if (const auto known = weak.lock()) {
      if (outcome.head) known->head = *outcome.head;
      if (std::exchange(known->disk_full, outcome.disk_full) != outcome.disk_full &&
          known->on_disk_full) {
        known->on_disk_full(outcome.disk_full);
      }
      if (outcome.items.empty() && !outcome.result && known->on_failed) {
        known->on_failed(outcome.result.error());
      }
    }
    for (const auto& item : outcome.items) {
      // A `done` may destroy the journal.
      if (weak.expired()) return;
      if (item.done) item.done(outcome.result);
    }
  }

  asio::any_io_executor loop;
  WallClock& clock;
  Random& random;
  const JournalOptions options;
  const std::string boot;
  Seq next = 0;
  const std::vector<CounterMark> marks;
  std::optional<journal::Cosigned> cosigned;
  const std::optional<JournalSnapshot> snapshot;
  std::shared_ptr<LoopSide> side;
  journal::Reader reader;        // closed after the committer's connection: it never checkpoints
  journal::Committer committer;  // last: ends first
};

SqliteJournal::SqliteJournal(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SqliteJournal::~SqliteJournal() = default;

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(asio::any_io_executor loop,
                                                           WallClock& clock, Random& random,
                                                           JournalOptions options) {
  journal::Writer::Found found;
  auto writer = journal::Writer::open(options, found);
  if (!writer) return writer.error();
  auto database = journal::Database::open(options.path, journal::Database::Mode::read, options.vfs);
  if (!database) return database.error();
  const LogHead head{(*writer)->frontier().size(), (*writer)->frontier().root()};
  const bool full = (*writer)->disk_full();
  auto parts = std::make_unique<Parts>(std::move(loop), clock, random, std::move(options),
                                       std::move(*writer), std::move(found), std::move(*database));
  parts->next = head.size;
  parts->side->head = head;
  parts->side->disk_full = full;
  return std::unique_ptr<SqliteJournal>(new SqliteJournal(std::move(parts)));
}

std::vector<EntryRef> SqliteJournal::append(Append append, Done done) {
  std::vector<EntryRef> refs;
  journal::Committer::Item item;
  for (const tlog::Body& body : append.bodies) {
    tlog::Header header{.seq = parts_->next,
                        .at = parts_->clock.now(),
                        .boot = parts_->boot,
                        .up = parts_->clock.uptime(),
                        .salt = {}};
    parts_->random.fill(header.salt);
    std::string line = tlog::write_line(header, body);
    const Hash leaf = tlog::leaf_hash(line);
    refs.push_back({.seq = header.seq, .leaf = leaf, .at = header.at});
    item.commit.lines.push_back({.seq = header.seq, .text = std::move(line), .leaf = leaf});
    ++parts_->next;
  }
  item.commit.marks = std::move(append.marks);
  item.done = std::move(done);
  item.work = asio::prefer(parts_->loop, asio::execution::outstanding_work.tracked);
  parts_->committer.push(std::move(item));
  return refs;
}

Seq SqliteJournal::next_seq() const {
  return parts_->next;
}

LogHead SqliteJournal::head() const {
  return parts_->side->head;
}

Task<std::vector<std::string>> SqliteJournal::read(Seq first, std::size_t max_lines,
                                                   std::size_t max_bytes) {
  const std::uint64_t end = head().size;
  auto lines =
      co_await parts_->reader.run<std::vector<std::string>>([=](journal::Database& database) {
        return journal::read_lines(database, first, end, max_lines, max_bytes);
      });
  co_return lines;
}

Task<Hash> SqliteJournal::root_at(std::uint64_t size) {
  if (size > head().size) co_return Error(JournalErrc::read_failed, "a size that is not durable");
  if (size == head().size) co_return head().root;
  journal::Reader& reader = parts_->reader;
  auto root = co_await reader.run<Hash>(
      [&reader, size](journal::Database& database) { return reader.root_at(database, size); });
  co_return root;
}

std::optional<std::string> SqliteJournal::cosigned() const {
  if (!parts_->cosigned) return std::nullopt;
  return parts_->cosigned->note;
}

std::uint64_t SqliteJournal::cosigned_size() const {
  return parts_->cosigned ? parts_->cosigned->size : 0;
}

Task<void> SqliteJournal::store_cosigned(std::uint64_t size, std::string note) {
  if (size > head().size) {
    co_return Error(JournalErrc::write_failed, "a checkpoint of more than is durable");
  }
  if (size < cosigned_size()) co_return Result<void>();  // an older reply came late
  parts_->cosigned = journal::Cosigned{size, std::move(note)};
  parts_->committer.keep(*parts_->cosigned);
  co_return Result<void>();
}

const std::vector<CounterMark>& SqliteJournal::marks() const {
  return parts_->marks;
}

const std::optional<JournalSnapshot>& SqliteJournal::snapshot() const {
  return parts_->snapshot;
}

Result<void> SqliteJournal::for_each_line(
    Seq first, const std::function<void(Seq seq, std::string_view line)>& each) {
  auto database = journal::Database::open(parts_->options.path, journal::Database::Mode::read,
                                          parts_->options.vfs);
  if (!database) return database.error();
  auto select = database->prepare("SELECT seq, line FROM entry WHERE seq >= ?1 ORDER BY seq");
  if (!select) return select.error();
  select->bind(1, static_cast<std::int64_t>(first));
  for (Seq seq = first; seq < head().size; ++seq) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row || select->number(0) != static_cast<std::int64_t>(seq)) {
      return Error(JournalErrc::damaged, "entry " + std::to_string(seq) + ": missing");
    }
    each(seq, select->text(1));
  }
  return {};
}

void SqliteJournal::keep_snapshot(JournalSnapshot snapshot) {
  parts_->committer.keep(std::move(snapshot));
}

bool SqliteJournal::disk_full() const {
  return parts_->side->disk_full;
}

void SqliteJournal::on_failed(std::function<void(const Error& error)> failed) {
  parts_->side->on_failed = std::move(failed);
}

void SqliteJournal::on_disk_full(std::function<void(bool full)> changed) {
  parts_->side->on_disk_full = std::move(changed);
}

Task<void> SqliteJournal::verify(Progress progress) {
  journal::Reader& reader = parts_->reader;
  auto begun = co_await reader.run<journal::Verification>(journal::Verification::begin);
  if (!begun) co_return begun.error();
  const auto verification = std::make_shared<journal::Verification>(std::move(*begun));
  while (true) {
    auto finished = co_await reader.run<bool>([verification](journal::Database& database) {
      return verification->step(database, kVerifiedAtOnce);
    });
    if (!finished) co_return finished.error();
    if (progress) progress(verification->checked(), verification->size());
    if (*finished) co_return Result<void>();
  }
}

}  // namespace yijuan

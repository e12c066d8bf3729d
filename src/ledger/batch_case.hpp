// A batch under examination, and the questions that ingest.cpp and fork.cpp both ask of it. Private
// to these two.
#pragma once

#include <string>
#include <vector>

#include "ledger/ingest.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/entry.hpp"
#include "tlog/key.hpp"

namespace yijuan::ledger {

struct Case {
  std::string_view box;
  const sync::Batch& batch;
  WallTime now;

  [[nodiscard]] std::uint64_t end() const { return batch.first + batch.lines.size(); }
  [[nodiscard]] Alarm alarm(std::string code, std::string text) const {
    return {.box = std::string(box),
            .origin = batch.origin,
            .code = std::move(code),
            .text = std::move(text),
            .evidence = batch.checkpoint,
            .first = now,
            .last = now,
            .count = 1};
  }
  [[nodiscard]] Answer fork(const std::string& text) const {
    return {.reply = sync::Forked{text}, .alarm = alarm("fork", text)};
  }
  [[nodiscard]] Answer malformed(const std::string& text) const {
    return {.reply = sync::Rejected{400, text}, .alarm = alarm("malformed", text)};
  }
};

// What a checked batch is held against.
struct Known {
  LogState log;
  tlog::VerifierKey key;
  tlog::Checkpoint checkpoint;  // the batch's
  /// How far the box says, and proves by our own cosignature, that its log had been cosigned.
  std::optional<tlog::Checkpoint> before = {};
};

/// Read lines of a batch.
struct Lines {
  std::vector<tlog::Entry> entries;
  std::vector<Hash> leaves;
};

/// Reads the lines from `skip` on; the error is what is wrong with them.
Result<Lines> read_lines(const sync::Batch& batch, std::size_t skip);
/// The lines of the batch from `seq` on. REQUIRES: it reaches so far.
std::vector<std::string> lines_from(const sync::Batch& batch, Seq seq);
/// The log's own signature alone: whatever else came with the note is not passed on.
Result<std::string> own_signature_only(const std::string& note, const tlog::VerifierKey& key);
/// How many entries from the batch's first on the log has already, byte for byte.
Result<std::uint64_t> agreeing(LedgerStore& store, const Case& what, const LogState& log);
/// "The ledger holds so many entries: go on from there."
Answer resume_at(std::uint64_t size);

}  // namespace yijuan::ledger

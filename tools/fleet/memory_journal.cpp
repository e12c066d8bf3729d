#include "tools/fleet/memory_journal.hpp"

#include <boost/asio/post.hpp>

#include "base/assert.hpp"
#include "tlog/entry_line.hpp"
#include "tlog/leaf.hpp"

namespace yijuan::fleet {

std::vector<EntryRef> MemoryJournal::append(Append append, Done done) {
  std::vector<EntryRef> refs;
  for (const tlog::Body& body : append.bodies) {
    tlog::Header header{.seq = lines_.size(),
                        .at = wall_.now(),
                        .boot = wall_.boot_id(),
                        .up = wall_.uptime(),
                        .salt = {}};
    random_.fill(header.salt);
    lines_.push_back(tlog::write_line(header, body));
    leaves_.push_back(tlog::leaf_hash(lines_.back()));
    frontier_.append(leaves_.back());
    refs.push_back({.seq = header.seq, .leaf = leaves_.back(), .at = header.at});
  }
  root_ = frontier_.root();
  if (done) asio::post(executor_, [done = std::move(done)] { done({}); });
  return refs;
}

Task<std::vector<std::string>> MemoryJournal::read(Seq first, std::size_t max_lines,
                                                   std::size_t max_bytes) {
  std::vector<std::string> lines;
  std::size_t bytes = 0;
  for (Seq seq = first; seq < lines_.size() && lines.size() < max_lines; ++seq) {
    bytes += lines_[seq].size() + 1;
    if (!lines.empty() && bytes > max_bytes) break;
    lines.push_back(lines_[seq]);
  }
  co_return lines;
}

Task<Hash> MemoryJournal::root_at(std::uint64_t size) {
  YIJUAN_ASSERT(size <= leaves_.size(), "the log is so long");
  if (size == leaves_.size()) co_return Result<Hash>(root_);
  tlog::Frontier part;
  for (std::size_t i = 0; i < size; ++i) part.append(leaves_[i]);
  co_return Result<Hash>(part.root());
}

Task<void> MemoryJournal::store_cosigned(std::uint64_t size, std::string note) {
  cosigned_ = size;
  note_ = std::move(note);
  co_return Result<void>();
}

}  // namespace yijuan::fleet

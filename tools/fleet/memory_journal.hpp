// A box's log in memory, as durable as the process: thousands of boxes on one machine must not
// share its disk with the ledger that is measured.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "ports/journal.hpp"
#include "ports/random.hpp"
#include "ports/wall_clock.hpp"
#include "tlog/frontier.hpp"

namespace yijuan::fleet {

class MemoryJournal : public Journal {
 public:
  MemoryJournal(asio::any_io_executor executor, WallClock& wall, Random& random)
      : executor_(std::move(executor)), wall_(wall), random_(random) {}

  std::vector<EntryRef> append(Append append, Done done) override;
  [[nodiscard]] Seq next_seq() const override { return lines_.size(); }
  [[nodiscard]] LogHead head() const override { return {lines_.size(), root_}; }
  Task<std::vector<std::string>> read(Seq first, std::size_t max_lines,
                                      std::size_t max_bytes) override;
  Task<Hash> root_at(std::uint64_t size) override;
  [[nodiscard]] std::optional<std::string> cosigned() const override { return note_; }
  [[nodiscard]] std::uint64_t cosigned_size() const override { return cosigned_; }
  Task<void> store_cosigned(std::uint64_t size, std::string note) override;

 private:
  asio::any_io_executor executor_;
  WallClock& wall_;
  Random& random_;
  std::vector<std::string> lines_;
  std::vector<Hash> leaves_;
  tlog::Frontier frontier_;
  Hash root_ = frontier_.root();
  std::optional<std::string> note_;
  std::uint64_t cosigned_ = 0;
};

}  // namespace yijuan::fleet

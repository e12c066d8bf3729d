#include "drivers/counter/machine.hpp"

#include <array>

#include "async/with_timeout.hpp"
#include "drivers/counter/count_reader.hpp"

namespace yijuan::counter {
namespace {

constexpr std::chrono::seconds kOpenLimit{5};
constexpr std::chrono::seconds kTurn{10};
constexpr std::size_t kChunk = 256;

}  // namespace

Task<std::vector<CountedPieces>> SerialCountingMachine::read_total() {
  if (!stream_) {
    auto opened = co_await with_timeout(context_.clock, kOpenLimit, source_->open());
    if (!opened) co_return opened.error();
    stream_ = std::move(*opened);
    heard_.clear();
  }
  CountReader reader(model_);
  MarkedBytes marks;
  std::array<std::uint8_t, kChunk> chunk{};
  while (true) {
    for (std::size_t at = 0; at < heard_.size(); ++at) {
      // Without parity the port marks nothing.
      const auto bytes = model_.parity == Parity::even
                             ? marks.push(BytesView(heard_).subspan(at, 1))
                             : std::vector<MarkedByte>{{heard_[at], false}};
      for (const MarkedByte byte : bytes) {
        auto report = reader.push(byte);
        if (!report) continue;
        heard_.erase(heard_.begin(), heard_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
        co_return *report;
      }
    }
    heard_.clear();
    const std::chrono::milliseconds patience = reader.begun() ? model_.pause : kTurn;
    auto count = co_await with_timeout(context_.clock, patience, stream_->read_some(chunk));
    if (!count && count.error() == AsyncErrc::timed_out) {
      if (reader.begun()) co_return reader.abandon();
      continue;
    }
    if (!count) {
      stream_.reset();
      co_return count.error();
    }
    heard_.assign(chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(*count));
  }
}

}  // namespace yijuan::counter

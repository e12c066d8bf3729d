// Any text on a pipe that stands for a wire, in any pieces: pieces change nothing, a time lies
// within what seconds can be, and every line is an edge or is counted as dropped.
#include <algorithm>
#include <cstdint>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "io/pipe_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace yijuan;
  if (size == 0) return 0;
  const std::string_view text = as_text(BytesView(data + 1, size - 1));
  constexpr Instant kNow = std::chrono::seconds(7);
  PipeText whole;
  const PipeEdges read = whole.feed(text, kNow);
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  YIJUAN_ASSERT(read.edges.size() + read.dropped == lines, "a line that is neither");
  for (const LineEdge& edge : read.edges) {
    YIJUAN_ASSERT(edge.at >= Instant::zero() && edge.at <= std::chrono::seconds(1'000'000'001),
                  "a time that cannot be");
  }
  PipeText pieces;
  PipeEdges all;
  const std::size_t piece = data[0] % 41U + 1;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    const PipeEdges some = pieces.feed(text.substr(at, piece), kNow);
    all.edges.insert(all.edges.end(), some.edges.begin(), some.edges.end());
    all.dropped += some.dropped;
  }
  YIJUAN_ASSERT(all.edges == read.edges && all.dropped == read.dropped, "pieces change nothing");
  return 0;
}

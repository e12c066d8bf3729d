// The lines of a wire for trying things out (pipe_line.hpp) to edges: pure. Text comes in any
// pieces.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/line.hpp"

namespace yijuan {

/// One line of the pipe, without its end; nothing if it is none. `now` where it tells no time.
std::optional<LineEdge> parse_pipe_line(std::string_view line, Instant now);

struct PipeEdges {
  std::vector<LineEdge> edges;  // oldest first
  std::size_t dropped = 0;      // lines that are none
};

class PipeText {
 public:
  PipeEdges feed(std::string_view text, Instant now);

 private:
  void end_line(Instant now, PipeEdges& into);

  std::string held_;       // the beginning of a line
  bool too_long_ = false;  // nothing of the line that is under way counts
};

}  // namespace yijuan

#include "io/pipe_text.hpp"

#include <gtest/gtest.h>

namespace yijuan {
namespace {

using namespace std::chrono_literals;

TEST(PipeText, TheTailOfALineThatIsTooLongIsNoLevel) {
  PipeText text;
  EXPECT_TRUE(text.feed(std::string(40, 'x'), 1s).edges.empty());
  const PipeEdges read = text.feed("1\n", 1s);
  EXPECT_TRUE(read.edges.empty());
  EXPECT_EQ(read.dropped, 1U);
  EXPECT_EQ(text.feed("1\n", 1s).edges, (std::vector<LineEdge>{{true, 1s}}));
}

TEST(PipeText, ALineInPiecesIsOneLine) {
  PipeText text;
  EXPECT_TRUE(text.feed("1 48", 1s).edges.empty());
  EXPECT_TRUE(text.feed("201.12", 1s).edges.empty());
  EXPECT_EQ(text.feed("5\r\n0\nnonsense\n", 2s).edges,
            (std::vector<LineEdge>{{true, 48201125ms}, {false, 2s}}));
}

}  // namespace
}  // namespace yijuan

#include "drivers/escpos/status.hpp"

#include <gtest/gtest.h>

namespace yijuan::escpos {
namespace {

std::vector<Reply> replies(std::initializer_list<int> bytes) {
  ReplyReader reader;
  std::vector<Reply> found;
  for (const int byte : bytes) {
    if (auto reply = reader.take(static_cast<std::uint8_t>(byte))) found.push_back(*reply);
  }
  return found;
}

PrinterState after(int n, int bits) {
  PrinterState state;
  state.add(n, RealTimeStatus{static_cast<std::uint8_t>(bits)});
  return state;
}

std::error_code trouble(const PrinterState& state) {
  auto result = state.can_print();
  return result ? std::error_code() : result.error().code();
}

TEST(ReplyReader, TellsTheRepliesApart) {
  const auto found = replies({0x12, 0x03, 0x37, 0x22, '0', '0', '4', '2', 0, 0x16});
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(std::get<RealTimeStatus>(found[0]).bits, 0x12);
  EXPECT_EQ(std::get<OrderedStatus>(found[1]).bits, 0x03);
  EXPECT_EQ(std::get<ProcessDone>(found[2]).id, "0042");
  EXPECT_EQ(std::get<RealTimeStatus>(found[3]).bits, 0x16);
}

TEST(ReplyReader, KnowsTheAnswerOfABufferThatWasDropped) {
  const auto found = replies({0x37, 0x25, 0, 0x37, 0x25, 0x25, 0, 0x37, 0, 0x5F, 0x25, 0});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Dropped>(found[0]));
}

TEST(ReplyReader, TakesAutomaticStatusAsAGroupOfFour) {
  // Its bytes 2 to 4 look like answers to GS r, which would confirm a slip that was not printed.
  const auto found = replies({0x10, 0x00, 0x0C, 0x0F, 0x12});
  ASSERT_EQ(found.size(), 2U);
  PrinterState state;
  state.add(std::get<AutomaticStatus>(found[0]));
  EXPECT_EQ(trouble(state), PrinterErrc::paper_out);
  EXPECT_EQ(std::get<RealTimeStatus>(found[1]).bits, 0x12);
}

TEST(PrinterState, KnowsEveryTroubleThatAutomaticStatusTells) {
  const std::vector<std::pair<AutomaticStatus, PrinterErrc>> known = {
      {{{0x18, 0, 0, 0}}, PrinterErrc::offline},      {{{0x38, 0, 0, 0}}, PrinterErrc::cover_open},
      {{{0x18, 0x08, 0, 0}}, PrinterErrc::cutter},    {{{0x18, 0x40, 0, 0}}, PrinterErrc::head_hot},
      {{{0x18, 0x20, 0, 0}}, PrinterErrc::broken},    {{{0x18, 0x04, 0, 0}}, PrinterErrc::broken},
      {{{0x18, 0, 0x0F, 0}}, PrinterErrc::paper_out},
  };
  for (const auto& [status, meaning] : known) {
    PrinterState state;
    state.add(status);
    EXPECT_EQ(trouble(state), meaning);
  }
  PrinterState near;
  near.add(AutomaticStatus{{0x10, 0, 0x03, 0}});
  EXPECT_TRUE(near.paper_near_end);
  EXPECT_FALSE(trouble(near));
}

TEST(PrinterState, TheWorseCountsWhereTwoWaysContradictEachOther) {
  PrinterState well;
  well.add(4, RealTimeStatus{0x12});
  PrinterState out;
  out.paper_out = true;
  PrinterState both = well;
  both.add(out);
  EXPECT_EQ(trouble(both), PrinterErrc::paper_out);
  out.add(well);
  EXPECT_EQ(trouble(out), PrinterErrc::paper_out);
}

TEST(ReplyReader, LeavesAnAutomaticGroupThatWasCutShort) {
  const auto found = replies({0x10, 0x00, 0x12, 0x00});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<RealTimeStatus>(found[0]));
  EXPECT_TRUE(std::holds_alternative<OrderedStatus>(found[1]));
}

TEST(ReplyReader, SwallowsFlowControlIdentificationsAndNoise) {
  EXPECT_TRUE(replies({0x11, 0x13, 0x5F, 'E', 'P', 'S', 'O', 'N', 0, 0xFF, 0x93, 0x90}).empty());
  EXPECT_TRUE(replies({0x37, 0x26, 0}).empty());                 // of another command
  EXPECT_TRUE(replies({0x37, 0x22, '0', '0', '4', 0}).empty());  // too short
  EXPECT_TRUE(replies({0x37, 0x22, '0', '0', '4', '2', '1', 0}).empty());
}

TEST(ReplyReader, GivesUpABlockWithoutEnd) {
  ReplyReader reader;
  EXPECT_FALSE(reader.take(0x37));
  for (int i = 0; i < 80; ++i) EXPECT_FALSE(reader.take('x'));
  EXPECT_TRUE(reader.take(0x12).has_value());
}

TEST(PrinterState, IsGoodOnTheUsualAnswers) {
  for (const int bits : {0x12, 0x16}) EXPECT_TRUE(after(1, bits).can_print());
  EXPECT_TRUE(after(2, 0x12).can_print());
  EXPECT_TRUE(after(3, 0x12).can_print());
  EXPECT_TRUE(after(4, 0x12).can_print());
  EXPECT_EQ(after(4, 0x12), PrinterState{});
}

TEST(PrinterState, PrintsWhenPaperIsOnlyNearItsEnd) {
  EXPECT_TRUE(after(4, 0x1E).paper_near_end);
  EXPECT_TRUE(after(4, 0x1E).can_print());
}

TEST(PrinterState, NamesWhatKeepsItFromPrinting) {
  EXPECT_EQ(trouble(after(4, 0x72)), PrinterErrc::paper_out);
  EXPECT_EQ(trouble(after(4, 0x7E)), PrinterErrc::paper_out);
  EXPECT_EQ(trouble(after(2, 0x32)), PrinterErrc::paper_out);
  EXPECT_EQ(trouble(after(2, 0x16)), PrinterErrc::cover_open);
  EXPECT_EQ(trouble(after(2, 0x52)), PrinterErrc::broken);
  EXPECT_EQ(trouble(after(3, 0x1A)), PrinterErrc::cutter);
  EXPECT_EQ(trouble(after(3, 0x32)), PrinterErrc::broken);
  EXPECT_EQ(trouble(after(3, 0x52)), PrinterErrc::head_hot);
  EXPECT_EQ(trouble(after(1, 0x1A)), PrinterErrc::offline);
}

TEST(PrinterState, NamesTheCauseBeforeTheConsequence) {
  PrinterState state = after(1, 0x1A);  // offline …
  state.add(2, RealTimeStatus{0x56});   // … since the cover is open, which is an error too
  state.add(3, RealTimeStatus{0x52});
  EXPECT_EQ(trouble(state), PrinterErrc::cover_open);
  EXPECT_NE(state.can_print().error().message().find("cover"), std::string::npos);
}

TEST(PrinterState, HearsOfPaperInTheOrderedAnswerToo) {
  PrinterState state;
  state.add(OrderedStatus{0x03});
  EXPECT_TRUE(state.paper_near_end);
  EXPECT_TRUE(state.can_print());
  state.add(OrderedStatus{0x0F});
  EXPECT_EQ(trouble(state), PrinterErrc::paper_out);
}

}  // namespace
}  // namespace yijuan::escpos

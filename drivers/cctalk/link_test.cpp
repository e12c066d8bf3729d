// Commands and replies on a bad line: which reply is whose.
#include "drivers/cctalk/link.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "drivers/cctalk/errc.hpp"
#include "drivers/cctalk/fake_port.hpp"
#include "drivers/cctalk/fake_validator.hpp"
#include "tests/support/run_task.hpp"

namespace yijuan::cctalk {
namespace {

using namespace std::chrono_literals;
using cctalk_fake::Fault;

constexpr std::uint8_t kAddress = 40;

/// A validator with serial number 0x001234 at the other end of a line that does to its replies
/// what is listed, one after the other, and then nothing.
class LinkTest : public testing::Test {
 protected:
  void SetUp() override {
    device.set_faults([this] {
      if (faults.empty()) return Fault::none;
      const Fault next = faults.front();
      faults.pop_front();
      return next;
    });
    stream = *test::run_task(context, clock, port.open());
    link.emplace(*stream, clock, kAddress, Dialect{});
  }
  Result<Bytes> ask(Command command) {
    return test::run_task(context, clock, link->ask(std::move(command)));
  }

  asio::io_context context;
  SimClock clock{context, 1s};
  cctalk_fake::FakeValidator device{{.serial = 0x001234}};
  cctalk_fake::FakePort port{context.get_executor(), clock, device};
  std::deque<Fault> faults;
  std::unique_ptr<ByteStream> stream;
  std::optional<Link> link;
};

TEST_F(LinkTest, ALateReplyIsNotTakenForTheAnswerToTheNextCommand) {
  faults = {Fault::late, Fault::cut, Fault::none, Fault::lose};
  const auto serial = ask({.header = Header::serial_number});
  ASSERT_TRUE(serial);
  EXPECT_EQ(*serial, (Bytes{0x34, 0x12, 0x00}));
  const auto mask = ask({.header = Header::inhibit_status});
  ASSERT_TRUE(mask);
  EXPECT_EQ(*mask, (Bytes{0, 0}));
}

TEST_F(LinkTest, ALateReplyIsNotTakenForTheAnswerToTheSameCommandWithOtherData) {
  faults = {Fault::late, Fault::cut, Fault::none, Fault::lose};
  const auto first = ask({.header = Header::note_id, .data = {1}});
  ASSERT_TRUE(first);
  EXPECT_EQ(*first, (Bytes{'C', 'N', '0', '0', '0', '1', 'A'}));
  const auto second = ask({.header = Header::note_id, .data = {2}});
  ASSERT_TRUE(second);
  EXPECT_EQ(*second, (Bytes{'C', 'N', '0', '0', '0', '5', 'A'}));
}

TEST_F(LinkTest, RepliesOfOtherSizesAreToldApartWithoutAWait) {
  faults = {Fault::late, Fault::none, Fault::lose};
  const Command mask{.header = Header::inhibit_status, .reply_size = 2};
  const Command events{.header = Header::read_note_events, .reply_size = 11};
  EXPECT_TRUE(ask(mask));
  const Instant asked = clock.now();
  EXPECT_TRUE(ask(events));
  EXPECT_LT(clock.now() - asked, 400ms);
}

TEST_F(LinkTest, ALateNakIsNotTakenForTheAnswerToTheNextCommand) {
  device = cctalk_fake::FakeValidator{{.missing = {{228, cctalk_fake::Missing::nak}}}};
  SetUp();
  faults = {Fault::late, Fault::none, Fault::flip, Fault::lose};
  const Command shut{.header = Header::modify_master_inhibit, .data = {0}, .reply_size = 0};
  const auto refused = ask(shut);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), CctalkErrc::not_supported);
  EXPECT_TRUE(ask({.header = Header::read_note_events, .reply_size = 11}));
}

TEST_F(LinkTest, WithoutAnUnansweredCommandNothingIsWaitedFor) {
  const Instant begin = clock.now();
  EXPECT_TRUE(ask({.header = Header::serial_number}));
  EXPECT_TRUE(ask({.header = Header::inhibit_status}));
  EXPECT_LT(clock.now() - begin, 10ms);
}

}  // namespace
}  // namespace yijuan::cctalk

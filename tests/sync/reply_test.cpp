#include "sync/reply.hpp"

#include <gtest/gtest.h>

#include "sync/errc.hpp"

namespace yijuan::sync {
namespace {

template <class T>
T through(const BatchReply& reply) {
  const BatchReply read = read_reply(write_reply(reply, Version::two), Version::two);
  EXPECT_TRUE(std::holds_alternative<T>(read));
  return std::get<T>(read);
}

TEST(Reply, EveryAnswerArrivesAsMeant) {
  EXPECT_EQ(through<Cosigned>(Cosigned{"a note\n"}).note, "a note\n");
  EXPECT_EQ(through<ResumeAt>(ResumeAt{42}).size, 42U);
  EXPECT_EQ(through<Stored>(Stored{42}).size, 42U);
  EXPECT_EQ(through<Forked>(Forked{"two histories"}).text, "two histories");
  EXPECT_EQ(through<Forked>(Forked{"two histories"}).kept, std::nullopt);
  EXPECT_EQ(through<Forked>(Forked{"two histories", 9}).kept, 9U);
  EXPECT_EQ(through<Revoked>(Revoked{"lost"}).text, "lost");
  EXPECT_EQ(through<Busy>(Busy{std::chrono::seconds(7)}).after, std::chrono::seconds(7));
  EXPECT_EQ(through<Busy>(Busy{}).after, std::nullopt);
  EXPECT_EQ(through<Rejected>(Rejected{400, "bad"}).text, "bad");
}

TEST(Reply, TheOfficesCheckpointTravelsWithItsProof) {
  const OfficeWord word{.checkpoint = "a note\n", .from = 3, .proof = {Hash{1}, Hash{2}}};
  EXPECT_EQ(through<Cosigned>(Cosigned{"a note\n", word}).office, word);
  EXPECT_FALSE(through<Cosigned>(Cosigned{"a note\n"}).office.has_value());
  HeartbeatReply beat{parse_rfc3339("2026-10-17T01:02:03.004Z").value(), 17, {}};
  beat.office = word;
  EXPECT_EQ(read_heartbeat_reply(write_heartbeat_reply(beat))->office, word);
}

TEST(Reply, ABoxOfVersion1UnderstandsWhatItIsTold) {
  const auto through_1 = [](const BatchReply& reply) {
    return read_reply(write_reply(reply, Version::one), Version::one);
  };
  EXPECT_EQ(std::get<Cosigned>(through_1(Cosigned{"a note\n"})).note, "a note\n");
  EXPECT_EQ(std::get<ResumeAt>(through_1(Stored{7})).size, 7U);
  EXPECT_EQ(std::get<ResumeAt>(through_1(ResumeAt{7})).size, 7U);
  EXPECT_EQ(std::get<Forked>(through_1(Forked{"two", 9})).text, "two");
}

TEST(Reply, NonsenseIsRejectedAndNeverMore) {
  const auto rejected = [](const net::HttpResponse& response) {
    return std::holds_alternative<Rejected>(read_reply(response, Version::two));
  };
  EXPECT_TRUE(rejected({200, {}, ""}));
  EXPECT_TRUE(rejected({200, {}, "{}"}));
  EXPECT_TRUE(rejected({202, {}, "{}"}));
  EXPECT_TRUE(rejected({202, {}, R"({"size":-1})"}));
  EXPECT_TRUE(rejected({200, {}, std::string(kLongestReply + 1, 'x')}));
  EXPECT_TRUE(rejected({409, {{"content-type", "text/x.tlog.size"}}, "many"}));
  EXPECT_TRUE(rejected({409, {{"content-type", "text/x.tlog.size"}}, "-1\n"}));
  EXPECT_TRUE(rejected({409, {{"content-type", "text/html"}}, "7\n"}));
  EXPECT_TRUE(rejected({302, {}, "moved"}));
  EXPECT_TRUE(rejected({500, {}, "<html>"}));
  // A Retry-After of years or of words is no reason to be silent for years.
  const net::HttpResponse years{503, {{"retry-after", "99999999999"}}, ""};
  EXPECT_EQ(std::get<Busy>(read_reply(years, Version::two)).after, std::nullopt);
  const net::HttpResponse date{429, {{"retry-after", "Fri, 31 Dec 1999 23:59:59 GMT"}}, ""};
  EXPECT_EQ(std::get<Busy>(read_reply(date, Version::two)).after, std::nullopt);
}

TEST(Reply, TextFromTheLedgerCannotForgeLogLines) {
  const net::HttpResponse response{422, {}, R"({"error":"fork\n<3>error: all is well"})"};
  EXPECT_EQ(std::get<Forked>(read_reply(response, Version::two)).text,
            "fork <3>error: all is well");
}

TEST(Reply, TheAnswerToAHeartbeatTellsTimeAndSize) {
  const HeartbeatReply sent{parse_rfc3339("2026-10-17T01:02:03.004Z").value(), 17, 4};
  const HeartbeatReply read = read_heartbeat_reply(write_heartbeat_reply(sent)).value();
  EXPECT_EQ(read.time, sent.time);
  EXPECT_EQ(read.size, 17U);
  EXPECT_EQ(read.pack, 4U);
  EXPECT_FALSE(read_heartbeat_reply({200, {}, "{}"}).has_value());
  EXPECT_FALSE(read_heartbeat_reply({200, {}, R"({"time":"soon","size":1})"}).has_value());
}

}  // namespace
}  // namespace yijuan::sync

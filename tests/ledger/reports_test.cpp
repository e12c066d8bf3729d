#include "ledger/reports/reports.hpp"

#include "sync/heartbeat.hpp"
#include "tests/ledger/ledger_fixture.hpp"

namespace yijuan::ledger {
namespace {

constexpr domain::Day kFirst = std::chrono::year(2026) / 1 / 1;
constexpr domain::Day kLast = std::chrono::year(2026) / 12 / 31;

class ReportsTest : public LedgerFixture {
 protected:
  void SetUp() override {
    log.add_coin(Fen(50));
    log.add_coin(yuan(1));
    log.terms.activity = tlog::Activity::one_day;
    log.add_coin(yuan(1234));
    log.clock.time += std::chrono::days(1);
    log.add_coin(Fen(5));
    now += std::chrono::days(2);
    send(log.batch(0));
  }
};

TEST_F(ReportsTest, ADayReportOpensInAChineseSpreadsheet) {
  EXPECT_EQ(format_csv(*day_report(*store, kFirst, kLast)),
            "\xEF\xBB\xBF日期,箱号,活动,渠道,捐赠笔数,参与人次,金额（元）\r\n"
            "2026-10-17,market-01,一元捐,现金,2,2,1.50\r\n"
            "2026-10-17,market-01,一日捐,现金,1,1,1234.00\r\n"
            "2026-10-18,market-01,一日捐,现金,1,1,0.05\r\n"
            "合计,,,,4,4,1235.55\r\n");
}

TEST_F(ReportsTest, ADayReportAlignsChineseHeadingsOnATerminal) {
  EXPECT_EQ(format_table(*day_report(*store, kFirst, kLast)),
            "日期        箱号       活动    渠道  捐赠笔数  参与人次  金额（元）\n"
            "-------------------------------------------------------------------\n"
            "2026-10-17  market-01  一元捐  现金         2         2        1.50\n"
            "2026-10-17  market-01  一日捐  现金         1         1    1,234.00\n"
            "2026-10-18  market-01  一日捐  现金         1         1        0.05\n"
            "-------------------------------------------------------------------\n"
            "合计                                        4         4    1,235.55\n");
}

TEST_F(ReportsTest, ADayReportGivesProgramsStableWordsAndWholeFen) {
  EXPECT_EQ(
      format_json(*day_report(*store, std::chrono::year(2026) / 10 / 18, kLast)),
      R"({"rows":[{"day":"2026-10-18","box":"market-01","activity":"one_day","channel":"cash",)"
      R"("gifts":1,"people":1,"fen":5}],"total":{"day":"total","box":null,"activity":null,)"
      R"("channel":null,"gifts":1,"people":1,"fen":5}})"
      "\n");
}

TEST_F(ReportsTest, TestMoneyHasALineOfItsOwnAndIsInNoTotal) {
  const Seq sent = log.size();
  log.add(tlog::Cash{"coin", "1", 9, yuan(2), sent, {}, tlog::Purpose::test});
  send(log.batch(sent));
  const std::string csv = format_csv(*day_report(*store, kFirst, kLast));
  EXPECT_NE(csv.find("2026-10-18,market-01,测试款（不计入合计）,现金,0,0,2.00\r\n"),
            std::string::npos)
      << csv;
  EXPECT_NE(csv.find("合计,,,,4,4,1235.55\r\n"), std::string::npos);
}

TEST_F(ReportsTest, DisputedAndPendingNotesStandInTheSyncReport) {
  const Seq sent = log.size();
  log.add(tlog::Intent{"note", "N", 1, yuan(50)});
  log.add(tlog::Disputed{"note", "N", 2, yuan(50), sent, "jam"});
  log.add(tlog::Intent{"note", "N", 3, yuan(20)});
  send(log.batch(sent));
  const std::string csv = format_csv(*sync_report(*store));
  EXPECT_NE(csv.find(",1,50.00,20.00,0.00,0,0,0,"), std::string::npos) << csv;
}

TEST_F(ReportsTest, ABoxThatWasNeverHeardIsInTheSyncReport) {
  enrol(test::BoxLog("silent-02", 2));
  const auto report = sync_report(*store);
  ASSERT_EQ(report->rows.size(), 2U);
  const std::string csv = format_csv(*report);
  EXPECT_NE(csv.find("silent-02"), std::string::npos);
  EXPECT_NE(csv.find(",在用,,,0,,,,0,0.00,0.00,0.00,0,0,0,,,\r\n"), std::string::npos) << csv;
}

// The entries came after the heartbeat that told of them: nothing is held back any more.
TEST_F(ReportsTest, WhatAnOlderHeartbeatHeldBackAndHasComeIsNotMissing) {
  sync::Heartbeat heartbeat;
  heartbeat.origin = log.origin();
  heartbeat.head = log.size();
  heartbeat.unsynced = 1;
  heartbeat.unsynced_sum = yuan(1);
  const auto tell = [&](WallTime at) {
    const LastWord word{.box = log.box(), .received = at, .json = write_heartbeat(heartbeat)};
    ASSERT_TRUE(store->keep_last_words({&word, 1}).has_value());
  };
  tell(now + std::chrono::seconds(1));
  EXPECT_NE(format_csv(*sync_report(*store)).find(",0,1,1.00,"), std::string::npos);
  tell(now - std::chrono::seconds(1));
  EXPECT_NE(format_csv(*sync_report(*store)).find(",0,0,0.00,"), std::string::npos);
}

TEST_F(ReportsTest, AFormulaInATextIsDisarmedForSpreadsheets) {
  Table table{.columns = {{"a", "甲"}, {"b", "乙"}},
              .rows = {{std::string("=1+1"), std::string("a\"b,c")}, {Fen(-50), std::int64_t{-3}}},
              .total = {}};
  EXPECT_EQ(format_csv(table), "\xEF\xBB\xBF甲,乙\r\n'=1+1,\"a\"\"b,c\"\r\n-0.50,-3\r\n");
}

TEST_F(ReportsTest, WidthCountsWhatATerminalDraws) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("金额（元）"), 10U);
  EXPECT_EQ(display_width("é"), 1U);
  EXPECT_EQ(display_width("\xFF"), 1U);
}

}  // namespace
}  // namespace yijuan::ledger

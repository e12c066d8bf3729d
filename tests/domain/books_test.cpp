#include "domain/books.hpp"

#include <gmock/gmock.h>

namespace yijuan::domain {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

tlog::Cash cash(std::int64_t fen, std::uint64_t session) {
  return {"coin", "4711", 1, Fen(fen), session, {}, tlog::Purpose::gift};
}
tlog::Gift gift(std::int64_t fen, std::vector<Seq> of, std::uint64_t slip) {
  tlog::Gift one;
  one.amount = Fen(fen);
  one.cash = std::move(of);
  one.slip = slip;
  return one;
}
Books fold(const std::vector<tlog::Body>& log) {
  Books books;
  for (std::size_t seq = 0; seq < log.size(); ++seq) books.add(seq, log[seq]);
  return books;
}

TEST(Books, AddUpCashGiftsAndWhatIsOpen) {
  const Books books = fold({cash(100, 0), gift(100, {0}, 1), cash(50, 2), cash(10, 2)});
  EXPECT_EQ(books.cash_count, 3u);
  EXPECT_EQ(books.cash_total, Fen(160));
  EXPECT_EQ(books.gift_count, 1u);
  EXPECT_EQ(books.gift_total, Fen(100));
  EXPECT_EQ(books.open_total(), Fen(60));
  EXPECT_EQ(books.open().size(), 2u);
  EXPECT_EQ(books.last_slip, 1u);
  EXPECT_THAT(books.faults, IsEmpty());
}

TEST(Books, TestCoinsStandApartAndAreNeverGiven) {
  tlog::Cash test = cash(100, 0);
  test.purpose = tlog::Purpose::test;
  const Books books = fold({test, gift(100, {0}, 1)});
  EXPECT_EQ(books.test_count, 1u);
  EXPECT_EQ(books.test_total, Fen(100));
  EXPECT_EQ(books.cash_total, Fen(0));
  EXPECT_EQ(books.gift_total, Fen(0));
  EXPECT_FALSE(books.faults.empty());
}

TEST(Books, GapsAreCountedApartFromThoseOfUnknownSize) {
  const Books books =
      fold({tlog::Gap{"coin", "1", 3, 2, "overrun"}, tlog::Gap{"coin", "1", 9, 5, "overrun"},
            tlog::Gap{"coin", "1", 0, std::nullopt, "restart"}});
  EXPECT_EQ(books.lost, 7u);
  EXPECT_EQ(books.unknown_gaps, 1u);
}

TEST(Books, AGiftByPhoneHasNoCash) {
  tlog::Gift qr = gift(500, {}, 1);
  qr.channel = tlog::Channel::qr;
  const Books books = fold({qr});
  EXPECT_EQ(books.gift_total, Fen(500));
  EXPECT_THAT(books.faults, IsEmpty());
}

TEST(Books, EntriesOfOtherTypesChangeNothing) {
  const Books books = fold({tlog::Boot{}, tlog::Fault{}, tlog::Recovered{}, tlog::Slip{},
                            tlog::Pack{}, tlog::ClockStep{}, tlog::Unknown{"later"}});
  EXPECT_EQ(books.cash_count + books.gift_count + books.test_count, 0u);
  EXPECT_THAT(books.faults, IsEmpty());
}

// ---- logs that contradict themselves

TEST(Books, NameCashThatIsGivenTwice) {
  const Books books = fold({cash(100, 0), gift(100, {0}, 1), gift(100, {0}, 2)});
  EXPECT_EQ(books.gift_total, Fen(100));  // the money is there once
  EXPECT_THAT(books.faults, testing::Contains(HasSubstr("entry 2: gives cash 0")));
}

TEST(Books, NameCashThatNeverFell) {
  const Books books = fold({gift(100, {7}, 1)});
  EXPECT_EQ(books.gift_total, Fen(0));
  EXPECT_THAT(books.faults, testing::Contains(HasSubstr("gives cash 7, which is not open")));
}

TEST(Books, NameASumThatIsNotItsCash) {
  const Books books = fold({cash(100, 0), gift(1'000, {0}, 1)});
  EXPECT_EQ(books.gift_total, Fen(100));
  EXPECT_THAT(books.faults, ElementsAre("entry 1: a gift of 1000 fen from 100 fen of cash"));
}

TEST(Books, NameAGiftThatTakesOnlyAPartOfItsSession) {
  const Books books = fold({cash(100, 0), cash(50, 0), gift(100, {0}, 1)});
  EXPECT_THAT(books.faults, ElementsAre(HasSubstr("leaves cash of its session open")));
}

TEST(Books, NameAGiftOfTwoSessions) {
  const Books books = fold({cash(100, 0), cash(50, 1), gift(150, {0, 1}, 1)});
  EXPECT_THAT(books.faults, ElementsAre(HasSubstr("two sessions")));
}

TEST(Books, NameAGiftOnOtherTermsThanItsCash) {
  tlog::Gift other = gift(100, {0}, 1);
  other.terms.designation = "students";
  const Books books = fold({cash(100, 0), other});
  EXPECT_THAT(books.faults, ElementsAre(HasSubstr("other terms")));
}

TEST(Books, NameSlipNumbersWithAGapOrTwice) {
  EXPECT_THAT(fold({cash(1, 0), gift(1, {0}, 2)}).faults, ElementsAre("entry 1: slip 2 after 0"));
  const Books twice = fold({cash(1, 0), gift(1, {0}, 1), cash(1, 2), gift(1, {2}, 1)});
  EXPECT_THAT(twice.faults, ElementsAre("entry 3: slip 1 after 1"));
  EXPECT_EQ(twice.last_slip, 1u);
}

TEST(Books, NameAmountsThatCannotBe) {
  for (const std::int64_t fen : {std::int64_t{0}, std::int64_t{-100}, INT64_MAX, INT64_MIN}) {
    const Books books = fold({cash(fen, 0)});
    EXPECT_EQ(books.cash_total, Fen(0));
    EXPECT_EQ(books.faults.size(), 1u);
  }
}

TEST(Books, AHostileLogNeitherWrapsNorFillsMemory) {
  std::vector<tlog::Body> log;
  tlog::Gift qr = gift(INT64_MAX, {}, 0);
  qr.channel = tlog::Channel::qr;
  for (int i = 0; i < 1000; ++i) log.emplace_back(qr);
  const Books books = fold(log);
  EXPECT_EQ(books.gift_total, Fen(INT64_MAX));
  EXPECT_EQ(books.faults.size(), 100u);
}

tlog::Intent intent(std::int64_t fen) {
  return {"note", "N", 1, Fen(fen)};
}
tlog::Cash note(std::int64_t fen, std::uint64_t session) {
  tlog::Cash one = cash(fen, session);
  one.device = "note";
  return one;
}

TEST(Books, AnIntentIsPendingUntilTheNextCashReturnedOrDisputedOfItsDevice) {
  const tlog::Returned back{"note", "N", 2, 0, "cancelled"};
  const tlog::Disputed unclear{"note", "N", 2, Fen(500), 0, "jam"};
  EXPECT_EQ(fold({intent(500)}).pending_total(), Fen(500));
  EXPECT_EQ(fold({intent(500), cash(500, 1)}).pending_total(), Fen(500)) << "of the coin acceptor";
  for (const std::vector<tlog::Body>& log : {std::vector<tlog::Body>{intent(500), note(500, 1)},
                                             {intent(500), back},
                                             {intent(500), unclear}}) {
    const Books books = fold(log);
    EXPECT_TRUE(books.pending().empty());
    EXPECT_THAT(books.faults, IsEmpty());
  }
  const Books disputed = fold({intent(500), unclear});
  EXPECT_EQ(disputed.disputed_count, 1u);
  EXPECT_EQ(disputed.disputed_total, Fen(500));
}

TEST(Books, NotesWithoutEscrowHaveNoIntentAndNoFault) {
  EXPECT_THAT(fold({note(500, 0)}).faults, IsEmpty());
}

TEST(Books, ContradictionsOfIntentsAreNamed) {
  const tlog::Returned back{"note", "N", 2, 0, ""};
  EXPECT_THAT(fold({back}).faults, ElementsAre(HasSubstr("intent 0, which is not open")));
  EXPECT_THAT(fold({intent(500), back, back}).faults, ElementsAre(HasSubstr("not open")));
  EXPECT_THAT(fold({intent(500), intent(500)}).faults, ElementsAre(HasSubstr("intent 0 is open")));
  EXPECT_THAT(fold({intent(500), note(100, 1)}).faults, ElementsAre(HasSubstr("100 fen")));
  const Books more = fold({intent(500), tlog::Disputed{"note", "N", 2, Fen(900), 0, ""}});
  EXPECT_THAT(more.faults, ElementsAre(HasSubstr("900 fen")));
  EXPECT_EQ(more.disputed_total, Fen(500)) << "as far as it is true";
  EXPECT_THAT(fold({tlog::Disputed{"note", "N", 2, Fen(900), 7, ""}}).faults,
              ElementsAre(HasSubstr("intent 7")));
}

TEST(Books, CountTampers) {
  EXPECT_EQ(fold({tlog::Door{"door", "opened", ""}, tlog::Door{"door", "closed", ""},
                  tlog::Door{"door", "opened", "boxctl uid 1"}, tlog::Door{"tilt", "moved", ""},
                  tlog::Door{"tilt", "still", ""}})
                .tampers,
            2u);
}

}  // namespace
}  // namespace yijuan::domain

// The soak's ICT note acceptor. It counts nothing and says every word once, so a note is credited
// only on proof; every other note in the box is disputed, counted as lost, or hidden by an end of
// kioskd while it was held, which is a gap.
#include <fmt/format.h>

#include <array>

#include "drivers/ict/fake.hpp"
#include "drivers/ict/note_acceptor.hpp"
#include "soak_device.hpp"
#include "tests/support/device_cable.hpp"

namespace yijuan::sim {
namespace {

using namespace std::chrono_literals;
using ict_fake::Fault;

constexpr std::array<std::int64_t, 4> kFen = {0, 100, 500, 1000};

ict_fake::Make make(const Surroundings& world) {
  return {.positions = 4,  // one more than the table names: it goes back
          .shifted = world.one_in(2),
          .draws_in = 50ms,
          .stacks_in = 100ms,
          .returns_in = 100ms};
}

class IctNotes : public SoakDevice {
 public:
  explicit IctNotes(const Surroundings& world)
      : world_(world),
        make_(make(world)),
        device_(make_),
        cable_(world.executor, world.clock, device_) {
    device_.set_faults([this] { return to_host(); },
                       [this] { return world_.line_breaks() ? Fault::lose : Fault::none; });
  }

  void start(const DriverContext& context, DeviceFacts& facts, const SoakLog& log) override {
    ict::AcceptorConfig config;
    config.codes = make_.shifted ? ict::Codes::shifted : ict::Codes::standard;
    for (int position = 1; position < make_.positions; ++position) {
      config.table.push_back({.position = position, .amount = worth(position)});
    }
    driver_ = std::make_unique<ict::IctNoteAcceptor>(std::move(config), cable_.source(), context,
                                                     facts, log.mark("note"));
  }
  Task<void> run() override { return driver_->run(); }
  void accept(bool wanted) override { driver_->accept(wanted); }
  void decide(int counter, NoteVerdict verdict) override { driver_->decide(counter, verdict); }
  void end() override {
    driver_.reset();
    ended_ = disturbed_ = true;
  }

  void offer() override {
    (void)device_.insert(world_.clock.now(), 1 + static_cast<int>(world_.below(4)));
    cable_.wake();
  }
  void trouble() override;
  void unplug() override {
    disturbed_ = true;
    cable_.unplug();
  }
  void plug() override { cable_.plug(); }
  void disturb() override { disturbed_ = true; }
  void calm() override {
    device_.remake(make_);
    device_.trouble(world_.clock.now(), 0);
    cable_.plug();
    cable_.wake();
  }
  [[nodiscard]] bool at_work() override { return driver_->open() && !device_.busy(); }

  void compare(const SoakLog& log, const Expect& expect) override;
  void begin() override { disturbed_ = world_.line_rate != 0; }
  [[nodiscard]] std::string describe(const SoakLog& log) override;
  [[nodiscard]] std::size_t taken() override { return truth().notes; }

 private:
  struct Truth {
    std::size_t notes = 0;
    Fen sum;
  };
  static Fen worth(int position) { return Fen(kFen.at(static_cast<std::size_t>(position))); }
  Fault to_host() {
    constexpr std::array kAll = {Fault::lose, Fault::damage, Fault::noise, Fault::late};
    return world_.line_breaks() ? kAll.at(world_.below(kAll.size())) : Fault::none;
  }
  void remake();
  [[nodiscard]] Truth truth();

  Surroundings world_;
  ict_fake::Make make_;
  ict_fake::FakeNoteAcceptor device_;
  test::DeviceCable<ict_fake::FakeNoteAcceptor> cable_;
  std::unique_ptr<ict::IctNoteAcceptor> driver_;
  Truth last_;
  DeviceSums told_;
  bool ended_ = false;      // kioskd, in this period
  bool disturbed_ = false;  // something stood between a note and its end
};

void IctNotes::remake() {
  disturbed_ = true;
  ict_fake::Make other = make_;
  switch (world_.below(6)) {
    case 0:
      other.hold = world_.one_in(2) ? 0x5A : 0;
      break;
    case 1:
      other.repeats = true;
      break;
    case 2:
      other.tells_cleared = false;
      break;
    case 3:
      other.can_open = false;
      break;
    case 4:
      other.tells_returned = false;
      break;
    default:
      other.tells_stacked = false;
  }
  device_.remake(other);
}

void IctNotes::trouble() {
  constexpr std::array kTroubles = {0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x27, 0x28};
  disturbed_ = true;
  switch (world_.below(5)) {
    case 0:
      ++cuts_;
      device_.cut_power(world_.clock.now(), 500ms * world_.below(4));
      break;
    case 1:
      device_.trouble(world_.clock.now(), kTroubles.at(world_.below(kTroubles.size())));
      break;
    case 2:
      device_.trouble(world_.clock.now(), 0);
      break;
    case 3:
      remake();
      break;
    default:
      unplug();
  }
  cable_.wake();
}

IctNotes::Truth IctNotes::truth() {
  Truth now;
  device_.tick(world_.clock.now());
  for (const auto& note : device_.notes()) {
    if (note.fate != ict_fake::Fate::stacked) continue;
    ++now.notes;
    now.sum += worth(note.position);
  }
  return now;
}

void IctNotes::compare(const SoakLog& log, const Expect& expect) {
  const Truth now = truth();
  const DeviceSums sums = log.sums("note");
  const auto notes = now.notes - last_.notes;
  const auto credited = sums.pieces - told_.pieces;
  const auto lost = sums.lost - told_.lost;
  const auto unknown = sums.unknown - told_.unknown;
  const auto disputed = sums.disputed - told_.disputed;
  expect(credited <= notes, "more notes than were stacked");
  expect(notes <= credited + disputed + lost || unknown > 0, "notes without a word");
  expect(unknown == 0 || ended_, "a gap of unknown size, and kioskd was never gone");
  expect(sums.credited - told_.credited <= now.sum - last_.sum, "more note money than was stacked");
  expect(disturbed_ || disputed + lost == 0, "a dispute or a gap without a reason");
  last_ = now;
  told_ = sums;
  ended_ = false;
}

std::string IctNotes::describe(const SoakLog& log) {
  const DeviceSums sums = log.sums("note");
  return fmt::format(
      "notes {} credited {} lost {} unknown {} disputed {} returned {} intents {} ended {} "
      "disturbed {}",
      truth().notes - last_.notes, sums.pieces - told_.pieces, sums.lost - told_.lost,
      sums.unknown - told_.unknown, sums.disputed - told_.disputed, sums.returned - told_.returned,
      sums.intents - told_.intents, ended_, disturbed_);
}

}  // namespace

std::unique_ptr<SoakDevice> make_ict_notes(const Surroundings& world) {
  return std::make_unique<IctNotes>(world);
}

}  // namespace yijuan::sim

// The soak's ccTalk bill validator: every note that it stacked is credited, counted as lost or
// disputed, unless the device itself forgot; a dispute has its reason.
#include <fmt/format.h>

#include "drivers/cctalk/fake_validator.hpp"
#include "drivers/cctalk/note_acceptor.hpp"
#include "soak_cctalk.hpp"

namespace yijuan::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::int64_t, 4> kFen = {0, 100, 500, 1000};

cctalk::NoteTable table() {
  return {{.position = 1, .id = "CN0001A", .amount = Fen(kFen[1])},
          {.position = 2, .id = "CN0005A", .amount = Fen(kFen[2])},
          {.position = 3, .id = "CN0010A", .amount = Fen(kFen[3])}};
}

// Every event is a note's, so that events that were lost can be counted in notes.
cctalk_fake::ValidatorMake make() {
  return {.reading = 50ms, .moving = 100ms, .room = 10'000'000, .tells_refusals = false};
}

class CctalkNotes : public SoakDevice {
 public:
  explicit CctalkNotes(const Surroundings& world)
      : world_(world), device_(make()), port_(world.executor, world.clock, device_) {
    device_.set_faults([this] { return cctalk_line_fault(world_); });
  }

  void start(const DriverContext& context, DeviceFacts& facts, const SoakLog& log) override {
    driver_ = std::make_unique<cctalk::CctalkNoteAcceptor>(
        cctalk::NoteConfig{.table = table()},
        std::make_unique<CctalkCable>([this]() -> cctalk_fake::FakePort& { return port_; }),
        context, facts, log.mark("note"));
  }
  Task<void> run() override { return driver_->run(); }
  void accept(bool wanted) override { driver_->accept(wanted); }
  void decide(int counter, NoteVerdict verdict) override { driver_->decide(counter, verdict); }
  void end() override { driver_.reset(); }

  void offer() override {
    (void)device_.insert(world_.clock.now(), 1 + static_cast<int>(world_.below(3)));
  }
  void trouble() override;
  void unplug() override { port_.unplug(); }
  void plug() override { port_.plug(); }
  void disturb() override { disturbed_ = true; }
  void calm() override {
    device_.clear_jam(world_.clock.now());
    plug();
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
  [[nodiscard]] Truth truth();

  Surroundings world_;
  cctalk_fake::FakeValidator device_;
  cctalk_fake::FakePort port_;
  std::unique_ptr<cctalk::CctalkNoteAcceptor> driver_;
  Truth last_;
  DeviceSums told_;
  std::size_t doubts_ = 0;  // cuts and swaps in this period
  bool disturbed_ = false;  // something stood between a note and its end
};

void CctalkNotes::trouble() {
  const Instant now = world_.clock.now();
  switch (world_.below(6)) {
    case 0:
      ++cuts_;
      ++doubts_;
      return device_.cut_power(now, 500ms * world_.below(4));
    case 1:
      if (!world_.one_in(4)) return;
      ++swaps_;
      ++doubts_;
      return device_.swap(now, static_cast<std::uint32_t>(world_.below(1'000'000) + 1));
    case 2:
      disturbed_ = true;
      return device_.jam(now, static_cast<cctalk_fake::Jam>(world_.below(3)));
    case 3:
      return device_.clear_jam(now);
    case 4:
      disturbed_ = disturbed_ || device_.busy();
      return device_.pull_out(now, true);
    default:
      disturbed_ = true;
      return unplug();
  }
}

CctalkNotes::Truth CctalkNotes::truth() {
  Truth now;
  device_.tick(world_.clock.now());
  for (const auto& note : device_.notes()) {
    if (note.fate != cctalk_fake::NoteFate::stacked) continue;
    ++now.notes;
    now.sum += Fen(kFen.at(static_cast<std::size_t>(note.position)));
  }
  return now;
}

void CctalkNotes::compare(const SoakLog& log, const Expect& expect) {
  const Truth now = truth();
  const DeviceSums sums = log.sums("note");
  const auto notes = now.notes - last_.notes;
  const auto credited = sums.pieces - told_.pieces;
  const auto lost = sums.lost - told_.lost;
  const auto unknown = sums.unknown - told_.unknown;
  const auto disputed = sums.disputed - told_.disputed;
  expect(credited <= notes, "more notes than were stacked");
  expect(notes <= credited + disputed + lost || unknown > 0, "notes without a word");
  expect(unknown == 0 || doubts_ > 0, "a gap of unknown size, and nothing was forgotten");
  expect(sums.credited - told_.credited <= now.sum - last_.sum, "more note money than was stacked");
  const bool certain = doubts_ == 0 && !disturbed_ && lost == 0;
  expect(!certain || disputed == 0, "a dispute without a reason");
  last_ = now;
  told_ = sums;
  doubts_ = 0;
}

std::string CctalkNotes::describe(const SoakLog& log) {
  const DeviceSums sums = log.sums("note");
  return fmt::format(
      "notes {} credited {} lost {} unknown {} disputed {} returned {} intents {} doubts {} "
      "disturbed {}",
      truth().notes - last_.notes, sums.pieces - told_.pieces, sums.lost - told_.lost,
      sums.unknown - told_.unknown, sums.disputed - told_.disputed, sums.returned - told_.returned,
      sums.intents - told_.intents, doubts_, disturbed_);
}

}  // namespace

std::unique_ptr<SoakDevice> make_cctalk_notes(const Surroundings& world) {
  return std::make_unique<CctalkNotes>(world);
}

}  // namespace yijuan::sim

// The device's side of a recording (recording.md), played to a driver: reads give what the device
// said, in step with what the driver writes and no earlier than it was said. A driver that does
// something else than the recorded one gets IoErrc::differs, which names line and difference, and
// nothing but it from then on.
//
// Time runs as in the recording: an operation ends no earlier after the one before it than it did
// then. So a replay on SimClock is the same every time, and the driver's time limits mean the same.
#pragma once

#include <filesystem>
#include <memory>

#include "async/clock.hpp"
#include "io/recording.hpp"
#include "ports/byte_stream.hpp"

namespace yijuan {

class ReplayCursor;

/// A recording to be passed to a driver as DriverContext.tap: it stands in for the driver's port.
/// What the kiosk told the driver then is given out by next_told(), for the caller to tell again.
class Replay : public StreamTap {
 public:
  /// `name` is for messages. `clock` outlives the replay and its streams.
  Replay(Recording recording, std::string name, Clock& clock);

  std::unique_ptr<StreamSource> stand_in() override;
  void opened() override {}
  void read(BytesView) override {}
  void written(BytesView) override {}
  void failed(const Error&) override {}

  /// Waits for the next `=` line; IoErrc::closed when none is left.
  Task<std::string> next_told();
  /// Every line was played.
  [[nodiscard]] bool ended() const;
  /// The first difference, or success.
  [[nodiscard]] Result<void> same() const;
  /// Number of the line that comes next; of the last one at the end.
  [[nodiscard]] std::size_t line() const;

 private:
  std::shared_ptr<ReplayCursor> cursor_;
};

/// Port "replay:FILE": `=` lines are passed over. At the end it is as if the device were unplugged.
/// IoErrc::bad_recording, cannot_open.
Result<std::unique_ptr<StreamSource>> make_replay_source(const std::filesystem::path& path,
                                                         Clock& clock);

}  // namespace yijuan

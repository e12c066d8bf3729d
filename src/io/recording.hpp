// Recordings of a device's bytes: the format is recording.md. parse_recording is strict and pure;
// Recorder writes one from what a StreamTap hears.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "async/clock.hpp"
#include "ports/byte_stream.hpp"

namespace yijuan {

/// One line.
struct RecordedEvent {
  enum class Kind : char { opened = '+', written = '>', read = '<', failed = '!', told = '=' };
  std::chrono::microseconds offset{};
  Kind kind = Kind::opened;
  Bytes bytes{};       // of written and read
  std::string text{};  // of failed and told
  std::size_t line = 0;
  friend bool operator==(const RecordedEvent&, const RecordedEvent&) = default;
};
using Recording = std::vector<RecordedEvent>;

/// IoErrc::bad_recording, whose detail is "line N: what is wrong".
Result<Recording> parse_recording(std::string_view text);
/// As above, with the file's name in front. IoErrc::cannot_open, failed.
Result<Recording> read_recording(const std::filesystem::path& path);
/// The event as a line, with its end; the longer ones of written and read as several.
std::string recording_lines(const RecordedEvent& event);

/// Writes a recording from the first opened() on. Ends at its size limit or at the first error, and
/// says so; never fails its device.
class Recorder : public StreamTap {
 public:
  struct Options {
    std::string comment{};  // one line
    std::uint64_t most_bytes = std::uint64_t{16} << 20U;
  };
  /// Takes whole lines, does not wait.
  using Sink = std::function<Result<void>(std::string_view lines)>;
  /// `clock` outlives the recorder.
  Recorder(Sink sink, Clock& clock, Options options);
  /// Into a file, which must not exist yet (IoErrc::exists): small writes to the page cache.
  static Result<std::unique_ptr<Recorder>> create(const std::filesystem::path& path, Clock& clock,
                                                  Options options);

  void opened() override;
  void read(BytesView bytes) override;
  void written(BytesView bytes) override;
  void failed(const Error& error) override;
  /// True until the stream was opened: a recording that begins in mid-stream cannot be replayed.
  bool cuts() override { return !begun_; }
  /// What the kiosk told the driver: "accept on". Before the first opened() it is kept for then.
  void told(std::string text);

  /// The stream was opened since: bytes are recorded.
  [[nodiscard]] bool begun() const { return begun_; }
  /// Success while it records; IoErrc::full at the size limit, or what writing said.
  [[nodiscard]] const Result<void>& state() const { return state_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  void note(RecordedEvent event);
  void write(std::string_view lines);

  Sink sink_;
  Clock& clock_;
  Options options_;
  Instant start_;
  std::vector<std::string> told_before_;
  Result<void> state_;
  std::uint64_t bytes_ = 0;
  std::uint64_t events_ = 0;
  bool begun_ = false;
};

}  // namespace yijuan

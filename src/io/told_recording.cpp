#include "io/told_recording.hpp"

#include <fmt/format.h>

#include "io/errc.hpp"

namespace yijuan {
namespace {

void hear(const RecordedEvent& event, Transcript& transcript) {
  switch (event.kind) {
    case RecordedEvent::Kind::opened:
      return transcript.opened();
    case RecordedEvent::Kind::written:
      return transcript.written(event.bytes);
    case RecordedEvent::Kind::read:
      return transcript.read(event.bytes);
    case RecordedEvent::Kind::failed:
      return transcript.failed(Error(IoErrc::failed, event.text));
    case RecordedEvent::Kind::told:
      return;  // to acceptors only
  }
}

}  // namespace

std::string tell_recording(const Recording& recording, Transcript& transcript) {
  std::string told;
  for (const RecordedEvent& event : recording) {
    hear(event, transcript);
    const std::string lines = transcript.take();
    for (std::string_view rest = lines; !rest.empty();) {
      const std::size_t end = rest.find('\n') + 1;
      const auto time = std::chrono::floor<std::chrono::milliseconds>(event.offset).count();
      told += fmt::format("{:>6}.{:03}  {}", time / 1000, time % 1000, rest.substr(0, end));
      rest.remove_prefix(end);
    }
  }
  return told;
}

}  // namespace yijuan

// Recordings of what passes between a running kioskd and its devices: one tap per device section,
// handed to its driver, silent until `boxctl record` asks. The recording is sent to the command as
// text; kioskd writes no file. While nothing is recorded a tap costs one comparison a read.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/recording.hpp"
#include "net/control_socket.hpp"
#include "ports/device_fact.hpp"
#include "ports/note_acceptor.hpp"

namespace yijuan::kiosk {

class Recordings {
 public:
  explicit Recordings(Clock& clock);
  ~Recordings();

  /// For DriverContext.tap of that section's driver; lives as long as this. A driver that makes no
  /// stream with it (contacts, pulses, a screen) cannot be recorded.
  StreamTap* tap(std::string_view device);

  // What a replay must know beside the bytes.
  void hear(const DeviceFact& fact);
  void accept(std::string_view device, bool wanted);
  void decide(std::string_view device, int counter, NoteVerdict verdict);

  /// The control command "record": {"device", "seconds"}. Progress: {"text", "bytes", "begun"}, of
  /// which the texts in order are the recording. Reply: {"bytes", "events", "begun", "ended"}. The
  /// device's stream is ended once, so that the recording begins with its opening.
  Task<boost::json::object> record(boost::json::object arguments, net::ControlProgress& progress);

 private:
  class Tap;
  Task<boost::json::object> follow(Tap& tap, std::chrono::seconds limit,
                                   net::ControlProgress& progress);

  Clock& clock_;
  std::map<std::string, std::unique_ptr<Tap>, std::less<>> taps_;
};

}  // namespace yijuan::kiosk

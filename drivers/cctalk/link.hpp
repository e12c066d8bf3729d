// One command and its reply over the shared wire: echo, time limits, repeats. All commands used
// here may be repeated: reading credits does not consume them.
//
// A reply does not say which command it answers. The invariant: no command is sent while an answer
// to another one may still come, late, that could pass for its own. What was never answered is
// therefore given time first; not where the sizes of the two replies tell them apart.
#pragma once

#include <chrono>
#include <vector>

#include "async/clock.hpp"
#include "drivers/cctalk/protocol.hpp"
#include "ports/byte_stream.hpp"

namespace yijuan::cctalk {

/// How a device was found to speak.
struct Dialect {
  Checksum checksum = Checksum::simple;
  bool echo = true;  // what the host sends comes back to it first
  friend bool operator==(const Dialect&, const Dialect&) = default;
};

struct Command {
  Header header{};
  Bytes data{};
  std::optional<std::size_t> reply_size{};  // a reply of another size is a stray one
  std::chrono::milliseconds patience{150};
  int tries = 3;
};

/// Drops what still arrives until the wire is quiet for 50 ms. Ends after 600 ms at most.
Task<void> settle(ByteStream& stream, Clock& clock);
/// Everything that arrives until the wire is quiet for `patience`, at most `limit` bytes.
Task<Bytes> hear(ByteStream& stream, Clock& clock, std::chrono::milliseconds patience,
                 std::size_t limit);

class Link {
 public:
  /// Refers to `stream` and `clock` while it lives.
  Link(ByteStream& stream, Clock& clock, std::uint8_t address, Dialect dialect)
      : stream_(stream), clock_(clock), address_(address), dialect_(dialect) {}

  /// The reply's data. Repeats after silence and damage, not after NAK.
  Task<Bytes> ask(Command command);
  /// As above, but nothing where the device does not know the command (silence or NAK).
  Task<std::optional<Bytes>> ask_optional(Command command);

 private:
  /// A command without an answer: one may still come until `until`.
  struct Unanswered {
    Bytes sent;
    std::optional<std::size_t> reply_size;
    Instant until{};
  };

  Task<Bytes> ask_once(const Command& command, const Bytes& sent);
  Task<Bytes> exchange(const Command& command, const Bytes& sent);
  Task<void> outwait(const Command& command, const Bytes& sent);
  [[nodiscard]] bool awaits_other(const Bytes& sent) const;
  Task<void> read_echo(BytesView sent);
  Task<Frame> read_frame(std::chrono::milliseconds patience);
  Task<std::size_t> read(std::span<std::uint8_t> buffer, std::chrono::milliseconds patience);

  ByteStream& stream_;
  Clock& clock_;
  std::uint8_t address_;
  Dialect dialect_;
  std::vector<Unanswered> unanswered_;
};

}  // namespace yijuan::cctalk

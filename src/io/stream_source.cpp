#include "io/stream_source.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string>

#include "io/errc.hpp"
#include "io/file_stream.hpp"
#include "io/replay_stream.hpp"
#include "io/serial_stream.hpp"
#include "io/tapped_stream.hpp"
#include "io/tcp_stream.hpp"
#include "io/usb/usb_printer_source.hpp"

namespace yijuan {
namespace {

bool is_port_number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 1 && value <= 65535;
}

Error bad_name(std::string_view text, std::string_view why) {
  return {IoErrc::bad_name, fmt::format("\"{}\": {}", text, why)};
}

Result<std::unique_ptr<StreamSource>> make_plain_source(std::string_view text, Clock& clock,
                                                        const StreamOptions& options) {
  const std::size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  const std::string_view place = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  if (kind == "serial") {
    if (!place.starts_with('/')) return bad_name(text, "serial: needs a device, serial:/dev/…");
    return make_serial_source(std::string(place), options.baud, options.parity);
  }
  if (kind == "file") {
    if (place.empty()) return bad_name(text, "file: needs a path");
    return make_file_source(std::string(place));
  }
  if (kind == "tcp") {
    const std::size_t last = place.rfind(':');
    if (last == std::string_view::npos || last == 0 || !is_port_number(place.substr(last + 1))) {
      return bad_name(text, "tcp: needs a host and a port from 1 to 65535, tcp:192.0.2.7:9100");
    }
    std::string host(place.substr(0, last));
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
      host = host.substr(1, host.size() - 2);
    }
    return make_tcp_source(clock, std::move(host), std::string(place.substr(last + 1)),
                           options.connect_limit);
  }
  if (kind == "usb") return make_usb_source(text, place, clock);
  if (kind == "replay") return make_replay_source(std::filesystem::path(place), clock);
  return bad_name(text, "must begin with serial:, usb:, tcp:, file: or replay:");
}

}  // namespace

Result<std::unique_ptr<StreamSource>> make_stream_source(std::string_view text, Clock& clock,
                                                         StreamOptions options) {
  if (options.tap == nullptr) return make_plain_source(text, clock, options);
  if (auto stand_in = options.tap->stand_in()) return stand_in;
  auto source = make_plain_source(text, clock, options);
  if (!source) return source;
  return make_tapped_source(std::move(*source), *options.tap);
}

}  // namespace yijuan

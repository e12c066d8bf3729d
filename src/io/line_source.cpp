#include "io/line_source.hpp"

#include <fmt/format.h>

#include <string>

#include "io/errc.hpp"
#include "io/gpio.hpp"
#include "io/modem_lines.hpp"
#include "io/pipe_line.hpp"

namespace yijuan {
namespace {

struct Parts {
  std::string_view kind, place, line;  // line: of a serial port, after the last colon
};

Parts split(std::string_view text) {
  Parts parts;
  const auto colon = text.find(':');
  parts.kind = text.substr(0, colon);
  if (colon != std::string_view::npos) parts.place = text.substr(colon + 1);
  if (parts.kind != "serial") return parts;
  const auto last = parts.place.rfind(':');
  if (last == std::string_view::npos) return parts;
  parts.line = parts.place.substr(last + 1);
  parts.place = parts.place.substr(0, last);
  return parts;
}

Error bad_name(std::string_view text, std::string_view why) {
  return {IoErrc::bad_name, fmt::format("\"{}\": {}", text, why)};
}

constexpr std::string_view kKinds = "must begin with gpio:, serial: or pipe:";

}  // namespace

Result<std::unique_ptr<InputLineSource>> make_input_line(std::string_view text,
                                                         const asio::any_io_executor& executor,
                                                         Clock& clock, LineBias bias) {
  const auto [kind, place, line] = split(text);
  if (kind == "gpio") {
    auto parsed = parse_gpio_place(place);
    if (!parsed) return parsed.error();
    return make_gpio_input(std::move(*parsed), bias, executor, clock);
  }
  if (bias != LineBias::as_is) return bad_name(text, "only a gpio: line has a bias");
  if (kind == "serial") {
    const auto input = parse_modem_input(line);
    if (!place.starts_with('/') || !input) {
      return bad_name(text, "needs a device and CTS, DSR, RI or DCD: serial:/dev/…:CTS");
    }
    return make_modem_input(std::string(place), *input, clock);
  }
  if (kind != "pipe") return bad_name(text, kKinds);
  if (place.empty()) return bad_name(text, "pipe: needs a path");
  return make_pipe_input(std::string(place), executor, clock);
}

Result<std::unique_ptr<OutputLineSource>> make_output_line(std::string_view text) {
  const auto [kind, place, line] = split(text);
  if (kind == "gpio") {
    auto parsed = parse_gpio_place(place);
    if (!parsed) return parsed.error();
    return make_gpio_output(std::move(*parsed));
  }
  if (kind == "serial") {
    const auto output = parse_modem_output(line);
    if (!place.starts_with('/') || !output) {
      return bad_name(text, "needs a device and DTR or RTS: serial:/dev/…:DTR");
    }
    return make_modem_output(std::string(place), *output);
  }
  if (kind != "pipe") return bad_name(text, kKinds);
  if (place.empty()) return bad_name(text, "pipe: needs a path");
  return make_pipe_output(std::string(place));
}

}  // namespace yijuan

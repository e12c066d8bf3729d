// How a counting machine prints its totals, from config/models/counter/NAME.toml (built in by
// libraries.cmake). A new machine is a new file there, and nothing else.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/counter/pattern.hpp"
#include "io/serial_stream.hpp"

namespace yijuan::counter {

/// How letters beyond ASCII come. They are never read, only passed over; but the later bytes of a
/// GB18030 character may look like digits.
enum class Encoding { ascii, gb18030 };

struct Model {
  std::string name;
  std::string summary;
  int baud = 9600;
  Parity parity = Parity::none;
  Encoding encoding = Encoding::ascii;
  Pattern line;   // one value: {value}, and {pieces} or {sum}
  Pattern total;  // ends the report: {pieces}, {sum} or both, which the lines must add up to
  std::chrono::milliseconds pause{3000};  // a longer one within a report is an end in the middle
};

/// Throws SettingsError if `text` is wrong; `name` is the file's, "columns.toml".
Model read_model(std::string_view name, std::string_view text);
/// Throws SettingsError if a file is wrong (a test reads them all).
std::vector<Model> all_models();
std::optional<Model> find_model(std::string_view name);

}  // namespace yijuan::counter

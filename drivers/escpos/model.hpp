// What a printer model can do, from config/models/printer/NAME.toml (built in by libraries.cmake,
// so a box needs no path to find them). A new model is a new file there, and nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace yijuan::escpos {

enum class Cutter { none, partial, full };

/// How the printer can be asked whether a slip is printed.
enum class Confirms {
  nothing,     // it never answers anything
  idle,        // DLE EOT is answered only when everything was worked off
  in_order,    // GS r is answered in its turn; DLE EOT at once
  process_id,  // GS ( H is answered when everything before it is on paper; DLE EOT at once
};

/// How the printer can be told to drop what it holds unprinted, while it is offline.
enum class Clears {
  nothing,  // no way is known: a printer that keeps its buffer prints it with the next roll
  dle_dc4,  // DLE DC4 8, which it answers
  dle_enq,  // DLE ENQ 2, which it does not answer
};

struct Model {
  std::string name;
  std::string summary;
  int dots_58 = 0;  // print width on 58 mm paper; 0 where the model does not take it
  int dots_80 = 0;
  Cutter cutter = Cutter::none;
  Confirms confirms = Confirms::nothing;
  bool native_qr = false;         // GS ( k
  bool four_byte = false;         // GB18030's four-byte characters
  bool pulse_off_switch = false;  // GS ( D: the real-time drawer pulse can be switched off
  bool automatic = false;         // GS a: says by itself when something changes
  // Goes on with the rest of a slip when new paper is in; others forget it, or lines of it.
  bool keeps_buffer = false;
  Clears clears = Clears::nothing;
  int buffer = 0;                // bytes of receive buffer; 0: not known
  std::vector<std::string> usb;  // ids seen ("0416:5011"): a hint, never a proof
};

/// Hanzi of 24 dots are two columns of 12.
inline constexpr int kColumnDots = 12;

/// Throws SettingsError if a file is wrong (a test reads them all).
std::vector<Model> all_models();
std::optional<Model> find_model(std::string_view name);
/// Names of the models that the USB id at the beginning of `peer` was seen with.
std::vector<std::string> models_seen_as(std::string_view peer);

}  // namespace yijuan::escpos

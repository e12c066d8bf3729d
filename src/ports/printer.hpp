// A receipt printer: prints one slip at a time and says what became of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "domain/slip_document.hpp"

namespace yijuan {

struct PrintResult {
  tlog::SlipOutcome outcome = tlog::SlipOutcome::failed;  // printed, failed or uncertain
  std::string why;                                        // for people; empty when printed
};

/// The one trouble with which slips still print.
inline constexpr std::string_view kPaperNearEnd = "paper near end";

/// What is wrong: a stable word for the log, and a sentence for people.
struct PrinterTrouble {
  std::string code;  // "paper out", "cover open", "cutter stuck", "head hot", "offline" …
  std::string text;
};

class Printer {
 public:
  virtual ~Printer() = default;

  /// Prints `document`. An error means nothing reached the paper (outcome failed); what may have
  /// been printed in part is `uncertain` and never repeated by itself. One call at a time.
  virtual asio::awaitable<PrintResult> print(domain::SlipDocument document) = 0;
  /// Whether a slip can be printed now; the error says what is wrong ("no paper").
  virtual Task<void> ready() = 0;
  /// What it calls itself ("0416:5011 XPRINTER XP-58, serial 0001"); empty where nothing tells.
  [[nodiscard]] virtual std::string identity() const { return {}; }
  /// What the last ready() or print() found; nothing if all is well, or if it has no words for it.
  [[nodiscard]] virtual std::optional<PrinterTrouble> trouble() const { return std::nullopt; }
};

}  // namespace yijuan

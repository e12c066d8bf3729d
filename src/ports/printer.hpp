// A receipt printer: prints one slip at a time and says what became of it.
#pragma once

#include <string>

#include "async/task.hpp"
#include "domain/slip_document.hpp"

namespace yijuan {

struct PrintResult {
  tlog::SlipOutcome outcome = tlog::SlipOutcome::failed;  // printed, failed or uncertain
  std::string why;                                        // for people; empty when printed
};

class Printer {
 public:
  virtual ~Printer() = default;

  /// Prints `document`. An error means nothing reached the paper (outcome failed); what may have
  /// been printed in part is `uncertain` and never repeated by itself. One call at a time.
  virtual asio::awaitable<PrintResult> print(domain::SlipDocument document) = 0;
  /// Whether a slip can be printed now; the error says what is wrong ("no paper").
  virtual Task<void> ready() = 0;
};

}  // namespace yijuan

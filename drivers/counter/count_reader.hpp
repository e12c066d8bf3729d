// From a counting machine's bytes to its totals. Pure; any pieces give the same reports.
//
// The invariant: a report is believed only if every line agrees with itself and all lines together
// with the machine's own sum. What is between them and means nothing (headings, dates) is passed
// over: had it been a line, the sum would not agree.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "drivers/counter/model.hpp"
#include "io/marked_bytes.hpp"
#include "ports/counting_machine.hpp"

namespace yijuan::counter {

class CountReader {
 public:
  using Report = Result<std::vector<CountedPieces>>;

  /// Refers to `model` while it lives.
  explicit CountReader(const Model& model) : model_(model) {}

  /// The report that `byte` completes, or why there is none: CounterErrc::contradiction or garbage.
  std::optional<Report> push(MarkedByte byte);
  /// Whether a report has begun and not ended.
  [[nodiscard]] bool begun() const { return !lines_.empty() || !unread_.empty(); }
  /// The machine fell silent: drops what began. CounterErrc::half.
  Error abandon();

 private:
  void keep(std::uint8_t byte);
  std::optional<Report> end_line();
  std::optional<Error> add(const Parts& parts);
  Report close(const Parts& total);
  void forget();
  [[nodiscard]] std::string printable() const;

  const Model& model_;
  std::string line_;
  bool damaged_ = false;
  bool too_long_ = false;
  std::size_t unbroken_ = 0;  // bytes since the last line's end
  int skip_ = 0;              // bytes that belong to a character or a command
  bool lead_ = false;         // the first byte of a GB18030 character came
  std::vector<CountedPieces> lines_;
  std::string unread_;   // the first line that looked like a count and could not be read
  int nonsense_ = 0;     // lines in a row that mean nothing
  std::string refused_;  // why the report is not believed, whatever its total says
};

}  // namespace yijuan::counter

// How a counting machine writes one line: "{value} x {pieces} = {sum}". Pure.
//
//   {value}   what one piece is worth, in the model's unit       {pieces}  how many
//   {sum}     an amount of money, in the model's unit            {number}  a number without meaning
//   {text}    anything without a digit, also nothing; ends where the next letter of the pattern is
//   a blank   any number of blanks, also none                    letters   themselves, in any case
// Blanks at both ends of a line do not count. A number may have commas between thousands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fen.hpp"
#include "base/result.hpp"

namespace yijuan::counter {

/// Which numbers of a line were read.
struct Parts {
  std::optional<Fen> value;
  std::optional<std::uint64_t> pieces;
  std::optional<Fen> sum;
};

class Pattern {
 public:
  /// CounterErrc::bad_pattern, whose detail says why. `unit`: what an amount of 1 is worth.
  static Result<Pattern> parse(std::string_view text, Fen unit);

  /// Nothing where `line`, of ASCII letters, is not written so.
  [[nodiscard]] std::optional<Parts> match(std::string_view line) const;
  [[nodiscard]] bool names_value() const { return names(Kind::value); }
  [[nodiscard]] bool names_pieces() const { return names(Kind::pieces); }
  [[nodiscard]] bool names_sum() const { return names(Kind::sum); }

 private:
  enum class Kind { letters, blank, text, number, value, pieces, sum };
  struct Piece {
    Kind kind{};
    std::string letters;
  };
  static std::optional<Kind> kind_of(std::string_view name);
  [[nodiscard]] bool names(Kind kind) const;
  bool take(std::size_t piece, std::string_view& line, Parts& parts) const;
  void skip_text(std::size_t piece, std::string_view& line) const;

  std::vector<Piece> pieces_;
  Fen unit_;
};

}  // namespace yijuan::counter

// An operating error: a code of one module, whose text an operator understands, and the
// particulars of this case (which file, which key, which device).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace yijuan {

class Error {
 public:
  template <class Code>
    requires std::is_error_code_enum_v<Code>
  Error(Code code, std::string detail = {}) : code_(code), detail_(std::move(detail)) {}
  Error(std::error_code code, std::string detail) : code_(code), detail_(std::move(detail)) {}

  [[nodiscard]] const std::error_code& code() const { return code_; }
  [[nodiscard]] const std::string& detail() const { return detail_; }
  /// "what happened: the particulars", for people.
  [[nodiscard]] std::string message() const;

  friend bool operator==(const Error& error, const std::error_code& code) {
    return error.code_ == code;
  }

 private:
  std::error_code code_;
  std::string detail_;
};

/// One code of a module and the line that an operator reads.
struct ErrcLine {
  int code;
  std::string_view line;
};

/// A module's error category, made from its table of lines. See async/errc.cpp for the use.
class ErrcCategory : public std::error_category {
 public:
  ErrcCategory(const char* name, std::span<const ErrcLine> lines) : name_(name), lines_(lines) {}
  [[nodiscard]] const char* name() const noexcept override { return name_; }
  [[nodiscard]] std::string message(int code) const override;

 private:
  const char* name_;
  std::span<const ErrcLine> lines_;
};

}  // namespace yijuan

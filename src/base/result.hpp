// A value or an Error, and never to be dropped: clang warns about a discarded Result and about a
// discarded `co_await f()` too, and warnings are errors.
#pragma once

#include <expected>
#include <utility>

#include "base/error.hpp"

namespace yijuan {

template <class T = void>
class [[nodiscard]] Result : public std::expected<T, Error> {
  using Base = std::expected<T, Error>;

 public:
  using Base::Base;
  Result(Error error) : Base(std::unexpect, std::move(error)) {}
  template <class Code>
    requires std::is_error_code_enum_v<Code>
  Result(Code code, std::string detail = {})
      : Base(std::unexpect, Error(code, std::move(detail))) {}
};

}  // namespace yijuan

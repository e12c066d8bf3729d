// Reading small JSON objects from outside, strictly. Private to sync.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace yijuan::sync {

/// The object that `text` is, at most 8 levels deep; nothing otherwise.
std::optional<boost::json::object> parse_object(std::string_view text);

/// Reads keys of one object and remembers whether all was as asked.
class JsonReader {
 public:
  explicit JsonReader(const boost::json::object& object) : object_(object) {}

  std::string text(std::string_view key, std::size_t longest);
  std::uint64_t number(std::string_view key);
  bool flag(std::string_view key);
  /// An absent key is nothing.
  std::optional<std::string> maybe_text(std::string_view key, std::size_t longest);
  std::optional<std::uint64_t> maybe_number(std::string_view key);
  std::optional<bool> maybe_flag(std::string_view key);
  const boost::json::array* maybe_array(std::string_view key);

  [[nodiscard]] bool ok() const { return bad_.empty(); }
  /// The first key that was missing or wrong.
  [[nodiscard]] const std::string& bad() const { return bad_; }
  void fail(std::string_view key);

 private:
  const boost::json::object& object_;
  std::string bad_;
};

}  // namespace yijuan::sync

// Values of a daemon's JSON answer for a table: what is missing reads as nothing, never as an
// error.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fen.hpp"

namespace yijuan::kiosk {

inline std::string text(const boost::json::object& row, std::string_view key) {
  const boost::json::value* value = row.if_contains(key);
  if (value == nullptr) return {};
  return value->is_string() ? std::string(value->as_string()) : boost::json::serialize(*value);
}

inline std::int64_t number(const boost::json::object& row, std::string_view key) {
  const boost::json::value* value = row.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<std::int64_t>() : 0;
}

inline bool flag(const boost::json::object& row, std::string_view key) {
  const boost::json::value* value = row.if_contains(key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

inline const boost::json::object& part(const boost::json::object& row, std::string_view key) {
  static const boost::json::object nothing;
  const boost::json::value* value = row.if_contains(key);
  return value != nullptr && value->is_object() ? value->as_object() : nothing;
}

/// The objects of an array.
inline std::vector<boost::json::object> rows(const boost::json::object& row, std::string_view key) {
  std::vector<boost::json::object> all;
  const boost::json::value* value = row.if_contains(key);
  if (value == nullptr || !value->is_array()) return all;
  for (const boost::json::value& element : value->as_array()) {
    if (element.is_object()) all.push_back(element.as_object());
  }
  return all;
}

inline std::string money(const boost::json::object& row, std::string_view key) {
  return to_grouped(Fen(number(row, key)));
}

}  // namespace yijuan::kiosk

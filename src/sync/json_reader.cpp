#include "sync/json_reader.hpp"

#include <boost/json/parse.hpp>

namespace yijuan::sync {

namespace json = boost::json;

std::optional<json::object> parse_object(std::string_view text) {
  json::parse_options options;
  options.max_depth = 8;
  json::error_code error;
  json::value value = json::parse({text.data(), text.size()}, error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

std::string JsonReader::text(std::string_view key, std::size_t longest) {
  auto value = maybe_text(key, longest);
  if (!value) fail(key);
  return std::move(value).value_or("");
}

std::uint64_t JsonReader::number(std::string_view key) {
  const auto value = maybe_number(key);
  if (!value) fail(key);
  return value.value_or(0);
}

bool JsonReader::flag(std::string_view key) {
  const auto value = maybe_flag(key);
  if (!value) fail(key);
  return value.value_or(false);
}

std::optional<std::string> JsonReader::maybe_text(std::string_view key, std::size_t longest) {
  const json::value* value = object_.if_contains(key);
  if (value == nullptr) return std::nullopt;
  const json::string* string = value->if_string();
  if (string == nullptr || string->size() > longest) {
    fail(key);
    return std::nullopt;
  }
  return std::string(string->data(), string->size());
}

std::optional<std::uint64_t> JsonReader::maybe_number(std::string_view key) {
  const json::value* value = object_.if_contains(key);
  if (value == nullptr) return std::nullopt;
  json::error_code error;
  const auto number = value->to_number<std::uint64_t>(error);
  if (error || value->is_double() || number > (std::uint64_t{1} << 53) - 1) {
    fail(key);
    return std::nullopt;
  }
  return number;
}

std::optional<bool> JsonReader::maybe_flag(std::string_view key) {
  const json::value* value = object_.if_contains(key);
  if (value == nullptr) return std::nullopt;
  const bool* flag = value->if_bool();
  if (flag == nullptr) {
    fail(key);
    return std::nullopt;
  }
  return *flag;
}

const json::array* JsonReader::maybe_array(std::string_view key) {
  const json::value* value = object_.if_contains(key);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) fail(key);
  return value->if_array();
}

void JsonReader::fail(std::string_view key) {
  if (bad_.empty()) bad_ = std::string(key);
}

}  // namespace yijuan::sync

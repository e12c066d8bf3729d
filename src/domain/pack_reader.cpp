#include "domain/pack_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

namespace yijuan::domain {
namespace {

// Texts reach printers: a control character could be a command there.
bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n') || byte == 0x7f;
  });
}

}  // namespace

std::string PackReader::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void PackReader::fail(std::string_view key, std::string_view why) const {
  if (complaint_->empty()) *complaint_ = fmt::format("{} {}", path_of(key), why);
}

bool PackReader::has(std::string_view key) const {
  return object_ != nullptr && object_->contains({key.data(), key.size()});
}

std::vector<std::string> PackReader::keys() const {
  std::vector<std::string> all;
  if (object_ == nullptr) return all;
  for (const auto& [key, value] : *object_) all.emplace_back(key);
  return all;
}

const boost::json::value* PackReader::find(std::string_view key) {
  asked_.emplace(key);
  return object_ == nullptr ? nullptr : object_->if_contains({key.data(), key.size()});
}

std::string PackReader::text(std::string_view key, std::optional<std::string> fallback) {
  const boost::json::value* value = find(key);
  if (value == nullptr) {
    if (!fallback) fail(key, "is missing");
    return std::move(fallback).value_or("");
  }
  const auto* text = value->if_string();
  if (text == nullptr) {
    fail(key, "is not a text");
    return "";
  }
  std::string copy(text->data(), text->size());
  if (has_control(copy)) fail(key, "holds a control character");
  return copy;
}

std::int64_t PackReader::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  const boost::json::value* value = find(key);
  const std::int64_t* number = value == nullptr ? nullptr : value->if_int64();
  if (number == nullptr) {
    fail(key, value == nullptr ? "is missing" : "is not an integer");
    return least;
  }
  if (*number < least || *number > most) {
    fail(key, fmt::format("is not within {} and {}", least, most));
    return least;
  }
  return *number;
}

const boost::json::array* PackReader::list(std::string_view key) {
  const boost::json::value* value = find(key);
  const auto* list = value == nullptr ? nullptr : value->if_array();
  if (list == nullptr)
    fail(key, value == nullptr ? "is missing (a list, if empty [])" : "is not a list");
  return list;
}

std::vector<std::int64_t> PackReader::integers(std::string_view key) {
  std::vector<std::int64_t> numbers;
  const boost::json::array* values = list(key);
  if (values == nullptr) return numbers;
  for (const boost::json::value& value : *values) {
    if (const std::int64_t* number = value.if_int64()) {
      numbers.push_back(*number);
    } else {
      fail(key, "holds what is not an integer");
    }
  }
  return numbers;
}

std::vector<std::string> PackReader::texts(std::string_view key) {
  std::vector<std::string> all;
  const boost::json::array* values = list(key);
  if (values == nullptr) return all;
  for (const boost::json::value& value : *values) {
    const auto* text = value.if_string();
    if (text == nullptr || has_control({text->data(), text->size()})) {
      fail(key, "holds what is not a text");
    } else {
      all.emplace_back(text->data(), text->size());
    }
  }
  return all;
}

PackReader PackReader::object(std::string_view key) {
  const boost::json::value* value = find(key);
  const auto* object = value == nullptr ? nullptr : value->if_object();
  if (value != nullptr && object == nullptr) fail(key, "is not an object");
  return {object, path_of(key), *complaint_};
}

std::vector<PackReader> PackReader::rows(std::string_view key) {
  std::vector<PackReader> rows;
  const boost::json::array* values = list(key);
  if (values == nullptr) return rows;
  for (const boost::json::value& value : *values) {
    const std::string path = fmt::format("{}[{}]", path_of(key), rows.size());
    const auto* object = value.if_object();
    if (object == nullptr) fail(key, "holds what is not an object");
    rows.emplace_back(object, path, *complaint_);
  }
  return rows;
}

void PackReader::finish() const {
  for (const std::string& key : keys()) {
    if (!asked_.contains(key)) fail(key, "is not a key of a pack");
  }
}

}  // namespace yijuan::domain

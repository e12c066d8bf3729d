// Reads a JSON object strictly: every key is asked for by name and type, and a key that nobody
// asked for is a complaint too, since a misspelt one would change in silence what a box does. The
// first complaint is kept; after it getters go on with empty values. Used by pack.cpp only.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace yijuan::domain {

class PackReader {
 public:
  /// `object` null: every key is missing. `complaint` receives "path: why".
  PackReader(const boost::json::object* object, std::string path, std::string& complaint)
      : object_(object), path_(std::move(path)), complaint_(&complaint) {}

  /// Text without control characters but for newlines. Without fallback the key is required.
  std::string text(std::string_view key, std::optional<std::string> fallback = {});
  std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::vector<std::int64_t> integers(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  /// A missing object reads as an empty one.
  PackReader object(std::string_view key);
  /// Required, as a list of objects; it may be empty.
  std::vector<PackReader> rows(std::string_view key);
  [[nodiscard]] bool has(std::string_view key) const;
  /// All keys, for objects whose keys are names.
  [[nodiscard]] std::vector<std::string> keys() const;

  /// Complains about keys that no getter asked for.
  void finish() const;
  void fail(std::string_view key, std::string_view why) const;

 private:
  const boost::json::value* find(std::string_view key);
  const boost::json::array* list(std::string_view key);
  [[nodiscard]] std::string path_of(std::string_view key) const;

  const boost::json::object* object_;
  std::string path_;
  std::string* complaint_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace yijuan::domain

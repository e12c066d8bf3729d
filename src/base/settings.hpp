// A configuration file, read strictly: every key is asked for by name, type and range, and a key
// that nobody asked for is an error too. Pure: the text comes from the caller.
//
// Getters throw SettingsError, whose message names file, line and key. Used before the loop
// starts only.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace yijuan {

class SettingsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Settings {
 public:
  /// Reads TOML `text`; `name` is what messages call the file.
  static Settings parse(std::string_view text, std::string name);

  Settings(Settings&&) noexcept;
  Settings& operator=(Settings&&) noexcept;
  ~Settings();

  /// A getter without fallback requires the key. Bounds are inclusive.
  std::string text(std::string_view key, std::optional<std::string> fallback = {});
  std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most,
                       std::optional<std::int64_t> fallback = {});
  bool flag(std::string_view key, std::optional<bool> fallback = {});
  /// One of `choices`, else an error that lists them.
  std::string choice(std::string_view key, std::initializer_list<std::string_view> choices,
                     std::optional<std::string> fallback = {});
  /// An integer number of milliseconds; by convention such keys end in _ms.
  std::chrono::milliseconds milliseconds(std::string_view key, std::chrono::milliseconds least,
                                         std::chrono::milliseconds most,
                                         std::optional<std::chrono::milliseconds> fallback = {});
  /// The table `key` ("[key]"); empty where the file has none.
  Settings section(std::string_view key);
  /// The array of tables `key` ("[[key]]"); empty where the file has none.
  std::vector<Settings> rows(std::string_view key);

  /// The text of `key`, or empty; does not count as asking for it. For messages about a section
  /// whose keys somebody else reads.
  [[nodiscard]] std::string glimpse(std::string_view key) const;

  /// Throws if the file holds a key, here or below, that no getter asked for.
  void finish() const;
  /// The same for this table's own keys alone.
  void finish_here() const;

  /// "file:line: section.key": where `key` stands, for messages of the caller's own checks.
  [[nodiscard]] std::string where(std::string_view key) const;
  /// Throws a SettingsError about `key`.
  [[noreturn]] void fail(std::string_view key, std::string_view why) const;

 private:
  struct Node;
  explicit Settings(std::shared_ptr<Node> node);
  std::shared_ptr<Node> node_;
};

}  // namespace yijuan

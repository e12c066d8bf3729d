// The screen's fixed words in one language, by "section.key". Read strictly from config/lang (the
// files are compiled in): a language lacks no key and has none too many.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "screen/model.hpp"

namespace yijuan::screen {

class Words {
 public:
  /// The words of a built-in language.
  static const Words& of(Language language);
  /// Reads a language file; SettingsError on a key missing or too many.
  static Words parse(std::string_view toml, std::string name);
  /// Every key, in the files' order.
  static std::vector<std::string_view> keys();

  /// REQUIRES: one of keys().
  [[nodiscard]] const std::string& operator[](std::string_view key) const;
  /// The text of `key` with every {place} filled.
  [[nodiscard]] std::string fill(
      std::string_view key,
      std::initializer_list<std::pair<std::string_view, std::string_view>> places) const;

 private:
  std::unordered_map<std::string_view, std::string> texts_;
};

/// "zh-CN" or "en", as in configuration files.
std::string_view to_text(Language language);

}  // namespace yijuan::screen

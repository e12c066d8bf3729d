#include "tlog/compact_json.hpp"

#include <algorithm>
#include <vector>

#include "tlog/plain_text.hpp"

namespace yijuan::tlog {
namespace {

constexpr int kDeepest = 16;
constexpr std::size_t kMostKeys = 256;  // of one object: finding a double one stays cheap

// Each method takes one production from the front of the text, or returns false.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool object(int depth) {
    if (depth > kDeepest || !take('{')) return false;
    if (take('}')) return true;
    std::vector<std::string_view> keys;
    do {
      const std::string_view before = rest_;
      if (!string()) return false;
      const std::string_view key = before.substr(0, before.size() - rest_.size());
      if (key.find('\\') != std::string_view::npos || keys.size() == kMostKeys ||
          std::ranges::find(keys, key) != keys.end()) {
        return false;
      }
      keys.push_back(key);
      if (!take(':') || !value(depth)) return false;
    } while (take(','));
    return take('}');
  }
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  bool value(int depth) {
    if (rest_.empty()) return false;
    switch (rest_.front()) {
      case '{':
        return object(depth + 1);
      case '[':
        return array(depth + 1);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }
  bool array(int depth) {
    if (depth > kDeepest || !take('[')) return false;
    if (take(']')) return true;
    do {
      if (!value(depth)) return false;
    } while (take(','));
    return take(']');
  }
  bool string() {
    if (!take('"')) return false;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (c == '\\' && !escape()) return false;
    }
    return false;
  }
  bool escape() {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    if (rest_.size() < 4) return false;
    const std::string_view hex = rest_.substr(0, 4);
    rest_.remove_prefix(4);
    return hex.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }
  bool digits() {
    const std::size_t count = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    rest_.remove_prefix(count);
    return count > 0;
  }
  bool word(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

bool is_compact_object(std::string_view text) {
  if (!is_plain_text(text)) return false;
  Scanner scanner(text);
  return scanner.object(1) && scanner.done();
}

}  // namespace yijuan::tlog

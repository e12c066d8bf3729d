#include "tools/sim_note/note_device.hpp"

#include <algorithm>
#include <charconv>

namespace yijuan::sim {

int number(std::string_view text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

int note_fen(const std::string& id) {
  constexpr int kFenPerYuan = 100;
  return id.size() == 7 ? std::max(0, number(id.substr(2, 4))) * kFenPerYuan : 0;
}

}  // namespace yijuan::sim

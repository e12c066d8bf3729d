#include "io/input_events.hpp"

#include <cstring>

namespace yijuan {

bool is_plausible(const input_event& event) {
  return event.type < EV_CNT && event.code < KEY_CNT;
}

InputEvents InputEventReader::feed(BytesView bytes) {
  InputEvents read;
  held_.insert(held_.end(), bytes.begin(), bytes.end());
  std::size_t used = 0;
  for (; held_.size() - used >= sizeof(input_event); used += sizeof(input_event)) {
    input_event event{};
    std::memcpy(&event, held_.data() + used, sizeof event);
    if (!is_plausible(event)) {
      read.garbage = true;
      held_.clear();
      return read;
    }
    read.events.push_back(event);
  }
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(used));
  return read;
}

}  // namespace yijuan

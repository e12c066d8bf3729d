#include "base/error.hpp"

namespace yijuan {

std::string Error::message() const {
  std::string text = code_.message();
  if (!detail_.empty()) text += ": " + detail_;
  return text;
}

std::string ErrcCategory::message(int code) const {
  for (const ErrcLine& entry : lines_) {
    if (entry.code == code) return std::string(entry.line);
  }
  return std::string(name_) + " error " + std::to_string(code);
}

}  // namespace yijuan

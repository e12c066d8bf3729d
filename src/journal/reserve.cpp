#include "journal/reserve.hpp"

namespace yijuan::journal {

Result<void> Reserve::fill() {
  if (bytes_ == 0) return {};
  if (disk_->size(path_).value_or(0) < bytes_) {
    auto made = disk_->reserve(path_, bytes_);
    given_up_ = !made;
    return made;
  }
  given_up_ = false;
  return {};
}

bool Reserve::give_up() {
  given_up_ = true;
  return disk_->size(path_).has_value() && disk_->remove(path_);
}

}  // namespace yijuan::journal

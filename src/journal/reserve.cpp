#include "journal/reserve.hpp"

namespace yijuan::journal {

Result<void> Reserve::fill() {
  if (bytes_ == 0) return {};
  const auto size = disk_->size(path_);
  if (!size) return size.error();
  if (size->value_or(0) < bytes_) {
    auto made = disk_->reserve(path_, bytes_);
    given_up_ = !made;
    return made;
  }
  given_up_ = false;
  return {};
}

bool Reserve::give_up() {
  given_up_ = true;
  const auto size = disk_->size(path_);
  return size && *size && disk_->remove(path_);
}

}  // namespace yijuan::journal

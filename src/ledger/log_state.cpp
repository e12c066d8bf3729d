#include "ledger/log_state.hpp"

#include "base/bytes.hpp"

namespace yijuan::ledger {
namespace {

constexpr char kMark = '~';  // in no origin
constexpr std::size_t kNameLength = 8;

}  // namespace

std::string fork_name(const Hash& leaf) {
  return to_hex(leaf).substr(0, kNameLength);
}

std::string fork_origin(std::string_view origin, std::string_view fork) {
  std::string name(origin);
  name += kMark;
  name += fork;
  return name;
}

std::string_view log_of_fork(std::string_view fork_origin) {
  return fork_origin.substr(0, fork_origin.find(kMark));
}

std::string_view name_of_fork(std::string_view fork_origin) {
  const std::size_t mark = fork_origin.find(kMark);
  return mark == std::string_view::npos ? std::string_view() : fork_origin.substr(mark + 1);
}

}  // namespace yijuan::ledger

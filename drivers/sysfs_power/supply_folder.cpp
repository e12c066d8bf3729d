#include "drivers/sysfs_power/supply_folder.hpp"

#include <algorithm>
#include <system_error>

#include "io/errc.hpp"
#include "io/files.hpp"

namespace yijuan::sysfs_power {
namespace {

constexpr std::size_t kLargestFile = 4096;
constexpr int kMostSupplies = 64;

std::string word(const std::filesystem::path& file) {
  auto content = read_file(file, kLargestFile);
  if (!content) return content.error() == IoErrc::cannot_open ? "" : "unreadable";
  while (!content->empty() && content->back() == '\n') content->pop_back();
  return *content;
}

}  // namespace

Result<std::vector<SupplyText>> read_supplies(const std::filesystem::path& folder) {
  std::vector<SupplyText> supplies;
  std::error_code error;
  std::filesystem::directory_iterator each(folder, error);
  if (error) return Error(IoErrc::cannot_open, folder.string() + ": " + error.message());
  const std::filesystem::directory_iterator end;
  for (int count = 0; !error && each != end && count < kMostSupplies; ++count) {
    const auto& path = each->path();
    supplies.push_back({.name = path.filename().string(),
                        .type = word(path / "type"),
                        .scope = word(path / "scope"),
                        .present = word(path / "present"),
                        .online = word(path / "online"),
                        .capacity = word(path / "capacity"),
                        .status = word(path / "status")});
    each.increment(error);
  }
  std::ranges::sort(supplies, {}, &SupplyText::name);
  return supplies;
}

}  // namespace yijuan::sysfs_power

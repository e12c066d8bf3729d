// Any text in the kernel's files of a machine's supplies: a percentage is one, is the least of all,
// and what nobody can read is empty.
#include <array>
#include <cstdint>
#include <vector>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "drivers/sysfs_power/power_supply.hpp"

namespace {

using namespace yijuan;

/// Files end with a 0, seven of them are a supply.
std::vector<sysfs_power::SupplyText> supplies_of(std::string_view text) {
  std::vector<sysfs_power::SupplyText> supplies;
  while (!text.empty() && supplies.size() < 8) {
    sysfs_power::SupplyText supply;
    for (std::string* file : std::array{&supply.name, &supply.type, &supply.scope, &supply.present,
                                        &supply.online, &supply.capacity, &supply.status}) {
      const std::string_view one = text.substr(0, text.find('\0'));
      *file = one;
      text.remove_prefix(std::min(text.size(), one.size() + 1));
    }
    supplies.push_back(std::move(supply));
  }
  return supplies;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto texts = supplies_of(as_text(BytesView(data, size)));
  const sysfs_power::Supplies all = sysfs_power::understand(texts);
  YIJUAN_ASSERT(all.names.size() <= texts.size(), "a supply that nobody named");
  const auto percent = all.power.battery_percent;
  YIJUAN_ASSERT(!percent || (*percent >= 0 && *percent <= 100), "a percentage");
  YIJUAN_ASSERT(!all.names.empty() || (all.power == sysfs_power::Power{} && all.trouble.empty()),
                "what no supply said");
  for (const auto& text : texts) {
    const auto one = sysfs_power::understand({&text, 1}).power.battery_percent;
    if (one) YIJUAN_ASSERT(percent && *percent <= *one, "the emptiest battery counts");
  }
  return 0;
}

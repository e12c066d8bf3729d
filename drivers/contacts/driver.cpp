// The driver's name, its keys in the [door] section, and the making of its device.
#include "ports/driver.hpp"

#include <algorithm>
#include <set>

#include "drivers/contacts/contacts_door.hpp"
#include "io/line_source.hpp"

namespace yijuan::drivers {
namespace {

using namespace std::chrono_literals;

LineBias read_bias(Settings& row) {
  const auto bias = row.choice("bias", {"as_is", "up", "down", "off"}, "as_is");
  if (bias == "up") return LineBias::pull_up;
  if (bias == "down") return LineBias::pull_down;
  return bias == "off" ? LineBias::off : LineBias::as_is;
}

contacts::ContactSettings read_contact(Settings& row, const DriverContext& context,
                                       std::set<std::string>& names) {
  contacts::ContactSettings contact;
  contact.name = row.choice("name", {"door", "tilt", "full", "mains", "battery_low"});
  if (!names.insert(contact.name).second) row.fail("name", "is there twice");
  contact.active_high = row.choice("active", {"high", "low"}, "high") == "high";
  contact.debounce = row.milliseconds("debounce_ms", 20ms, 500ms, 100ms);
  auto line = make_input_line(row.text("line"), context.executor, context.clock, read_bias(row));
  if (!line) row.fail("line", line.error().detail());
  if (contact.debounce < 2 * (*line)->blind_for()) {
    row.fail("debounce_ms", "must be 100 or more on a serial line, which is looked at every 50");
  }
  contact.line = std::move(*line);
  return contact;
}

std::unique_ptr<contacts::Lock> read_lock(Settings& settings, const DriverContext& context) {
  Settings section = settings.section("lock");
  const std::string text = section.text("line", "");
  contacts::LockSettings lock;
  lock.pulse = section.milliseconds("pulse_ms", 50ms, 500ms, 300ms);
  lock.active_high = section.choice("active", {"high", "low"}, "high") == "high";
  if (text.empty()) return nullptr;
  auto line = make_output_line(text);
  if (!line) section.fail("line", line.error().detail());
  return std::make_unique<contacts::Lock>(lock, std::move(*line), context);
}

std::unique_ptr<Door> make_door(Settings& settings, DriverContext context, DeviceFacts& facts) {
  std::vector<contacts::ContactSettings> rows;
  std::set<std::string> names;
  for (Settings& row : settings.rows("contact")) {
    rows.push_back(read_contact(row, context, names));
  }
  auto lock = read_lock(settings, context);
  if (rows.empty() && !lock) settings.fail("contact", "names no contact, and there is no lock");
  return std::make_unique<yijuan::contacts::ContactsDoor>(std::move(rows), std::move(lock),
                                                          std::move(context), facts);
}

}  // namespace

extern const Driver contacts;
const Driver contacts = {
    .name = "contacts",
    .summary = "door, tilt, full and power contacts, and a lock, on single wires",
    .make_door = make_door};

}  // namespace yijuan::drivers

#include "sync/heartbeat.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/ids.hpp"
#include "sync/batch.hpp"
#include "sync/errc.hpp"
#include "sync/json_reader.hpp"
#include "tlog/plain_text.hpp"

namespace yijuan::sync {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostDevices = 32;
constexpr std::size_t kLongestWord = 64;
constexpr std::size_t kLongestText = 240;

/// Without control characters: it is shown on terminals and in tables.
std::string clean(const std::string& text) {
  return tlog::plain_text(text, text.size());
}

json::array write_devices(const std::vector<Heartbeat::Device>& devices) {
  json::array array;
  for (const Heartbeat::Device& device : devices) {
    if (array.size() == kMostDevices) break;
    array.push_back(json::object{{"name", tlog::plain_text(device.name, kLongestWord)},
                                 {"code", tlog::plain_text(device.code, kLongestWord)},
                                 {"text", tlog::plain_text(device.text, kLongestText)}});
  }
  return array;
}

std::optional<std::vector<Heartbeat::Device>> read_devices(const json::array* array) {
  std::vector<Heartbeat::Device> devices;
  if (array == nullptr) return devices;
  if (array->size() > kMostDevices) return std::nullopt;
  for (const json::value& value : *array) {
    if (!value.is_object()) return std::nullopt;
    JsonReader reader(value.get_object());
    devices.push_back({clean(reader.text("name", kLongestWord)),
                       clean(reader.text("code", kLongestWord)),
                       clean(reader.text("text", kLongestText))});
    if (!reader.ok()) return std::nullopt;
  }
  return devices;
}

json::array write_counters(const std::vector<Heartbeat::Counter>& counters) {
  json::array array;
  for (const Heartbeat::Counter& counter : counters) {
    if (array.size() == kMostDevices) break;
    array.push_back(json::object{{"device", tlog::plain_text(counter.device, kLongestWord)},
                                 {"name", tlog::plain_text(counter.name, kLongestWord)},
                                 {"count", counter.count}});
  }
  return array;
}

std::optional<std::vector<Heartbeat::Counter>> read_counters(const json::array* array) {
  std::vector<Heartbeat::Counter> counters;
  if (array == nullptr) return counters;
  if (array->size() > kMostDevices) return std::nullopt;
  for (const json::value& value : *array) {
    if (!value.is_object()) return std::nullopt;
    JsonReader reader(value.get_object());
    counters.push_back({clean(reader.text("device", kLongestWord)),
                        clean(reader.text("name", kLongestWord)), reader.number("count")});
    if (!reader.ok()) return std::nullopt;
  }
  return counters;
}

std::optional<int> read_percent(JsonReader& reader, std::string_view key) {
  const auto percent = reader.maybe_number(key);
  if (!percent) return std::nullopt;
  if (*percent > 100) reader.fail(key);
  return static_cast<int>(std::min<std::uint64_t>(*percent, 100));
}

}  // namespace

bool Heartbeat::same_state(const Heartbeat& other) const {
  return version == other.version && origin == other.origin && open == other.open &&
         devices == other.devices && paper == other.paper && mains == other.mains &&
         pack == other.pack && clock.quality == other.clock.quality && alarm == other.alarm;
}

std::string write_heartbeat(const Heartbeat& heartbeat) {
  json::object object{{"version", tlog::plain_text(heartbeat.version, kLongestWord)},
                      {"origin", heartbeat.origin},
                      {"head", heartbeat.head},
                      {"cosigned", heartbeat.cosigned},
                      {"unsynced", heartbeat.unsynced},
                      {"unsynced_fen", heartbeat.unsynced_sum.count()},
                      {"open", heartbeat.open},
                      {"devices", write_devices(heartbeat.devices)}};
  if (!heartbeat.counters.empty()) object["counters"] = write_counters(heartbeat.counters);
  if (heartbeat.paper) object["paper"] = tlog::plain_text(*heartbeat.paper, kLongestWord);
  if (heartbeat.mains) object["mains"] = *heartbeat.mains;
  if (heartbeat.battery_percent) object["battery"] = *heartbeat.battery_percent;
  if (heartbeat.signal_percent) object["signal"] = *heartbeat.signal_percent;
  if (heartbeat.pack) object["pack"] = *heartbeat.pack;
  object["clock"] = to_rfc3339(heartbeat.clock.time);
  object["q"] = to_text(heartbeat.clock.quality);
  object["up"] = heartbeat.up.count();
  if (!heartbeat.office.empty()) object["office"] = heartbeat.office;
  if (!heartbeat.alarm.empty()) object["alarm"] = tlog::plain_text(heartbeat.alarm, kLongestText);
  return json::serialize(object);
}

Result<Heartbeat> parse_heartbeat(std::string_view text) {
  if (text.size() > kLongestHeartbeat) return {SyncErrc::bad_heartbeat, "too long"};
  const auto object = parse_object(text);
  if (!object) return {SyncErrc::bad_heartbeat, "no JSON object"};
  JsonReader reader(*object);
  Heartbeat heartbeat;
  heartbeat.version = clean(reader.text("version", kLongestWord));
  heartbeat.origin = reader.text("origin", 512);
  heartbeat.head = reader.number("head");
  heartbeat.cosigned = reader.number("cosigned");
  heartbeat.unsynced = reader.number("unsynced");
  heartbeat.unsynced_sum = Fen(static_cast<std::int64_t>(reader.number("unsynced_fen")));
  if (heartbeat.unsynced_sum > kLargestAmount) reader.fail("unsynced_fen");
  heartbeat.open = reader.flag("open");
  heartbeat.paper = reader.maybe_text("paper", kLongestWord).transform(clean);
  heartbeat.mains = reader.maybe_flag("mains");
  heartbeat.battery_percent = read_percent(reader, "battery");
  heartbeat.signal_percent = read_percent(reader, "signal");
  heartbeat.pack = reader.maybe_number("pack");
  heartbeat.up = Uptime(reader.number("up"));
  heartbeat.office = reader.maybe_text("office", kLongestNote).value_or("");
  heartbeat.alarm = clean(reader.maybe_text("alarm", kLongestText).value_or(""));
  auto devices = read_devices(reader.maybe_array("devices"));
  auto counters = read_counters(reader.maybe_array("counters"));
  const auto time = parse_rfc3339(reader.text("clock", 40));
  const auto quality = parse_clock_quality(reader.text("q", 16));
  if (!devices) reader.fail("devices");
  if (!counters) reader.fail("counters");
  if (!time) reader.fail("clock");
  if (!quality) reader.fail("q");
  if (!Origin::parse(heartbeat.origin)) reader.fail("origin");
  if (heartbeat.cosigned > heartbeat.head) reader.fail("cosigned");
  if (!reader.ok()) return {SyncErrc::bad_heartbeat, reader.bad()};
  heartbeat.devices = std::move(*devices);
  heartbeat.counters = std::move(*counters);
  heartbeat.clock = {*time, *quality};
  return heartbeat;
}

}  // namespace yijuan::sync

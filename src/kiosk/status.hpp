// What a running kioskd tells `boxctl status` and `boxctl screen`, as JSON. README of config/
// lists no field: the names here are the interface.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <string>

#include "kiosk/box.hpp"
#include "kiosk/device_registry.hpp"
#include "kiosk/ledger_link.hpp"
#include "kiosk/screen_desk.hpp"
#include "kiosk/verification.hpp"

namespace yijuan::kiosk {

struct StatusSources {
  Box& box;
  const SqliteJournal& journal;
  const WallClock& wall;
  const Clock& clock;
  const Verification& verification;
  const DeviceRegistry& registry;
  std::string id;
  std::string origin;
  const LedgerLink* link = nullptr;    // null: no ledger
  const ScreenDesk* screen = nullptr;  // null: no display
  bool cash_open = false;              // an acceptor takes money
  bool ready = false;
  std::chrono::milliseconds ready_after{};
};

boost::json::object make_status(const StatusSources& sources);
/// The scene shown: its name, and its buttons with where they are.
boost::json::object make_screen(const screen::Scene& scene);

}  // namespace yijuan::kiosk

// boxctl counter: reads the totals of a counting machine at the desk. Needs no kioskd and no
// configuration of a box.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace yijuan::kiosk {

struct CounterRequest {
  std::string port;   // "serial:/dev/ttyUSB0"
  std::string model;  // a file of config/models/counter
  std::chrono::seconds wait{300};
  bool as_json = false;
  std::filesystem::path record;  // a new file for the machine's bytes; empty: none
};

/// Waits for the machine's next total and prints it; the exit status. What the machine sent is in
/// the recording also where it was no total: that is what a new model is written from.
int count_with_machine(const CounterRequest& request);

}  // namespace yijuan::kiosk

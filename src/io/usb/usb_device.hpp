// A USB device that is open: its transfers as tasks. Cancelled, a task cancels its transfer and
// waits for its callback before it ends. Closed, after the last callback, when this object goes.
#pragma once

#include <memory>

#include "async/clock.hpp"
#include "io/usb/port_name.hpp"
#include "io/usb/printer_interface.hpp"
#include "io/usb/usb_thread.hpp"

namespace yijuan::usb {

/// A device that has a printer's interface.
struct FoundPrinter {
  Seen seen;
  PrinterInterface interface;
};

/// What is plugged in now.
Task<std::vector<FoundPrinter>> find_printers(UsbThread& thread);

/// How a transfer ended, what passed, and for one towards us the bytes.
struct Passed {
  TransferEnd end = TransferEnd::failed;
  std::size_t count = 0;
  Bytes bytes{};
};

/// The eight bytes that begin a control transfer.
struct Setup {
  std::uint8_t type = 0;
  std::uint8_t request = 0;
  std::uint16_t value = 0;
  std::uint16_t index = 0;
  std::uint16_t length = 0;
};

enum class Claim { no, yes };

class UsbDevice {
 public:
  /// Opens it and, with Claim::yes, takes its printer interface from whoever has it in the kernel.
  /// The configuration stays as it is: setting it again would reset the device.
  static Task<std::unique_ptr<UsbDevice>> open(std::shared_ptr<UsbThread> thread,
                                               FoundPrinter printer, Claim claim);
  ~UsbDevice();
  UsbDevice(const UsbDevice&) = delete;
  UsbDevice& operator=(const UsbDevice&) = delete;

  [[nodiscard]] const FoundPrinter& printer() const { return printer_; }
  /// False once it was unplugged.
  [[nodiscard]] bool plugged() const;

  // Not cancelled, each ends with Passed whatever happened. A cancelled one that moved bytes all
  // the same ends with Passed too, else with AsyncErrc::cancelled.
  Task<Passed> control(Setup setup);
  Task<Passed> bulk_out(std::uint8_t endpoint, BytesView bytes);
  Task<Passed> bulk_in(std::uint8_t endpoint, std::size_t most);
  Task<void> clear_halt(std::uint8_t endpoint);

 private:
  UsbDevice(std::shared_ptr<UsbThread> thread, FoundPrinter printer, libusb_device_handle* handle,
            Claim claim);
  Task<Passed> pass(std::shared_ptr<Transfer> transfer);

  std::shared_ptr<UsbThread> thread_;
  FoundPrinter printer_;
  libusb_device_handle* handle_;
  Claim claim_;
};

/// The device's own strings, for telling printers apart; what it does not tell within a second
/// stays empty.
Task<Seen> read_strings(UsbDevice& device, Clock& clock);

}  // namespace yijuan::usb

// A USB bus that is not there, with printers on it: umockdev under the real libusb. The kernel's
// usbdevfs is answered here, transfer by transfer. Written from the standard; shares nothing with
// io/usb. Its faults: a device that takes no more bytes, refuses them (stall) before or inside a
// transfer, answers no class request, is unplugged in mid-transfer, belongs to another program.
#pragma once

#include <umockdev.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/bytes.hpp"

namespace yijuan::test {

struct UsbPrinterMake {
  std::uint16_t vendor = 0x0416;
  std::uint16_t product = 0x5011;
  std::string maker = "示例";  // not ASCII: only printable ASCII is believed
  std::string model = "RP-58";
  std::string serial = "0001";  // empty: none
  std::uint8_t device_class = 7;
  std::uint8_t protocol = 2;
  std::uint8_t out = 0x01;
  std::optional<std::uint8_t> in = 0x82;
  std::uint8_t number = 0;                                        // of the interface
  std::string device_id = "MFG:XPRINTER;MDL:XP-58;CMD:ESC/POS;";  // empty: refused
  bool has_port_status = true;
};

/// One printer on the bus. Everything may be called from any thread.
class UsbPrinter {
 public:
  /// What is taken goes to `sink`, which says how much of it; what it says comes back by say().
  using Sink = std::function<std::size_t(BytesView)>;

  UsbPrinter(UsbPrinterMake make, std::string path, int address);

  void take_at_most(std::optional<std::size_t> bytes);  // from now on; then it says NAK
  void stall(int times, std::size_t after = 0);         // refuses after so many bytes of a transfer
  void say(BytesView answer);
  void set_port_status(std::uint8_t bits);
  void set_sink(Sink sink, std::function<Bytes()> answers);
  void set_busy(bool busy);         // another program has claimed it
  void set_empty_answers(bool on);  // a read without news ends with an empty packet

  /// Between two transfers: for what the sink works on.
  void between(const std::function<void()>& change);

  [[nodiscard]] Bytes taken() const;
  struct Counts {
    int claims = 0, releases = 0, taken_over = 0, reattached = 0, halts_cleared = 0, configured = 0;
    int discarded = 0;
    std::size_t waiting = 0;  // transfers under way
  };
  [[nodiscard]] Counts counts() const;

 private:
  friend class UsbBus;
  struct Block;  // one transfer of the host
  enum class Answer { done, nothing_yet };

  gboolean answer(UMockdevIoctlClient* client);
  long submit(UMockdevIoctlData* argument);
  bool reap(UMockdevIoctlData* argument);
  long discard(const UMockdevIoctlData* argument);
  void progress();
  void progress_control(Block& block);
  void progress_out(Block& block);
  void progress_in(Block& block);
  [[nodiscard]] std::optional<Bytes> answer_request(BytesView setup) const;
  [[nodiscard]] Bytes descriptors() const;
  [[nodiscard]] std::string description() const;
  static gboolean on_ioctl(UMockdevIoctlBase* base, UMockdevIoctlClient* client, gpointer self);

  UsbPrinterMake make_;
  std::string path_;
  int address_;
  UMockdevIoctlBase* handler_ = nullptr;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<Block>> blocks_;
  Bytes taken_;
  Bytes answers_;
  std::optional<std::size_t> room_;
  int stalls_ = 0;
  std::size_t stall_after_ = 0;
  bool halted_ = false;
  bool gone_ = false;
  bool busy_ = false;
  bool empty_answers_ = false;
  std::uint8_t port_status_ = 0x18;
  Sink sink_;
  std::function<Bytes()> source_;
  Counts counts_;
};

class UsbBus {
 public:
  UsbBus();
  ~UsbBus();
  UsbBus(const UsbBus&) = delete;
  UsbBus& operator=(const UsbBus&) = delete;

  /// `path`: "1-1", "1-2": the socket.
  std::shared_ptr<UsbPrinter> plug(const UsbPrinterMake& make, const std::string& path);
  void unplug(UsbPrinter& printer);

 private:
  UMockdevTestbed* bed_;
  std::deque<std::shared_ptr<UsbPrinter>> printers_;
  int last_address_ = 1;
};

}  // namespace yijuan::test

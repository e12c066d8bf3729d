// A USB device as its own firmware sees it: descriptors, control requests, one packet at a time on
// its endpoints. It knows nothing of how it is plugged in (usbip_port.hpp does) and has no thread.
//
// Its faults: it answers NAK for ever, it stalls, it leaves the bus, each after so many bytes.
#pragma once

#include <chrono>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace yijuan::usb_guest {

using Time = std::chrono::nanoseconds;

struct Endpoint {
  int address = 0;     // with 0x80: to the host
  int attributes = 2;  // 2 bulk, 3 interrupt
  int packet = 64;
  int interval = 0;
};

struct Interface {
  int number = 0;
  int device_class = 0;
  int subclass = 0;
  int protocol = 0;
  std::vector<Endpoint> endpoints;
  Bytes class_descriptors{};  // between the interface's descriptor and its endpoints'
};

struct Identity {
  int vendor = 0;
  int product = 0;
  int device_class = 0;
  std::string maker{}, name{}, serial{};  // ASCII
  std::vector<Interface> interfaces;
};

/// The eight bytes that begin a control transfer.
struct Setup {
  int type = 0;
  int request = 0;
  int value = 0;
  int index = 0;
  std::size_t length = 0;
};

enum class Handshake { ack, nak, stall, gone };

class Device {
 public:
  explicit Device(Identity identity) : identity_(std::move(identity)) {}
  virtual ~Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  /// A whole control transfer: the bytes for the host, or nothing for a STALL.
  std::optional<Bytes> control(const Setup& setup, BytesView data);
  /// One packet from the host. `gone`: the cable was pulled at this packet.
  Handshake take(Time now, int endpoint, BytesView packet);
  /// One packet to the host, at most `most` bytes; nothing is a NAK.
  virtual std::optional<Bytes> give(Time now, int endpoint, std::size_t most) = 0;
  /// When it will have something to say by itself.
  [[nodiscard]] virtual std::optional<Time> due() const { return std::nullopt; }
  /// The cable was pulled. The device may live on by another supply.
  virtual void unplugged() {}
  /// A line of the control channel; nothing if it is not one of this device's.
  virtual std::optional<std::string> obey(Time now, const std::string& verb,
                                          const std::string& rest) = 0;

  /// Bytes taken on its OUT endpoints since plugged in or told to count anew.
  [[nodiscard]] std::size_t taken() const { return taken_; }
  void stall_after(std::size_t bytes) { count_anew(), stall_at_ = bytes; }
  void leave_after(std::size_t bytes) { count_anew(), leave_at_ = bytes; }
  void set_busy(bool busy) { busy_ = busy; }
  void count_anew();

 protected:
  virtual Handshake receive(Time now, BytesView packet) = 0;
  virtual std::optional<Bytes> class_control(const Setup& setup, BytesView data) = 0;

 private:
  std::optional<Bytes> standard(const Setup& setup);
  [[nodiscard]] std::optional<Bytes> descriptor(int type, int index) const;

  static constexpr auto kNever = std::numeric_limits<std::size_t>::max();
  Identity identity_;
  std::set<int> halted_;  // endpoints
  std::size_t taken_ = 0;
  std::size_t stall_at_ = kNever;
  std::size_t leave_at_ = kNever;
  bool busy_ = false;
};

/// A string descriptor's or report's two bytes of a number, low one first.
void put_16(Bytes& bytes, int value);

}  // namespace yijuan::usb_guest

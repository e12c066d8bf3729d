#include "io/usb/printer_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "async/errc.hpp"
#include "async/with_timeout.hpp"
#include "io/errc.hpp"

namespace yijuan::usb {
namespace {

using namespace std::chrono_literals;

constexpr auto kControlLimit = 1s;
constexpr auto kRestAfterNothing = 20ms;     // some printers answer a read with an empty packet
constexpr std::size_t kLargestWrite = 4096;  // bounds what is in doubt when the line is lost
constexpr std::size_t kLargestRead = 512;
constexpr std::uint8_t kFromInterface = 0xA1;  // class request
constexpr std::uint8_t kGetDeviceId = 0;
constexpr std::uint8_t kGetPortStatus = 1;
constexpr std::uint16_t kLongestId = 1024;
constexpr std::uint8_t kPaperEmpty = 0x20;
constexpr std::uint8_t kSelected = 0x10;
constexpr std::uint8_t kNotError = 0x08;

class PrinterStream : public ByteStream {
 public:
  PrinterStream(std::shared_ptr<Connection> connection, Clock& clock)
      : connection_(std::move(connection)), clock_(clock) {}

  Task<std::size_t> read_some(std::span<std::uint8_t> buffer) override;
  Task<void> write(BytesView bytes) override;
  Task<std::size_t> write_some(BytesView bytes) override;
  Task<std::optional<PortStatus>> port_status() override;
  void discard_input() override { connection_->received.clear(); }
  [[nodiscard]] std::string peer() const override { return connection_->peer; }

 private:
  [[nodiscard]] const PrinterInterface& interface() const {
    return connection_->device->printer().interface;
  }
  [[nodiscard]] UsbDevice& device() const { return *connection_->device; }
  Error failure(TransferEnd end);
  Task<void> receive();

  std::shared_ptr<Connection> connection_;
  Clock& clock_;
};

Error PrinterStream::failure(TransferEnd end) {
  const std::string& name = connection_->name;
  if (end == TransferEnd::stalled) return {IoErrc::failed, name + ": the printer refused bytes"};
  // A transfer may fail before the kernel knows that the device is gone: open it again.
  connection_->lost = true;
  if (end == TransferEnd::gone || !device().plugged()) return {IoErrc::closed, name};
  return {IoErrc::failed, name + ": a USB transfer failed"};
}

Task<std::size_t> PrinterStream::read_some(std::span<std::uint8_t> buffer) {
  Bytes& received = connection_->received;
  while (received.empty()) {
    auto more = co_await receive();
    if (!more) co_return more.error();
  }
  const std::size_t count = std::min(buffer.size(), received.size());
  std::copy_n(received.begin(), count, buffer.begin());
  received.erase(received.begin(), received.begin() + static_cast<std::ptrdiff_t>(count));
  co_return Result<std::size_t>(count);
}

Task<void> PrinterStream::receive() {
  if (!interface().in) {
    auto waited = co_await connection_->never.wait();
    co_return waited.error();
  }
  // Whole packets: a shorter buffer would overflow.
  const std::size_t packet = interface().in_packet;
  const std::size_t most = std::max(packet, kLargestRead / packet * packet);
  auto passed = co_await device().bulk_in(*interface().in, most);
  if (!passed) co_return passed.error();
  // Also of a cancelled read: an answer that came in the last moment is not lost.
  connection_->received.insert(connection_->received.end(), passed->bytes.begin(),
                               passed->bytes.end());
  if (passed->end == TransferEnd::stalled) {
    auto cleared = co_await device().clear_halt(*interface().in);
    if (!cleared) co_return cleared.error();
    co_return failure(passed->end);
  }
  if (passed->end == TransferEnd::failed || passed->end == TransferEnd::gone) {
    co_return failure(passed->end);
  }
  if (passed->count > 0) co_return Result<void>();
  auto rested = co_await clock_.sleep_for(kRestAfterNothing);
  co_return rested;
}

Task<void> PrinterStream::write(BytesView bytes) {
  while (!bytes.empty()) {
    auto taken = co_await write_some(bytes);
    if (!taken) co_return taken.error();
    bytes = bytes.subspan(*taken);
  }
  co_return Result<void>();
}

Task<std::size_t> PrinterStream::write_some(BytesView bytes) {
  const BytesView piece = bytes.first(std::min(bytes.size(), kLargestWrite));
  for (bool again = false;; again = true) {
    auto passed = co_await device().bulk_out(interface().out, piece);
    if (!passed) co_return passed.error();
    if (passed->end == TransferEnd::stalled) {
      auto cleared = co_await device().clear_halt(interface().out);
      if (!cleared) co_return cleared.error();
      // A halt left over from before is no news; one in the middle may have swallowed something.
      if (passed->count == 0 && !again) continue;
    }
    const bool whole = passed->end == TransferEnd::completed;
    if (passed->count > 0 && (whole || passed->end == TransferEnd::cancelled)) {
      co_return Result<std::size_t>(passed->count);
    }
    if (whole) {  // it took nothing and did not mind: as good as a refusal, but not at once again
      auto rested = co_await clock_.sleep_for(kRestAfterNothing);
      if (!rested) co_return rested.error();
      continue;
    }
    co_return failure(passed->end);
  }
}

Task<std::optional<PortStatus>> PrinterStream::port_status() {
  using Told = std::optional<PortStatus>;
  if (connection_->mute) co_return Result<Told>(std::nullopt);
  const Setup setup{.type = kFromInterface,
                    .request = kGetPortStatus,
                    .value = 0,
                    .index = interface().number,
                    .length = 1};
  auto passed = co_await with_timeout(clock_, kControlLimit, device().control(setup));
  if (!passed && passed.error() != AsyncErrc::timed_out) co_return passed.error();
  if (passed && passed->end == TransferEnd::gone) co_return failure(passed->end);
  if (!passed || passed->end != TransferEnd::completed || passed->bytes.empty()) {
    connection_->mute = true;
    co_return Result<Told>(std::nullopt);
  }
  const std::uint8_t bits = passed->bytes[0];
  co_return Result<Told>(PortStatus{.paper_empty = (bits & kPaperEmpty) != 0,
                                    .selected = (bits & kSelected) != 0,
                                    .error = (bits & kNotError) == 0});
}

}  // namespace

Task<void> introduce(Connection& connection, Clock& clock) {
  UsbDevice& device = *connection.device;
  auto seen = co_await read_strings(device, clock);
  if (!seen) co_return seen.error();
  const PrinterInterface& interface = device.printer().interface;
  const Setup setup{
      .type = kFromInterface,
      .request = kGetDeviceId,
      .value = 0,
      .index = static_cast<std::uint16_t>(interface.number << 8 | interface.alternate),
      .length = kLongestId};
  auto told = co_await with_timeout(clock, kControlLimit, device.control(setup));
  if (!told && told.error() == AsyncErrc::cancelled) co_return told.error();
  if (told && told->end == TransferEnd::completed) {
    const DeviceId id = parse_device_id(told->bytes);
    if (!id.maker.empty()) seen->maker = id.maker;
    if (!id.model.empty()) seen->model = id.model;
    if (seen->serial.empty()) seen->serial = id.serial;
  }
  connection.peer = describe(*seen);
  co_return Result<void>();
}

std::unique_ptr<ByteStream> make_printer_stream(std::shared_ptr<Connection> connection,
                                                Clock& clock) {
  return std::make_unique<PrinterStream>(std::move(connection), clock);
}

}  // namespace yijuan::usb

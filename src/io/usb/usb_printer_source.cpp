#include "io/usb/usb_printer_source.hpp"

#include <fmt/format.h>

#include "async/errc.hpp"
#include "async/with_timeout.hpp"
#include "io/errc.hpp"
#include "io/usb/printer_stream.hpp"

namespace yijuan {
namespace usb {
namespace {

using namespace std::chrono_literals;

constexpr auto kArrivalLimit = 1s;  // for one that is being plugged in just now
constexpr auto kBetweenAttempts = 200ms;

class PrinterSource : public StreamSource {
 public:
  PrinterSource(std::string name, PortName wanted, Clock& clock)
      : name_(std::move(name)), wanted_(std::move(wanted)), clock_(clock) {}

  Task<std::unique_ptr<ByteStream>> open() override;
  [[nodiscard]] std::string name() const override { return name_; }

 private:
  Task<void> connect();
  Task<std::unique_ptr<UsbDevice>> open_soon(FoundPrinter printer);
  Task<FoundPrinter> find();
  Task<FoundPrinter> find_now();
  Task<std::vector<FoundPrinter>> with_strings(std::vector<FoundPrinter> found);

  std::string name_;
  PortName wanted_;
  Clock& clock_;
  std::shared_ptr<UsbThread> thread_;
  std::shared_ptr<Connection> connection_;
};

std::vector<Seen> seen_of(const std::vector<FoundPrinter>& found) {
  std::vector<Seen> seen;
  seen.reserve(found.size());
  for (const FoundPrinter& one : found) seen.push_back(one.seen);
  return seen;
}

Task<std::unique_ptr<ByteStream>> PrinterSource::open() {
  if (connection_ && (connection_->lost || !connection_->device->plugged())) connection_.reset();
  if (!connection_) {
    auto connected = co_await connect();
    if (!connected) co_return connected.error();
  }
  co_return Result<std::unique_ptr<ByteStream>>(make_printer_stream(connection_, clock_));
}

Task<void> PrinterSource::connect() {
  const auto executor = co_await asio::this_coro::executor;
  if (!thread_) thread_ = std::make_shared<UsbThread>(executor);
  auto found = co_await find();
  if (!found) co_return found.error();
  auto device = co_await open_soon(*found);
  if (!device) co_return device.error();
  auto connection = std::make_shared<Connection>(executor, std::move(*device));
  connection->name = name_;
  auto introduced = co_await introduce(*connection, clock_);
  if (!introduced) co_return introduced.error();
  connection_ = std::move(connection);
  co_return Result<void>();
}

// A device is there a moment before udev has given us the right to open it.
Task<std::unique_ptr<UsbDevice>> PrinterSource::open_soon(FoundPrinter printer) {
  const Instant deadline = clock_.now() + kArrivalLimit;
  for (;;) {
    auto device = co_await UsbDevice::open(thread_, printer, Claim::yes);
    const bool over = device || device.error() == AsyncErrc::cancelled;
    if (over || clock_.now() >= deadline) co_return device;
    auto rested = co_await clock_.sleep_for(kBetweenAttempts);
    if (!rested) co_return rested.error();
  }
}

Task<FoundPrinter> PrinterSource::find() {
  auto found = co_await find_now();
  if (found || found.error() == AsyncErrc::cancelled) co_return found;
  auto changed = co_await with_timeout(clock_, kArrivalLimit, thread_->wait_for_change());
  if (changed) found = co_await find_now();
  if (!changed && changed.error() == AsyncErrc::cancelled) co_return changed.error();
  co_return found;
}

Task<FoundPrinter> PrinterSource::find_now() {
  auto all = co_await find_printers(*thread_);
  if (!all) co_return all.error();
  if (!wanted_.serial.empty()) {
    all = co_await with_strings(std::move(*all));
    if (!all) co_return all.error();
  }
  std::vector<FoundPrinter> fitting;
  for (const FoundPrinter& one : *all) {
    if (wanted_.matches(one.seen)) fitting.push_back(one);
  }
  if (fitting.size() == 1) co_return Result<FoundPrinter>(fitting.front());
  if (all->empty()) {
    co_return Error(IoErrc::cannot_open, name_ + ": no USB printer is plugged in");
  }
  const bool none = fitting.empty();
  all = co_await with_strings(none ? std::move(*all) : std::move(fitting));
  if (!all) co_return all.error();
  const std::string there = describe(seen_of(*all));
  if (none) {
    co_return Error(IoErrc::cannot_open,
                    fmt::format("{}: not among the USB printers here: {}", name_, there));
  }
  co_return Error(IoErrc::cannot_open,
                  fmt::format("{}: {} USB printers fit, say which by usb:path=…: {}", name_,
                              all->size(), there));
}

// The printer that is unreadable (no permission, just unplugged) stays in the list, without
// strings.
Task<std::vector<FoundPrinter>> PrinterSource::with_strings(std::vector<FoundPrinter> found) {
  for (FoundPrinter& one : found) {
    if (!one.seen.maker.empty()) continue;
    auto device = co_await UsbDevice::open(thread_, one, Claim::no);
    if (!device && device.error() == AsyncErrc::cancelled) co_return device.error();
    if (!device) continue;
    auto seen = co_await read_strings(**device, clock_);
    if (!seen) co_return seen.error();
    one.seen = std::move(*seen);
  }
  co_return Result<std::vector<FoundPrinter>>(std::move(found));
}

}  // namespace
}  // namespace usb

Result<std::unique_ptr<StreamSource>> make_usb_source(std::string_view text, std::string_view place,
                                                      Clock& clock) {
  auto wanted = usb::parse_port_name(place);
  if (!wanted) return wanted.error();
  return std::make_unique<usb::PrinterSource>(std::string(text), std::move(*wanted), clock);
}

}  // namespace yijuan

#include "io/usb/usb_device.hpp"

#include <fmt/format.h>
#include <libusb.h>

#include "async/cancellation.hpp"
#include "io/errc.hpp"

namespace yijuan::usb {
namespace {

constexpr std::uint8_t kLowByte = 0xFF;

Error cannot_open(const Seen& seen, int reason) {
  std::string why = libusb_error_name(reason);
  if (reason == LIBUSB_ERROR_ACCESS) why = "no permission (config/udev gives it)";
  if (reason == LIBUSB_ERROR_BUSY) why = "another program has it";
  if (reason == LIBUSB_ERROR_NO_DEVICE) why = "it was just unplugged";
  return {IoErrc::cannot_open, fmt::format("USB printer {}: {}", describe(seen), why)};
}

Result<libusb_device_handle*> open_at(libusb_context* context, const FoundPrinter& printer) {
  libusb_device** devices = nullptr;
  const ssize_t count = libusb_get_device_list(context, &devices);
  libusb_device_handle* handle = nullptr;
  int opened = LIBUSB_ERROR_NO_DEVICE;
  for (ssize_t i = 0; i < count; ++i) {
    if (libusb_get_bus_number(devices[i]) != printer.seen.bus ||
        libusb_get_device_address(devices[i]) != printer.seen.address) {
      continue;
    }
    opened = libusb_open(devices[i], &handle);
    break;
  }
  if (count >= 0) libusb_free_device_list(devices, 1);
  if (opened != LIBUSB_SUCCESS) return cannot_open(printer.seen, opened);
  return handle;
}

Result<void> take_interface(libusb_device_handle* handle, const FoundPrinter& printer) {
  const PrinterInterface& wanted = printer.interface;
  libusb_set_auto_detach_kernel_driver(handle, 1);  // usblp; where it cannot, claiming says so
  const int claimed = libusb_claim_interface(handle, wanted.number);
  if (claimed != LIBUSB_SUCCESS) return cannot_open(printer.seen, claimed);
  if (wanted.alternate == 0) return {};
  const int switched = libusb_set_interface_alt_setting(handle, wanted.number, wanted.alternate);
  if (switched == LIBUSB_SUCCESS) return {};
  libusb_release_interface(handle, wanted.number);
  return cannot_open(printer.seen, switched);
}

}  // namespace

Task<std::unique_ptr<UsbDevice>> UsbDevice::open(std::shared_ptr<UsbThread> thread,
                                                 FoundPrinter printer, Claim claim) {
  using Opened = std::unique_ptr<UsbDevice>;
  UsbThread& worker = *thread;
  auto opened = co_await worker.ask<Opened>(UsbThread::Question<Opened>(
      [thread = std::move(thread), printer, claim](libusb_context* context) -> Result<Opened> {
        auto handle = open_at(context, printer);
        if (!handle) return handle.error();
        if (claim == Claim::yes) {
          auto taken = take_interface(*handle, printer);
          if (!taken) {
            libusb_close(*handle);
            return taken.error();
          }
        }
        return Opened(new UsbDevice(thread, printer, *handle, claim));
      }));
  co_return opened;
}

UsbDevice::UsbDevice(std::shared_ptr<UsbThread> thread, FoundPrinter printer,
                     libusb_device_handle* handle, Claim claim)
    : thread_(std::move(thread)), printer_(std::move(printer)), handle_(handle), claim_(claim) {}

UsbDevice::~UsbDevice() {
  thread_->close(handle_, claim_ == Claim::yes ? printer_.interface.number : -1);
}

bool UsbDevice::plugged() const {
  return thread_->plugged(printer_.seen.bus, printer_.seen.address);
}

Task<Passed> UsbDevice::pass(std::shared_ptr<Transfer> transfer) {
  const bool too_late = co_await is_cancelled();
  if (too_late) co_return AsyncErrc::cancelled;
  thread_->submit(transfer);
  auto waited = co_await transfer->ended.wait();
  if (!waited) {
    thread_->cancel(transfer);
    co_await transfer->ended.wait_shielded();
    if (transfer->count == 0 && transfer->end != TransferEnd::completed) co_return waited.error();
  }
  co_return Result<Passed>(Passed{.end = transfer->end, .count = transfer->count});
}

Task<Passed> UsbDevice::control(Setup setup) {
  const auto executor = co_await asio::this_coro::executor;
  const auto low = [](std::uint16_t n) { return static_cast<std::uint8_t>(n & kLowByte); };
  const auto high = [](std::uint16_t n) { return static_cast<std::uint8_t>(n >> 8); };
  Bytes buffer{setup.type,       setup.request,     low(setup.value),  high(setup.value),
               low(setup.index), high(setup.index), low(setup.length), high(setup.length)};
  const std::size_t head = buffer.size();
  buffer.resize(head + setup.length);
  auto transfer = std::make_shared<Transfer>(executor, handle_, Transfer::Kind::control,
                                             std::uint8_t{0}, std::move(buffer));
  auto passed = co_await pass(transfer);
  if (!passed) co_return passed.error();
  const auto data =
      BytesView(transfer->buffer).subspan(head, std::min<std::size_t>(passed->count, setup.length));
  passed->bytes.assign(data.begin(), data.end());
  co_return passed;
}

Task<Passed> UsbDevice::bulk_out(std::uint8_t endpoint, BytesView bytes) {
  const auto executor = co_await asio::this_coro::executor;
  auto transfer = std::make_shared<Transfer>(executor, handle_, Transfer::Kind::bulk, endpoint,
                                             Bytes(bytes.begin(), bytes.end()));
  auto passed = co_await pass(transfer);
  co_return passed;
}

Task<Passed> UsbDevice::bulk_in(std::uint8_t endpoint, std::size_t most) {
  const auto executor = co_await asio::this_coro::executor;
  auto transfer =
      std::make_shared<Transfer>(executor, handle_, Transfer::Kind::bulk, endpoint, Bytes(most));
  auto passed = co_await pass(transfer);
  if (!passed) co_return passed.error();
  transfer->buffer.resize(std::min(passed->count, most));
  passed->bytes = std::move(transfer->buffer);
  co_return passed;
}

Task<void> UsbDevice::clear_halt(std::uint8_t endpoint) {
  auto cleared = co_await thread_->ask<void>(
      UsbThread::Question<void>([handle = handle_, endpoint](libusb_context*) -> Result<void> {
        const int done = libusb_clear_halt(handle, endpoint);
        if (done == LIBUSB_SUCCESS) return {};
        return Error(IoErrc::failed, libusb_error_name(done));
      }));
  co_return cleared;
}

}  // namespace yijuan::usb

#include "io/usb/usb_thread.hpp"

#include "io/errc.hpp"
#include "io/usb/usb_core.hpp"

namespace yijuan::usb {

UsbThread::UsbThread(asio::any_io_executor loop)
    : loop_(std::move(loop)), core_(std::make_shared<Core>(loop_)) {
  thread_ = std::thread([core = core_] { core->main(); });
}

UsbThread::~UsbThread() {
  core_->stop();
  // A question that nobody waits for may have been the last to hold this object.
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

void UsbThread::run(Work work) {
  core_->queue(std::move(work));
}

Error UsbThread::not_started() {
  return {IoErrc::cannot_open, "this machine's USB cannot be reached (no /sys or /dev/bus/usb)"};
}

void UsbThread::submit(std::shared_ptr<Transfer> transfer) {
  run([core = core_.get(), transfer = std::move(transfer)](libusb_context*) mutable {
    core->submit(std::move(transfer));
  });
}

void UsbThread::cancel(std::shared_ptr<Transfer> transfer) {
  run([core = core_.get(), transfer = std::move(transfer)](libusb_context*) {
    core->cancel(*transfer);
  });
}

void UsbThread::close(libusb_device_handle* handle, int interface) {
  run([core = core_.get(), handle, interface](libusb_context*) { core->close(handle, interface); });
}

Task<void> UsbThread::wait_for_change() {
  core_->plugged->changed.clear();
  auto waited = co_await core_->plugged->changed.wait();
  co_return waited;
}

bool UsbThread::plugged(std::uint8_t bus, std::uint8_t address) const {
  return !core_->plugged->left.contains({bus, address});
}

}  // namespace yijuan::usb

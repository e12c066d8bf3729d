#include "io/usb/usb_core.hpp"

#include <fmt/format.h>
#include <libusb.h>

#include <algorithm>
#include <csignal>

#include "base/log.hpp"

namespace yijuan::usb {
namespace {

using namespace std::chrono_literals;

constexpr timeval kLongestWait{.tv_sec = 60, .tv_usec = 0};
constexpr auto kRestAfterFailure = 100ms;  // so that a libusb that only fails cannot spin
// The kernel ends a cancelled transfer at once. If it did not, its bytes must stay where they are.
constexpr auto kFinishLimit = 5s;

TransferEnd end_of(libusb_transfer_status status) {
  switch (status) {
    case LIBUSB_TRANSFER_COMPLETED:
      return TransferEnd::completed;
    case LIBUSB_TRANSFER_CANCELLED:
    case LIBUSB_TRANSFER_TIMED_OUT:
      return TransferEnd::cancelled;
    case LIBUSB_TRANSFER_STALL:
      return TransferEnd::stalled;
    case LIBUSB_TRANSFER_NO_DEVICE:
      return TransferEnd::gone;
    default:
      return TransferEnd::failed;
  }
}

void LIBUSB_CALL on_end(libusb_transfer* raw) {
  static_cast<UsbThread::Core*>(raw->user_data)->ended(raw);
}

int LIBUSB_CALL on_change(libusb_context*, libusb_device* device, libusb_hotplug_event event,
                          void* core) {
  const bool arrived = event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED;
  static_cast<UsbThread::Core*>(core)->changed(device, arrived);
  return 0;
}

}  // namespace

UsbThread::Core::Core(asio::any_io_executor executor)
    : loop(std::move(executor)), plugged(std::make_shared<Plugged>(loop)) {}

void UsbThread::Core::queue(Work item) {
  const std::lock_guard lock(mutex_);
  work_.push_back(std::move(item));
  queued_.notify_one();
  // Stays pending if the thread is not waiting for events just now: no wake-up is lost.
  if (context_ != nullptr) libusb_interrupt_event_handler(context_);
}

void UsbThread::Core::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  queued_.notify_one();
  if (context_ != nullptr) libusb_interrupt_event_handler(context_);
}

void UsbThread::Core::main() {
  sigset_t every;
  sigfillset(&every);
  pthread_sigmask(SIG_SETMASK, &every, nullptr);  // signals are the loop's
  for (;;) {
    work_off();
    close_finished();
    if (finish()) break;
    if (context_ == nullptr) {
      wait_for_work();
    } else {
      wait_for_events();
    }
  }
  if (context_ == nullptr) return;
  if (!live_->empty()) {
    log_error("usb", fmt::format("{} transfers never ended: left behind", live_->size()));
    [[maybe_unused]] const Live* left_behind = live_.release();
    return;
  }
  if (hotplug_ != 0) libusb_hotplug_deregister_callback(context_, hotplug_);
  libusb_exit(context_);
}

bool UsbThread::Core::start() {
  if (context_ != nullptr) return true;
  libusb_context* made = nullptr;
  if (libusb_init(&made) != LIBUSB_SUCCESS) return false;
  const int events = LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
  // Without hot-plug (a container without udev) devices are still found, when they are looked for.
  const int registered = libusb_hotplug_register_callback(
      made, events, LIBUSB_HOTPLUG_ENUMERATE, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
      LIBUSB_HOTPLUG_MATCH_ANY, on_change, this, &hotplug_);
  if (registered != LIBUSB_SUCCESS) {
    log_warning("usb", fmt::format("no hot-plug: {}", libusb_error_name(registered)));
  }
  const std::lock_guard lock(mutex_);
  context_ = made;
  return true;
}

void UsbThread::Core::work_off() {
  for (;;) {
    Work item;
    {
      const std::lock_guard lock(mutex_);
      if (work_.empty()) return;
      item = std::move(work_.front());
      work_.pop_front();
    }
    item(start() ? context_ : nullptr);
  }
}

void UsbThread::Core::close_finished() {
  std::erase_if(closing_, [this](const Closing& closing) {
    const bool busy = std::ranges::any_of(
        *live_, [&](const auto& one) { return one.second->handle == closing.handle; });
    if (busy) return false;
    if (closing.interface >= 0) libusb_release_interface(closing.handle, closing.interface);
    libusb_close(closing.handle);
    return true;
  });
}

void UsbThread::Core::wait_for_work() {
  std::unique_lock lock(mutex_);
  queued_.wait(lock, [this] { return stopping_ || !work_.empty(); });
}

void UsbThread::Core::wait_for_events() {
  timeval limit = finishing_ ? timeval{.tv_sec = 1, .tv_usec = 0} : kLongestWait;
  const int handled = libusb_handle_events_timeout_completed(context_, &limit, nullptr);
  if (handled == LIBUSB_SUCCESS || handled == LIBUSB_ERROR_INTERRUPTED) return;
  std::unique_lock lock(mutex_);
  queued_.wait_for(lock, kRestAfterFailure);
}

bool UsbThread::Core::finish() {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) return false;
    if (!work_.empty()) return false;
  }
  const auto now = std::chrono::steady_clock::now();
  if (!finishing_) {
    finishing_ = true;
    finish_by_ = now + kFinishLimit;
    for (const auto& [raw, transfer] : *live_) libusb_cancel_transfer(raw);
  }
  return (live_->empty() && closing_.empty()) || now >= finish_by_;
}

void UsbThread::Core::submit(std::shared_ptr<Transfer> transfer) {
  libusb_transfer* raw = libusb_alloc_transfer(0);
  const auto length = static_cast<int>(transfer->buffer.size());
  if (transfer->kind == Transfer::Kind::control) {
    libusb_fill_control_transfer(raw, transfer->handle, transfer->buffer.data(), on_end, this, 0);
  } else {
    libusb_fill_bulk_transfer(raw, transfer->handle, transfer->endpoint, transfer->buffer.data(),
                              length, on_end, this, 0);
  }
  const int submitted = libusb_submit_transfer(raw);
  if (submitted == LIBUSB_SUCCESS) {
    live_->emplace(raw, std::move(transfer));
    return;
  }
  libusb_free_transfer(raw);
  const bool gone = submitted == LIBUSB_ERROR_NO_DEVICE || submitted == LIBUSB_ERROR_NOT_FOUND;
  report(std::move(transfer), gone ? TransferEnd::gone : TransferEnd::failed, 0);
}

void UsbThread::Core::cancel(const Transfer& transfer) {
  for (const auto& [raw, live] : *live_) {
    if (live.get() == &transfer) libusb_cancel_transfer(raw);
  }
}

void UsbThread::Core::close(libusb_device_handle* handle, int interface) {
  for (const auto& [raw, transfer] : *live_) {
    if (transfer->handle == handle) libusb_cancel_transfer(raw);
  }
  closing_.push_back({handle, interface});
}

// Inside libusb: nothing here may call it, but to free what has just ended.
void UsbThread::Core::ended(libusb_transfer* raw) {
  auto found = live_->extract(raw);
  const TransferEnd end = end_of(raw->status);
  const auto count = static_cast<std::size_t>(std::max(raw->actual_length, 0));
  libusb_free_transfer(raw);
  report(std::move(found.mapped()), end, count);
}

void UsbThread::Core::report(std::shared_ptr<Transfer> transfer, TransferEnd end,
                             std::size_t count) const {
  asio::post(loop, [transfer = std::move(transfer), end, count] {
    transfer->end = end;
    transfer->count = count;
    transfer->ended.set();
  });
}

// Inside libusb: only what needs no transfer may be asked.
void UsbThread::Core::changed(libusb_device* device, bool arrived) {
  const std::pair place{libusb_get_bus_number(device), libusb_get_device_address(device)};
  asio::post(loop, [known = plugged, place, arrived] {
    if (arrived) {
      known->left.erase(place);
    } else {
      known->left.insert(place);
    }
    known->changed.set();
  });
}

}  // namespace yijuan::usb

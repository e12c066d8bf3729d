// libusb on a thread of its own. Everything that libusb does happens there, in the order asked
// for: between its events, never inside one of its callbacks, so that what blocks (opening,
// claiming, clearing a halt) holds up neither the loop nor itself. What comes of it is posted to
// the loop.
//
// libusb is started by the first call and, where that fails (no sysfs, no usbfs), again by the
// next one: a box without USB goes on. The destructor cancels the transfers under way, waits for
// their callbacks, closes what is open and ends libusb, in this order; it blocks for that long.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include <boost/asio/post.hpp>

#include "io/usb/transfer.hpp"

struct libusb_context;

namespace yijuan::usb {

class UsbThread {
 public:
  /// With a started libusb, or null where it cannot be started.
  using Work = std::move_only_function<void(libusb_context*)>;
  template <class T>
  using Question = std::move_only_function<Result<T>(libusb_context*)>;

  struct Core;

  explicit UsbThread(asio::any_io_executor loop);
  ~UsbThread();
  UsbThread(const UsbThread&) = delete;
  UsbThread& operator=(const UsbThread&) = delete;

  /// Runs `question` there. IoErrc::cannot_open if libusb cannot be started. Cancelled, it does
  /// not wait, but the question is asked all the same.
  template <class T>
  Task<T> ask(Question<T> question);

  /// Sets `ended` on the loop, always.
  void submit(std::shared_ptr<Transfer> transfer);
  /// Asks for its end, which comes by `ended`; nothing if it ended already.
  void cancel(std::shared_ptr<Transfer> transfer);
  /// Cancels the transfers of `handle` and, after the last callback, gives `interface` back (to
  /// the kernel's driver, if it had one) and closes.
  void close(libusb_device_handle* handle, int interface);

  /// Waits until a device was plugged in or pulled out.
  Task<void> wait_for_change();
  /// False once the device was pulled out.
  [[nodiscard]] bool plugged(std::uint8_t bus, std::uint8_t address) const;

 private:
  void run(Work work);
  static Error not_started();

  asio::any_io_executor loop_;
  std::shared_ptr<Core> core_;
  std::thread thread_;
};

template <class T>
Task<T> UsbThread::ask(Question<T> question) {
  struct Answer {
    explicit Answer(const asio::any_io_executor& loop) : ready(loop) {}
    Event ready;
    std::optional<Result<T>> result;
  };
  auto answer = std::make_shared<Answer>(loop_);
  // The answer travels back to the loop even if nobody waits: what it holds is destroyed there.
  run([answer, loop = loop_, question = std::move(question)](libusb_context* context) mutable {
    answer->result.emplace(context == nullptr ? Result<T>(not_started()) : question(context));
    asio::post(loop, [answer = std::move(answer)] { answer->ready.set(); });
  });
  auto waited = co_await answer->ready.wait();
  if (!waited) co_return waited.error();
  co_return std::move(*answer->result);
}

}  // namespace yijuan::usb

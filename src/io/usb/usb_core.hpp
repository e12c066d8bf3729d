// What UsbThread's thread works with. Private to io/usb; libusb.h stays in the sources.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "io/usb/usb_thread.hpp"

struct libusb_device;
struct libusb_transfer;

namespace yijuan::usb {

struct UsbThread::Core {
  explicit Core(asio::any_io_executor executor);

  // From any thread.
  void queue(Work item);
  void stop();

  // On the thread only.
  void main();
  void submit(std::shared_ptr<Transfer> transfer);
  void cancel(const Transfer& transfer);
  void close(libusb_device_handle* handle, int interface);
  void ended(libusb_transfer* raw);
  void changed(libusb_device* device, bool arrived);

  /// What the loop knows of the devices.
  struct Plugged {
    explicit Plugged(const asio::any_io_executor& executor) : changed(executor) {}
    Event changed;
    std::set<std::pair<std::uint8_t, std::uint8_t>> left;
  };
  asio::any_io_executor loop;
  std::shared_ptr<Plugged> plugged;

 private:
  bool start();
  void work_off();
  void close_finished();
  void wait_for_events();
  void wait_for_work();
  bool finish();  // stopping: whether nothing is left, or the wait for it is over
  void report(std::shared_ptr<Transfer> transfer, TransferEnd end, std::size_t count) const;

  std::mutex mutex_;
  std::condition_variable queued_;
  std::deque<Work> work_;
  bool stopping_ = false;
  libusb_context* context_ = nullptr;  // written by the thread, under the mutex

  using Live = std::map<libusb_transfer*, std::shared_ptr<Transfer>>;
  std::unique_ptr<Live> live_ = std::make_unique<Live>();  // submitted, callback still to come
  struct Closing {
    libusb_device_handle* handle;
    int interface;
  };
  std::vector<Closing> closing_;
  int hotplug_ = 0;
  bool finishing_ = false;
  std::chrono::steady_clock::time_point finish_by_;
};

}  // namespace yijuan::usb

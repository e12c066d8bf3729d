#include "tests/usb/usb_bus.hpp"

#include <fmt/format.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/assert.hpp"

namespace yijuan::test {
namespace {

constexpr std::size_t kPacket = 64;
constexpr std::size_t kSetup = 8;
constexpr const char* kRoot = "/devices/pci0000:00/0000:00:14.0/usb1/";

Bytes text_descriptor(std::string_view text) {
  Bytes bytes = {static_cast<std::uint8_t>(2 + 2 * text.size()), 3};
  for (const char c : text) {
    bytes.push_back(static_cast<std::uint8_t>(c));
    bytes.push_back(0);
  }
  return bytes;
}

}  // namespace

struct UsbPrinter::Block {
  UMockdevIoctlData* data = nullptr;
  UMockdevIoctlData* buffer = nullptr;
  unsigned long address = 0;  // the host's name for it
  bool ready = false;
  int status = 0;
  std::size_t actual = 0;

  ~Block() {
    if (buffer != nullptr) g_object_unref(buffer);
    if (data != nullptr) g_object_unref(data);
  }
  [[nodiscard]] usbdevfs_urb& urb() const { return *reinterpret_cast<usbdevfs_urb*>(data->data); }
  [[nodiscard]] std::span<std::uint8_t> bytes() const {
    if (buffer == nullptr) return {};
    return {reinterpret_cast<std::uint8_t*>(buffer->data),
            static_cast<std::size_t>(urb().buffer_length)};
  }
  void end(int with) {
    status = with;
    ready = true;
  }
};

UsbPrinter::UsbPrinter(UsbPrinterMake make, std::string path, int address)
    : make_(std::move(make)), path_(std::move(path)), address_(address) {}

void UsbPrinter::take_at_most(std::optional<std::size_t> bytes) {
  const std::lock_guard lock(mutex_);
  room_ = bytes;
}
void UsbPrinter::stall(int times, std::size_t after) {
  const std::lock_guard lock(mutex_);
  stalls_ = times;
  stall_after_ = after;
}
void UsbPrinter::say(BytesView answer) {
  const std::lock_guard lock(mutex_);
  answers_.insert(answers_.end(), answer.begin(), answer.end());
}
void UsbPrinter::set_port_status(std::uint8_t bits) {
  const std::lock_guard lock(mutex_);
  port_status_ = bits;
}
void UsbPrinter::set_sink(Sink sink, std::function<Bytes()> answers) {
  const std::lock_guard lock(mutex_);
  sink_ = std::move(sink);
  source_ = std::move(answers);
}
void UsbPrinter::set_busy(bool busy) {
  const std::lock_guard lock(mutex_);
  busy_ = busy;
}
void UsbPrinter::set_empty_answers(bool on) {
  const std::lock_guard lock(mutex_);
  empty_answers_ = on;
}
void UsbPrinter::between(const std::function<void()>& change) {
  const std::lock_guard lock(mutex_);
  change();
}
Bytes UsbPrinter::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}
UsbPrinter::Counts UsbPrinter::counts() const {
  const std::lock_guard lock(mutex_);
  Counts counts = counts_;
  counts.waiting = blocks_.size();
  return counts;
}

gboolean UsbPrinter::on_ioctl(UMockdevIoctlBase*, UMockdevIoctlClient* client, gpointer self) {
  return static_cast<UsbPrinter*>(self)->answer(client);
}

gboolean UsbPrinter::answer(UMockdevIoctlClient* client) {
  const std::lock_guard lock(mutex_);
  UMockdevIoctlData* argument = umockdev_ioctl_client_get_arg(client);
  const auto done = [client](long result, int error = 0) {
    umockdev_ioctl_client_complete(client, result, error);
    return TRUE;
  };
  const gulong request = umockdev_ioctl_client_get_request(client);
  if (request == USBDEVFS_REAPURBNDELAY || request == USBDEVFS_REAPURB) {
    progress();
    if (reap(argument)) return done(0);
    return done(-1, gone_ ? ENODEV : EAGAIN);
  }
  if (gone_) return done(-1, ENODEV);
  switch (request) {
    case USBDEVFS_GET_CAPABILITIES: {
      UMockdevIoctlData* told = umockdev_ioctl_data_resolve(argument, 0, sizeof(__u32), nullptr);
      const __u32 able = USBDEVFS_CAP_BULK_CONTINUATION | USBDEVFS_CAP_ZERO_PACKET;
      std::memcpy(told->data, &able, sizeof able);
      g_object_unref(told);
      return done(0);
    }
    case USBDEVFS_SUBMITURB:
      return done(submit(argument));
    case USBDEVFS_DISCARDURB: {
      const long error = discard(argument);
      return error == 0 ? done(0) : done(-1, static_cast<int>(error));
    }
    case USBDEVFS_DISCONNECT_CLAIM:
    case USBDEVFS_CLAIMINTERFACE:
      if (busy_) return done(-1, EBUSY);
      ++counts_.claims;
      if (request == USBDEVFS_DISCONNECT_CLAIM) ++counts_.taken_over;
      return done(0);
    case USBDEVFS_RELEASEINTERFACE:
      ++counts_.releases;
      return done(0);
    case USBDEVFS_CLEAR_HALT:
      ++counts_.halts_cleared;
      halted_ = false;
      return done(0);
    case USBDEVFS_SETCONFIGURATION:
      ++counts_.configured;
      return done(0);
    case USBDEVFS_IOCTL:  // connect: usblp takes it back
      ++counts_.reattached;
      return done(1);
    case USBDEVFS_SETINTERFACE:
    case USBDEVFS_RESET:
      return done(0);
    default:
      return done(-1, ENODATA);
  }
}

long UsbPrinter::submit(UMockdevIoctlData* argument) {
  auto block = std::make_shared<Block>();
  block->data = umockdev_ioctl_data_resolve(argument, 0, sizeof(usbdevfs_urb), nullptr);
  block->address = block->data->client_addr;
  if (block->urb().buffer_length > 0) {
    block->buffer =
        umockdev_ioctl_data_resolve(block->data, G_STRUCT_OFFSET(usbdevfs_urb, buffer),
                                    static_cast<gsize>(block->urb().buffer_length), nullptr);
  }
  blocks_.push_back(std::move(block));
  progress();
  return 0;
}

bool UsbPrinter::reap(UMockdevIoctlData* argument) {
  const auto ready = std::ranges::find_if(blocks_, [](const auto& b) { return b->ready; });
  if (ready == blocks_.end()) return false;
  const auto block = std::move(*ready);
  blocks_.erase(ready);
  block->urb().status = block->status;
  block->urb().actual_length = static_cast<int>(block->actual);
  UMockdevIoctlData* place = umockdev_ioctl_data_resolve(argument, 0, sizeof(gpointer), nullptr);
  umockdev_ioctl_data_set_ptr(place, 0, block->data);
  g_object_unref(place);
  return true;
}

long UsbPrinter::discard(const UMockdevIoctlData* argument) {
  unsigned long address = 0;
  std::memcpy(&address, argument->data, sizeof address);
  for (const auto& block : blocks_) {
    if (block->address != address || block->ready) continue;
    block->end(-ENOENT);
    ++counts_.discarded;
    return 0;
  }
  return EINVAL;
}

void UsbPrinter::progress() {
  for (const auto& block : blocks_) {
    if (block->ready) continue;
    if (gone_) {
      block->end(-ENODEV);
    } else if (block->urb().type == USBDEVFS_URB_TYPE_CONTROL) {
      progress_control(*block);
    } else if ((block->urb().endpoint & 0x80) != 0) {
      progress_in(*block);
    } else {
      progress_out(*block);
    }
  }
}

void UsbPrinter::progress_control(Block& block) {
  const auto bytes = block.bytes();
  const auto told = answer_request(bytes.first(kSetup));
  if (!told) return block.end(-EPIPE);
  block.actual = std::min(told->size(), bytes.size() - kSetup);
  std::copy_n(told->begin(), block.actual, bytes.begin() + kSetup);
  block.end(0);
}

std::optional<Bytes> UsbPrinter::answer_request(BytesView setup) const {
  const int request = setup[1];
  if (setup[0] == 0x80 && request == 6) {
    if (setup[3] == 1) {
      const Bytes all = descriptors();
      return Bytes(all.begin(), all.begin() + 18);
    }
    const std::array texts = {make_.maker, make_.model, make_.serial};
    if (setup[3] != 3 || setup[2] < 1 || setup[2] > texts.size()) return std::nullopt;
    return text_descriptor(texts.at(setup[2] - 1U));
  }
  if (setup[0] == 0xA1 && request == 0) {
    if (make_.device_id.empty() || setup[5] != make_.number) return std::nullopt;
    const std::size_t length = make_.device_id.size() + 2;
    Bytes told = {static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
    told.insert(told.end(), make_.device_id.begin(), make_.device_id.end());
    return told;
  }
  if (setup[0] == 0xA1 && request == 1 && make_.has_port_status && setup[4] == make_.number) {
    return Bytes{port_status_};
  }
  return std::nullopt;
}

void UsbPrinter::progress_out(Block& block) {
  if (block.urb().endpoint != make_.out) return block.end(-EPROTO);
  if (halted_) return block.end(-EPIPE);
  const auto bytes = block.bytes();
  while (block.actual < bytes.size()) {
    if (stalls_ > 0 && block.actual >= stall_after_) {
      --stalls_;
      halted_ = true;
      return block.end(-EPIPE);
    }
    // Whole packets, as the bus carries them.
    const std::size_t packet = std::min(kPacket, bytes.size() - block.actual);
    if (room_ && *room_ < packet) return;
    const BytesView part = bytes.subspan(block.actual, packet);
    const std::size_t fits = sink_ ? sink_(part) : packet;
    if (room_) *room_ -= fits;
    taken_.insert(taken_.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(fits));
    block.actual += fits;
    if (fits < packet) return;
  }
  block.end(0);
}

void UsbPrinter::progress_in(Block& block) {
  if (!make_.in || block.urb().endpoint != *make_.in) return block.end(-EPROTO);
  if (source_) {
    const Bytes said = source_();
    answers_.insert(answers_.end(), said.begin(), said.end());
  }
  const auto bytes = block.bytes();
  if (answers_.empty()) {
    if (empty_answers_) block.end(0);
    return;
  }
  block.actual = std::min(answers_.size(), bytes.size());
  std::copy_n(answers_.begin(), block.actual, bytes.begin());
  answers_.erase(answers_.begin(), answers_.begin() + static_cast<std::ptrdiff_t>(block.actual));
  block.end(0);
}

Bytes UsbPrinter::descriptors() const {
  const auto low = [](int n) { return static_cast<std::uint8_t>(n & 0xFF); };
  const auto high = [](int n) { return static_cast<std::uint8_t>(n >> 8); };
  const std::uint8_t serial = make_.serial.empty() ? 0 : 3;
  const std::uint8_t ends = make_.in ? 2 : 1;
  const int length = 9 + 9 + 7 * ends;
  Bytes all = {18,
               1,
               0,
               2,
               0,
               0,
               0,
               64,
               low(make_.vendor),
               high(make_.vendor),
               low(make_.product),
               high(make_.product),
               0,
               1,
               1,
               2,
               serial,
               1};
  const Bytes configuration = {9, 2, low(length), high(length), 1, 1, 0, 0xC0, 50};
  const Bytes interface = {9, 4, make_.number, 0, ends, make_.device_class, 1, make_.protocol, 0};
  const Bytes out = {7, 5, make_.out, 2, kPacket, 0, 0};
  for (const Bytes& part : {configuration, interface, out}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  if (make_.in) all.insert(all.end(), {7, 5, *make_.in, 2, kPacket, 0, 0});
  return all;
}

std::string UsbPrinter::description() const {
  std::string hex;
  for (const std::uint8_t byte : descriptors()) hex += fmt::format("{:02X}", byte);
  const std::string node = fmt::format("bus/usb/001/{:03}", address_);
  return fmt::format(
      "P: {}{}\nN: {}={}\nE: BUSNUM=001\nE: DEVNAME=/dev/{}\nE: DEVNUM={:03}\n"
      "E: DEVTYPE=usb_device\nE: DRIVER=usb\nE: SUBSYSTEM=usb\nE: MAJOR=189\nE: MINOR={}\n"
      "A: bConfigurationValue=1\\n\nA: busnum=1\\n\nA: devnum={}\\n\nA: speed=12\\n\n"
      "A: idVendor={:04x}\\n\nA: idProduct={:04x}\\n\nH: descriptors={}\n",
      kRoot, path_, node, hex, node, address_, address_ - 1, address_, make_.vendor, make_.product,
      hex);
}

UsbBus::UsbBus() : bed_(umockdev_testbed_new()) {}

UsbBus::~UsbBus() {
  for (const auto& printer : printers_) {
    umockdev_testbed_detach_ioctl(
        bed_, fmt::format("/dev/bus/usb/001/{:03}", printer->address_).c_str(), nullptr);
    g_object_unref(printer->handler_);
    // GLib's thread is done with it; its lock says so in a way that TSan sees.
    printer->between([] {});
  }
  g_object_unref(bed_);
}

std::shared_ptr<UsbPrinter> UsbBus::plug(const UsbPrinterMake& make, const std::string& path) {
  auto printer = std::make_shared<UsbPrinter>(make, path, ++last_address_);
  printer->handler_ = umockdev_ioctl_base_new();
  g_signal_connect(printer->handler_, "handle-ioctl", G_CALLBACK(UsbPrinter::on_ioctl),
                   printer.get());
  GError* error = nullptr;
  const bool added =
      umockdev_testbed_add_from_string(bed_, printer->description().c_str(), &error) != FALSE;
  YIJUAN_ASSERT(added, error->message);
  const std::string node = fmt::format("/dev/bus/usb/001/{:03}", printer->address_);
  const bool attached =
      umockdev_testbed_attach_ioctl(bed_, node.c_str(), printer->handler_, &error) != FALSE;
  YIJUAN_ASSERT(attached, error->message);
  // The first event may come before the descriptors are there; the kernel's does not.
  umockdev_testbed_uevent(bed_, (std::string("/sys") + kRoot + path).c_str(), "add");
  printers_.push_back(printer);
  return printer;
}

void UsbBus::unplug(UsbPrinter& printer) {
  {
    const std::lock_guard lock(printer.mutex_);
    printer.gone_ = true;
  }
  const std::string place = std::string("/sys") + kRoot + printer.path_;
  umockdev_testbed_uevent(bed_, place.c_str(), "remove");
  umockdev_testbed_remove_device(bed_, place.c_str());
}

}  // namespace yijuan::test

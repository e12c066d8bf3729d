#include "usb_guest/usbip_port.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <system_error>
#include <thread>

namespace yijuan::usb_guest {
namespace {

constexpr const char* kAttach = "/sys/devices/platform/vhci_hcd.0/attach";
constexpr int kFullSpeed = 2;
constexpr int kTries = 100;
constexpr std::size_t kPacket = 64;
constexpr std::size_t kHeader = 48;
constexpr std::uint32_t kSubmit = 1;
constexpr std::uint32_t kUnlink = 2;
constexpr std::uint32_t kAnswerSubmit = 3;
constexpr std::uint32_t kAnswerUnlink = 4;

std::uint32_t word(const Bytes& bytes, std::size_t index) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | bytes[4 * index + i];
  return value;
}

void put_word(Bytes& bytes, std::size_t index, std::uint32_t value) {
  for (std::size_t i = 4; i-- > 0; value >>= 8) {
    bytes[4 * index + i] = static_cast<std::uint8_t>(value);
  }
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

void UsbIpPort::plug() {
  if (plugged()) return;
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) fail("socketpair");
  Descriptor ours(ends[0]);
  const Descriptor theirs(ends[1]);
  const Descriptor attach(::open(kAttach, O_WRONLY | O_CLOEXEC));
  if (!attach.valid()) fail(kAttach);
  const int id = 0x10001 + number_;
  const std::string line = fmt::format("{} {} {} {}", number_, theirs.get(), id, kFullSpeed);
  // After an unplug the kernel needs a moment until the port is free.
  for (int tries = 0; ::write(attach.get(), line.data(), line.size()) < 0; ++tries) {
    if (errno != EBUSY || tries == kTries) fail(kAttach);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  socket_ = std::move(ours);
  device_.count_anew();
}

void UsbIpPort::unplug() {
  socket_ = Descriptor();
  pending_.clear();
  device_.unplugged();
}

bool UsbIpPort::read_whole(std::span<std::uint8_t> bytes) {
  const auto count = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_WAITALL);
  return count == std::ssize(bytes);
}

void UsbIpPort::write_whole(const Bytes& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto count =
        ::send(socket_.get(), bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (count <= 0) return;  // the kernel hung up: hear() sees it, too
    done += static_cast<std::size_t>(count);
  }
}

void UsbIpPort::hear() {
  Bytes header(kHeader);
  if (!read_whole(header)) {
    unplug();
  } else if (word(header, 0) == kSubmit) {
    hear_submit(header);
  } else if (word(header, 0) == kUnlink) {
    hear_unlink(header);
  }
}

void UsbIpPort::hear_submit(const Bytes& header) {
  const std::uint32_t number = word(header, 1);
  const bool to_host = word(header, 3) == 1;
  const auto endpoint = static_cast<int>(word(header, 4));
  const std::size_t length = word(header, 6);
  Bytes data(to_host ? 0 : length);
  if (!data.empty() && !read_whole(data)) return unplug();
  if (endpoint != 0) {
    pending_.push_back({number, endpoint | (to_host ? 0x80 : 0), length, std::move(data), 0});
    return;
  }
  const std::uint8_t* const raw = header.data() + 40;
  const Setup setup = {.type = raw[0],
                       .request = raw[1],
                       .value = raw[2] | raw[3] << 8,
                       .index = raw[4] | raw[5] << 8,
                       .length = static_cast<std::size_t>(raw[6] | raw[7] << 8)};
  const auto reply = device_.control(setup, data);
  if (!reply) return answer(number, -EPIPE, 0);
  answer(number, 0, to_host ? reply->size() : length, to_host ? BytesView(*reply) : BytesView());
}

void UsbIpPort::hear_unlink(const Bytes& header) {
  const std::uint32_t victim = word(header, 5);
  const auto found = std::ranges::find(pending_, victim, &Urb::number);
  if (found != pending_.end()) {
    answer(victim, -ECONNRESET, found->taken);
    pending_.erase(found);
  }
  Bytes reply(kHeader);
  put_word(reply, 0, kAnswerUnlink);
  put_word(reply, 1, word(header, 1));
  write_whole(reply);
}

void UsbIpPort::answer(std::uint32_t urb, int status, std::size_t length, BytesView data) {
  Bytes reply(kHeader);
  put_word(reply, 0, kAnswerSubmit);
  put_word(reply, 1, urb);
  put_word(reply, 5, static_cast<std::uint32_t>(status));
  put_word(reply, 6, static_cast<std::uint32_t>(length));
  reply.insert(reply.end(), data.begin(), data.end());
  write_whole(reply);
}

UsbIpPort::Progress UsbIpPort::take(Time now, Urb& urb) {
  do {
    const std::size_t count = std::min(kPacket, urb.data.size() - urb.taken);
    const auto packet = BytesView(urb.data).subspan(urb.taken, count);
    switch (device_.take(now, urb.endpoint, packet)) {
      case Handshake::nak:
        return Progress::waiting;
      case Handshake::gone:
        return Progress::gone;
      case Handshake::stall:
        answer(urb.number, -EPIPE, urb.taken);
        return Progress::answered;
      case Handshake::ack:
        urb.taken += count;
    }
  } while (urb.taken < urb.data.size());
  answer(urb.number, 0, urb.taken);
  return Progress::answered;
}

UsbIpPort::Progress UsbIpPort::advance(Time now, Urb& urb) {
  if ((urb.endpoint & 0x80) == 0) return take(now, urb);
  const auto packet = device_.give(now, urb.endpoint, std::min(kPacket, urb.length));
  if (!packet) return Progress::waiting;
  answer(urb.number, 0, packet->size(), *packet);  // a short packet ends a transfer
  return Progress::answered;
}

// The transfers of one endpoint are worked off in their order.
void UsbIpPort::serve(Time now) {
  std::set<int> waiting;
  for (auto urb = pending_.begin(); urb != pending_.end();) {
    if (waiting.contains(urb->endpoint)) {
      ++urb;
      continue;
    }
    const Progress progress = advance(now, *urb);
    if (progress == Progress::gone) return unplug();
    if (progress == Progress::waiting) {
      waiting.insert(urb->endpoint);
      ++urb;
    } else {
      urb = pending_.erase(urb);
    }
  }
}

}  // namespace yijuan::usb_guest

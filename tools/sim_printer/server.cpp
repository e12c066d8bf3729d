#include "sim_printer/server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <map>
#include <system_error>

namespace yijuan::sim_printer {
namespace {

constexpr std::size_t kLongestLine = 200;
constexpr int kPollMilliseconds = 200;

constexpr std::size_t kLongestPaper = 100'000;  // mm
constexpr int kDotsPerMillimetre = 8;

std::optional<std::size_t> whole_number(const std::string& text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

Socket::~Socket() {
  if (number_ >= 0) ::close(number_);
}

Server::Server(escpos_fake::Printer& printer, SlipFolder& folder)
    : printer_(printer), folder_(folder) {
  printer_.on_slip = [this](const escpos_fake::Slip& slip) { unkept_.push_back(slip); };
}

int Server::listen_for_data(int port) {
  data_listener_ = Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  ::setsockopt(data_listener_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (::bind(data_listener_.get(), generic, size) != 0 || ::listen(data_listener_.get(), 8) != 0 ||
      ::getsockname(data_listener_.get(), generic, &size) != 0) {
    fail(fmt::format("port {}", port));
  }
  return ntohs(address.sin_port);
}

void Server::listen_for_commands(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    fail(path);
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  ::unlink(path.c_str());
  command_listener_ = Socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::bind(command_listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(command_listener_.get(), 8) != 0) {
    fail(path);
  }
}

void Server::run(const volatile std::sig_atomic_t& stop) {
  while (!quit_ && stop == 0) poll_once();
  for (const auto& slip : unkept_) folder_.keep(slip);
}

void Server::poll_once() {
  std::vector<pollfd> polled;
  const auto watch = [&](const Socket& socket, int events) {
    polled.push_back({socket.get(), static_cast<short>(events), 0});  // a negative one is ignored
  };
  watch(data_listener_, client_.open() ? 0 : POLLIN);  // one at a time
  // With a full buffer the client is not listened to, not even when it leaves.
  watch(client_, POLLIN | (unsent_.empty() ? 0 : POLLOUT));
  if (!waiting_.empty()) polled.back().fd = -1;
  watch(command_listener_, POLLIN);
  for (const auto& commander : commanders_) watch(commander.socket, POLLIN);
  const int ready = ::poll(polled.data(), polled.size(), unkept_.empty() ? kPollMilliseconds : 0);
  if (ready == 0 && !unkept_.empty()) {
    folder_.keep(unkept_.front());
    unkept_.pop_front();
  }
  if (!waiting_.empty()) pass_on();  // the printer may take now what it did not
  if (ready <= 0) return;
  if (polled[0].revents != 0) accept_data();
  if (polled[1].revents != 0) read_data();
  for (std::size_t i = 0; i < commanders_.size(); ++i) {
    if (polled[3 + i].revents != 0) read_command(commanders_[i]);
  }
  std::erase_if(commanders_, [](const Commander& c) { return !c.socket.open(); });
  if (polled[2].revents != 0) accept_command();
}

void Server::accept_data() {
  client_ = Socket(::accept4(data_listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

void Server::read_data() {
  std::array<std::uint8_t, 4096> buffer{};
  const ssize_t count = ::recv(client_.get(), buffer.data(), buffer.size(), 0);
  if (count > 0) {
    waiting_.insert(waiting_.end(), buffer.begin(), buffer.begin() + count);
    pass_on();
  } else if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
    answer();
  } else {
    client_ = Socket();
    unsent_.clear();
  }
}

void Server::pass_on() {
  std::size_t most = waiting_.size();
  if (bytes_until_cut_) most = std::min(most, *bytes_until_cut_);
  const std::size_t taken = printer_.receive(BytesView(waiting_).first(most));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken));
  if (bytes_until_cut_) *bytes_until_cut_ -= taken;
  if (bytes_until_cut_ && *bytes_until_cut_ == 0) {
    hang_up();
  } else {
    answer();
  }
}

void Server::answer() {
  const Bytes said = printer_.take_answers();
  unsent_.insert(unsent_.end(), said.begin(), said.end());
  if (unsent_.empty() || !client_.open()) return;
  const ssize_t count = ::send(client_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (count > 0) unsent_.erase(unsent_.begin(), unsent_.begin() + count);
}

// As a pulled cable looks to the other side: a reset, nothing more is said.
void Server::hang_up() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(client_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  client_ = Socket();
  waiting_.clear();
  unsent_.clear();
  printer_.take_answers();
  bytes_until_cut_.reset();
}

void Server::accept_command() {
  commanders_.push_back(
      {Socket(::accept4(command_listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)), {}});
}

void Server::read_command(Commander& commander) {
  std::array<char, 512> buffer{};
  const ssize_t count = ::recv(commander.socket.get(), buffer.data(), buffer.size(), 0);
  if (count <= 0 || commander.line.size() > kLongestLine) {
    commander.socket = Socket();
    return;
  }
  commander.line.append(buffer.data(), static_cast<std::size_t>(count));
  for (auto end = commander.line.find('\n'); end != std::string::npos;
       end = commander.line.find('\n')) {
    const std::string reply = obey(commander.line.substr(0, end)) + "\n";
    commander.line.erase(0, end + 1);
    ::send(commander.socket.get(), reply.data(), reply.size(), MSG_NOSIGNAL);
  }
}

std::string Server::obey(const std::string& line) {
  const std::string word = line.substr(0, line.find(' '));
  const std::string rest = line.size() > word.size() ? line.substr(word.size() + 1) : "";
  if (word == "status") return status();
  if (word == "cut-connection") return cut_connection(rest);
  if (word == "paper-out" && !rest.empty()) return end_paper(rest);
  using Change = void (*)(escpos_fake::Printer&);
  static const std::map<std::string, Change, std::less<>> kChanges = {
      {"paper-out", [](escpos_fake::Printer& p) { p.set_paper(false); }},
      {"paper-in", [](escpos_fake::Printer& p) { p.set_paper(true); }},
      {"near-end", [](escpos_fake::Printer& p) { p.set_near_end(true); }},
      {"cover-open", [](escpos_fake::Printer& p) { p.set_cover(true); }},
      {"cover-close", [](escpos_fake::Printer& p) { p.set_cover(false); }},
      {"offline", [](escpos_fake::Printer& p) { p.set_offline(true); }},
      {"online", [](escpos_fake::Printer& p) { p.set_offline(false); }},
      {"cutter-stuck", [](escpos_fake::Printer& p) { p.set_cutter_stuck(true); }},
      {"cutter-free", [](escpos_fake::Printer& p) { p.set_cutter_stuck(false); }},
      {"head-hot", [](escpos_fake::Printer& p) { p.set_hot(true); }},
      {"head-cool", [](escpos_fake::Printer& p) { p.set_hot(false); }},
      {"power-cycle", [](escpos_fake::Printer& p) { p.power_cycle(); }},
  };
  const auto known = kChanges.find(word);
  if (known != kChanges.end()) {
    known->second(printer_);
  } else if (word == "quit") {
    quit_ = true;
  } else {
    return "error: unknown command: " + word;
  }
  return "ok";
}

std::string Server::cut_connection(const std::string& number) {
  const auto count = whole_number(number);
  if (!count) return "error: cut-connection needs a number of bytes";
  bytes_until_cut_ = count;
  if (*count == 0) hang_up();
  return "ok";
}

std::string Server::end_paper(const std::string& number) {
  const auto millimetres = whole_number(number);
  if (!millimetres || *millimetres > kLongestPaper) return "error: paper-out takes millimetres";
  printer_.paper_ends_after(static_cast<int>(*millimetres) * kDotsPerMillimetre);
  return "ok";
}

std::string Server::status() const {
  return fmt::format("slips={} online={} connected={} buffered={} alarms={} pulses={}",
                     printer_.slips().size(), printer_.online() ? "yes" : "no",
                     client_.open() ? "yes" : "no", printer_.buffered() + waiting_.size(),
                     printer_.alarms().size(), printer_.pulses());
}

}  // namespace yijuan::sim_printer

#include "tools/sim_coin/pseudo_terminal.hpp"

#include <fcntl.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace yijuan::sim {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

void PseudoTerminal::plug() {
  if (plugged()) return;
  termios raw{};
  cfmakeraw(&raw);
  int slave = -1;
  std::array<char, 128> name{};
  if (openpty(&master_, &slave, name.data(), &raw, nullptr) != 0) fail("openpty");
  // Held open, it would keep the host's exclusive lock alive after the host was killed.
  ::close(slave);
  (void)::fcntl(master_, F_SETFL, O_NONBLOCK);
  (void)::fcntl(master_, F_SETFD, FD_CLOEXEC);
  const std::string fresh = link_ + ".new";
  (void)::unlink(fresh.c_str());
  if (::symlink(name.data(), fresh.c_str()) != 0) fail(fresh);
  if (::rename(fresh.c_str(), link_.c_str()) != 0) fail(link_);
}

void PseudoTerminal::unplug() {
  if (!plugged()) return;
  (void)::unlink(link_.c_str());
  ::close(master_);
  master_ = -1;
}

Bytes PseudoTerminal::read(bool& host_gone) {
  std::array<std::uint8_t, 512> chunk{};
  const auto count = ::read(master_, chunk.data(), chunk.size());
  host_gone = count < 0 && errno == EIO;
  if (count <= 0) return {};
  return {chunk.begin(), chunk.begin() + count};
}

void PseudoTerminal::write(BytesView bytes) {
  // A host that does not read loses what a wire would lose.
  [[maybe_unused]] const auto written = ::write(master_, bytes.data(), bytes.size());
}

}  // namespace yijuan::sim

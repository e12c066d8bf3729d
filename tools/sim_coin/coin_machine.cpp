#include "tools/sim_coin/coin_machine.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "base/time.hpp"

namespace yijuan::sim {
namespace {

using cctalk_fake::AcceptedCoin;
using cctalk_fake::Fate;
using cctalk_fake::kPositions;
using cctalk_fake::Time;

constexpr int kHostCheckMilliseconds = 20;

Time now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

std::string wall_time() {
  const auto read = std::chrono::system_clock::now();
  return to_rfc3339(std::chrono::time_point_cast<std::chrono::milliseconds>(read));
}

/// The number that `text` is from first to last; -1 if it is none.
int number(std::string_view text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

/// The coins of a list, as write_truth() writes it.
std::vector<AcceptedCoin> read_truth(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::system_error(errno, std::generic_category(), path);
  std::vector<AcceptedCoin> coins;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string time;
    std::string id;
    int fen = 0;
    AcceptedCoin coin;
    fields >> time >> coin.position >> id >> fen >> coin.counter;
    const bool event = coin.counter >= 1 && coin.counter <= 255;
    if (!fields || !event || coin.position < 1 || coin.position > kPositions) {
      throw std::runtime_error(fmt::format("{}: not a line of accepted coins: {}", path, line));
    }
    coins.push_back(coin);
  }
  return coins;
}

}  // namespace

int fen_of(const std::string& id) {
  return id.size() == 6 ? std::max(0, number(id.substr(2, 3))) : 0;
}

CoinMachine::CoinMachine(cctalk_fake::Make make, const std::string& link, const std::string& ledger,
                         bool take_up)
    : device_(std::move(make)), cable_(link) {
  if (take_up) device_.take_up(read_truth(ledger));
  written_ = device_.accepted().size();
  if (!ledger.empty()) {
    ledger_ = ::open(ledger.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (ledger_ < 0) throw std::system_error(errno, std::generic_category(), ledger);
  }
  cable_.plug();
}

CoinMachine::~CoinMachine() {
  if (ledger_ >= 0) ::close(ledger_);
}

int CoinMachine::due() const {
  const auto next = device_.next_transmission();
  int wait = host_gone_ && cable_.plugged() ? kHostCheckMilliseconds : -1;
  if (device_.falling()) wait = kHostCheckMilliseconds;
  if (next) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - now()).count();
    const int until = static_cast<int>(std::max<std::int64_t>(0, left));
    wait = wait < 0 ? until : std::min(wait, until);
  }
  return wait;
}

void CoinMachine::serve() {
  device_.tick(now());
  write_truth(false);
  if (!cable_.plugged()) return;
  const Bytes heard = cable_.read(host_gone_);
  if (host_gone_) device_.hang_up();
  if (!heard.empty()) device_.receive(now(), heard);
  const Bytes told = device_.transmit(now());
  if (!told.empty()) cable_.write(told);
}

void CoinMachine::write_truth(bool power_lost) {
  const auto& accepted = device_.accepted();
  for (; written_ < accepted.size(); ++written_) {
    const AcceptedCoin& coin = accepted[written_];
    if (coin.counter == 0 && !power_lost) return;  // its event is still to come
    const auto& id = device_.make().coins[static_cast<std::size_t>(coin.position - 1)];
    const auto line =
        fmt::format("{} {} {} {} {}\n", wall_time(), coin.position, id, fen_of(id), coin.counter);
    if (ledger_ >= 0 && ::write(ledger_, line.data(), line.size()) < 0) {
      throw std::system_error(errno, std::generic_category(), "the list of accepted coins");
    }
  }
}

int CoinMachine::position_of(const std::string& what) const {
  const int position = number(what);
  if (position >= 1 && position <= kPositions) return position;
  const auto& coins = device_.make().coins;
  const auto found = std::ranges::find(coins, what);
  if (what.empty() || found == coins.end()) return 0;
  return static_cast<int>(found - coins.begin()) + 1;
}

std::string CoinMachine::drop(const std::string& what) {
  const int position = position_of(what);
  if (position == 0) return "error: no such coin: " + what;
  const auto& id = device_.make().coins[static_cast<std::size_t>(position - 1)];
  const Fate fate = device_.drop_coin(now(), position);
  if (fate != Fate::accepted) {
    ++refused_;
    return fmt::format("refused {} {}", position, id);
  }
  write_truth(false);
  return fmt::format("accepted {} {} {}", position, id, fen_of(id));
}

std::string CoinMachine::raise(const std::string& code) {
  const int value = number(code);
  if (value < 0 || value > 255) return "error: a code is 0 to 255";
  device_.raise(now(), value);
  return "ok";
}

std::string CoinMachine::lose(const std::string& share) {
  const auto space = share.find(' ');
  const int lost = number(share.substr(0, space));
  const int of = space == std::string::npos ? -1 : number(share.substr(space + 1));
  if (lost < 0 || of < 1) return "error: lose N OF";
  device_.set_faults([lost, of, reply = 0]() mutable {
    return reply++ % of < lost ? cctalk_fake::Fault::lose : cctalk_fake::Fault::none;
  });
  return "ok";
}

std::string CoinMachine::check(const std::string& code) {
  const int value = number(code);
  if (value < 0 || value > 255) return "error: a code is 0 to 255";
  device_.set_self_check(value);
  return "ok";
}

std::string CoinMachine::status() const {
  return fmt::format("plugged={} host={} counter={} accepted={} refused={} master={} mask={:04x}",
                     cable_.plugged() ? 1 : 0, cable_.plugged() && !host_gone_ ? 1 : 0,
                     device_.counter(), device_.accepted().size(), refused_,
                     device_.master() ? 1 : 0, device_.mask());
}

std::string CoinMachine::command(const std::string& line) {
  const auto space = line.find(' ');
  const std::string verb = line.substr(0, space);
  const std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
  if (verb == "coin") return drop(rest);
  if (verb == "reject" || verb == "error") return raise(rest);
  if (verb == "status") return status();
  if (verb == "lose") return lose(rest);
  if (verb == "check") return check(rest);
  if (verb == "unplug") {
    cable_.unplug();
    device_.hang_up();
  } else if (verb == "plug") {
    cable_.plug();
    host_gone_ = false;
  } else if (verb == "power-cycle") {
    device_.cut_power(now());
    write_truth(true);
  } else if (verb == "quit") {
    ended_ = true;
  } else {
    return "error: no such command: " + verb;
  }
  return "ok";
}

}  // namespace yijuan::sim

// sim_coin: a coin acceptor that is not there. It speaks ccTalk on a pseudo-terminal in real time,
// takes commands on a Unix socket, and keeps its own list of the coins that it took.
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "tools/sim_coin/coin_machine.hpp"
#include "tools/sim_coin/control_socket.hpp"

namespace {

using namespace yijuan;

struct Options {
  std::string link;
  std::string control;
  std::string ledger;
  std::vector<std::string> coins = {"CN100A", "CN100B", "CN050A", "CN010A"};
  int fall = 0;
  int patience = 0;
  bool no_echo = false;
  bool take_up = false;
  cctalk_fake::Make make;
};

constexpr const char* kCommands =
    "Commands, one a line, one line back:\n"
    "  coin ID|POSITION   drop a coin: \"accepted POSITION ID FEN\" or \"refused POSITION ID\"\n"
    "  reject CODE        an event without a coin (ccTalk error code); also: error CODE\n"
    "  unplug | plug      pull the cable; put it back\n"
    "  lose N OF          from now on the first N of every OF replies are lost; lose 0 1: none\n"
    "  check CODE         what the self-check finds; 0: nothing\n"
    "  power-cycle        counter 0, everything inhibited\n"
    "  status | quit\n"
    "A line of the list of accepted coins: time position id fen counter";

void read_options(CLI::App& app, Options& options) {
  app.add_option("--link", options.link, "name of the serial port: a link that comes and goes")
      ->required();
  app.add_option("--control", options.control, "Unix socket for commands")->required();
  app.add_option("--ledger", options.ledger, "the list of accepted coins, appended to");
  app.add_flag("--take-up", options.take_up,
               "begin with the coins of --ledger: the acceptor kept its power and its memory");
  app.add_option("--coins", options.coins, "ids of positions 1, 2, ...; '-' is an empty one")
      ->delimiter(',');
  app.add_option("--serial", options.make.serial, "serial number")->check(CLI::Range(0, 0xFFFFFF));
  app.add_option("--address", options.make.address, "ccTalk address")->check(CLI::Range(2, 255));
  app.add_option("--fall-ms", options.fall, "from a coin's acceptance to its event");
  app.add_option("--patience-ms", options.patience, "inhibit itself when unpolled for longer");
  app.add_flag("--crc", options.make.crc, "CRC instead of the plain checksum");
  app.add_flag("--no-echo", options.no_echo, "a converter that swallows the echo");
  app.add_flag("--paced", options.make.paced, "bytes take their time at 9600 baud");
  app.footer(kCommands);
}

cctalk_fake::Make make_of(Options& options) {
  cctalk_fake::Make make = options.make;
  make.echo = !options.no_echo;
  make.fall = std::chrono::milliseconds(options.fall);
  if (options.patience > 0) make.patience = std::chrono::milliseconds(options.patience);
  make.coins = {};
  for (std::size_t index = 0; index < options.coins.size() && index < make.coins.size(); ++index) {
    if (options.coins[index] != "-") make.coins[index] = options.coins[index];
  }
  return make;
}

/// A descriptor that becomes readable when the program should end.
int end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC);
}

void run(Options& options) {
  const int ending = end_signals();
  sim::CoinMachine machine(make_of(options), options.link, options.ledger, options.take_up);
  sim::ControlSocket control(options.control);
  const auto answer = [&machine](const std::string& line) { return machine.command(line); };
  while (!machine.ended()) {
    std::vector<pollfd> watched = {{.fd = ending, .events = POLLIN, .revents = 0},
                                   {.fd = machine.descriptor(), .events = POLLIN, .revents = 0}};
    control.watch(watched);
    (void)::poll(watched.data(), watched.size(), machine.due());
    if (watched[0].revents != 0) break;
    machine.serve();
    control.serve(answer);
    machine.serve();
  }
  ::close(ending);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("sim_coin: a simulated ccTalk coin acceptor on a pseudo-terminal");
  Options options;
  read_options(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    std::cerr << "sim_coin: " << error.what() << '\n';
    return 1;
  }
  return 0;
}

// sim_note: a note acceptor that is not there. It speaks its protocol on a pseudo-terminal in real
// time, takes commands on a Unix socket, and keeps its own list of what became of the notes.
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <map>

#include "tools/sim_coin/control_socket.hpp"
#include "tools/sim_note/note_machine.hpp"

namespace {

using namespace yijuan;

using Maker = std::unique_ptr<sim::NoteDevice> (*)(const sim::NoteDeviceOptions& options);
const std::map<std::string, Maker> kProtocols = {{"cctalk", sim::make_cctalk_note},
                                                 {"ict", sim::make_ict_note}};

struct Options {
  std::string protocol = "cctalk";
  std::string link;
  std::string control;
  std::string ledger;
  int moving = 700;
  int holding = 30'000;
  bool no_echo = false;
  sim::NoteDeviceOptions device;
};

constexpr const char* kCommands =
    "Commands, one a line, one line back:\n"
    "  note ID|POSITION   insert a note: \"taken|refused|occupied POSITION ID FEN\"\n"
    "  event CODE         an event without a note: a reject, fraud, a status\n"
    "  jam reachable|unreachable|stacker; clear-jam\n"
    "  pull [unseen]      the customer pulls the note out of the path\n"
    "  unknown            stacks a note that it cannot name\n"
    "  full | emptied; remove-stacker | insert-stacker\n"
    "  fail-routes N      the next N routings of a held note fail\n"
    "  betray             the next note is given back in spite of the command to stack it\n"
    "  unplug | plug      pull the cable; put it back\n"
    "  power-cycle [MS]   off for so long; counter 0, everything inhibited\n"
    "  swap SERIAL        another device in its place\n"
    "  lose N             ict: the next N bytes to the host are lost\n"
    "  status | quit\n"
    "A line of the list of notes: time fate position id fen counter; fate is stacked, given-back\n"
    "or taken-out; counter is that of the \"stacked\" event, 0 where there is none.\n"
    "ict knows: note, event (a byte), jam, clear-jam, full, emptied, remove-stacker,\n"
    "insert-stacker, lose, power-cycle";

void read_options(CLI::App& app, Options& options) {
  options.device = {.notes = {"CN0001A", "CN0005A", "CN0010A", "CN0020A", "CN0050A", "CN0100A"},
                    .serial = 7654321,
                    .room = 600,
                    .after_power = "give-back"};
  app.add_option("--protocol", options.protocol, "what it speaks")
      ->check(CLI::IsMember(&kProtocols))
      ->capture_default_str();
  app.add_option("--link", options.link, "name of the serial port: a link that comes and goes")
      ->required();
  app.add_option("--control", options.control, "Unix socket for commands")->required();
  app.add_option("--ledger", options.ledger, "the list of notes, appended to");
  app.add_option("--notes", options.device.notes, "ids of positions 1, 2, ...; '-' is an empty one")
      ->delimiter(',');
  app.add_option("--serial", options.device.serial, "serial number")
      ->check(CLI::Range(0, 0xFFFFFF));
  app.add_option("--address", options.device.address, "ccTalk address")->check(CLI::Range(2, 255));
  app.add_option("--moving-ms", options.moving, "into the stacker, or back out")
      ->capture_default_str();
  app.add_option("--holding-ms", options.holding, "then it gives a held note back by itself")
      ->capture_default_str();
  app.add_option("--room", options.device.room, "notes that its stacker takes")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--after-power", options.device.after_power,
                 "what it does at power-up with a note that it finds in its path")
      ->check(CLI::IsMember({"give-back", "stack", "silent"}))
      ->capture_default_str();
  app.add_flag("--crc", options.device.crc, "CRC instead of the plain checksum");
  app.add_flag("--no-echo", options.no_echo, "a converter that swallows the echo");
  app.add_flag("--paced", options.device.paced, "bytes take their time at 9600 baud");
  app.footer(kCommands);
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
  options.device.echo = !options.no_echo;
  options.device.moving = std::chrono::milliseconds(options.moving);
  options.device.holding = std::chrono::milliseconds(options.holding);
  auto device = kProtocols.at(options.protocol)(options.device);
  sim::NoteMachine machine(std::move(device), options.link, options.ledger);
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
  CLI::App app("sim_note: a simulated note acceptor on a pseudo-terminal");
  Options options;
  read_options(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    std::cerr << "sim_note: " << error.what() << '\n';
    return 1;
  }
  return 0;
}

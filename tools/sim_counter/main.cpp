// sim_counter: a counting machine that is not there. It prints its totals on a pseudo-terminal when
// it is told to on a Unix socket.
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <csignal>
#include <iostream>
#include <sstream>

#include "drivers/counter/fake.hpp"
#include "tools/sim_coin/control_socket.hpp"
#include "tools/sim_coin/pseudo_terminal.hpp"

namespace {

using namespace yijuan;

constexpr const char* kCommands =
    "Commands, one a line, one line back:\n"
    "  count FEN:PIECES...   the next count: count 100:8123 50:1377\n"
    "  print [FAULT]         prints it; FAULT: half, wrong-sum, wrong-line, lost-line, garbled,\n"
    "                        twice, chatter\n"
    "  noise N               N bytes of nonsense\n"
    "  unplug | plug | quit";

int number(std::string_view text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

class Machine {
 public:
  Machine(counter_fake::Layout layout, const std::string& link) : layout_(layout), cable_(link) {
    cable_.plug();
  }

  std::string command(const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    std::string rest;
    words >> verb;
    if (verb == "count") return count(words);
    words >> rest;
    if (verb == "print") return print(rest);
    if (verb == "noise") return noise(number(rest));
    if (verb == "unplug") {
      cable_.unplug();
    } else if (verb == "plug") {
      cable_.plug();
    } else if (verb == "quit") {
      ended_ = true;
    } else {
      return "error: no such command: " + verb;
    }
    return "ok";
  }

  [[nodiscard]] bool ended() const { return ended_; }

 private:
  std::string count(std::istringstream& words) {
    std::vector<counter_fake::Pile> counted;
    for (std::string word; words >> word;) {
      const auto colon = word.find(':');
      const int fen = number(word.substr(0, colon));
      const int pieces = colon == std::string::npos ? -1 : number(word.substr(colon + 1));
      if (fen <= 0 || pieces < 0) return "error: FEN:PIECES, not " + word;
      counted.push_back({fen, pieces});
    }
    counted_ = counted;
    return "ok";
  }

  std::string print(const std::string& word) {
    const auto fault = counter_fake::fault_of(word.empty() ? "none" : word);
    if (!fault) return "error: no such fault: " + word;
    if (!cable_.plugged()) return "error: unplugged";
    cable_.write(counter_fake::print(layout_, counted_, *fault));
    return "ok";
  }

  std::string noise(int bytes) {
    constexpr int kMost = 4000;
    if (bytes < 0 || bytes > kMost || !cable_.plugged()) return "error: not so much noise";
    constexpr std::uint8_t kNonsense = 0xE3;
    cable_.write(Bytes(static_cast<std::size_t>(bytes), kNonsense));
    return "ok";
  }

  counter_fake::Layout layout_;
  sim::PseudoTerminal cable_;
  std::vector<counter_fake::Pile> counted_;
  bool ended_ = false;
};

/// A descriptor that becomes readable when the program should end.
int end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC);
}

void run(const std::string& layout, const std::string& link, const std::string& socket) {
  const int ending = end_signals();
  Machine machine(*counter_fake::layout_of(layout), link);
  sim::ControlSocket control(socket);
  const auto answer = [&machine](const std::string& line) { return machine.command(line); };
  while (!machine.ended()) {
    std::vector<pollfd> watched = {{.fd = ending, .events = POLLIN, .revents = 0}};
    control.watch(watched);
    (void)::poll(watched.data(), watched.size(), -1);
    if (watched[0].revents != 0) break;
    control.serve(answer);
  }
  ::close(ending);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("sim_counter: a simulated counting machine on a pseudo-terminal");
  std::string layout = "columns";
  std::string link;
  std::string control;
  app.add_option("--layout", layout, "how it prints; the name of its model")
      ->check(CLI::IsMember({"columns", "coin-sorter", "receipt-gb"}))
      ->capture_default_str();
  app.add_option("--link", link, "name of the serial port: a link that comes and goes")->required();
  app.add_option("--control", control, "Unix socket for commands")->required();
  app.footer(kCommands);
  CLI11_PARSE(app, argc, argv);
  try {
    run(layout, link, control);
  } catch (const std::exception& error) {
    std::cerr << "sim_counter: " << error.what() << '\n';
    return 1;
  }
  return 0;
}

// sim_pulse: a pulse coin acceptor that is not there. It writes its pulses into a pipe that kioskd
// reads as its coin wire (line = "pipe:…", active = "high"), each with the time at which it is,
// and reads the inhibit wire from the file that kioskd writes (inhibit_line = "pipe:…").
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <system_error>
#include <thread>

#include "drivers/pulse/fake.hpp"

namespace {

using namespace yijuan;
using pulse_fake::Time;

struct Options {
  std::string line;
  std::string inhibit;
  int width = 50;
  pulse_fake::Make make;
};

constexpr const char* kCommands =
    "Commands on standard input, one a line, one line back:\n"
    "  coin FEN       drop a coin: \"accepted FEN\" or \"refused FEN\"\n"
    "  pulse MS       a pulse that no coin made (noise, or a line that sticks)\n"
    "  quit";

Time now() {
  timespec read{};
  clock_gettime(CLOCK_BOOTTIME, &read);
  return std::chrono::seconds(read.tv_sec) + std::chrono::nanoseconds(read.tv_nsec);
}

class Wire {
 public:
  explicit Wire(const std::string& path) {
    if (::mkfifo(path.c_str(), 0660) != 0 && errno != EEXIST) fail(path);
    pipe_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (pipe_ < 0) fail(path);
  }
  ~Wire() { ::close(pipe_); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// At its time, so that kioskd hears of an edge when it happens.
  void play(const std::vector<pulse_fake::Edge>& edges) const {
    for (const auto& edge : edges) {
      std::this_thread::sleep_for(edge.at - now());
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(edge.at);
      const auto text = fmt::format("{} {}.{:09}\n", edge.on ? 1 : 0, seconds.count(),
                                    (edge.at - seconds).count());
      if (::write(pipe_, text.data(), text.size()) < 0) fail("the coin wire");
    }
  }

 private:
  [[noreturn]] static void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
  }
  int pipe_ = -1;
};

/// The last level that kioskd wrote; a wire that nobody drives inhibits.
bool inhibited(const std::string& path) {
  if (path.empty()) return false;
  std::ifstream file(path);
  std::string level;
  std::string last = "1";
  while (std::getline(file, level)) last = level;
  return last == "1";
}

std::string command(const std::string& text, pulse_fake::FakePulseAcceptor& device,
                    const Wire& wire, const std::string& inhibit) {
  std::istringstream words(text);
  std::string what;
  int number = 0;
  if (!(words >> what >> number) || number <= 0) return "no command: " + text;
  if (what == "coin") {
    device.inhibit(inhibited(inhibit));
    const auto edges = device.drop_coin(now(), number);
    if (edges.empty()) return fmt::format("refused {}", number);
    wire.play(edges);
    return fmt::format("accepted {}", number);
  }
  if (what != "pulse") return "no command: " + text;
  const Time at = now();
  wire.play({{at, true}, {at + std::chrono::milliseconds(number), false}});
  return "ok";
}

void run(Options& options) {
  options.make.width = options.make.gap = std::chrono::milliseconds(options.width);
  const Wire wire(options.line);
  pulse_fake::FakePulseAcceptor device(options.make);
  for (std::string text; std::getline(std::cin, text) && text != "quit";) {
    std::cout << command(text, device, wire, options.inhibit) << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("sim_pulse: a simulated pulse coin acceptor on a pipe");
  Options options;
  app.add_option("--line", options.line, "the coin wire: a FIFO, made if nothing is there")
      ->required();
  app.add_option("--inhibit", options.inhibit, "the inhibit wire: the file that kioskd writes");
  app.add_option("--pulse-ms", options.width, "width of a pulse, and of a gap")
      ->check(CLI::Range(10, 200));
  app.add_option("--jitter", options.make.jitter_percent, "percent of each width")
      ->check(CLI::Range(0, 40));
  app.add_flag("--bounces", options.make.bounces, "each edge bounces");
  app.footer(kCommands);
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    std::cerr << "sim_pulse: " << error.what() << '\n';
    return 1;
  }
  return 0;
}

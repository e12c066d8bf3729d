// A receipt printer on TCP that is not there: what a driver sends becomes pictures of slips.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <map>

#include "sim_printer/server.hpp"

namespace {

using namespace yijuan;

volatile std::sig_atomic_t stop_signal = 0;

void on_signal(int number) {
  stop_signal = number;
}

struct Options {
  std::string out;
  std::string control;
  std::string port_file;
  int port = 0;
  int paper_mm = 58;
  escpos_fake::Behaviour behaviour;
};

int run(Options options) {
  struct sigaction action{};
  action.sa_handler = on_signal;  // without SA_RESTART, so that poll returns
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  options.behaviour.abilities.dots = options.paper_mm == 58 ? 384 : 576;
  escpos_fake::Printer printer(options.behaviour);
  sim_printer::SlipFolder folder(options.out, options.behaviour.abilities.dots);
  sim_printer::Server server(printer, folder);
  const int port = server.listen_for_data(options.port);
  if (!options.control.empty()) server.listen_for_commands(options.control);
  if (!options.port_file.empty() &&
      !sim_printer::write_whole(options.port_file, std::to_string(port))) {
    return 1;
  }
  fmt::print("tcp:127.0.0.1:{}\n", port);
  std::fflush(stdout);
  server.run(stop_signal);
  for (const auto& alarm : printer.alarms()) fmt::print(stderr, "sim_printer: alarm: {}\n", alarm);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "A simulated ESC/POS receipt printer on TCP (loopback). Writes each cut slip as NNNN.bin, "
      "NNNN.txt and NNNN.png.\n\nCommands on the control socket, a line each, answered by a line: "
      "paper-out [MM] (after so many more mm), paper-in, near-end, cover-open, cover-close, "
      "offline, "
      "online, cutter-stuck, cutter-free, head-hot, head-cool, power-cycle, cut-connection N "
      "(reset "
      "it after N more bytes), status, quit.");
  Options options;
  auto& abilities = options.behaviour.abilities;
  app.add_option("--out", options.out, "folder for the slips; made if it is missing")->required();
  app.add_option("--control", options.control, "Unix socket for commands");
  app.add_option("--port", options.port, "TCP port; 0 takes a free one")
      ->check(CLI::Range(0, 65535));
  app.add_option("--port-file", options.port_file, "the port is written here, too");
  app.add_option("--paper-mm", options.paper_mm, "width in mm")->check(CLI::IsMember({58, 80}));
  app.add_option("--buffer", options.behaviour.buffer, "receive buffer in bytes");
  app.add_flag("--native-qr", abilities.native_qr, "prints QR codes by itself");
  app.add_flag("--four-byte", abilities.four_byte, "has the four-byte characters of GB18030");
  app.add_flag("--process-id", abilities.process_id, "answers GS ( H");
  app.add_flag("--only-idle", options.behaviour.only_idle, "answers DLE EOT only when idle");
  app.add_flag("--one-behind", options.behaviour.one_behind, "answers lag one question behind");
  app.add_flag("--no-gs-r", options.behaviour.no_ordered, "does not know GS r");
  app.add_flag("--drops-buffer", options.behaviour.drops_on_reload,
               "forgets its buffer when paper is put in, as clones do");
  const std::map<std::string, escpos_fake::Clears> clears{
      {"dle_dc4", escpos_fake::Clears::dle_dc4}, {"dle_enq", escpos_fake::Clears::dle_enq}};
  app.add_option("--clears", options.behaviour.clears, "the command that empties its buffer")
      ->transform(CLI::CheckedTransformer(clears));
  app.add_flag("--automatic", options.behaviour.has_automatic, "knows GS a, automatic status");
  app.add_flag("--lies", options.behaviour.lies, "every DLE EOT answer says that all is well");
  app.add_flag("--silent", options.behaviour.silent, "answers nothing");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(std::move(options));
  } catch (const std::exception& error) {
    fmt::print(stderr, "sim_printer: {}\n", error.what());
    return 1;
  }
}

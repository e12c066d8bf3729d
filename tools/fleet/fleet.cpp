#include "tools/fleet/fleet.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <bit>

namespace yijuan::fleet {
namespace {

using namespace std::chrono_literals;

constexpr auto kMoment = 20ms;
constexpr unsigned kFirstTries = 4;

volatile sig_atomic_t asked_to_end = 0;

void ask_to_end(int /*signal*/) {
  asked_to_end = 1;
}

void show_bar(const std::string& what, std::size_t done, std::size_t of, const std::string& more) {
  if (isatty(STDERR_FILENO) == 0 || of == 0) return;
  constexpr std::size_t kWidth = 30;
  const std::size_t full = done * kWidth / of;
  fmt::print(stderr, "\r[{:#<{}}{:.<{}}] {}: {} of {}{}   ", "", full, "", kWidth - full, what,
             done, of, more);
}

void end_bar() {
  if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r{:80}\r", "");
}

}  // namespace

void end_in_order_on_signals() {
  ::signal(SIGINT, ask_to_end);
  ::signal(SIGTERM, ask_to_end);
}

Fleet::Fleet(Options options)
    : options_(std::move(options)),
      pace_(real_, options_.faster),
      random_(options_.seed),
      ledger_(options_.ledger),
      tasks_(context_.get_executor(), [](std::string_view, const Error&) {}) {
  const FleetBox::World world{context_.get_executor(), pace_, real_, wall_, random_, tally_};
  for (std::size_t i = 0; i < options_.boxes; ++i) {
    boxes_.push_back(
        std::make_unique<FleetBox>(world, fmt::format("sample-{:05}", i + 1), ledger_.domain()));
    show_bar("boxes with keys", i + 1, options_.boxes, "");
  }
  ledger_.enrol(boxes_,
                [&](std::size_t done) { show_bar("boxes enrolled", done, options_.boxes, ""); });
  end_bar();
}

Fleet::~Fleet() {
  tasks_.cancel();
  while (!tasks_.empty() && context_.run_one() > 0) {
  }
}

void Fleet::start_boxes() {
  for (const auto& box : boxes_) tasks_.spawn(box->id(), box->run());
}

void Fleet::begin() {
  for (const auto& box : boxes_) box->begin();
  tally_.most_tries = 0;
  peak_sockets_ = 0;
}

std::size_t Fleet::in_sync() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(boxes_, [](const auto& box) { return box->in_sync(); }));
}

unsigned Fleet::most_tries() const {
  return kFirstTries + static_cast<unsigned>(std::bit_width(boxes_.size()));
}

void Fleet::step() {
  if (asked_to_end != 0) throw EndedBySignal();
  context_.run_for(kMoment);
  peak_sockets_ = std::max(peak_sockets_, ledger_.sockets());
}

bool Fleet::live(const std::string& what, const std::function<bool()>& done,
                 const std::function<void()>& meanwhile, bool patient) {
  bool heard = true;
  while (!done() && heard) {
    step();
    if (meanwhile) meanwhile();
    show(what);
    heard = patient || tally_.most_tries <= most_tries();
  }
  end_bar();
  return heard;
}

void Fleet::show(const std::string& what) const {
  show_bar(what + ", in sync", in_sync(), boxes_.size(),
           fmt::format(", {} sockets, {} refused", peak_sockets_, tally_.refused()));
}

}  // namespace yijuan::fleet

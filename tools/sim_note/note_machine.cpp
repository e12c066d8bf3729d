#include "tools/sim_note/note_machine.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/time.hpp"

namespace yijuan::sim {
namespace {

constexpr int kTickMilliseconds = 20;

Time now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

std::string wall_time() {
  const auto read = std::chrono::system_clock::now();
  return to_rfc3339(std::chrono::time_point_cast<std::chrono::milliseconds>(read));
}

}  // namespace

NoteMachine::NoteMachine(std::unique_ptr<NoteDevice> device, const std::string& link,
                         const std::string& ledger)
    : device_(std::move(device)), cable_(link) {
  if (!ledger.empty()) {
    ledger_ = ::open(ledger.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (ledger_ < 0) throw std::system_error(errno, std::generic_category(), ledger);
  }
  cable_.plug();
}

NoteMachine::~NoteMachine() {
  if (ledger_ >= 0) ::close(ledger_);
}

int NoteMachine::due() const {
  int wait = device_->busy() || (host_gone_ && cable_.plugged()) ? kTickMilliseconds : -1;
  if (const auto next = device_->next_transmission()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - now()).count();
    const int until = static_cast<int>(std::max<std::int64_t>(0, left));
    wait = wait < 0 ? until : std::min(wait, until);
  }
  return wait;
}

void NoteMachine::serve() {
  device_->tick(now());
  write_truth();
  if (!cable_.plugged()) return;
  const Bytes heard = cable_.read(host_gone_);
  if (host_gone_) device_->hang_up();
  if (!heard.empty()) device_->receive(now(), heard);
  const Bytes told = device_->transmit(now());
  if (!told.empty()) cable_.write(told);
  write_truth();
}

void NoteMachine::write_truth() {
  for (const EndedNote& note : device_->take_ended()) {
    const auto line = fmt::format("{} {} {} {} {} {}\n", wall_time(), note.fate, note.position,
                                  note.id, note.fen, note.counter);
    if (ledger_ >= 0 && ::write(ledger_, line.data(), line.size()) < 0) {
      throw std::system_error(errno, std::generic_category(), "the list of notes");
    }
  }
}

std::string NoteMachine::status() const {
  return fmt::format("plugged={} host={} {}", cable_.plugged() ? 1 : 0,
                     cable_.plugged() && !host_gone_ ? 1 : 0, device_->status());
}

std::string NoteMachine::command(const std::string& line) {
  const auto space = line.find(' ');
  const std::string verb = line.substr(0, space);
  const std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
  if (verb == "status") return status();
  if (verb == "unplug") {
    cable_.unplug();
    device_->hang_up();
  } else if (verb == "plug") {
    cable_.plug();
    host_gone_ = false;
  } else if (verb == "quit") {
    ended_ = true;
  } else {
    const auto answer = device_->command(now(), verb, rest);
    write_truth();
    return answer.value_or("error: no such command: " + verb);
  }
  return "ok";
}

}  // namespace yijuan::sim

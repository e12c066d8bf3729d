#include "drivers/contacts/contacts_door.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "async/task_group.hpp"
#include "async/with_timeout.hpp"
#include "base/log.hpp"
#include "drivers/contacts/back_off.hpp"
#include "drivers/contacts/errc.hpp"

namespace yijuan::contacts {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kDevice = "door";
// A level is read again even if no edge was told: a lost one is made good by then.
constexpr seconds kLook{30};
constexpr milliseconds kShortestWait{1};

}  // namespace

ContactsDoor::ContactsDoor(std::vector<ContactSettings> contacts, std::unique_ptr<Lock> lock,
                           DriverContext context, DeviceFacts& facts)
    : lock_(std::move(lock)),
      context_(std::move(context)),
      facts_(facts),
      lines_changed_(context_.executor) {
  for (auto& settings : contacts) {
    const auto debounce = settings.debounce;
    contacts_.push_back({std::move(settings), Debounce(debounce)});
  }
}

Task<void> ContactsDoor::run() {
  TaskGroup group(context_.executor, [](std::string_view name, const Error& error) {
    log_error("door", fmt::format("{}: {}", name, error.message()));
  });
  group.spawn("states", tell_states());
  for (Contact& contact : contacts_) group.spawn(contact.settings.name, watch(contact));
  if (lock_) {
    group.spawn("lock", lock_->keep([this](const auto& error) { line_is("lock", error); }));
  }
  auto joined = co_await group.join();
  co_await group.cancel_and_join();
  co_return joined;
}

Task<void> ContactsDoor::unlock() {
  if (!lock_) co_return ContactsErrc::no_lock;
  auto opened = co_await lock_->open();
  co_return opened;
}

Task<void> ContactsDoor::watch(Contact& contact) {
  const std::string& name = contact.settings.name;
  BackOff back_off(context_.random);
  while (true) {
    auto line = contact.settings.line->open();
    if (!line) {
      line_is(name, line.error());
    } else {
      line_is(name, std::nullopt);
      const Instant opened = context_.clock.now();
      auto ended = co_await serve(contact, **line);
      if (ended.error() == AsyncErrc::cancelled) co_return ended;
      line_is(name, ended.error());
      if (context_.clock.now() - opened > kLook) back_off.reset();
    }
    auto slept = co_await context_.clock.sleep_for(back_off.next());
    if (!slept) co_return slept;
  }
}

Task<void> ContactsDoor::serve(Contact& contact, InputLine& line) {
  Debounce& debounce = contact.debounce;
  debounce.forget_level();
  bool look = true;
  while (true) {
    if (look) {
      auto level = line.level();
      if (!level) co_return level.error();
      auto reported = co_await report(contact, debounce.look(*level, context_.clock.now()));
      if (!reported) co_return reported;
    }
    const Instant now = context_.clock.now();
    const auto wait = std::clamp<std::chrono::nanoseconds>(
        debounce.due().value_or(now + kLook) - now, kShortestWait, kLook);
    auto events = co_await with_timeout(context_.clock, wait, line.wait());
    look = !events || events->lost;
    if (!events && events.error() != AsyncErrc::timed_out) co_return events.error();
    if (!events) continue;
    for (const LineEdge& edge : events->edges) {
      auto reported = co_await report(contact, debounce.edge(edge));
      if (!reported) co_return reported;
    }
  }
}

Task<void> ContactsDoor::report(const Contact& contact, std::optional<bool> news) {
  rest_is(contact);
  if (!news) co_return Result<void>();
  const bool active = *news == contact.settings.active_high;
  auto pushed = co_await facts_.push(ContactChanged{contact.settings.name, active});
  co_return pushed;
}

void ContactsDoor::rest_is(const Contact& contact) {
  const std::string& name = contact.settings.name;
  const bool restless = contact.debounce.restless();
  if (restless == restless_.contains(name)) return;
  if (restless) {
    restless_.insert(name);
  } else {
    restless_.erase(name);
  }
  lines_changed_.set();
}

void ContactsDoor::line_is(const std::string& name, const std::optional<Error>& error) {
  const std::string text = error ? fmt::format("{}: {}", name, error->message()) : "";
  const auto known = lines_.find(name);
  if (known != lines_.end() && known->second == text) return;
  if (error) log_warning("door", text);
  if (!error && known != lines_.end()) log_info("door", name + " is there again");
  lines_[name] = text;
  lines_changed_.set();
}

// One state for all lines, told once each was tried and after every change. One that is not there
// is worse than one that does not rest.
Task<void> ContactsDoor::tell_states() {
  auto found = co_await facts_.push(DeviceFound{
      .device = kDevice,
      .maker = "wires:",
      .product = fmt::format("{} contacts, {}", contacts_.size(), lock_ ? "a lock" : "no lock"),
      .serial = "",
      .firmware = ""});
  if (!found) co_return found;
  const std::size_t all = contacts_.size() + (lock_ ? 1 : 0);
  std::optional<std::string> told;
  while (true) {
    std::string text;
    for (const auto& [name, why] : lines_) {
      if (!why.empty()) text += (text.empty() ? "" : "; ") + why;
    }
    const std::string_view code = !text.empty() ? "line lost" : restless_.empty() ? "" : "restless";
    for (const auto& name : restless_) {
      text +=
          fmt::format("{}{}: its contact changes again and again", text.empty() ? "" : "; ", name);
    }
    lines_changed_.clear();
    if (lines_.size() == all && told != text) {
      told = text;
      auto pushed = co_await facts_.push(DeviceState{kDevice, std::string(code), text});
      if (!pushed) co_return pushed;
    } else {
      auto changed = co_await lines_changed_.wait();
      if (!changed) co_return changed;
    }
  }
}

}  // namespace yijuan::contacts

// The calls on names, and the ends of a machine's life. Those on open files: sim_disk_files.cpp.
#include "tests/support/disk/sim_disk.hpp"

#include <algorithm>
#include <utility>

#include "journal/errc.hpp"
#include "tests/support/disk/sim_vfs.hpp"

namespace yijuan::test {
namespace {

constexpr std::uint64_t kBlock = 4096;

std::uint64_t blocks(std::uint64_t bytes) {
  return (bytes + kBlock - 1) / kBlock * kBlock;
}

Result<void> result_of(DiskFault fault, const std::string& path) {
  if (fault == DiskFault::none || is_lie(fault)) return {};
  return Error(JournalErrc::write_failed, path);
}

}  // namespace

SimDisk::SimDisk(Options options)
    : options_(options), capacity_(options.capacity), vfs_(std::make_unique<SimVfs>(*this)) {}

SimDisk::~SimDisk() = default;

const char* SimDisk::vfs() const {
  return vfs_->name();
}

void SimDisk::plan(DiskPlan plan) {
  const std::scoped_lock lock(mutex_);
  plan_ = std::move(plan);
  struck_.reset();
}

void SimDisk::set_capacity(std::uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  capacity_ = bytes;
}

std::optional<DiskCall> SimDisk::struck() const {
  const std::scoped_lock lock(mutex_);
  return struck_;
}

std::vector<DiskCall> SimDisk::take_calls() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(calls_, {});
}

std::size_t SimDisk::count(const DiskCalls& calls) const {
  const std::scoped_lock lock(mutex_);
  return calls ? static_cast<std::size_t>(std::ranges::count_if(calls_, calls)) : calls_.size();
}

DiskFault SimDisk::before(DiskOperation operation, const std::string& path, std::size_t offset,
                          std::size_t bytes) {
  if (off_) return DiskFault::fail;
  calls_.push_back({operation, path, static_cast<std::int64_t>(offset), bytes});
  const DiskFault fault = plan_ ? plan_(calls_.back()) : DiskFault::none;
  if (fault == DiskFault::none) return fault;
  if (!struck_) struck_ = calls_.back();
  if (fault == DiskFault::cut) off_ = true;
  return fault;
}

void SimDisk::begin_life() {
  ++life_;
  off_ = false;
  locks_.clear();
  held_.clear();
  plan_ = {};
}

void SimDisk::end_process() {
  const std::scoped_lock lock(mutex_);
  begin_life();
}

std::set<SimFile*> SimDisk::all_files() const {
  std::set<SimFile*> files;
  for (const auto& [name, file] : names_) files.insert(file.get());
  for (const auto& [name, file] : durable_names_) files.insert(file.get());
  for (const NameChange& change : name_changes_) {
    for (const auto& [name, file] : change) files.insert(file.get());
  }
  files.erase(nullptr);
  return files;
}

void SimDisk::power_cut() {
  const std::scoped_lock lock(mutex_);
  for (SimFile* file : all_files()) file->cut();
  name_changes_.clear();
  names_ = durable_names_;
  begin_life();
}

void SimDisk::power_cut(Random& random) {
  const std::scoped_lock lock(mutex_);
  const std::size_t any = random.below(2) == 0 ? 512 : 4096;
  const std::size_t sector = options_.sector == 0 ? any : options_.sector;
  // By name: addresses differ from run to run.
  std::set<SimFile*> cut;
  const auto cut_once = [&](const std::shared_ptr<SimFile>& file) {
    if (file && cut.insert(file.get()).second) file->cut(random, sector);
  };
  for (const auto& [name, file] : durable_names_) cut_once(file);
  for (const NameChange& change : name_changes_) {
    for (const auto& [name, file] : change) cut_once(file);
  }
  name_changes_.resize(random.below(name_changes_.size() + 1));
  names_ = durable_names_;
  for (NameChange& change : std::exchange(name_changes_, {})) {
    for (auto& [name, file] : change) {
      if (file) {
        names_[name] = std::move(file);
      } else {
        names_.erase(name);
      }
    }
  }
  durable_names_ = names_;
  begin_life();
}

std::unique_ptr<SimDisk> SimDisk::copy() const {
  const std::scoped_lock lock(mutex_);
  auto other = std::make_unique<SimDisk>(options_);
  std::map<const SimFile*, std::shared_ptr<SimFile>> copies;
  const auto copy_of = [&copies](const std::shared_ptr<SimFile>& file) {
    if (!file) return file;
    auto& made = copies[file.get()];
    if (!made) made = std::make_shared<SimFile>(*file);
    return made;
  };
  for (const auto& [name, file] : names_) other->names_[name] = copy_of(file);
  for (const auto& [name, file] : durable_names_) other->durable_names_[name] = copy_of(file);
  for (const NameChange& change : name_changes_) {
    NameChange& copied = other->name_changes_.emplace_back();
    for (const auto& [name, file] : change) copied.emplace_back(name, copy_of(file));
  }
  other->capacity_ = capacity_;
  return other;
}

bool SimDisk::equals(const SimDisk& other) const {
  if (this == &other) return true;
  const std::scoped_lock lock(mutex_, other.mutex_);
  const auto same = [](const Names::value_type& one, const Names::value_type& two) {
    return one.first == two.first && one.second->equals(*two.second);
  };
  return name_changes_.empty() && other.name_changes_.empty() &&
         std::ranges::equal(names_, other.names_, same) &&
         std::ranges::equal(durable_names_, other.durable_names_, same);
}

std::vector<std::string> SimDisk::files() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, file] : names_) names.push_back(name);
  return names;
}

std::string SimDisk::content(const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  const auto at = names_.find(path);
  return at == names_.end() ? std::string() : at->second->content();
}

void SimDisk::set_content(const std::string& path, std::string content) {
  const std::scoped_lock lock(mutex_);
  auto& file = names_[path];
  if (!file) file = std::make_shared<SimFile>();
  durable_names_[path] = file;
  file->set(std::move(content));
}

std::uint64_t SimDisk::used() const {
  std::uint64_t bytes = 0;
  for (const auto& [name, file] : names_) bytes += blocks(file->content().size());
  return bytes;
}

bool SimDisk::has_room(const SimFile& file, std::size_t end) const {
  const std::uint64_t has = blocks(file.content().size());
  return blocks(end) <= has || used() + blocks(end) - has <= capacity_;
}

void SimDisk::change_names(NameChange change) {
  for (const auto& [name, file] : change) {
    if (file) {
      names_[name] = file;
    } else {
      names_.erase(name);
    }
  }
  name_changes_.push_back(std::move(change));
}

DiskFault SimDisk::sync_names(const std::string& path) {
  const DiskFault fault = before(DiskOperation::sync_folder, path);
  if (fault == DiskFault::none || fault == DiskFault::fail_after) {
    durable_names_ = names_;
    name_changes_.clear();
  }
  return fault;
}

DiskFault SimDisk::sync_content(const std::string& path, SimFile& file) {
  const DiskFault fault = before(DiskOperation::sync, path);
  if (fault == DiskFault::none || fault == DiskFault::fail_after) file.sync();
  if (fault == DiskFault::fail || fault == DiskFault::hold) file.lose_sync();
  return fault;
}

std::shared_ptr<SimLocks> SimDisk::locks_of(const SimFile* file) {
  auto& locks = locks_[file];
  if (!locks) locks = std::make_shared<SimLocks>();
  return locks;
}

Result<std::shared_ptr<void>> SimDisk::lock(const std::string& path) {
  const std::scoped_lock guard(mutex_);
  if (before(DiskOperation::lock, path) != DiskFault::none) {
    return Error(JournalErrc::cannot_open, path);
  }
  if (!held_[path].expired()) return Error(JournalErrc::in_use, path + " is held by a process");
  auto held = std::make_shared<int>();
  held_[path] = held;
  return std::shared_ptr<void>(std::move(held));
}

Result<std::optional<std::uint64_t>> SimDisk::size(const std::string& path) {
  const std::scoped_lock guard(mutex_);
  const auto at = names_.find(path);
  if (before(DiskOperation::size, path) != DiskFault::none) {
    return Error(JournalErrc::cannot_open, path);
  }
  if (at == names_.end()) return std::optional<std::uint64_t>();
  return std::optional<std::uint64_t>(at->second->content().size());
}

Result<std::string> SimDisk::read(const std::string& path, std::uint64_t offset,
                                  std::size_t bytes) {
  const std::scoped_lock guard(mutex_);
  const auto at = names_.find(path);
  const DiskFault fault = before(DiskOperation::read, path, offset, bytes);
  if (fault != DiskFault::none && !is_lie(fault)) return Error(JournalErrc::cannot_open, path);
  if (at == names_.end()) return std::string();
  return read_content(*at->second, offset, bytes, fault);
}

bool SimDisk::remove(const std::string& path) {
  return remove_file(path, false) == SQLITE_OK;
}

Result<void> SimDisk::rename(const std::string& from, const std::string& to) {
  const std::scoped_lock guard(mutex_);
  const DiskFault fault = before(DiskOperation::rename, to);
  const auto at = names_.find(from);
  const bool done = fault == DiskFault::none || fault == DiskFault::fail_after;
  if (done && at == names_.end()) return Error(JournalErrc::write_failed, from);
  if (done) {
    const auto file = at->second;
    change_names({{from, nullptr}, {to, file}});
  }
  return result_of(fault, to);
}

Result<void> SimDisk::sync(const std::string& path) {
  const std::scoped_lock guard(mutex_);
  const auto at = names_.find(path);
  if (at == names_.end()) return Error(JournalErrc::write_failed, path);
  return result_of(sync_content(path, *at->second), path);
}

Result<void> SimDisk::sync_folder(const std::string& path) {
  const std::scoped_lock guard(mutex_);
  return result_of(sync_names(path), path);
}

Result<void> SimDisk::settle(const std::string& path) {
  const std::scoped_lock guard(mutex_);
  const auto at = names_.find(path);
  if (before(DiskOperation::settle, path) != DiskFault::none) {
    return Error(JournalErrc::cannot_open, path);
  }
  if (at == names_.end()) return {};
  at->second->sync();
  at->second->forget();
  return {};
}

Result<void> SimDisk::reserve(const std::string& path, std::uint64_t bytes) {
  const std::scoped_lock guard(mutex_);
  const DiskFault fault = before(DiskOperation::reserve, path, 0, bytes);
  const bool full = fault == DiskFault::full || used() + 2 * blocks(bytes) > capacity_;
  if (fault != DiskFault::none || full) {
    if (names_.contains(path) && !off_) change_names({{path, nullptr}});
    return Error(full ? JournalErrc::disk_full : JournalErrc::write_failed, path);
  }
  auto file = std::make_shared<SimFile>();
  file->write(0, std::string(bytes, '\0'));
  file->sync();
  change_names({{path, file}});
  return {};
}

}  // namespace yijuan::test

#include "tests/support/disk/sim_file.hpp"

#include <algorithm>

namespace yijuan::test {

void SimFile::apply(std::string& content, const Change& change) {
  if (change.shrink) {
    content.resize(change.offset);
    return;
  }
  const std::size_t end = change.offset + change.bytes.size();
  if (content.size() < end) content.resize(end);
  content.replace(change.offset, change.bytes.size(), change.bytes);
}

std::string SimFile::before_last_write(std::size_t offset, std::size_t bytes) const {
  const auto at = before_.find(offset);
  std::string old = at == before_.end() ? std::string() : at->second;
  old.resize(bytes);
  return old;
}

void SimFile::write(std::size_t offset, std::string_view bytes, bool held) {
  before_[offset] =
      offset < content_.size() ? content_.substr(offset, bytes.size()) : std::string();
  later_.push_back({offset, std::string(bytes), false, held});
  apply(content_, later_.back());
}

void SimFile::truncate(std::size_t size) {
  if (size == content_.size()) return;
  later_.push_back({size, {}, true, false});
  apply(content_, later_.back());
}

void SimFile::sync() {
  std::erase_if(later_, [this](const Change& change) {
    if (!change.held) apply(durable_, change);
    return !change.held;
  });
}

void SimFile::lose_sync() {
  for (Change& change : later_) change.held = true;
}

void SimFile::forget() {
  later_.clear();
  content_ = durable_;
}

void SimFile::cut() {
  forget();
  before_.clear();
}

void SimFile::cut(Random& random, std::size_t sector) {
  // How often each sector was written, and how many of those writes reached the disk.
  std::map<std::size_t, std::size_t> reached;
  const auto each_piece = [&](const Change& change, const auto& visit) {
    const std::size_t end = change.offset + change.bytes.size();
    for (std::size_t at = change.offset; at < end;) {
      const std::size_t next = std::min(end, (at / sector + 1) * sector);
      visit(at, next);
      at = next;
    }
  };
  std::erase_if(later_, [](const Change& change) { return change.held; });
  for (const Change& change : later_) {
    each_piece(change, [&](std::size_t at, std::size_t) { ++reached[at / sector]; });
  }
  for (auto& [at, count] : reached) count = random.below(count + 1);
  for (const Change& change : later_) {
    if (change.shrink) {
      if (random.below(2) == 0) apply(durable_, change);
      continue;
    }
    each_piece(change, [&](std::size_t at, std::size_t next) {
      std::size_t& left = reached[at / sector];
      if (left == 0) return;
      --left;
      apply(durable_, {at, change.bytes.substr(at - change.offset, next - at)});
    });
  }
  cut();
}

void SimFile::set(std::string content) {
  content_ = durable_ = std::move(content);
  later_.clear();
}

}  // namespace yijuan::test

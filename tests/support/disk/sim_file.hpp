// A file of a simulated disk: what a program reads of it, what a power cut would leave of it, and
// the writes between the two. Each sector that is not synced may be found after the cut in any of
// the states that it went through, each on its own: torn, and in any order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ports/random.hpp"

namespace yijuan::test {

class SimFile {
 public:
  /// What a program reads.
  [[nodiscard]] const std::string& content() const { return content_; }
  /// What a cut leaves for certain.
  [[nodiscard]] const std::string& durable() const { return durable_; }
  /// The bytes at `offset` as they were before they were last written; nothing if they were never.
  [[nodiscard]] std::string before_last_write(std::size_t offset, std::size_t bytes) const;

  /// `held`: no sync makes it durable.
  void write(std::size_t offset, std::string_view bytes, bool held = false);
  void truncate(std::size_t size);
  void sync();
  /// A sync that failed, or lied: what it had to sync can be read, and is never made durable.
  void lose_sync();
  /// Forgets what is in memory only.
  void forget();

  /// The power went. Nothing that was not synced is there,
  void cut();
  /// or any of it, in pieces of `sector` bytes.
  void cut(Random& random, std::size_t sector);

  /// Nothing that is read or done from now on tells them apart.
  [[nodiscard]] bool equals(const SimFile& other) const {
    return content_ == other.content_ && durable_ == other.durable_ && later_.empty() &&
           other.later_.empty();
  }

  /// Both as a program reads it and on the disk.
  void set(std::string content);

 private:
  struct Change {
    std::size_t offset = 0;
    std::string bytes;    // of a truncation: none,
    bool shrink = false;  // and `offset` is the new size
    bool held = false;
  };
  static void apply(std::string& content, const Change& change);

  std::string content_, durable_;
  std::vector<Change> later_;  // not synced
  std::map<std::size_t, std::string> before_;
};

}  // namespace yijuan::test

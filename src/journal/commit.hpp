// What the loop hands to the journal's thread, and what the thread makes durable in one
// transaction.
#pragma once

#include <string>
#include <vector>

#include "base/hash.hpp"
#include "base/ids.hpp"
#include "ports/device_fact.hpp"

namespace yijuan::journal {

struct Line {
  Seq seq = 0;
  std::string text;
  Hash leaf{};
};

struct Commit {
  std::vector<Line> lines;  // consecutive
  std::vector<CounterMark> marks;
};

struct Cosigned {
  std::uint64_t size = 0;
  std::string note;
};

}  // namespace yijuan::journal

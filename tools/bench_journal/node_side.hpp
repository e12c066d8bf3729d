// A journal of node and better-sqlite3 (node/coins.js) as a program beside this one, asked for
// some coins at a time.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/descriptor.hpp"

namespace yijuan::bench {

class NodeCoins {
 public:
  /// Null: node or the package is not there. `modules`: the folder where it is installed.
  static std::unique_ptr<NodeCoins> start(const std::string& modules, const std::string& script,
                                          const std::filesystem::path& journal);
  ~NodeCoins();
  NodeCoins(const NodeCoins&) = delete;
  NodeCoins& operator=(const NodeCoins&) = delete;

  /// Microseconds that each of so many coins took.
  std::vector<double> drop(int coins);

 private:
  NodeCoins(Descriptor socket, int child);

  Descriptor socket_;  // its stdin and stdout
  int child_;
};

}  // namespace yijuan::bench

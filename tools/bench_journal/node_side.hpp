// A reference in JavaScript as a program beside this one: it answers each line with a line.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/descriptor.hpp"

namespace yijuan::bench {

class NodeSide {
 public:
  /// Null: node, or `package` in the folder `modules`, is not there. `argument` is the script's.
  static std::unique_ptr<NodeSide> start(const std::filesystem::path& modules,
                                         const std::string& package, const std::string& script,
                                         const std::string& argument);
  /// Waits for its end, which must be a good one.
  ~NodeSide();
  NodeSide(const NodeSide&) = delete;
  NodeSide& operator=(const NodeSide&) = delete;

  /// The numbers of its answer.
  std::vector<double> ask(const std::string& line);

 private:
  NodeSide(Descriptor socket, int child);

  Descriptor socket_;  // its stdin and stdout
  int child_;
};

}  // namespace yijuan::bench

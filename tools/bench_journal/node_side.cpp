#include "tools/bench_journal/node_side.hpp"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <sstream>

#include "base/assert.hpp"

namespace yijuan::bench {
namespace {

int spawn_node(std::string script, std::string argument, int socket) {
  std::string node = "node";
  const std::array<char*, 4> arguments{node.data(), script.data(), argument.data(), nullptr};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, socket, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, socket, STDOUT_FILENO);
  pid_t child = -1;
  const int failed =
      ::posix_spawnp(&child, node.c_str(), &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  return failed == 0 ? child : -1;
}

}  // namespace

std::unique_ptr<NodeSide> NodeSide::start(const std::filesystem::path& modules,
                                          const std::string& package, const std::string& script,
                                          const std::string& argument) {
  if (!std::filesystem::exists(modules / package)) return nullptr;
  ::setenv("NODE_PATH", std::filesystem::absolute(modules).c_str(), 1);
  std::array<int, 2> ends{};
  YIJUAN_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0, "a pair");
  Descriptor ours(ends[0]);
  const Descriptor theirs(ends[1]);
  const int child = spawn_node(script, argument, theirs.get());
  if (child < 0) return nullptr;
  return std::unique_ptr<NodeSide>(new NodeSide(std::move(ours), child));
}

NodeSide::NodeSide(Descriptor socket, int child) : socket_(std::move(socket)), child_(child) {}

NodeSide::~NodeSide() {
  ::shutdown(socket_.get(), SHUT_WR);
  int status = 0;
  ::waitpid(child_, &status, 0);
  YIJUAN_ASSERT(status == 0, "the reference ended well");
}

std::vector<double> NodeSide::ask(const std::string& line) {
  const std::string wanted = line + "\n";
  YIJUAN_ASSERT(
      ::write(socket_.get(), wanted.data(), wanted.size()) == static_cast<ssize_t>(wanted.size()),
      "the reference is asked");
  std::string answer;
  while (!answer.ends_with('\n')) {
    std::array<char, 4096> part{};
    const ssize_t got = ::read(socket_.get(), part.data(), part.size());
    YIJUAN_ASSERT(got > 0, "the reference answers");
    answer.append(part.data(), static_cast<std::size_t>(got));
  }
  std::istringstream numbers(answer);
  std::vector<double> all;
  for (double one = 0; numbers >> one;) all.push_back(one);
  return all;
}

}  // namespace yijuan::bench

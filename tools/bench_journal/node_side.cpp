#include "tools/bench_journal/node_coins.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <sstream>

#include "base/assert.hpp"

namespace yijuan::bench {
namespace {

int spawn_node(const std::string& script, const std::filesystem::path& journal, int socket) {
  std::string node = "node";
  std::string program = script;
  std::string file = journal.string();
  const std::array<char*, 4> arguments{node.data(), program.data(), file.data(), nullptr};
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

std::unique_ptr<NodeCoins> NodeCoins::start(const std::string& modules, const std::string& script,
                                            const std::filesystem::path& journal) {
  if (!std::filesystem::exists(std::filesystem::path(modules) / "better-sqlite3/build/Release")) {
    return nullptr;
  }
  ::setenv("NODE_PATH", modules.c_str(), 1);
  std::array<int, 2> ends{};
  YIJUAN_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0, "a pair");
  Descriptor ours(ends[0]);
  const Descriptor theirs(ends[1]);
  const int child = spawn_node(script, journal, theirs.get());
  if (child < 0) return nullptr;
  return std::unique_ptr<NodeCoins>(new NodeCoins(std::move(ours), child));
}

NodeCoins::NodeCoins(Descriptor socket, int child) : socket_(std::move(socket)), child_(child) {}

NodeCoins::~NodeCoins() {
  ::shutdown(socket_.get(), SHUT_WR);
  int status = 0;
  ::waitpid(child_, &status, 0);
  YIJUAN_ASSERT(status == 0, "node has every coin in its journal");
}

std::vector<double> NodeCoins::drop(int coins) {
  const std::string wanted = fmt::format("{}\n", coins);
  YIJUAN_ASSERT(
      ::write(socket_.get(), wanted.data(), wanted.size()) == static_cast<ssize_t>(wanted.size()),
      "node takes the wish");
  std::string answer;
  while (!answer.ends_with('\n')) {
    std::array<char, 4096> part{};
    const ssize_t got = ::read(socket_.get(), part.data(), part.size());
    YIJUAN_ASSERT(got > 0, "node answers");
    answer.append(part.data(), static_cast<std::size_t>(got));
  }
  std::istringstream numbers(answer);
  std::vector<double> spent;
  for (double one = 0; numbers >> one;) spent.push_back(one);
  YIJUAN_ASSERT(spent.size() == static_cast<std::size_t>(coins), "a time for every coin");
  return spent;
}

}  // namespace yijuan::bench

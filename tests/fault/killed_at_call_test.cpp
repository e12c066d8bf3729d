// The process is killed at every system call of the gift flow, on real files: SQLite's unix layer
// and the journal's own calls, of all its threads. What was acknowledged is there, and every coin
// is counted once.
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "tests/fault/child_flow.hpp"
#include "tests/fault/tally.hpp"

namespace yijuan::fault {
namespace {

// Two shares, for two cores.
constexpr long kShares = 2;

// A child stopped before its first call.
void let_trace() {
  ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  ::raise(SIGSTOP);
}

enum class Traced { killed, ended, impossible };

/// Kills `child` when it enters its `n`th system call; all its threads count.
Traced kill_at(pid_t child, long n) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return Traced::impossible;
  const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
  if (::ptrace(PTRACE_SETOPTIONS, child, nullptr, options) != 0) return Traced::impossible;
  ::ptrace(PTRACE_SYSCALL, child, nullptr, 0L);
  std::set<pid_t> in_call;
  bool killed = false;
  for (pid_t stopped = 0; (stopped = ::waitpid(-1, &status, __WALL)) > 0;) {
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (stopped == child) return killed ? Traced::killed : Traced::ended;
      continue;
    }
    const int signal = WSTOPSIG(status);
    const bool call = signal == (SIGTRAP | 0x80);
    if (call && !in_call.erase(stopped)) {
      in_call.insert(stopped);
      if (--n == 0) killed = ::kill(child, SIGKILL) == 0;
    }
    // A new thread begins with a stop; ours are no signals of its own either.
    const bool ours = call || signal == SIGTRAP || signal == SIGSTOP;
    ::ptrace(PTRACE_SYSCALL, stopped, nullptr, static_cast<long>(ours ? 0 : signal));
  }
  return Traced::impossible;
}

class KilledAtCallTest : public testing::TestWithParam<long> {};

TEST_P(KilledAtCallTest, LosesNothingAndCountsNothingTwice) {
  ChildFlow flow;
  Tally tally;
  for (long n = 1 + GetParam();; n += kShares) {
    const Traced traced = kill_at(flow.start(let_trace), n);
    if (traced == Traced::impossible) {
      fmt::print("skipped: needs ptrace\n");
      const char* ci = std::getenv("CI");
      ASSERT_FALSE(ci != nullptr && std::string_view(ci) == "true");
      return;
    }
    if (traced == Traced::ended) break;  // never came so far
    const Aftermath after = flow.look_after();
    EXPECT_EQ(after.found, Found::whole) << "call " << n << ": " << after.why;
    tally.add("killed", after.found);
  }
  EXPECT_GT(tally.times("killed", Found::whole), 200);
}

INSTANTIATE_TEST_SUITE_P(Shares, KilledAtCallTest, testing::Range(0L, kShares));

}  // namespace
}  // namespace yijuan::fault

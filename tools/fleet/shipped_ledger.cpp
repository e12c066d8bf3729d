#include "tools/fleet/shipped_ledger.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <boost/json/parse.hpp>
#include <fstream>
#include <thread>

#include "io/descriptor.hpp"
#include "io/file_lock.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "ledger/commands.hpp"
#include "ledger/make_ledger.hpp"
#include "ledger/open_store.hpp"
#include "net/control_socket.hpp"

namespace yijuan::fleet {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto kStart = 30s;
constexpr auto kPoll = 20ms;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what);
}

template <class T>
T must(Result<T> result) {
  if (!result) fail(result.error().message());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

bool is_free(unsigned port) {
  const Descriptor probe(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::bind(probe.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

/// Not one that the kernel gives to connecting sockets: while ledgerd is away, one of thousands of
/// boxes would get it, and be connected to itself.
unsigned free_port() {
  std::ifstream range("/proc/sys/net/ipv4/ip_local_port_range");
  unsigned first = 32768;
  range >> first;
  constexpr unsigned kLowest = 10'000;
  SystemRandom random;
  for (int i = 0; i < 1000 && first > kLowest; ++i) {
    const auto port = kLowest + static_cast<unsigned>(random.below(first - kLowest));
    if (is_free(port)) return port;
  }
  fail("no free port below those of connecting sockets");
}

/// A line of /proc/PID/status, in kB.
std::uint64_t kilobytes(pid_t process, std::string_view name) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return std::stoull(line.substr(name.size() + 1));
  }
  return 0;
}

}  // namespace

ShippedLedger::ShippedLedger(Options options)
    : options_(std::move(options)),
      port_(free_port()),
      config_file_(options_.folder / "ledger.toml") {
  std::filesystem::create_directories(options_.folder);
  write_config();
  config_ = ledger::read_ledger_config(config_file_);
  SystemRandom random;
  const std::array<std::string, 2> hosts{"127.0.0.1", "localhost"};
  must(ledger::make_ledger(config_, hosts, SystemWallClock().now().time, random));
}

ShippedLedger::~ShippedLedger() {
  if (process_ != 0) kill();
}

void ShippedLedger::write_config() {
  std::ofstream(config_file_) << fmt::format(R"([ledger]
data = "{0}/data"

[boxes]
listen = "127.0.0.1:{1}"
connections = {2}
batches_in_hand = {3}

[store]
path = "{0}/ledger.db"

[log]
domain = "ledger.example"
)",
                                             options_.folder.string(), port_, options_.connections,
                                             options_.batches_in_hand);
}

void ShippedLedger::enrol(const std::vector<std::unique_ptr<FleetBox>>& boxes,
                          const std::function<void(std::size_t)>& progress) {
  const auto lock = must(FileLock::acquire(config_.lock()));
  const auto store = must(ledger::open_store(config_, [](std::uint64_t, std::uint64_t) {}));
  const ledger::Command* add = ledger::find_command("box_add");
  const ledger::CommandContext context{.config = config_,
                                       .store = *store,
                                       .now = SystemWallClock().now().time,
                                       .office = nullptr,
                                       .progress = {}};
  std::size_t done = 0;
  for (const auto& box : boxes) {
    const auto answer = must(add->run(context, {{"box", box->id()}, {"request", box->request()}}));
    must(box->accept(std::string_view(answer.at("identity").as_string()), url()));
    progress(++done);
  }
}

std::vector<std::string> ShippedLedger::command() const {
  std::vector<std::string> words;
  if (options_.sync_delay > 0ms) {
    // -D: ledgerd is our child, strace its grandchild. Other calls run at full speed.
    words = {"strace",
             "-D",
             "-f",
             "--seccomp-bpf",
             "-q",
             "-o",
             "/dev/null",
             "-e",
             "trace=fsync,fdatasync",
             "-e",
             fmt::format("inject=fsync,fdatasync:delay_enter={}ms", options_.sync_delay.count())};
  }
  words.push_back((options_.bin / "ledgerd").string());
  words.insert(words.end(), {"--config", config_file_.string()});
  return words;
}

void ShippedLedger::start() {
  std::vector<std::string> words = command();
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  const std::string log = (options_.folder / "ledgerd.log").string();
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);  // the boxes' sockets
  const int error =
      ::posix_spawnp(&process_, pointers[0], &files, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) {
    process_ = 0;
    fail(words.front() + ": " + std::strerror(error));
  }
  const auto deadline = std::chrono::steady_clock::now() + kStart;
  while (!net::control_call(config_.socket().string(), "status", {})) {
    check_running();
    if (std::chrono::steady_clock::now() > deadline) fail("ledgerd does not answer: see " + log);
    std::this_thread::sleep_for(kPoll);
  }
}

void ShippedLedger::check_running() {
  int status = 0;
  if (process_ != 0 && ::waitpid(process_, &status, WNOHANG) == 0) return;
  process_ = 0;
  fail("ledgerd has ended: see " + (options_.folder / "ledgerd.log").string());
}

void ShippedLedger::end(int signal) {
  if (process_ == 0) return;
  ::kill(process_, signal);
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = 0;
}

std::uint64_t ShippedLedger::memory_peak() const {
  return kilobytes(process_, "VmHWM:") * 1024;
}

std::size_t ShippedLedger::sockets() const {
  std::size_t count = 0;
  std::error_code error;
  for (const auto& file :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", process_), error)) {
    std::error_code gone;
    if (std::filesystem::read_symlink(file.path(), gone).string().starts_with("socket:")) ++count;
  }
  return count;
}

std::chrono::nanoseconds ShippedLedger::processor_time() const {
  clockid_t clock = 0;
  timespec time{};
  if (::clock_getcpuclockid(process_, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::string ShippedLedger::ctl(const std::string& arguments) const {
  const std::string line =
      fmt::format("'{}' --config '{}' {} 2>&1", (options_.bin / "ledgerctl").string(),
                  config_file_.string(), arguments);
  FILE* pipe = ::popen(line.c_str(), "r");
  if (pipe == nullptr) fail("ledgerctl cannot be started");
  std::string said;
  std::array<char, 4096> buffer;
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) said += buffer.data();
  if (::pclose(pipe) != 0) fail("ledgerctl " + arguments + ": " + said);
  return said;
}

Given ShippedLedger::given() const {
  const json::value report = json::parse(ctl("report day --format json"));
  const json::object& total = report.at("total").as_object();
  return {.gifts = total.at("gifts").to_number<std::uint64_t>(),
          .sum = Fen(total.at("fen").to_number<std::int64_t>())};
}

}  // namespace yijuan::fleet

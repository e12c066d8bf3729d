#include "io/pipe_line.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

#include "async/cancellation.hpp"
#include "base/log.hpp"
#include "io/descriptor.hpp"
#include "io/errc.hpp"
#include "io/pipe_text.hpp"
#include "io/timed_off.hpp"

namespace yijuan {
namespace {

constexpr std::size_t kChunk = 4096;

/// The FIFO at `path`, made if nothing is there.
Result<Descriptor> open_pipe(const std::string& path) {
  struct stat status{};
  if (::mkfifo(path.c_str(), 0600) != 0 && errno != EEXIST) {
    return io_error(IoErrc::cannot_open, "pipe:" + path, errno);
  }
  if (::stat(path.c_str(), &status) != 0) {
    return io_error(IoErrc::cannot_open, "pipe:" + path, errno);
  }
  if (!S_ISFIFO(status.st_mode)) return Error(IoErrc::bad_name, "pipe:" + path + " is no pipe");
  // Opened for writing too it does not end when its last writer goes.
  Descriptor pipe(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!pipe.valid()) return io_error(IoErrc::cannot_open, "pipe:" + path, errno);
  return pipe;
}

class PipeInput : public InputLine {
 public:
  PipeInput(const asio::any_io_executor& executor, Descriptor pipe, Clock& clock, std::string name)
      : pipe_(executor, pipe.release()), clock_(clock), name_(std::move(name)) {}

  // What the last line said; a pipe that nobody wrote to is low.
  Result<bool> level() override { return level_; }

  Task<LineEvents> wait() override {
    LineEvents events;
    while (events.edges.empty()) {
      const bool cancelled = co_await is_cancelled();
      if (cancelled) co_return AsyncErrc::cancelled;
      std::array<char, kChunk> chunk{};
      const auto [error, count] =
          co_await pipe_.async_read_some(asio::buffer(chunk), asio::as_tuple(asio::use_awaitable));
      if (error) co_return io_error(IoErrc::closed, name_, error);
      take({chunk.data(), count}, events);
    }
    co_return Result<LineEvents>(std::move(events));
  }

 private:
  void take(std::string_view text, LineEvents& events) {
    const PipeEdges read = text_.feed(text, clock_.now());
    for (const LineEdge& edge : read.edges) {
      last_ = std::clamp(edge.at, last_, std::max(clock_.now(), last_));
      level_ = edge.high;
      events.edges.push_back({level_, last_});
    }
    if (read.dropped == 0) nonsense_ = nonsense_ && read.edges.empty();
    if (read.dropped == 0 || std::exchange(nonsense_, true)) return;
    // Once: who writes nonsense may write it without end.
    log_warning("line", name_ + ": lines that are neither 1 nor 0 are dropped");
  }

  asio::posix::stream_descriptor pipe_;
  Clock& clock_;
  std::string name_;
  PipeText text_;
  bool nonsense_ = false;  // the last lines were, and that was said
  bool level_ = false;
  Instant last_{};
};

class PipeInputSource : public InputLineSource {
 public:
  PipeInputSource(std::string path, asio::any_io_executor executor, Clock& clock)
      : path_(std::move(path)), executor_(std::move(executor)), clock_(clock) {}

  Result<std::unique_ptr<InputLine>> open() override {
    auto pipe = open_pipe(path_);
    if (!pipe) return pipe.error();
    return std::unique_ptr<InputLine>(
        std::make_unique<PipeInput>(executor_, std::move(*pipe), clock_, name()));
  }
  [[nodiscard]] std::string name() const override { return "pipe:" + path_; }

 private:
  std::string path_;
  asio::any_io_executor executor_;
  Clock& clock_;
};

class PipeOutput : public OutputLine {
 public:
  PipeOutput(Descriptor file, std::string name)
      : file_(std::move(file)), wire_([this, name = std::move(name)](bool high) -> Result<void> {
          const ssize_t count = ::write(file_.get(), high ? "1\n" : "0\n", 2);
          // A FIFO that nobody empties is full of old levels: no fault of the wire.
          if (count == 2 || errno == EAGAIN) return {};
          return io_error(IoErrc::failed, name, errno);
        }) {}

  Result<void> set(bool high) override { return wire_.set(high); }
  Result<void> pulse(bool high, std::chrono::milliseconds length) override {
    return wire_.pulse(high, length);
  }

 private:
  Descriptor file_;
  TimedOff wire_;
};

class PipeOutputSource : public OutputLineSource {
 public:
  explicit PipeOutputSource(std::string path) : path_(std::move(path)) {}

  Result<std::unique_ptr<OutputLine>> open(bool high) override {
    // O_RDWR: a FIFO that nobody reads can be opened too.
    Descriptor file(
        ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600));
    if (!file.valid()) return io_error(IoErrc::cannot_open, name(), errno);
    auto line = std::make_unique<PipeOutput>(std::move(file), name());
    auto set = line->set(high);
    if (!set) return set.error();
    return std::unique_ptr<OutputLine>(std::move(line));
  }
  [[nodiscard]] std::string name() const override { return "pipe:" + path_; }

 private:
  std::string path_;
};

}  // namespace

std::unique_ptr<InputLineSource> make_pipe_input(std::string path,
                                                 const asio::any_io_executor& executor,
                                                 Clock& clock) {
  return std::make_unique<PipeInputSource>(std::move(path), executor, clock);
}

std::unique_ptr<OutputLineSource> make_pipe_output(std::string path) {
  return std::make_unique<PipeOutputSource>(std::move(path));
}

}  // namespace yijuan

#include "io/file_stream.hpp"

#include <fcntl.h>

#include <cerrno>

#include "async/event.hpp"
#include "io/descriptor.hpp"
#include "io/errc.hpp"

namespace yijuan {
namespace {

class FileStream : public ByteStream {
 public:
  FileStream(const asio::any_io_executor& executor, Descriptor file, std::string name)
      : file_(std::move(file)), name_(std::move(name)), never_(executor) {}

  Task<std::size_t> read_some(std::span<std::uint8_t>) override {
    auto waited = co_await never_.wait();
    co_return waited.error();
  }

  Task<void> write(BytesView bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::write(file_.get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) co_return io_error(IoErrc::failed, name_, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    co_return Result<void>();
  }

  void discard_input() override {}

 private:
  Descriptor file_;
  std::string name_;
  Event never_;
};

class FileSource : public StreamSource {
 public:
  explicit FileSource(std::string path) : path_(std::move(path)), name_("file:" + path_) {}

  Task<std::unique_ptr<ByteStream>> open() override {
    const auto executor = co_await asio::this_coro::executor;
    // O_NONBLOCK: opening a pipe that nobody reads must not block the loop.
    Descriptor file(
        ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600));
    if (!file.valid()) co_return io_error(IoErrc::cannot_open, name_, errno);
    std::unique_ptr<ByteStream> stream =
        std::make_unique<FileStream>(executor, std::move(file), name_);
    co_return Result<std::unique_ptr<ByteStream>>(std::move(stream));
  }

  [[nodiscard]] std::string name() const override { return name_; }

 private:
  std::string path_;
  std::string name_;
};

}  // namespace

std::unique_ptr<StreamSource> make_file_source(std::string path) {
  return std::make_unique<FileSource>(std::move(path));
}

}  // namespace yijuan

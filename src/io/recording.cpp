#include "io/recording.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>

#include "io/descriptor.hpp"
#include "io/errc.hpp"
#include "io/files.hpp"

namespace yijuan {
namespace {

constexpr std::string_view kFirstLine = "yijuan-recording 1";
constexpr std::size_t kLongestLine = 640;
constexpr std::size_t kMostBytes = 256;
constexpr std::size_t kLongestText = 200;
constexpr std::size_t kMostEvents = 1'000'000;
constexpr std::size_t kLargestFile = std::size_t{64} << 20U;
constexpr std::int64_t kLastOffset = std::int64_t{366} * 24 * 3600 * 1'000'000;

bool is_printable(char letter) {
  return letter >= ' ' && letter <= '~';
}

/// What is wrong with a line; nothing if it is good and in `event`.
std::optional<std::string_view> read_rest(std::string_view rest, RecordedEvent& event) {
  using Kind = RecordedEvent::Kind;
  if (event.kind == Kind::opened) {
    if (!rest.empty()) return "\"+\" stands alone";
    return std::nullopt;
  }
  if (rest.empty()) return "something must follow the kind";
  if (event.kind == Kind::written || event.kind == Kind::read) {
    auto bytes = from_hex(rest);
    if (!bytes) return "the bytes are not lower-case hex";
    if (bytes->size() > kMostBytes) return "more than 256 bytes";
    event.bytes = std::move(*bytes);
    return std::nullopt;
  }
  if (rest.size() > kLongestText) return "the text is longer than 200 characters";
  if (!std::ranges::all_of(rest, is_printable)) return "the text is not printable ASCII";
  event.text = rest;
  return std::nullopt;
}

std::optional<std::string_view> read_line(std::string_view line, RecordedEvent& event) {
  std::int64_t offset = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), offset);
  if (error != std::errc() || offset < 0 || offset > kLastOffset || line.front() == '-') {
    return "does not begin with an offset in microseconds";
  }
  event.offset = std::chrono::microseconds(offset);
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  if (line.size() < 2 || line[0] != ' ') return "no kind follows the offset";
  const char kind = line[1];
  if (std::string_view("+><!=").find(kind) == std::string_view::npos) {
    return "the kind is none of + > < ! =";
  }
  event.kind = static_cast<RecordedEvent::Kind>(kind);
  line.remove_prefix(2);
  if (line.empty()) return read_rest(line, event);
  if (line[0] != ' ' || line.size() < 2) return "one space and something must follow the kind";
  return read_rest(line.substr(1), event);
}

Error bad_line(std::size_t number, std::string_view why) {
  return {IoErrc::bad_recording, fmt::format("line {}: {}", number, why)};
}

std::string printable(std::string_view text) {
  std::string plain(text.substr(0, kLongestText));
  for (char& letter : plain) {
    if (!is_printable(letter)) letter = '?';
  }
  return plain.empty() ? "-" : plain;
}

Result<void> append(int file, const std::string& name, std::string_view lines) {
  const off_t whole = ::lseek(file, 0, SEEK_CUR);
  while (!lines.empty()) {
    const ssize_t count = ::write(file, lines.data(), lines.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int reason = errno;
      // Half a line would make the whole unreadable.
      const bool cut = whole >= 0 && ::ftruncate(file, whole) == 0;
      return io_error(IoErrc::failed, cut ? name : name + " (its last line is cut off)", reason);
    }
    lines.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace

Result<Recording> parse_recording(std::string_view text) {
  Recording recording;
  std::size_t number = 0;
  while (!text.empty() || number == 0) {
    ++number;
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return bad_line(number, "the line does not end");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.size() > kLongestLine) return bad_line(number, "longer than 640 bytes");
    if (number == 1) {
      if (line == kFirstLine) continue;
      return bad_line(number, fmt::format("must be \"{}\"", kFirstLine));
    }
    if (line.empty() || line.front() == '#') continue;
    RecordedEvent event{.line = number};
    if (const auto why = read_line(line, event)) return bad_line(number, *why);
    if (!recording.empty() && event.offset < recording.back().offset) {
      return bad_line(number, "earlier than the line before");
    }
    if (recording.size() == kMostEvents) return bad_line(number, "more than 1,000,000 events");
    recording.push_back(std::move(event));
  }
  return recording;
}

Result<Recording> read_recording(const std::filesystem::path& path) {
  auto text = read_file(path, kLargestFile);
  if (!text) return text.error();
  auto recording = parse_recording(*text);
  if (recording) return recording;
  const Error& error = recording.error();
  return Error(error.code(), fmt::format("{}: {}", path.string(), error.detail()));
}

std::string recording_lines(const RecordedEvent& event) {
  const auto head = fmt::format("{} {}", event.offset.count(), static_cast<char>(event.kind));
  if (event.kind == RecordedEvent::Kind::opened) return head + "\n";
  if (!event.text.empty()) return fmt::format("{} {}\n", head, printable(event.text));
  std::string lines;
  for (BytesView rest = event.bytes; !rest.empty();) {
    const auto piece = rest.first(std::min(rest.size(), kMostBytes));
    lines += fmt::format("{} {}\n", head, to_hex(piece));
    rest = rest.subspan(piece.size());
  }
  return lines;
}

Result<std::unique_ptr<Recorder>> Recorder::create(const std::filesystem::path& path, Clock& clock,
                                                   Options options) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid()) {
    return io_error(errno == EEXIST ? IoErrc::exists : IoErrc::cannot_open, path.string(), errno);
  }
  const auto shared = std::make_shared<Descriptor>(std::move(file));
  auto sink = [shared, name = path.string()](std::string_view lines) {
    return append(shared->get(), name, lines);
  };
  auto recorder = std::make_unique<Recorder>(std::move(sink), clock, std::move(options));
  if (!recorder->state()) return recorder->state().error();
  return recorder;
}

Recorder::Recorder(Sink sink, Clock& clock, Options options)
    : sink_(std::move(sink)), clock_(clock), options_(std::move(options)), start_(clock.now()) {
  write(fmt::format("{}\n", kFirstLine));
  if (!options_.comment.empty()) write(fmt::format("# {}\n", printable(options_.comment)));
}

void Recorder::write(std::string_view lines) {
  if (!state_) return;
  if (bytes_ + lines.size() > options_.most_bytes) {
    state_ =
        Error(IoErrc::full, fmt::format("the recording's limit of {} bytes", options_.most_bytes));
    return;
  }
  state_ = sink_(lines);
  if (state_) bytes_ += lines.size();
}

void Recorder::note(RecordedEvent event) {
  if (!begun_) return;
  event.offset = std::chrono::floor<std::chrono::microseconds>(clock_.now() - start_);
  write(recording_lines(event));
  if (state_) ++events_;
}

void Recorder::opened() {
  if (!begun_) {
    begun_ = true;
    start_ = clock_.now();
    for (auto& text : told_before_) told(std::move(text));
    told_before_.clear();
  }
  note({.kind = RecordedEvent::Kind::opened});
}

void Recorder::read(BytesView bytes) {
  note({.kind = RecordedEvent::Kind::read, .bytes = Bytes(bytes.begin(), bytes.end())});
}

void Recorder::written(BytesView bytes) {
  note({.kind = RecordedEvent::Kind::written, .bytes = Bytes(bytes.begin(), bytes.end())});
}

void Recorder::failed(const Error& error) {
  note({.kind = RecordedEvent::Kind::failed,
        .text = error.detail().empty() ? error.message() : error.detail()});
}

void Recorder::told(std::string text) {
  if (begun_) {
    note({.kind = RecordedEvent::Kind::told, .text = std::move(text)});
  } else {
    told_before_.push_back(std::move(text));
  }
}

}  // namespace yijuan

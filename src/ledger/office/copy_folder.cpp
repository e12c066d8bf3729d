#include "ledger/office/copy_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>

#include "io/descriptor.hpp"
#include "io/errc.hpp"
#include "io/files.hpp"
#include "ledger/errc.hpp"
#include "tlog/frontier.hpp"
#include "tlog/leaf.hpp"
#include "tlog/note.hpp"

namespace yijuan::ledger {
namespace {

constexpr std::size_t kLongestNote = std::size_t{64} * 1024;
constexpr std::size_t kLargestCopy = std::size_t{4} * 1024 * 1024 * 1024;

Error unfit(const std::filesystem::path& file, std::string_view why) {
  return {LedgerErrc::copy_unfit, fmt::format("{}: {}", file.string(), why)};
}

Result<std::optional<std::string>> read_if_there(const std::filesystem::path& file,
                                                 std::size_t most) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    if (error) return io_error(IoErrc::failed, file.string(), error.value());
    return std::optional<std::string>();
  }
  auto content = read_file(file, most);
  if (!content) return content.error();
  return std::optional(*std::move(content));
}

// The first `count` lines; nothing if there are fewer.
std::optional<std::vector<std::string>> first_lines(std::string_view text, std::uint64_t count) {
  std::vector<std::string> lines;
  while (lines.size() < count) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

Result<void> write_at(const std::filesystem::path& file, std::uint64_t offset,
                      std::string_view content) {
  const Descriptor opened(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!opened.valid()) return io_error(IoErrc::cannot_open, file.string(), errno);
  if (ftruncate(opened.get(), static_cast<off_t>(offset)) != 0) {
    return io_error(IoErrc::failed, file.string(), errno);
  }
  while (!content.empty()) {
    const ssize_t count =
        ::pwrite(opened.get(), content.data(), content.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return io_error(IoErrc::failed, file.string(), errno);
    content.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  if (fsync(opened.get()) != 0) return io_error(IoErrc::failed, file.string(), errno);
  return {};
}

}  // namespace

// "<domain>/office/1" is kept as office-1.lines and office-1.checkpoint.
std::filesystem::path CopyFolder::file(const std::string& origin, const char* kind) const {
  std::string name = origin.substr(origin.find('/') + 1);
  for (char& c : name) {
    if (c == '/') c = '-';
  }
  return path_ / (name + kind);
}

Result<std::optional<CopiedLog>> CopyFolder::read(const std::string& origin) const {
  const auto head = file(origin, ".checkpoint");
  auto note = read_if_there(head, kLongestNote);
  if (!note) return note.error();
  if (!*note) return std::optional<CopiedLog>();
  const auto parsed = tlog::parse_note(**note);
  const auto checkpoint =
      parsed ? tlog::parse_checkpoint(parsed->text) : Result<tlog::Checkpoint>(parsed.error());
  if (!checkpoint || checkpoint->origin != origin) return unfit(head, "no checkpoint of this log");
  auto text = read_if_there(file(origin, ".lines"), kLargestCopy);
  if (!text) return text.error();
  auto lines = first_lines(text->value_or(""), checkpoint->size);
  if (!lines) return unfit(head, "there are fewer lines than it says");
  tlog::Frontier frontier;
  for (const std::string& line : *lines) frontier.append(tlog::leaf_hash(line));
  if (frontier.root() != checkpoint->root) return unfit(head, "the lines do not give its root");
  return std::optional(CopiedLog{**std::move(note), *checkpoint, *std::move(lines)});
}

void CopyFolder::begin(const std::string& origin, const std::optional<CopiedLog>& copied) {
  End end;
  if (copied) {
    end.lines = copied->lines.size();
    for (const std::string& line : copied->lines) end.bytes += line.size() + 1;
  }
  ends_[origin] = end;
}

std::optional<std::uint64_t> CopyFolder::size(const std::string& origin) const {
  const auto found = ends_.find(origin);
  if (found == ends_.end()) return std::nullopt;
  return found->second.lines;
}

Result<void> CopyFolder::append(const std::string& origin, std::span<const std::string> lines,
                                const std::string& note) {
  const End end = ends_.at(origin);
  ends_.erase(origin);  // after an error nobody knows what is there
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  auto written = write_at(file(origin, ".lines"), end.bytes, text);
  if (written) written = write_file_atomically(file(origin, ".checkpoint"), note, 0600);
  if (!written) return written;
  ends_[origin] = {.lines = end.lines + lines.size(), .bytes = end.bytes + text.size()};
  return {};
}

Result<std::optional<CopiedLog>> newest_in_copy(const CopyFolder& folder, const OfficeKey& key) {
  constexpr std::string_view kBefore = "office-";
  constexpr std::string_view kAfter = ".checkpoint";
  std::uint64_t newest = 0;
  std::error_code error;
  for (auto at = std::filesystem::directory_iterator(folder.path(), error);
       !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with(kBefore) || !name.ends_with(kAfter)) continue;
    const std::string digits =
        name.substr(kBefore.size(), name.size() - kBefore.size() - kAfter.size());
    const auto origin = OfficeOrigin::parse(key.domain() + "/office/" + digits);
    if (origin) newest = std::max(newest, origin->number);
  }
  if (error) return io_error(IoErrc::failed, folder.path().string(), error.value());
  if (newest == 0) return std::optional<CopiedLog>();
  auto copied = folder.read(key.origin(newest));
  if (!copied) return copied.error();
  if (*copied) {
    auto signed_by_us = tlog::open_checkpoint((*copied)->note, key.verifier(newest));
    if (!signed_by_us) return signed_by_us.error();
  }
  return copied;
}

}  // namespace yijuan::ledger

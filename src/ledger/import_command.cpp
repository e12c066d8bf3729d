#include "ledger/import_command.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "base/bytes.hpp"
#include "io/files.hpp"
#include "ledger/command_arguments.hpp"
#include "sync/epoch.hpp"
#include "sync/stick.hpp"

namespace yijuan::ledger {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

/// One log's folder on the stick.
struct LogFolder {
  fs::path path;
  std::string box;
  std::string epoch;
  std::vector<Seq> batches;  // first seq of each, in order
};

struct Found {
  std::vector<std::pair<fs::path, std::string>> epochs;  // files of certificates, and their box
  std::vector<LogFolder> logs;
  std::uint64_t batches = 0;
  std::uint64_t others = 0;  // files that are none of ours
  std::uint64_t unread = 0;  // folders
};

struct Totals {
  std::uint64_t taken = 0;
  std::uint64_t refused = 0;
  std::uint64_t done = 0;
  std::uint64_t notes = 0;      // cosigned checkpoints that the stick takes back
  std::uint64_t unwritten = 0;  // and that it could not be given
};

void complain(const std::string& text) {
  fmt::print(stderr, "ledgerctl: {}\n", sync::shown_name(text));
}

LogFolder read_log_folder(const fs::path& path, const std::string& box, const std::string& epoch,
                          Found& found) {
  LogFolder folder{path, box, epoch, {}};
  auto names = sync::stick_names(path);
  if (!names) {
    ++found.unread;
    complain(names.error().message());
    return folder;
  }
  for (const std::string& name : *names) {
    if (const auto first = sync::parse_batch_file_name(name)) {
      folder.batches.push_back(*first);
    } else if (name != sync::kCosignedFile) {
      ++found.others;
    }
  }
  found.batches += folder.batches.size();
  return folder;
}

void read_box_folder(const fs::path& path, const std::string& box, Found& found) {
  auto names = sync::stick_names(path);
  if (!names) {
    ++found.unread;
    return complain(names.error().message());
  }
  for (const std::string& name : *names) {
    if (is_epoch_id(name)) {
      found.logs.push_back(read_log_folder(path / name, box, name, found));
    } else if (name == sync::kEpochsFile) {
      found.epochs.emplace_back(path / name, box);
    } else {
      ++found.others;
    }
  }
}

Result<Found> look(const fs::path& stick) {
  const fs::path top = stick / sync::kStickFolder;
  auto boxes = sync::stick_names(top);
  if (!boxes) return boxes.error();
  Found found;
  for (const std::string& box : *boxes) {
    if (is_box_id(box)) {
      read_box_folder(top / box, box, found);
    } else {
      ++found.others;
    }
  }
  return found;
}

void import_certificates(const ImportWorld& world, const Found& found, Totals& totals) {
  for (const auto& [path, box] : found.epochs) {
    auto file = sync::read_stick_file(path, sync::kLongestEpochs);
    auto answer =
        file ? world.ask("import_epochs", {{"text", *file}}) : Result<json::object>(file.error());
    if (answer) continue;
    ++totals.refused;
    complain(fmt::format("{}: {}", box, answer.error().message()));
  }
}

std::uint64_t count(const json::object& answer, std::string_view key) {
  const json::value* value = answer.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<std::uint64_t>() : 0;
}

// How one batch ended, in words for its line.
std::string outcome_text(const json::object& answer) {
  const std::string outcome = text(answer, "outcome");
  if (outcome == "cosigned") return "taken";
  if (outcome == "stored") return "taken; more of this log must come before it is cosigned";
  if (outcome == "resume")
    return fmt::format("the ledger has {} entries of this log", count(answer, "size"));
  if (outcome == "forked") {
    const bool kept = answer.if_contains("kept") != nullptr;
    return "ANOTHER HISTORY (" + std::string(kept ? "kept apart" : "not kept") +
           "): " + text(answer, "text");
  }
  return outcome + ": " + text(answer, "text");
}

bool is_taken(const json::object& answer) {
  const std::string outcome = text(answer, "outcome");
  return outcome == "cosigned" || outcome == "stored" || outcome == "resume";
}

Result<json::object> import_file(const ImportWorld& world, const fs::path& path) {
  auto file = sync::read_stick_file(path, sync::kLargestStickFile);
  if (!file) return file.error();
  return world.ask("import_batch", {{"packed", to_base64(as_bytes(*file))}});
}

void import_log(const ImportWorld& world, const Found& found, const LogFolder& folder,
                Totals& totals) {
  std::string note;
  for (const Seq first : folder.batches) {
    const std::string name = sync::batch_file_name(first);
    auto answer = import_file(world, folder.path / name);
    world.progress(++totals.done, found.batches);
    if (answer && text(*answer, "outcome") == "cosigned") note = text(*answer, "note");
    if (answer && is_taken(*answer)) {
      ++totals.taken;
      continue;
    }
    ++totals.refused;
    complain(fmt::format("{}/{}/{}: {}", folder.box, folder.epoch, name,
                         answer ? outcome_text(*answer) : answer.error().message()));
  }
  if (note.empty()) return;
  auto written = write_file_atomically(folder.path / sync::kCosignedFile, note);
  if (written) {
    ++totals.notes;
    return;
  }
  ++totals.unwritten;
  complain(fmt::format("{}/{}: taken, but its box cannot be told: {}", folder.box, folder.epoch,
                       written.error().message()));
}

}  // namespace

int import_from_stick(const ImportWorld& world, const fs::path& stick) {
  auto found = look(stick);
  if (!found) {
    complain(found.error().message());
    return 1;
  }
  Totals totals;
  import_certificates(world, *found, totals);
  for (const LogFolder& folder : found->logs) import_log(world, *found, folder, totals);
  fmt::print("{} batches of {} logs taken, {} refused\n", totals.taken, found->logs.size(),
             totals.refused);
  if (found->others > 0) fmt::print("{} other files were left alone\n", found->others);
  if (found->unread > 0) fmt::print("{} folders could not be read\n", found->unread);
  if (totals.notes > 0) fmt::print("next: bring the stick back to its box: boxctl export\n");
  return totals.refused + totals.unwritten + found->unread == 0 ? 0 : 1;
}

}  // namespace yijuan::ledger

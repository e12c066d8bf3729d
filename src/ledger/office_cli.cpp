// ledgerctl's commands about the office's own log, lost logs, forks and backups.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "io/file_lock.hpp"
#include "io/files.hpp"
#include "io/owner.hpp"
#include "io/system_random.hpp"
#include "ledger/backup/restore.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/ledgerctl.hpp"

namespace yijuan::ledger {
namespace {

namespace json = boost::json;

constexpr std::size_t kLongestNote = std::size_t{64} * 1024;

struct Given {
  std::string origin, why, folder, place;
  std::string format = "table";
  bool doubt = false;
  bool still_heard = false;
};

int office_key(const LedgerConfig& config) {
  auto own = expect_own_folder(config.data);
  if (!own) return fail(own.error());
  SystemRandom random;
  auto made = make_office_key(config, random);
  if (!made) return fail(made.error());
  auto key = read_office_key(config);
  if (!key) return fail(key.error());
  std::printf("%s\n", key->verifier(1).text().c_str());
  std::fputs("restart ledgerd: it begins the office's log\n", stderr);
  return 0;
}

// The office's newest checkpoint in a public log's folder (or a mirror of one), or in a file.
Result<std::string> public_note(const std::filesystem::path& place, std::string_view origin) {
  if (!std::filesystem::is_directory(place)) return read_file(place, kLongestNote);
  const std::string name(origin.substr(origin.find('/') + 1));
  return read_file(place / name / "checkpoint", kLongestNote);
}

int office_resume(const LedgerConfig& config, const Given& given) {
  json::object arguments;
  if (!given.place.empty()) {
    auto status = run_anywhere(config, "office_status", {});
    if (!status) return fail(status.error());
    auto note = public_note(given.place, text_in(*status, "origin"));
    if (!note) return fail(note.error());
    arguments["public"] = *note;
  }
  return print_text(run_anywhere(config, "office_resume", arguments));
}

// The daemon wrote it, where it sees that folder: its unit gives it a /tmp of its own, and what is
// there goes with it.
int backup(const LedgerConfig& config, const Given& given) {
  const auto folder = std::filesystem::absolute(given.folder);
  auto reply = run_anywhere(config, "backup", {{"folder", folder.string()}});
  if (!reply) return fail(reply.error());
  auto here = read_manifest(folder);
  if (here && to_rfc3339(here->made) == text_in(*reply, "made") &&
      to_hex(here->hash) == text_in(*reply, "sha256")) {
    return print_text(reply);
  }
  return fail({LedgerErrc::bad_backup,
               fmt::format("ledgerd made it, but it is not in {} ({}): ledgerd's unit shows it "
                           "another folder there (PrivateTmp=, or a mount that came later). Use "
                           "/var/lib/yijuan/backups, or see the README",
                           folder.string(), here ? "another backup is" : here.error().message())});
}

int backup_verify(const LedgerConfig& config, const std::string& folder) {
  auto cosigner = read_cosigner(config);
  if (!cosigner) return fail(cosigner.error());
  auto manifest = verify_backup(folder, cosigner->verifier(), {.progress = show_progress});
  if (!manifest) return fail(manifest.error());
  std::uint64_t entries = 0;
  for (const Manifest::Log& log : manifest->logs) entries += log.size;
  std::printf("%s", fmt::format("good: {} logs, {} entries, made {}\n", manifest->logs.size(),
                                entries, to_rfc3339(manifest->made))
                        .c_str());
  return 0;
}

// Whom the ledger would listen to again, though it may have been revoked since the backup.
void print_unsure_boxes(const std::vector<Box>& boxes) {
  if (boxes.empty()) return;
  std::puts(
      "No second copy tells which boxes were enrolled or revoked since the backup was made. Check "
      "each before ledgerd starts (ledgerctl box revoke, box add):");
  for (const Box& box : boxes) {
    std::printf("  %s: %s\n", box.id.c_str(),
                box.status == BoxStatus::active ? "active" : "revoked");
  }
}

int restore(const LedgerConfig& config, const Given& given) {
  if (given.doubt != given.folder.empty()) {
    return fail({LedgerErrc::bad_argument, "name a backup, or --doubt what is there"});
  }
  auto lock = FileLock::acquire(config.lock());
  if (!lock) return fail(lock.error());
  auto restored =
      given.doubt ? doubt_store(config, given.place)
                  : restore_backup(config, given.folder, {.progress = show_progress}, given.place);
  if (!restored) return fail(restored.error());
  if (!restored->trouble.empty()) {
    std::fprintf(stderr, "the second copy gave nothing: %s\n", restored->trouble.c_str());
  }
  std::printf("%s",
              fmt::format("{} logs, {} entries; {} of the office's from its second copy; of "
                          "{} logs of boxes more is published.\n"
                          "Boxes say how far their logs had come; for the office's: "
                          "ledgerctl office status\n",
                          restored->logs, restored->entries, restored->completed, restored->behind)
                  .c_str());
  if (!restored->boxes_known) print_unsure_boxes(restored->boxes);
  return 0;
}

// The commands, while they are being added.
struct Commands {
  CLI::App& cli;
  const std::string& config;
  std::function<int()>& chosen;
  std::shared_ptr<Given> given = std::make_shared<Given>();

  void choose(CLI::App* command, std::function<int(const LedgerConfig&, const Given&)> run) {
    command->callback([&chosen = chosen, &config = config, given = given, run = std::move(run)] {
      chosen = [&config, given, run] { return run(read_ledger_config(config), *given); };
    });
  }
  // A command whose answer is a text.
  void ask(CLI::App* command, std::string name,
           std::function<json::object(const Given&)> arguments) {
    choose(command, [name = std::move(name), arguments = std::move(arguments)](
                        const LedgerConfig& ledger, const Given& what) {
      return print_text(run_anywhere(ledger, name, arguments(what)));
    });
  }
  void add_origin(CLI::App* command, const char* what) {
    command->add_option("origin", given->origin, what)->required();
  }
  void add_why(CLI::App* command) {
    command->add_option("--why", given->why, "what happened; it stands in the log")->required();
  }
  void add_format(CLI::App* command) {
    command->add_option("--format", given->format, "table, csv or json")
        ->check(CLI::IsMember({"table", "csv", "json"}));
  }

  void add_office() {
    auto* office = cli.add_subcommand("office", "the office's own log");
    office->require_subcommand(1);
    auto* key = office->add_subcommand("key", "make its key, where init did not; prints the vkey");
    choose(key, [](const LedgerConfig& ledger, const Given&) { return office_key(ledger); });
    auto* status = office->add_subcommand("status", "what is held of it, and what was seen");
    ask(status, "office_status", [](const Given&) { return json::object(); });
    auto* resume =
        office->add_subcommand("resume", "sign it again, if the second copy shows it to be whole");
    resume->add_option("--public", given->place,
                       "folder of the public log or of a mirror, or a checkpoint's file");
    choose(resume, office_resume);
    auto* hole = office->add_subcommand("declare-hole", "give it up, and begin the next");
    add_why(hole);
    ask(hole, "office_declare_hole",
        [](const Given& what) { return json::object{{"why", what.why}}; });
  }
  void add_logs() {
    auto* log = cli.add_subcommand("log", "the logs of boxes");
    log->require_subcommand(1);
    auto* lost = log->add_subcommand("lost", "its disk is lost: write the gifts of its open cash");
    add_origin(lost, "the log, or a fork that is in the books");
    add_why(lost);
    lost->add_flag("--still-heard", given->still_heard, "although the box spoke minutes ago");
    ask(lost, "log_lost", [](const Given& what) {
      return json::object{
          {"origin", what.origin}, {"why", what.why}, {"still_heard", what.still_heard}};
    });
    auto* quarantine = cli.add_subcommand("quarantine", "histories that differ from the cosigned");
    quarantine->require_subcommand(1);
    const auto arguments = [](const Given& what) {
      return json::object{{"origin", what.origin}, {"format", what.format}};
    };
    auto* list = quarantine->add_subcommand("list", "all of them, and what is not in the books");
    add_format(list);
    ask(list, "quarantine_list", arguments);
    auto* show = quarantine->add_subcommand("show", "the entries of one");
    add_origin(show, "ORIGIN~FORK, as listed");
    add_format(show);
    ask(show, "quarantine_show", arguments);
    auto* post = quarantine->add_subcommand("post", "count one in the books, once");
    add_origin(post, "ORIGIN~FORK, as listed");
    ask(post, "quarantine_post", arguments);
  }
  void add_backups() {
    auto* made = cli.add_subcommand("backup", "copy the running ledger's store into a folder");
    made->add_option("folder", given->folder, "empty or not there yet");
    auto* verify = made->add_subcommand("verify", "check a backup: every entry and signature");
    verify->add_option("folder", given->place, "the backup")->required();
    choose(made, [verify](const LedgerConfig& ledger, const Given& what) {
      if (verify->parsed()) return backup_verify(ledger, what.place);
      if (what.folder.empty()) return fail({LedgerErrc::bad_argument, "name a folder"});
      return backup(ledger, what);
    });
    auto* back = cli.add_subcommand("restore", "make a backup the ledger; ledgerd must not run");
    back->add_option("folder", given->folder, "the backup");
    back->add_flag("--doubt", given->doubt, "of a store that other means brought back");
    back->add_option("--public", given->place,
                     "folder of a mirror of the public log, heeded beside the ledger's own");
    choose(back, restore);
  }
};

}  // namespace

void add_office_commands(CLI::App& cli, const std::string& config, std::function<int()>& chosen) {
  Commands commands{.cli = cli, .config = config, .chosen = chosen};
  commands.add_office();
  commands.add_logs();
  commands.add_backups();
}

}  // namespace yijuan::ledger

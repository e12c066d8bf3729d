// A ledger with an office's log, a second copy and a public folder, whose store is lost and comes
// back from a backup.
#pragma once

#include <fstream>

#include "io/files.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "ledger/backup/restore.hpp"
#include "ledger/commands.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/public/public_commands.hpp"
#include "tests/ledger/ledger_fixture.hpp"

namespace yijuan::ledger {

class BackupFixture : public LedgerFixture {
 protected:
  BackupFixture() {
    config = parse_ledger_config("[ledger]\ndata = \"" + folder.string() +
                                     "/data\"\n[store]\npath = \"" + folder.string() +
                                     "/ledger.db\"\n[copy]\nfolder = \"" + folder.string() +
                                     "/copy\"\n[public]\nfolder = \"" + folder.string() +
                                     "/public\"\n[log]\ndomain = \"ledger.example\"\n",
                                 "ledger.toml");
    const std::vector<std::string> hosts = {"localhost"};
    std::filesystem::create_directory(config.data);
    EXPECT_TRUE(make_ledger_keys(config, hosts, wall.now().time, random).has_value());
    std::filesystem::create_directory(folder / "copy");
    cosigner = *read_cosigner(config);
    open_office();
  }
  void open_office() {
    office.reset();  // two at once would write one second copy
    auto opened = Office::open(config, *store, wall);
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    office = *std::move(opened);
  }
  void send_coins(int coins) {
    const std::uint64_t before = state().size();
    for (int i = 0; i < coins; ++i) log.add_coin(yuan(1));
    ASSERT_TRUE(is<sync::Cosigned>(send(log.batch(before))));
  }
  void write(int day) {
    const tlog::Body body(
        tlog::Digest{.day = "2026-11-" + std::to_string(10 + day), .logs = 1, .hash = {}});
    const auto written = office->log().append({&body, 1});
    ASSERT_TRUE(written.has_value()) << written.error().message();
  }
  Result<Manifest> back_up(const std::string& name) {
    return make_backup(config.store, folder / name, config.domain, now, {});
  }
  Result<Manifest> verify(const std::string& name) {
    return verify_backup(folder / name, cosigner.verifier(), {});
  }
  // The disk is gone, but for the keys.
  void lose_store() {
    office.reset();
    store.reset();
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(config.store.string() + suffix);
    }
  }
  Result<Restored> restore(const std::string& name, const std::filesystem::path& mirror = {}) {
    auto restored = restore_backup(config, folder / name, {}, mirror);
    if (restored) open();
    return restored;
  }
  void damage(const std::filesystem::path& file, const std::string& old,
              const std::string& changed) {
    std::string content = *read_file(file, std::size_t{1} << 26);
    const std::size_t at = content.find(old);
    ASSERT_NE(at, std::string::npos);
    content.replace(at, old.size(), changed);
    std::ofstream(file, std::ios::binary) << content;
  }
  // Makes the manifest fit the file again, as whoever changed the file would.
  void forge_manifest(const std::string& name) {
    auto manifest = *read_manifest(folder / name);
    const std::string content = *read_file(backup_file(folder / name), std::size_t{1} << 26);
    manifest.bytes = content.size();
    manifest.hash = sha256(as_bytes(content));
    ASSERT_TRUE(
        write_file_atomically(manifest_file(folder / name), write_manifest(manifest)).has_value());
  }
  Result<boost::json::object> ask(const std::string& command, const boost::json::object& with) {
    return find_command(command)->run(
        {.config = config, .store = *store, .now = now, .office = office.get(), .progress = {}},
        with);
  }
  // A day's publication.
  void show() {
    now += std::chrono::days(1);
    const auto shown = publish(publication_of(config, &office->log()), *store, now);
    ASSERT_TRUE(shown.has_value()) << shown.error().message();
  }
  // A list of a command's answer.
  std::vector<std::string> told(const std::string& command, const char* list) {
    const auto reply = ask(command, {});
    EXPECT_TRUE(reply.has_value()) << reply.error().message();
    std::vector<std::string> texts;
    for (const auto& text : reply->at(list).as_array()) texts.emplace_back(text.as_string());
    return texts;
  }
  LogState office_log() { return *office->log().current(); }

  LedgerConfig config;
  SystemRandom random;
  SystemWallClock wall;
  std::unique_ptr<Office> office;
};

}  // namespace yijuan::ledger

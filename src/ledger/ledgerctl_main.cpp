// ledgerctl: the office's command. Asks the running daemon over its socket; where none runs, opens
// the stopped daemon's store itself, under the daemon's own lock.
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <cstdio>

#include "base/settings.hpp"
#include "io/file_lock.hpp"
#include "io/files.hpp"
#include "io/system_random.hpp"
#include "io/system_wall_clock.hpp"
#include "ledger/commands.hpp"
#include "ledger/import_command.hpp"
#include "ledger/ledger_keys.hpp"
#include "ledger/ledgerctl.hpp"
#include "ledger/make_ledger.hpp"
#include "ledger/office_pack.hpp"
#include "ledger/open_store.hpp"
#include "ledger/store/sqlite/moved.hpp"
#include "ledger/store_migration.hpp"
#include "net/errc.hpp"
#include "sync/enrolment.hpp"

namespace {

using namespace yijuan;
using namespace yijuan::ledger;
namespace json = boost::json;

struct Arguments {
  std::string config = "/etc/yijuan/ledger.toml";
  std::vector<std::string> hosts;
  std::string box, request, out, in, key, key_name, vkey;
  std::string format = "table";
  std::string day, from, to;
  std::string origin, seq, name, until, stick;
  bool again = false;
  bool repair = false;
  bool fresh = false;
  bool resume = false;  // the default, said aloud
};

// The names that boxes may use for this machine, unless told.
std::vector<std::string> default_hosts(const LedgerConfig& config) {
  std::vector<std::string> hosts = {"localhost", "127.0.0.1", "::1", config.domain};
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) == 0 && is_log_domain(name.data())) {
    hosts.emplace_back(name.data());
  }
  return hosts;
}

int init(const LedgerConfig& config, const Arguments& given) {
  SystemRandom random;
  const auto hosts = given.hosts.empty() ? default_hosts(config) : given.hosts;
  auto made = make_ledger(config, hosts, SystemWallClock().now().time, random);
  if (!made) return fail(made.error());
  auto cosigner = read_cosigner(config);
  if (!cosigner) return fail(cosigner.error());
  std::printf("%s\n", cosigner->verifier().text().c_str());
  return 0;
}

int answer_box(const LedgerConfig& config, const Arguments& given, const std::string& command) {
  auto request = read_file(given.request, sync::kLongestEnrolmentFile);
  if (!request) return fail(request.error());
  auto reply = run_anywhere(
      config, command,
      {{"box", given.box}, {"request", *request}, {"again", given.again ? "yes" : "no"}});
  if (!reply) return fail(reply.error());
  print_warning(*reply);
  const std::string identity = text_in(*reply, "identity");
  if (given.out.empty()) {
    std::fputs(identity.c_str(), stdout);
    return 0;
  }
  auto written = write_file_atomically(given.out, identity);
  return written ? 0 : fail(written.error());
}

int box_add(const LedgerConfig& config, const Arguments& given) {
  return answer_box(config, given, "box_add");
}

int box_renew(const LedgerConfig& config, const Arguments& given) {
  return answer_box(config, given, "box_renew");
}

int box_revoke(const LedgerConfig& config, const Arguments& given) {
  auto reply = run_anywhere(config, "box_revoke", {{"box", given.box}});
  if (!reply) return fail(reply.error());
  print_warning(*reply);
  return 0;
}

int report(const LedgerConfig& config, const Arguments& given, const char* name) {
  return print_text(run_anywhere(config, "report",
                                 {{"report", name},
                                  {"format", given.format},
                                  {"from", given.day.empty() ? given.from : given.day},
                                  {"to", given.day.empty() ? given.to : given.day}}));
}

int import_stick(const LedgerConfig& config, const Arguments& given) {
  return import_from_stick({.ask =
                                [&config](const std::string& name, const json::object& arguments) {
                                  return run_anywhere(config, name, arguments);
                                },
                            .progress = show_progress},
                           given.stick);
}

int rebuild(const LedgerConfig& config) {
  auto reply = run_anywhere(config, "rebuild", {});
  if (!reply) return fail(reply.error());
  const json::value* differences = reply->if_contains("differences");
  const bool differed =
      differences != nullptr && differences->is_array() && !differences->get_array().empty();
  if (differed) {
    for (const json::value& difference : differences->get_array()) {
      if (difference.is_string()) std::printf("%s\n", difference.get_string().c_str());
    }
  }
  std::puts(differed ? "the books were wrong and were made again" : "the books were right");
  return differed ? 3 : 0;
}

// What is known and no fault.
void print_notes(const json::object& reply) {
  for (const json::value& note : reply.at("notes").as_array()) {
    std::printf("NOTE %s\n", note.as_string().c_str());
  }
}

int verify(const LedgerConfig& config, const Arguments& given) {
  auto reply = run_anywhere(config, "verify",
                            {{"origin", given.origin}, {"fresh", given.fresh ? "yes" : "no"}});
  if (!reply) return fail(reply.error());
  const json::array& wrong = reply->at("wrong").as_array();
  print_notes(*reply);
  for (const json::value& what : wrong) std::printf("WRONG %s\n", what.as_string().c_str());
  const auto number = [&](const char* key) {
    return static_cast<long long>(reply->at(key).to_number<std::int64_t>());
  };
  std::printf("%lld logs, %lld entries checked", number("logs"), number("entries"));
  if (number("before") > 0) {
    std::printf(" (%lld logs by a run before this one)", number("before"));
  }
  std::printf(": %s\n", wrong.empty() ? "all is right" : "not all is right");
  return wrong.empty() ? 0 : 3;
}

int publish(const LedgerConfig& config, const Arguments& given) {
  auto reply = run_anywhere(config, "publish", {{"repair", given.repair ? "yes" : "no"}});
  if (!reply) return fail(reply.error());
  const json::array& refused = reply->at("refused").as_array();
  print_notes(*reply);
  for (const json::value& why : refused) std::printf("ALARM %s\n", why.as_string().c_str());
  std::printf("%lld logs are shown, %lld entries for the first time\n",
              static_cast<long long>(reply->at("logs").to_number<std::int64_t>()),
              static_cast<long long>(reply->at("entries").to_number<std::int64_t>()));
  return refused.empty() ? 0 : 3;
}

int proof(const LedgerConfig& config, const Arguments& given) {
  auto reply = run_anywhere(config, "proof", {{"origin", given.origin}, {"seq", given.seq}});
  if (!reply) return fail(reply.error());
  const std::string proof = text_in(*reply, "proof");
  if (given.out.empty()) {
    std::fputs(proof.c_str(), stdout);
    return 0;
  }
  auto written = write_file_atomically(given.out, proof);
  return written ? 0 : fail(written.error());
}

int auditor_add(const LedgerConfig& config, const Arguments& given) {
  auto reply = run_anywhere(config, "auditor_add", {{"name", given.name}, {"until", given.until}});
  if (!reply) return fail(reply.error());
  std::printf("%s\n", text_in(*reply, "token").c_str());
  return 0;
}

int auditor_remove(const LedgerConfig& config, const Arguments& given) {
  auto reply = run_anywhere(config, "auditor_remove", {{"name", given.name}});
  return reply ? 0 : fail(reply.error());
}

// The SQLite file of the configuration, whichever store that chooses, into a PostgreSQL database.
// Cut before the mark, it is run again: both stores are found equal.
Result<Migrated> migrate(LedgerConfig config, const std::string& to) {
  auto understood = postgres::check_where(to);
  if (!understood) return understood.error();
  auto lock = FileLock::acquire(config.lock());
  if (!lock) return lock.error();
  config.postgres.clear();
  auto from = open_store(config, show_progress);
  if (!from) return from.error();
  auto target = PostgresStore::open({.where = to, .limits = {}, .make = true, .unfinished = true});
  if (!target) return target.error();
  auto migrated = migrate_store(**from, **target, config.domain, show_progress);
  if (!migrated || !migrated->equal) return migrated;
  from->reset();
  auto marked = mark_moved(config.store, postgres::shown_where(to), SystemWallClock().now().time);
  if (!marked) return marked.error();
  return migrated;
}

int store_migrate(const LedgerConfig& config, const Arguments& given) {
  auto migrated = migrate(config, given.to);
  if (!migrated) return fail(migrated.error());
  std::fputs(format_as(migrated->proof, *parse_format(given.format)).c_str(), stdout);
  std::fprintf(stderr, "%llu entries; %s\n", static_cast<unsigned long long>(migrated->entries),
               migrated->equal ? "both stores hold the same"
                               : "the stores DIFFER: if sums do, run ledgerctl rebuild on the old "
                                 "store and begin anew with an empty database");
  return migrated->equal ? 0 : 3;
}

int status(const LedgerConfig& config) {
  auto reply = net::control_call(config.socket().string(), "status", {});
  if (!reply && reply.error() == make_error_code(NetErrc::unreachable)) {
    std::fprintf(stderr, "ledgerctl: ledgerd does not run (%s)\n", reply.error().detail().c_str());
    return 1;
  }
  if (!reply) return fail(reply.error());
  for (const auto& [key, value] : *reply) {
    std::printf("%s: %s\n", std::string(key).c_str(),
                value.is_string() ? value.get_string().c_str()
                                  : std::to_string(value.to_number<std::int64_t>()).c_str());
  }
  return 0;
}

std::string pack_key_name(const Arguments& given) {
  return given.key_name.empty() ? read_ledger_config(given.config).domain + "/pack"
                                : given.key_name;
}

int pack_key(const Arguments& given) {
  SystemRandom random;
  auto vkey = make_pack_key(given.out, pack_key_name(given), random);
  if (!vkey) return fail(vkey.error());
  std::printf("%s\n", vkey->c_str());
  return 0;
}

int pack_sign(const Arguments& given) {
  auto done = sign_pack(given.key, pack_key_name(given), given.in, given.out);
  return done ? 0 : fail(done.error());
}

int pack_check(const Arguments& given) {
  auto line = check_pack(given.in, given.vkey);
  if (!line) return fail(line.error());
  std::printf("%s\n", line->c_str());
  return 0;
}

// The command line, and what was chosen on it.
struct CommandLine {
  Arguments given;
  std::function<int()> chosen;
  CLI::App cli{"The office's command for the ledger."};

  CommandLine() {
    cli.fallthrough();  // --config after the command too
    cli.add_option("--config", given.config, "ledger.toml")->capture_default_str();
    cli.set_version_flag("--version", YIJUAN_VERSION);
    cli.require_subcommand(1);
    auto* made = cli.add_subcommand(
        "init", "make a new ledger: its keys and its empty store; prints the cosigner's vkey");
    made->add_option("--host", given.hosts, "name or address under which boxes reach the ledger");
    made->callback([this] { choose(init); });
    cli.add_subcommand("status", "how the running daemon is")->callback([this] {
      choose([](const LedgerConfig& config, const Arguments&) { return status(config); });
    });
    cli.add_subcommand("rebuild", "make the books again from the entries; exit 3 if they differed")
        ->callback([this] {
          choose([](const LedgerConfig& config, const Arguments&) { return rebuild(config); });
        });
    add_box();
    add_reports();
    add_import();
    add_public();
    add_store();
    add_pack();
    add_office_commands(cli, given.config, chosen);
  }

  void choose(int (*run)(const LedgerConfig&, const Arguments&)) {
    chosen = [this, run] { return run(read_ledger_config(given.config), given); };
  }
  void add_format(CLI::App* command) {
    command->add_option("--format", given.format, "table, csv or json")
        ->check(CLI::IsMember({"table", "csv", "json"}));
  }
  void add_box() {
    auto* box = cli.add_subcommand("box", "the boxes of this ledger");
    box->require_subcommand(1);
    auto* add = box->add_subcommand("add", "answer a box's request with its identity");
    add->add_option("id", given.box, "the box's id")->required();
    add->add_option("--request", given.request, "the file that boxctl init made")->required();
    add->add_option("--out", given.out, "where to write the identity; else it is printed");
    add->add_flag("--again", given.again, "the box is known: it gets a new key and a new log");
    add->callback([this] { choose(box_add); });
    auto* renew = box->add_subcommand("renew", "give a box a new certificate for the key it has");
    renew->add_option("id", given.box, "the box's id")->required();
    renew->add_option("--request", given.request, "the file that boxctl init made")->required();
    renew->add_option("--out", given.out, "where to write the identity; else it is printed");
    renew->callback([this] { choose(box_renew); });
    auto* revoke = box->add_subcommand("revoke", "listen to a box no more");
    revoke->add_option("id", given.box, "the box's id")->required();
    revoke->callback([this] { choose(box_revoke); });
    auto* list = box->add_subcommand("list", "the boxes that are known");
    add_format(list);
    list->callback([this] {
      choose([](const LedgerConfig& config, const Arguments& arguments) {
        return print_text(run_anywhere(config, "box_list", {{"format", arguments.format}}));
      });
    });
  }
  void add_reports() {
    auto* reports = cli.add_subcommand("report", "what the office wants to know");
    reports->require_subcommand(1);
    auto* synced = reports->add_subcommand("sync", "how far each box is, and what is wrong");
    add_format(synced);
    synced->callback([this] {
      choose([](const LedgerConfig& config, const Arguments& arguments) {
        return report(config, arguments, "sync");
      });
    });
    auto* day = reports->add_subcommand("day", "gifts by day, box, activity and channel");
    add_format(day);
    day->add_option("--day", given.day, "one business day: 2026-10-17");
    day->add_option("--from", given.from, "first business day");
    day->add_option("--to", given.to, "last business day");
    day->callback([this] {
      choose([](const LedgerConfig& config, const Arguments& arguments) {
        return report(config, arguments, "day");
      });
    });
  }
  void add_import() {
    auto* import = cli.add_subcommand("import", "take what boxes wrote to a USB stick");
    import->add_option("folder", given.stick, "where the stick is mounted")->required();
    import->callback([this] { choose(import_stick); });
  }
  void add_public() {
    auto* published = cli.add_subcommand("publish",
                                         "bring the public log up to date; exit 3 if "
                                         "something is not shown as it should be");
    published->add_flag("--repair", given.repair, "read all entries and mend every tile");
    published->callback([this] { choose(publish); });
    auto* verified = cli.add_subcommand(
        "verify",
        "re-check everything; goes on with a run that was cut; exit 3 if not all is right");
    verified->add_option("--origin", given.origin, "one log alone, without its box's books");
    verified->add_flag("--fresh", given.fresh, "believe no earlier run");
    verified->add_flag("--resume", given.resume, "go on with a run that was cut, as without it")
        ->excludes("--fresh");
    verified->callback([this] { choose(verify); });
    auto* proven = cli.add_subcommand("proof", "a published entry's proof file");
    proven->add_option("origin", given.origin, "the log")->required();
    proven->add_option("seq", given.seq, "the entry's number")->required();
    proven->add_option("--out", given.out, "where to write it; else it is printed");
    proven->callback([this] { choose(proof); });
    auto* auditor = cli.add_subcommand("auditor", "who may read published entries over HTTP");
    auditor->require_subcommand(1);
    auto* add = auditor->add_subcommand("add", "make a token; it is printed once");
    add->add_option("name", given.name, "of the auditor: a-z, 0-9 and -")->required();
    add->add_option("--until", given.until, "last day: 2026-12-31");
    add->callback([this] { choose(auditor_add); });
    auto* remove = auditor->add_subcommand("remove", "the auditor's token is good no more");
    remove->add_option("name", given.name, "of the auditor")->required();
    remove->callback([this] { choose(auditor_remove); });
    auto* list = auditor->add_subcommand("list", "the auditors that are known");
    add_format(list);
    list->callback([this] {
      choose([](const LedgerConfig& config, const Arguments& arguments) {
        return print_text(run_anywhere(config, "auditor_list", {{"format", arguments.format}}));
      });
    });
  }
  void add_store() {
    auto* store = cli.add_subcommand("store", "where the ledger keeps everything");
    store->require_subcommand(1);
    auto* migrated = store->add_subcommand(
        "migrate",
        "copy the stopped daemon's SQLite file into PostgreSQL; prints the proof that "
        "both hold the same; exit 3 if they do not");
    migrated->add_option("--to", given.to, "the database, as [store] postgres")->required();
    add_format(migrated);
    migrated->callback([this] { choose(store_migrate); });
  }
  void add_pack() {
    auto* pack = cli.add_subcommand("pack", "campaign packs; needs no ledger, if --name is given");
    pack->require_subcommand(1);
    auto* key = pack->add_subcommand("key", "make a pack key; prints its vkey for kiosk.toml");
    key->add_option("--out", given.out, "the key file")->required();
    key->add_option("--name", given.key_name, "the key's name");
    key->callback([this] { chosen = [this] { return pack_key(given); }; });
    auto* sign = pack->add_subcommand("sign", "sign a pack");
    sign->add_option("--key", given.key, "the key file")->required();
    sign->add_option("--name", given.key_name, "the key's name");
    sign->add_option("--in", given.in, "the pack as JSON")->required();
    sign->add_option("--out", given.out, "the signed pack")->required();
    sign->callback([this] { chosen = [this] { return pack_sign(given); }; });
    auto* check = pack->add_subcommand("check", "check a signed pack");
    check->add_option("--vkey", given.vkey, "the pack key's vkey")->required();
    check->add_option("--in", given.in, "the signed pack")->required();
    check->callback([this] { chosen = [this] { return pack_check(given); }; });
  }
};

}  // namespace

int main(int argc, char** argv) {
  umask(0077);
  CommandLine line;
  CLI11_PARSE(line.cli, argc, argv);
  try {
    return line.chosen();
  } catch (const yijuan::SettingsError& error) {
    std::fprintf(stderr, "ledgerctl: %s\n", error.what());
    return 2;
  }
}

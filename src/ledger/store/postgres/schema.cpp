// What becomes of the database at the opening.
#include <fmt/format.h>

#include "ledger/store/postgres/parts.hpp"

namespace yijuan::ledger::postgres {
namespace {

constexpr std::string_view kApplication = "yijuan-ledger";

Result<std::int64_t> tables(Connection& connection, std::string_view like) {
  auto counted = connection.ask(
      "SELECT count(*) FROM information_schema.tables "
      "WHERE table_schema = current_schema() AND table_name LIKE $1",
      like);
  if (!counted) return counted.error();
  return counted->row(0).number();
}

Result<std::string> meta(Connection& connection, std::string_view name) {
  auto found = connection.ask("SELECT value FROM meta WHERE name = $1", name);
  if (!found) return found.error();
  return found->empty() ? "" : found->row(0).text();
}

Result<void> put_meta(Connection& connection, std::string_view name, std::string_view value) {
  auto put = connection.ask(
      "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, value);
  if (!put) return put.error();
  return {};
}

// The tables first, in their own statements, and the version last: cut short, it is made anew.
Result<void> make(Connection& connection) {
  auto made = connection.script(std::string(kSchema));
  if (!made) return made.error();
  auto named = put_meta(connection, "application", kApplication);
  if (!named) return named;
  return put_meta(connection, "schema_version", kSchemaVersion);
}

// What was cut short counts as not made.
Result<void> make_if(Connection& connection, bool may_make) {
  if (may_make) return make(connection);
  return {LedgerErrc::no_store,
          "the database holds no ledger's tables; pg_restore a dump, ledgerctl store migrate, or "
          "ledgerctl init for a new ledger"};
}

Result<void> prepare(Connection& connection, bool may_make) {
  auto all = tables(connection, "%");
  auto metas = tables(connection, "meta");
  if (!all) return all.error();
  if (!metas) return metas.error();
  if (*metas == 0) {
    if (*all == 0) return make_if(connection, may_make);
    return {LedgerErrc::store_foreign,
            fmt::format("the schema holds {} tables that are not a ledger's", *all)};
  }
  auto application = meta(connection, "application");
  auto version = meta(connection, "schema_version");
  if (!application || !version) return application ? version.error() : application.error();
  if (version->empty() && (application->empty() || *application == kApplication)) {
    return make_if(connection, may_make);
  }
  if (*application != kApplication || *version != kSchemaVersion) {
    return {LedgerErrc::store_foreign,
            fmt::format("the database says {} version {}, this program writes {} version {}",
                        *application, *version, kApplication, kSchemaVersion)};
  }
  return {};
}

}  // namespace

std::string box_in(std::string_view origin) {
  constexpr std::string_view kBox = "/box/";
  const std::size_t at = origin.find('/');
  if (at == std::string_view::npos || !origin.substr(at).starts_with(kBox)) return "";
  const std::string_view rest = origin.substr(at + kBox.size());
  return std::string(rest.substr(0, rest.find('/')));
}

Result<void> prepare_schema(Session& session, bool may_make) {
  // Another ledgerd may be making the same tables: then one of the two is told so, and looks again.
  Result<void> done;
  for (int tries = 0; tries < 3; ++tries) {
    done = session.with_connection(
        [may_make](Connection& connection) { return prepare(connection, may_make); });
    if (done || done.error() != make_error_code(LedgerErrc::store_failed)) return done;
  }
  return done;
}

}  // namespace yijuan::ledger::postgres

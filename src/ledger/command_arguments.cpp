#include "ledger/command_arguments.hpp"

#include "ledger/errc.hpp"

namespace yijuan::ledger {

namespace json = boost::json;

std::string text(const json::object& arguments, std::string_view key) {
  const json::value* value = arguments.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Result<domain::Day> day(const json::object& arguments, std::string_view key, domain::Day fallback) {
  const std::string given = text(arguments, key);
  if (given.empty()) return fallback;
  const auto parsed = domain::parse_day(given);
  if (!parsed) return {LedgerErrc::bad_argument, given + " is no day; write it as 2026-10-17"};
  return *parsed;
}

Result<json::object> formatted(const Result<Table>& table, const json::object& arguments) {
  if (!table) return table.error();
  const auto format = parse_format(text(arguments, "format"));
  if (!format) return {LedgerErrc::bad_argument, "the format is table, csv or json"};
  return json::object{{"text", format_as(*table, *format)}};
}

}  // namespace yijuan::ledger

// What commands take out of their arguments.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "domain/business_day.hpp"
#include "ledger/reports/table.hpp"

namespace yijuan::ledger {

/// A text argument; empty if there is none.
std::string text(const boost::json::object& arguments, std::string_view key);
/// A day argument, or `fallback` where there is none. LedgerErrc::bad_argument.
Result<domain::Day> day(const boost::json::object& arguments, std::string_view key,
                        domain::Day fallback);
/// {"text"}: the table as the argument "format" wants it.
Result<boost::json::object> formatted(const Result<Table>& table,
                                      const boost::json::object& arguments);

}  // namespace yijuan::ledger

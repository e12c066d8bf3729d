// What the commands of ledgerctl share: asking the running daemon, or where none runs, doing it
// under its lock.
#pragma once

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/result.hpp"
#include "ledger/ledger_config.hpp"

namespace yijuan::ledger {

/// Says it on standard error; the exit code.
int fail(const Error& error);
/// A bar, on a terminal only.
void show_progress(std::uint64_t done, std::uint64_t of);
/// A text of an answer; empty if there is none.
std::string text_in(const boost::json::object& object, std::string_view key);
/// Prints the answer's "warning" on standard error, if there is one.
void print_warning(const boost::json::object& reply);
/// Prints the answer's "text"; the exit code.
int print_text(const Result<boost::json::object>& reply);

Result<boost::json::object> run_anywhere(const LedgerConfig& config, const std::string& name,
                                         const boost::json::object& arguments);

/// Adds `office`, `log`, `quarantine`, `backup` and `restore`; what is chosen comes into `chosen`.
/// All outlive `cli`'s parsing.
void add_office_commands(CLI::App& cli, const std::string& config, std::function<int()>& chosen);

}  // namespace yijuan::ledger

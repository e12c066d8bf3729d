// `ledgerctl import`: what boxes wrote to a USB stick goes to the ledger, and what it cosigned goes
// back onto the stick.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/result.hpp"

namespace yijuan::ledger {

struct ImportWorld {
  /// A command of the ledger, wherever it runs.
  std::function<Result<boost::json::object>(const std::string& name,
                                            const boost::json::object& arguments)>
      ask;
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;  // batches
};

/// The exit code: 0; 1 if something on the stick was refused, could not be read, or could not be
/// given its cosigned checkpoint, which is said on stderr; the rest was taken all the same.
int import_from_stick(const ImportWorld& world, const std::filesystem::path& stick);

}  // namespace yijuan::ledger

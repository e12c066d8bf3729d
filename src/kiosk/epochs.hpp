// The box's logs, one after the other: the first is what `boxctl init` made, each later one was
// begun by the box itself when the disk of the log before it was found to have gone back in time.
// A log that was left is never appended to again and never removed; what the ledger lacks of it is
// still sent. Blocking: for start-up and commands.
//
//   keys/log.key, request.json, journal.db       the first
//   epochs/2/log.key, epoch.json, journal.db     the second, and so on
//
// A folder gets its name when all in it is durable, so that a power cut leaves the old log in use,
// or the new one.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/kiosk_config.hpp"
#include "ports/device_fact.hpp"
#include "ports/random.hpp"
#include "sync/epoch.hpp"
#include "tlog/key.hpp"

namespace yijuan::kiosk {

struct BoxEpoch {
  unsigned number = 1;
  tlog::SigningKey key;                               // its name is the log's origin
  std::optional<sync::EpochCertificate> certificate;  // the first has none
  std::filesystem::path journal;
  std::filesystem::path delivered;  // a file that is there once the ledger has all of the log

  [[nodiscard]] const std::string& origin() const { return key.verifier().name; }
};

/// Oldest first, at least one: the last is the one in use. A key that others can read, or a folder
/// whose parts do not belong together, is an error.
Result<std::vector<BoxEpoch>> load_epochs(const KioskConfig& config);

/// Logs in a row that may be left at once although the ledger had cosigned nothing of them. After
/// these each one is kept for kPauseInVain of running first: a ledger gone mad would have boxes
/// make logs without end, and a box whose disk went back that often must come together by itself.
inline constexpr std::size_t kMostUncosigned = 3;
inline constexpr std::chrono::hours kPauseInVain{6};

/// How long a box that has had `logs` of them keeps its last one before it begins the next.
/// `in_vain`: the logs in a row, the last one too, of which nothing is cosigned. Nothing: for ever.
std::optional<std::chrono::nanoseconds> pause_before_epoch(std::size_t logs, std::size_t in_vain);

/// The same, of the logs on this disk. `cosigned`: the ledger has cosigned entries of the last.
std::optional<std::chrono::nanoseconds> pause_before_epoch(const KioskConfig& config,
                                                           const std::vector<BoxEpoch>& epochs,
                                                           bool cosigned);

/// Begins the next log and leaves the one in use, for `why` ("rollback", "fork"), under the
/// daemon's lock. `marks`: how far the acceptors' events are known by what they told in this run.
/// What the disk knows of them may be older than what the ledger has, and would count their last
/// pieces twice. REQUIRES: pause_before_epoch gives a time, and that is over.
Result<void> begin_epoch(const KioskConfig& config, std::string_view why,
                         std::vector<CounterMark> marks, Random& random);

}  // namespace yijuan::kiosk

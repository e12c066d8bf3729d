// What `boxctl export` asks of a box's logs, of the running kioskd or of a stopped one's data:
// which there are, their batches, and to keep what the ledger cosigned.
//
//   {"do":"list"}                                   {"logs":[{"origin","head","cosigned"}…],
//                                                    "epochs": text, empty where there are none}
//   {"do":"batch","origin":…,"first":n}             {"packed": base64, "end": n}
//   {"do":"cosigned","origin":…,"note":…}           {"taken": true or false, "cosigned": n}
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "ports/journal.hpp"
#include "tlog/key.hpp"

namespace yijuan::kiosk {

struct ExportDesk {
  struct Log {
    Journal* journal;
    const tlog::SigningKey* key;
  };
  std::vector<Log> logs;  // the last is in use
  std::string certificates;
  const tlog::VerifierKey* cosigner = nullptr;  // null: the office has not answered yet
};

/// NetErrc::refused for what is none of the questions above.
Task<boost::json::object> answer_export(ExportDesk desk, boost::json::object question);

}  // namespace yijuan::kiosk

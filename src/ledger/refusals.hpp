// What ledgerd refuses, told once: the first of a kind at once, those that follow within the hour
// counted, and told with their number when it is over. A kind is a box, a log and a word: of boxes
// and logs that are known, so that nobody makes more kinds than there are. What comes without a
// good certificate is of no box. A pure state machine: the lines are written here, alarms kept by
// whoever calls.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "ledger/store/ledger_store.hpp"
#include "net/http_server.hpp"

namespace yijuan::ledger {

/// How long what was told is not told again.
inline constexpr std::chrono::hours kRefusalInterval{1};

struct Refusal {
  Alarm what;
  bool matters = true;  // somebody must look at it: it is kept as an alarm, not only logged
};

/// Of a connection. REQUIRES: an error that HttpServer::on_refused tells.
Refusal refused_connection(const net::Peer& peer, const Error& why, WallTime now);

/// Of a request; it is only logged.
Refusal refused_request(const net::Peer& peer, unsigned status, std::string why, WallTime now);

class Refusals {
 public:
  /// Writes the line, if it is the first of its kind: then true. `what.last` is now.
  bool tell(const Refusal& refused);
  /// To be called every few seconds: those that came again since they were told an hour ago (at a
  /// stop: ever), with their number, each logged now. What is as old and did not come again is
  /// forgotten.
  std::vector<Refusal> repeated(WallTime now, bool stopping = false);
  /// Kinds known now.
  [[nodiscard]] std::size_t kinds() const { return told_.size(); }

 private:
  struct Told {
    WallTime at;
    Refusal last;
    std::uint64_t more = 0;  // that were not told
  };
  std::map<std::tuple<std::string, std::string, std::string>, Told> told_;
};

}  // namespace yijuan::ledger

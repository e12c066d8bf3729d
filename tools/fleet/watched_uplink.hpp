// A box's way to its ledger, and somebody who counts what passes and holds the box to what the
// ledger asked of it.
#pragma once

#include <algorithm>
#include <charconv>

#include "sync/uplink.hpp"
#include "tools/fleet/tally.hpp"

namespace yijuan::fleet {

class WatchedUplink : public sync::Uplink {
 public:
  /// `pace`: the clock that the box waits by. `real`: for how long an answer takes.
  WatchedUplink(net::HttpClient& client, Clock& pace, Clock& real, Tally& tally)
      : uplink_(client), pace_(pace), real_(real), tally_(tally) {}

  Task<net::HttpResponse> send(net::HttpRequest request,
                               std::chrono::nanoseconds timeout) override {
    ++tally_.requests;
    if (pace_.now() < not_before_) ++tally_.early;
    const Instant begin = real_.now();
    auto response = co_await uplink_.send(std::move(request), timeout);
    if (response && response->status == 200) {
      ++tally_.answered;
      tries_ = 0;
      ++answers_;
      const std::chrono::duration<float, std::milli> took = real_.now() - begin;
      tally_.milliseconds.push_back(took.count());
      co_return response;
    }
    tally_.most_tries = std::max(tally_.most_tries, ++tries_);
    if (!response) {
      ++tally_.failed[response.error().message()];
    } else {
      ++tally_.other[response->status];
      if (response->status == 429 || response->status == 503) note_retry_after(*response);
    }
    co_return response;
  }

  /// From now on tries are counted anew.
  void begin() {
    tries_ = 0;
    answers_ = 0;
  }
  [[nodiscard]] std::uint64_t answers() const { return answers_; }

 private:
  void note_retry_after(const net::HttpResponse& response) {
    const auto text = net::field(response.fields, "retry-after").value_or("");
    unsigned seconds = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (read.ec != std::errc() || seconds == 0) ++tally_.undated;
    not_before_ = pace_.now() + std::chrono::seconds(seconds);
  }

  sync::HttpsUplink uplink_;
  Clock& pace_;
  Clock& real_;
  Tally& tally_;
  Instant not_before_{};
  unsigned tries_ = 0;
  std::uint64_t answers_ = 0;
};

}  // namespace yijuan::fleet

// The way between boxes and ledgers: TLS connections as far as their ends can tell them apart.
//
// It may inject these faults, and no others: a box is cut off (also while a reply is on its way); a
// request or a reply is lost, or comes after its time; a connection is cut in the middle of a
// record, of the request or of the reply; a request comes once more, up to an hour later, behind
// newer ones. It never changes a byte (TLS does not), and never mixes up two boxes.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "async/sim_clock.hpp"
#include "async/task_group.hpp"
#include "chronicle.hpp"
#include "sim_chance.hpp"
#include "sync/uplink.hpp"

namespace yijuan::sim {

/// What answers at the other end.
class Listener {
 public:
  virtual ~Listener() = default;
  /// An error: the connection broke.
  virtual Task<net::HttpResponse> answer(net::HttpRequest request) = 0;
};

/// In how many of a thousand requests.
struct Weather {
  unsigned lost_request = 0;
  unsigned lost_reply = 0;
  unsigned cut_request = 0;
  unsigned cut_reply = 0;
  unsigned late_reply = 0;
  unsigned repeated = 0;
};

class SimNetwork {
 public:
  SimNetwork(const asio::any_io_executor& executor, SimClock& clock, Chance& chance,
             Chronicle& chronicle)
      : executor_(executor),
        clock_(clock),
        chance_(chance),
        chronicle_(chronicle),
        exchanges_(executor, {}) {}

  void add(Listener& ledger) { ledgers_.push_back(&ledger); }
  void set(const Weather& weather) { weather_ = weather; }
  void cut_off(const std::string& box, Instant until) { cut_off_[box] = until; }
  [[nodiscard]] bool is_cut_off(const std::string& box) const;
  /// As the box's end sees it.
  Task<net::HttpResponse> send(std::string box, net::HttpRequest request,
                               std::chrono::nanoseconds timeout);
  [[nodiscard]] bool idle() const { return exchanges_.empty(); }
  /// What is still on its way comes now, or never.
  void end() { exchanges_.cancel(); }

 private:
  struct Exchange {
    explicit Exchange(const asio::any_io_executor& executor) : ended(executor) {}
    Event ended;
    std::optional<Result<net::HttpResponse>> result;
  };
  Task<void> carry(std::shared_ptr<Exchange> exchange, net::HttpRequest request);
  Task<void> carry_again(net::HttpRequest request);
  [[nodiscard]] Listener& some_ledger() { return *ledgers_[chance_.below(ledgers_.size())]; }
  bool strikes(unsigned per_mille, const char* kind, const std::string& box);

  asio::any_io_executor executor_;
  SimClock& clock_;
  Chance& chance_;
  Chronicle& chronicle_;
  std::vector<Listener*> ledgers_;
  Weather weather_;
  std::map<std::string, Instant> cut_off_;
  TaskGroup exchanges_;
};

/// One box's end.
class SimUplink : public sync::Uplink {
 public:
  SimUplink(SimNetwork& network, std::string box) : network_(network), box_(std::move(box)) {}
  Task<net::HttpResponse> send(net::HttpRequest request, std::chrono::nanoseconds timeout) override;
  /// The box is gone: nothing it says is heard.
  void unplug() { plugged_ = false; }

 private:
  SimNetwork& network_;
  std::string box_;
  bool plugged_ = true;
};

}  // namespace yijuan::sim

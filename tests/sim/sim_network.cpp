#include "sim_network.hpp"

#include <fmt/format.h>

#include "async/with_timeout.hpp"
#include "net/errc.hpp"

namespace yijuan::sim {
namespace {

using namespace std::chrono_literals;

Error broken(const char* what) {
  return {NetErrc::closed, what};
}

}  // namespace

bool SimNetwork::is_cut_off(const std::string& box) const {
  const auto at = cut_off_.find(box);
  return at != cut_off_.end() && clock_.now() < at->second;
}

bool SimNetwork::strikes(unsigned per_mille, const char* kind, const std::string& box) {
  if (!chance_.per_mille(per_mille)) return false;
  chronicle_.fault(kind, box);
  return true;
}

Task<net::HttpResponse> SimNetwork::send(std::string box, net::HttpRequest request,
                                         std::chrono::nanoseconds timeout) {
  request.peer.box = std::move(box);
  const auto exchange = std::make_shared<Exchange>(executor_);
  exchanges_.spawn("exchange", carry(exchange, std::move(request)));
  auto waited = co_await with_timeout(clock_, timeout, exchange->ended.wait());
  if (!waited) co_return waited.error();
  co_return *std::move(exchange->result);
}

Task<void> SimNetwork::carry(std::shared_ptr<Exchange> exchange, net::HttpRequest request) {
  const std::string box = request.peer.box;
  const auto end = [&exchange](Result<net::HttpResponse> result) {
    exchange->result.emplace(std::move(result));
    exchange->ended.set();
    return Result<void>();
  };
  auto went = co_await clock_.sleep_for(chance_.between(5ms, 80ms));
  if (!went) co_return went;
  if (is_cut_off(box)) co_return end(broken("no route"));
  if (strikes(weather_.lost_request, "lost request", box)) co_return Result<void>();
  if (strikes(weather_.cut_request, "TLS cut in a request", box)) co_return end(broken("cut"));
  if (strikes(weather_.repeated, "repeated request", box)) {
    exchanges_.spawn("again", carry_again(request));
  }
  auto response = co_await some_ledger().answer(std::move(request));
  if (!response) co_return end(response.error());
  if (strikes(weather_.lost_reply, "lost reply", box)) co_return Result<void>();
  if (strikes(weather_.cut_reply, "TLS cut in a reply", box)) co_return end(broken("cut"));
  auto delay = chance_.between(5ms, 80ms);
  if (strikes(weather_.late_reply, "late reply", box)) delay = chance_.between(20s, 5min);
  auto came = co_await clock_.sleep_for(delay);
  if (!came) co_return came;
  if (is_cut_off(box)) co_return Result<void>();
  co_return end(*std::move(response));
}

// Nobody waits for its reply.
Task<void> SimNetwork::carry_again(net::HttpRequest request) {
  const auto delay = chance_.one_in(2) ? chance_.between(1ms, 2s) : chance_.between(2s, 1h);
  auto went = co_await clock_.sleep_for(delay);
  if (!went) co_return went;
  [[maybe_unused]] const auto response = co_await some_ledger().answer(std::move(request));
  co_return Result<void>();
}

Task<net::HttpResponse> SimUplink::send(net::HttpRequest request,
                                        std::chrono::nanoseconds timeout) {
  if (!plugged_) co_return broken("the box is gone");
  auto response = co_await network_.send(box_, std::move(request), timeout);
  if (!plugged_) co_return broken("the box is gone");
  co_return response;
}

}  // namespace yijuan::sim

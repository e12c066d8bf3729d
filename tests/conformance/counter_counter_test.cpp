// The counting machines' driver under the contract of counting machines, in each built-in layout.
#include "drivers/counter/fake.hpp"
#include "drivers/counter/machine.hpp"
#include "tests/conformance/counter_conformance.hpp"
#include "tests/support/device_cable.hpp"

namespace yijuan::conformance {
namespace {

using namespace std::chrono_literals;

/// Sends what it was given, 60 bytes each 100 ms, as at 9600 baud with pauses.
class Line {
 public:
  void send(Instant from, BytesView bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
      const BytesView piece = bytes.subspan(at, std::min(kPiece, bytes.size() - at));
      pieces_.emplace_back(from + 100ms * (at / kPiece + 1), Bytes(piece.begin(), piece.end()));
    }
  }
  void receive(Instant, BytesView) {}
  Bytes transmit(Instant now) {
    Bytes out;
    while (!pieces_.empty() && pieces_.front().first <= now) {
      out.insert(out.end(), pieces_.front().second.begin(), pieces_.front().second.end());
      pieces_.erase(pieces_.begin());
    }
    return out;
  }
  [[nodiscard]] std::optional<Instant> next_transmission() const {
    return pieces_.empty() ? std::nullopt : std::optional(pieces_.front().first);
  }
  void hang_up() { pieces_.clear(); }

 private:
  static constexpr std::size_t kPiece = 60;
  std::vector<std::pair<Instant, Bytes>> pieces_;
};

class Counter : public PrintingMachine {
 public:
  Counter(asio::any_io_executor executor, Clock& clock, std::string model)
      : model_(std::move(model)), cable_(std::move(executor), clock, line_) {}

  std::unique_ptr<CountingMachine> make_driver(DriverContext context) override {
    return std::make_unique<counter::SerialCountingMachine>(*counter::find_model(model_),
                                                            cable_.source(), std::move(context));
  }
  void print(Instant at, const Total& total) override { put(at, total, counter_fake::Fault::none); }
  [[nodiscard]] std::vector<std::string> faults() const override {
    return {"half", "wrong-sum", "wrong-line", "lost-line", "garbled", "twice"};
  }
  void misprint(Instant at, const Total& total, const std::string& fault) override {
    put(at, total, counter_fake::fault_of(fault).value());
  }
  void send(Instant at, const std::string& bytes) override { line_.send(at, as_bytes(bytes)); }
  void unplug() override { cable_.unplug(); }
  void plug() override { cable_.plug(); }

 private:
  void put(Instant at, const Total& total, counter_fake::Fault fault) {
    std::vector<counter_fake::Pile> piles;
    for (const CountedPieces& each : total) {
      piles.push_back({static_cast<int>(each.value.count()), static_cast<int>(each.pieces)});
    }
    line_.send(at, counter_fake::print(counter_fake::layout_of(model_).value(), piles, fault));
  }

  std::string model_;
  Line line_;
  test::DeviceCable<Line> cable_;
};

CounterKind kind(const char* name, const char* model) {
  return {name, [model](asio::any_io_executor executor, Clock& clock) {
            return std::make_unique<Counter>(std::move(executor), clock, model);
          }};
}

INSTANTIATE_TEST_SUITE_P(EveryLayout, CounterConformance,
                         testing::Values(kind("Columns", "columns"),
                                         kind("CoinSorter", "coin-sorter"),
                                         kind("Receipt", "receipt-gb")),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace yijuan::conformance

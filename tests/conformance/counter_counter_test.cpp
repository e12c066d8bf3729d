// The counting machines' driver under the contract of counting machines, in each built-in layout.
#include "drivers/counter/fake.hpp"
#include "drivers/counter/machine.hpp"
#include "tests/conformance/counter_conformance.hpp"
#include "tests/support/device_cable.hpp"
#include "tests/support/printing_line.hpp"

namespace yijuan::conformance {
namespace {

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
  test::PrintingLine line_;
  test::DeviceCable<test::PrintingLine> cable_;
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

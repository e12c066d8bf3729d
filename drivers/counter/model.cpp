#include "drivers/counter/model.hpp"

#include <algorithm>
#include <array>

#include "base/settings.hpp"
#include "drivers/counter/model_files.hpp"

namespace yijuan::counter {
namespace {

using namespace std::chrono_literals;

Pattern read_pattern(Settings& settings, std::string_view key, Fen unit) {
  auto pattern = Pattern::parse(settings.text(key), unit);
  if (!pattern) settings.fail(key, pattern.error().detail());
  return *std::move(pattern);
}

int read_baud(Settings& settings) {
  static constexpr std::array<int, 6> kRates = {4800, 9600, 19200, 38400, 57600, 115200};
  const auto baud =
      static_cast<int>(settings.integer("baud", kRates.front(), kRates.back(), kRates[1]));
  if (std::ranges::find(kRates, baud) == kRates.end())
    settings.fail("baud", "no such speed of a serial port");
  return baud;
}

}  // namespace

Model read_model(std::string_view name, std::string_view text) {
  Settings settings = Settings::parse(text, "config/models/counter/" + std::string(name));
  Model model;
  model.name = name.substr(0, name.rfind('.'));
  model.summary = settings.text("summary");
  model.baud = read_baud(settings);
  if (settings.choice("parity", {"none", "even"}, "none") == "even") model.parity = Parity::even;
  if (settings.choice("encoding", {"ascii", "gb18030"}, "ascii") == "gb18030") {
    model.encoding = Encoding::gb18030;
  }
  const std::string unit = settings.choice("unit", {"yuan", "jiao", "fen"}, "yuan");
  constexpr Fen kJiao(10);
  const Fen worth = unit == "yuan" ? yuan(1) : unit == "jiao" ? kJiao : Fen(1);
  model.line = read_pattern(settings, "line", worth);
  model.total = read_pattern(settings, "total", worth);
  model.pause = settings.milliseconds("pause_ms", 200ms, 60s, 3s);
  if (!model.line.names_value()) settings.fail("line", "must name {value}");
  if (!model.line.names_pieces() && !model.line.names_sum()) {
    settings.fail("line", "must name {pieces} or {sum}");
  }
  // Without it a line that was lost on the wire would be a smaller count.
  if (!model.total.names_pieces() && !model.total.names_sum()) {
    settings.fail("total", "must name {pieces} or {sum}, to be held against the lines");
  }
  settings.finish();
  return model;
}

std::vector<Model> all_models() {
  std::vector<Model> models;
  for (const ModelFile& file : model_files()) models.push_back(read_model(file.name, file.text));
  return models;
}

std::optional<Model> find_model(std::string_view name) {
  for (Model& model : all_models()) {
    if (model.name == name) return std::move(model);
  }
  return std::nullopt;
}

}  // namespace yijuan::counter

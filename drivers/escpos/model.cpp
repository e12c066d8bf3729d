#include "drivers/escpos/model.hpp"

#include <algorithm>
#include <sstream>

#include "base/settings.hpp"
#include "drivers/escpos/model_files.hpp"

namespace yijuan::escpos {
namespace {

Model read(const ModelFile& file) {
  Settings settings = Settings::parse(file.text, "config/models/printer/" + std::string(file.name));
  Model model;
  model.name = file.name.substr(0, file.name.rfind('.'));
  model.summary = settings.text("summary");
  model.dots_58 = static_cast<int>(settings.integer("dots_58", 0, 432));
  model.dots_80 = static_cast<int>(settings.integer("dots_80", 0, 640));
  const std::string cutter = settings.choice("cutter", {"none", "partial", "full"});
  model.cutter = cutter == "full"      ? Cutter::full
                 : cutter == "partial" ? Cutter::partial
                                       : Cutter::none;
  const std::string confirms =
      settings.choice("confirms", {"nothing", "idle", "in_order", "process_id"});
  model.confirms = confirms == "idle"         ? Confirms::idle
                   : confirms == "in_order"   ? Confirms::in_order
                   : confirms == "process_id" ? Confirms::process_id
                                              : Confirms::nothing;
  model.native_qr = settings.flag("native_qr");
  model.four_byte = settings.flag("gb18030_4byte");
  model.pulse_off_switch = settings.flag("pulse_off_switch");
  model.automatic = settings.flag("automatic_status", false);
  model.keeps_buffer = settings.flag("keeps_buffer", false);
  const std::string clears = settings.choice("clears", {"nothing", "dle_dc4", "dle_enq"});
  model.clears = clears == "dle_dc4"   ? Clears::dle_dc4
                 : clears == "dle_enq" ? Clears::dle_enq
                                       : Clears::nothing;
  model.buffer = static_cast<int>(settings.integer("buffer", 0, 1 << 20, 0));
  std::istringstream ids(settings.text("usb", ""));
  for (std::string id; ids >> id;) model.usb.push_back(id);
  settings.finish();
  return model;
}

}  // namespace

std::vector<Model> all_models() {
  std::vector<Model> models;
  for (const ModelFile& file : model_files()) models.push_back(read(file));
  return models;
}

std::optional<Model> find_model(std::string_view name) {
  for (Model& model : all_models()) {
    if (model.name == name) return std::move(model);
  }
  return std::nullopt;
}

std::vector<std::string> models_seen_as(std::string_view peer) {
  std::vector<std::string> names;
  for (const Model& model : all_models()) {
    const bool seen = std::ranges::any_of(
        model.usb, [&](const std::string& id) { return peer.starts_with(id + " "); });
    if (seen) names.push_back(model.name);
  }
  return names;
}

}  // namespace yijuan::escpos

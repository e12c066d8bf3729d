// From what the box is in to what its screen shows. A plain function: every sum in the model comes
// from a view, and a view is durable.
#pragma once

#include <optional>
#include <string>

#include "domain/device_health.hpp"
#include "domain/pack.hpp"
#include "domain/session_view.hpp"
#include "screen/model.hpp"
#include "screen/scene.hpp"

namespace yijuan::kiosk {

struct ScreenFacts {
  const domain::View& view;
  const domain::CampaignPack* pack = nullptr;  // in force, or null
  const domain::DeviceHealth& health;
  std::string box;  // id
  screen::Language language = screen::Language::zh_cn;
  std::string slip_number;   // of the view's thanks scene
  std::string slip_payload;  // its QR code; empty: none
  std::uint64_t gifts = 0;   // of this box so far
  bool has_coin = true;
  bool has_note = false;
  bool has_printer = true;
  bool storage_full = false;
  bool stopping = false;
  std::string failure;  // why the journal failed, for technicians
};

screen::Model make_model(const ScreenFacts& facts);

/// The stable name of a button: "begin_free", "choose_amount" …
std::string_view to_text(screen::Intent intent);

}  // namespace yijuan::kiosk

// The tables of the specification: what a coin error code and a self-check result mean.
#include <algorithm>
#include <array>
#include <utility>

#include "drivers/cctalk/protocol.hpp"

namespace yijuan::cctalk {
namespace {

using enum PieceBack;
using enum ErrorClass;

constexpr std::array kErrors = std::to_array<ErrorCode>({
    {0, "no event", no, benign},
    {1, "reject", yes, benign},
    {2, "inhibited", yes, benign},
    {3, "multiple window", yes, benign},
    {4, "wake-up timeout", possibly, hardware},
    {5, "validation timeout", possibly, hardware},
    {6, "credit sensor timeout", possibly, hardware},
    {7, "sorter opto timeout", no, hardware},
    {8, "second close coin", yes, benign},
    {9, "accept gate not ready", yes, benign},
    {10, "credit sensor not ready", yes, benign},
    {11, "sorter not ready", yes, benign},
    {12, "reject coin not cleared", yes, benign},
    {13, "validation sensor not ready", yes, hardware},
    {14, "credit sensor blocked", yes, hardware},
    {15, "sorter opto blocked", yes, hardware},
    {16, "credit sequence error", no, fraud},
    {17, "coin going backwards", no, fraud},
    {18, "too fast over credit sensor", no, fraud},
    {19, "too slow over credit sensor", no, fraud},
    {20, "coin-on-string mechanism", no, fraud},
    {21, "DCE opto timeout", possibly, hardware},
    {22, "DCE opto not seen", yes, fraud},
    {23, "credit sensor reached too early", no, fraud},
    {24, "repeated sequential trip", yes, benign},
    {25, "slug", yes, benign},
    {26, "reject sensor blocked", no, hardware},
    {27, "games overload", no, hardware},
    {28, "max meter pulses", no, hardware},
    {29, "accept gate open not closed", no, hardware},
    {30, "accept gate closed not open", yes, hardware},
    {31, "manifold opto timeout", no, hardware},
    {32, "manifold opto blocked", yes, hardware},
    {33, "manifold not ready", yes, benign},
    {34, "security status changed", possibly, fraud},
    {35, "motor exception", possibly, hardware},
    {36, "swallowed coin", no, hardware},
    {37, "too fast over validation sensor", yes, benign},
    {38, "too slow over validation sensor", yes, benign},
    {39, "coin incorrectly sorted", no, hardware},
    {40, "external light attack", no, fraud},
    {253, "data block request", no, other},
    {254, "coin return mechanism activated", no, person},
    {255, "unspecified alarm", no, other},
});

constexpr int kInhibitedFirst = 128;
constexpr int kInhibitedLast = 159;
constexpr int kInhibited = 2;
constexpr int kCancelFirst = 160;  // reserved for credits that are taken back
constexpr int kCancelLast = 191;

using Fault = std::pair<int, std::string_view>;
constexpr std::array kFaults = std::to_array<Fault>({
    {0, "OK"},
    {1, "EEPROM checksum"},
    {2, "inductive coils"},
    {3, "credit sensor"},
    {4, "piezo sensor"},
    {5, "reflective sensor"},
    {6, "diameter sensor"},
    {7, "wake-up sensor"},
    {8, "sorter exit sensors"},
    {9, "NVRAM"},
    {10, "dispensing"},
    {11, "low level sensor"},
    {12, "high level sensor"},
    {13, "coin counting"},
    {14, "keypad"},
    {15, "button"},
    {16, "display"},
    {17, "auditing"},
    {18, "reject sensor"},
    {19, "coin return mechanism"},
    {20, "coin-on-string mechanism"},
    {21, "rim sensor"},
    {22, "thermistor"},
    {23, "payout"},
    {24, "payout"},
    {25, "payout"},
    {26, "payout"},
    {27, "payout"},
    {28, "personality module"},
    {29, "personality checksum"},
    {30, "ROM checksum"},
    {31, "missing slave"},
    {32, "internal communication"},
    {33, "supply voltage"},
    {34, "temperature"},
    {35, "double coin entry"},
    {36, "validation sensor"},
    {37, "transport motor"},
    {38, "stacker"},
    {39, "note jammed"},
    {40, "RAM"},
    {41, "string sensor"},
    {42, "gate failed open"},
    {43, "gate failed closed"},
    {44, "stacker missing"},
    {45, "stacker full"},
    {46, "flash erase"},
    {47, "flash write"},
    {48, "slave silent"},
    {49, "opto"},
    {50, "battery"},
    {51, "door open"},
    {52, "microswitch"},
    {53, "clock"},
    {54, "firmware"},
    {55, "initialisation"},
    {56, "supply current"},
    {57, "forced boot loader"},
    {255, "unspecified, see the maker's manual"},
});

}  // namespace

ErrorCode error_code(int code) {
  if (code >= kInhibitedFirst && code <= kInhibitedLast) {
    return {.code = code, .name = "inhibited coin", .back = yes, .kind = benign};
  }
  if (code >= kCancelFirst && code <= kCancelLast) {
    return {.code = code, .name = "credit cancelled", .back = no, .kind = fraud};
  }
  const auto* const found = std::ranges::find(kErrors, code, &ErrorCode::code);
  if (found != kErrors.end()) return *found;
  return {.code = code, .name = "unknown code", .back = possibly, .kind = other};
}

bool is_inhibited_coin(int code) {
  return code == kInhibited || (code >= kInhibitedFirst && code <= kInhibitedLast);
}

std::string_view self_check_name(int code) {
  const auto* const found = std::ranges::find(kFaults, code, &Fault::first);
  return found != kFaults.end() ? found->second : std::string_view("unknown fault");
}

}  // namespace yijuan::cctalk

#include "kiosk/device_advice.hpp"

#include <array>

namespace yijuan::kiosk {
namespace {

struct Advice {
  std::string_view device;  // empty: every device
  std::string_view code;    // empty: every other fault of the device
  std::string_view text;
};

// The first row that fits.
constexpr std::array kAdvice = {
    Advice{
        "", "table mismatch",
        "the device is programmed for other money than the configuration says: compare its label "
        "with the table of its section; positions that agree go on working"},
    Advice{
        "", "restarting",
        "it loses its power again and again: check its supply and plugs; it is asked again every "
        "minute"},
    Advice{"", "counter broken",
           "its event counter is not believable, so no money is taken from it: have it exchanged"},
    Advice{"", "encrypted",
           "it only talks encrypted: have its encryption switched off, or another unit put in"},
    Advice{"", "value codes",
           "it tells amounts instead of coin positions: have that option (CVF) switched off"},
    Advice{"", "paths not set",
           "its sorter does not take the paths of the configuration: coins are taken, and may lie "
           "in the wrong compartment"},
    Advice{"", "other device",
           "another kind of device is plugged in there: check which cable goes where"},
    Advice{"", "wrong device",
           "another kind of device is plugged in there: check which cable goes where"},
    Advice{"", "in use",
           "another program uses it: switch the box off and on; then call the technician"},
    Advice{"coin", "offline",
           "check the coin acceptor's cable and power; it is found again by itself"},
    Advice{
        "coin", "",
        "open the acceptor's gate and take out what is jammed; if it stays, switch the box off and "
        "on; then call the technician"},
    Advice{"note", "offline",
           "check the note acceptor's cable and power; it is found again by itself"},
    Advice{"note", "stacker full", "the note box is full: have the box emptied; coins go on"},
    Advice{"note", "stacker removed", "put the note box back in until it clicks; coins go on"},
    Advice{"note", "",
           "take out a note that is jammed, and check that the note box sits tight; coins go on"},
    Advice{
        "printer", "",
        "check paper, cover, power and cable; gifts go on without slips, and donors can scan the "
        "code on the screen"},
    Advice{
        "door", "restless",
        "check its wire and its magnet; what it says counts only when it stays for half a minute"},
    Advice{"door", "", "the door's contacts cannot be read: check the cable; gifts go on"},
    Advice{"board", "", "mains, battery or signal cannot be read: gifts go on"},
    Advice{"scanner", "", "check the scanner's cable; gifts go on"},
    Advice{"touch", "", "check the touch panel's cable; coins and notes go on without a finger"},
    Advice{"display", "", "check the display and its cable; call the technician"},
};

}  // namespace

std::string_view advice(std::string_view device, std::string_view code) {
  for (const Advice& row : kAdvice) {
    const bool this_device = row.device.empty() || row.device == device;
    if (this_device && (row.code.empty() || row.code == code)) return row.text;
  }
  return {};
}

}  // namespace yijuan::kiosk

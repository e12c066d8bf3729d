// What a session shows and asks of the box. Every sum in a view stands in entries of the same step
// or of earlier ones; the kiosk runs effects when those are durable, in order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/fen.hpp"
#include "base/ids.hpp"
#include "domain/gate.hpp"
#include "tlog/entry.hpp"

namespace yijuan::domain {

enum class Scene {
  idle,            // story, and how to give
  collecting,      // coins at idle that are not yet a gift
  choosing,        // a free or one-day gift: amount, designation, unit
  taking,          // its cash, until done
  asking,          // "are you still there?": taking, before its time is over
  thanks,          // a gift is in the log
  testing,         // a technician's test money: no gift
  closed,          // the gate is closed
  out_of_service,  // the journal failed
};

enum class SlipState { offered, printing, printed, failed, uncertain, declined, on_screen };
enum class Notice { none, returned, not_recognised };

/// The newest gift of the thanks scene. The kiosk makes the QR on screen from its seq.
struct Thanks {
  Seq gift = 0;
  Fen amount;
  tlog::Terms terms;
  std::uint64_t slip = 0;   // number
  std::uint32_t gifts = 1;  // gifts since this thanks scene began (a queue of children)
  Fen total;                // of those
  SlipState slip_state = SlipState::offered;
  friend bool operator==(const Thanks&, const Thanks&) = default;
};

/// A test under way: the pieces that it took.
struct Testing {
  std::string device;  // under test
  std::uint32_t pieces = 0;
  Fen total;
  Fen newest;           // 0: none yet
  bool ending = false;  // nothing new is taken
  friend bool operator==(const Testing&, const Testing&) = default;
};

struct View {
  Scene scene = Scene::idle;
  tlog::Terms terms;               // of choosing, taking, asking
  Fen given;                       // in the open session; may stand beside a thanks scene
  Fen target;                      // 0: none chosen
  std::optional<Thanks> thanks;    // in the thanks scene
  std::optional<Testing> testing;  // in the testing scene
  Notice notice = Notice::none;    // over any scene
  bool paper = false;              // a slip can be printed now
  Gate gate;                       // why, in the closed scene
  friend bool operator==(const View&, const View&) = default;
};

struct Present {
  View view;
};
/// Print copy `copy` of a gift's slip and answer with Printed.
struct PrintSlip {
  Seq gift = 0;
  std::uint32_t copy = 1;
};
/// Let acceptors take money or not. Sent when it changes, and once at the start.
struct AcceptCash {
  bool accept = false;
};
/// The verdict on the note held with this counter: into the box, or back.
struct DecideNote {
  std::string device;
  int counter = 0;
  bool stack = false;
};
using SessionEffect = std::variant<Present, PrintSlip, AcceptCash, DecideNote>;

}  // namespace yijuan::domain

// What is wrong with a bill validator, out of its events and its self-check: a stable word for
// machines and a sentence for people. Pure. While something is wrong no note is let in.
//
// Events say what happened; the self-check says what is. A stacker that an event called full or
// removed is in order again when an event says so, or when a self-check that knew of it no longer
// does: some devices' self-checks know nothing of it.
#pragma once

#include <string>

#include "drivers/cctalk/note_protocol.hpp"

namespace yijuan::cctalk {

class NoteHealth {
 public:
  void event(RawEvent event);
  /// Result of 232 and its words.
  void self_check(int code, std::string text);
  /// A device without a self-check gets another try after some time.
  void forget();

  [[nodiscard]] bool good() const { return code_.empty(); }
  /// "", "stacker full", "stacker removed", "jam", "fault".
  [[nodiscard]] const std::string& code() const { return code_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void set(std::string code, std::string text, bool stacker);
  void clear();

  std::string code_;
  std::string text_;
  bool stacker_ = false;    // an event of the stacker stands, which ends by an event
  bool confirmed_ = false;  // the self-check knows of it
};

}  // namespace yijuan::cctalk

// What the ledger says of the office's log with an answer, and the box's memory of it: every box
// is a witness that this log only ever grows. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "tlog/checkpoint.hpp"
#include "tlog/entry.hpp"
#include "tlog/key.hpp"
#include "tlog/proof.hpp"

namespace yijuan::sync {

/// The log's checkpoint, and the proof that the one of size `from` (which the box said that it
/// knows) is a beginning of it.
struct OfficeWord {
  std::string checkpoint;  // a signed note
  std::uint64_t from = 0;
  tlog::Proof proof;
  friend bool operator==(const OfficeWord&, const OfficeWord&) = default;
};

boost::json::object write_office_word(const OfficeWord& word);
/// Nothing if it is not one.
std::optional<OfficeWord> read_office_word(const boost::json::object& object);

/// What a box knows of the office's log.
class OfficeWatch {
 public:
  /// `key`: the vkey of any of the office's logs (their names differ, their key does not).
  /// `known`: the newest witness entry of the box's own log.
  OfficeWatch(tlog::VerifierKey key, std::optional<tlog::Witness> known);

  /// An entry to be written if the log grew (or began anew under the next number), nothing if it
  /// is as it was. SyncErrc::office_forked, with what a person must know, if it is not the log that
  /// this box saw before; SyncErrc::bad_reply if its signature or form is not right.
  Result<std::optional<tlog::Witness>> hear(const OfficeWord& word);
  /// The entry is written: what it says is known from now on.
  void keep(const tlog::Witness& witness) { known_ = witness; }

  /// The newest checkpoint as a note; empty if there is none.
  [[nodiscard]] std::string note() const;
  [[nodiscard]] const std::optional<tlog::Witness>& known() const { return known_; }

 private:
  tlog::VerifierKey key_;
  std::optional<tlog::Witness> known_;
};

}  // namespace yijuan::sync

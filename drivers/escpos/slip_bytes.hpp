// A laid-out slip as the bytes of one model, in pieces. Pure.
//
// A piece is at most kLargestPiece bytes and ends where a command ends, so that the driver may ask
// for the status between two pieces: inside a command the question would be taken for its data,
// and a picture's header without its data wedges some printers. The first piece prints nothing;
// the cut is the very last command, so a slip that was not finished is seen to be.
#pragma once

#include <vector>

#include "base/result.hpp"
#include "drivers/escpos/layout.hpp"
#include "drivers/escpos/model.hpp"
#include "drivers/escpos/text_encoding.hpp"

namespace yijuan::escpos {

inline constexpr std::size_t kLargestPiece = 4096;

/// The paper that is in the printer.
struct Paper {
  int dots = 384;

  [[nodiscard]] int columns() const { return dots / kColumnDots; }
};

/// PrinterErrc::bad_document if a code is empty, too long or does not fit the paper.
Result<std::vector<Bytes>> to_pieces(const std::vector<Row>& rows, const Model& model, Paper paper,
                                     const TextEncoder& encoder);

/// Completes a picture or a code that was cut short, with white; printers ignore these bytes
/// elsewhere. Sent where an earlier job may have ended inside a command: a header without its data
/// swallows whatever comes next.
Bytes completion();

/// What makes a slip begin on clean paper after one that was not finished: says so, and cuts.
Bytes clear_remains(const Model& model, const TextEncoder& encoder);

}  // namespace yijuan::escpos

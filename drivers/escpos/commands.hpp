// ESC/POS commands as bytes, one function each. Every parameter that a caller can get wrong is
// checked by assertion: nothing here sees bytes from outside. Pure.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "domain/slip_document.hpp"
#include "drivers/escpos/bitmap.hpp"
#include "drivers/escpos/model.hpp"

namespace yijuan::escpos {

/// ESC @ and everything that it resets and we rely on: Kanji mode, no gaps between characters, USA
/// character set, line spacing. Prints nothing.
Bytes preamble(const Model& model);
/// Size (1 to 4 in both directions), weight and alignment; only at the start of a line.
Bytes style(int scale, bool bold, domain::Align align);
Bytes line_feed();
/// Feeds `dots` (0 to 255).
Bytes feed(int dots);
/// GS v 0 for rows [first, first + rows) of `picture`.
Bytes raster(const Bitmap& picture, int first, int rows);
/// GS ( k: model 2, error correction M, `module` dots (1 to 16); at most 512 bytes of payload.
Bytes native_qr(std::string_view payload, int module);
/// Feeds to the cutter and cuts, or to the tear bar where there is no cutter.
Bytes cut(Cutter cutter);

/// DLE EOT n (1 printer, 2 why offline, 3 error, 4 paper). Never inside another command.
Bytes ask_status(int n);
/// Makes an offline printer forget what it has not printed. Never inside another command, and never
/// to a printer that does not know it: its bytes would be text or a picture's there.
Bytes drop_buffer(Clears how);
/// GS r 1: answered when everything before it was worked off.
Bytes ask_paper_in_order();
/// GS ( H: answered with the same four characters (0x20 to 0x7E) when everything before it was
/// printed. The only true confirmation that ESC/POS has.
Bytes ask_process_id(std::string_view id);

}  // namespace yijuan::escpos

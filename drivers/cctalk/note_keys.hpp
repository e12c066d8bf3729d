// The keys of the [note] section and the making of its device.
#pragma once

#include "drivers/cctalk/note_acceptor.hpp"

namespace yijuan::cctalk {

std::unique_ptr<NoteAcceptor> make_note_acceptor(Settings& settings, DriverContext context,
                                                 DeviceFacts& facts,
                                                 std::optional<CounterMark> mark);

}  // namespace yijuan::cctalk

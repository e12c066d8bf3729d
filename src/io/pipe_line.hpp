// A wire for trying things out, "pipe:PATH": a FIFO (made if nothing is there) into which a person
// or a program writes lines, "1" for high, "0" for low:
//     echo 1 > door; sleep 3; echo 0 > door
// A program that knows better when it happened says so: "1 48201.125", seconds since the machine
// started (CLOCK_BOOTTIME), so that a busy machine does not change a pulse's width.
// As an output the levels are appended to the file, or the FIFO, in the same form, without times.
#pragma once

#include <memory>
#include <string>

#include "ports/line.hpp"

namespace yijuan {

std::unique_ptr<InputLineSource> make_pipe_input(std::string path,
                                                 const asio::any_io_executor& executor,
                                                 Clock& clock);
std::unique_ptr<OutputLineSource> make_pipe_output(std::string path);

}  // namespace yijuan

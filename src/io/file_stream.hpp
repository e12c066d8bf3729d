// A file that is written at its end, "file:slips.bin": a printer for trying things out. Reading
// waits for ever, as with a device that says nothing.
#pragma once

#include <memory>
#include <string>

#include "ports/byte_stream.hpp"

namespace yijuan {

std::unique_ptr<StreamSource> make_file_source(std::string path);

}  // namespace yijuan

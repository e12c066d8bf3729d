// The files of config/models/printer, as built in by libraries.cmake.
#pragma once

#include <span>
#include <string_view>

namespace yijuan::escpos {

struct ModelFile {
  std::string_view name;
  std::string_view text;
};

std::span<const ModelFile> model_files();

}  // namespace yijuan::escpos

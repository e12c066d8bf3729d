// The files of config/models/counter, as built in by libraries.cmake.
#pragma once

#include <span>
#include <string_view>

namespace yijuan::counter {

struct ModelFile {
  std::string_view name;
  std::string_view text;
};

std::span<const ModelFile> model_files();

}  // namespace yijuan::counter

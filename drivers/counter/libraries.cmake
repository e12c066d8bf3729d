# Builds the counting machines of config/models/counter into the driver.
file(GLOB counter_model_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/config/models/counter/*.toml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${counter_model_files})
set(counter_rows "")
foreach(file ${counter_model_files})
  get_filename_component(model ${file} NAME)
  file(READ ${file} text)
  string(APPEND counter_rows "    {\"${model}\", R\"model(${text})model\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/counter_model_files.cpp @ONLY CONTENT
"// Made by drivers/counter/libraries.cmake.
#include \"drivers/counter/model_files.hpp\"

namespace yijuan::counter {

std::span<const ModelFile> model_files() {
  static constexpr ModelFile kFiles[] = {
@counter_rows@  };
  return kFiles;
}

}  // namespace yijuan::counter
")
target_sources(driver_counter PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/counter_model_files.cpp)
target_link_libraries(driver_counter_fake PUBLIC fmt::fmt)

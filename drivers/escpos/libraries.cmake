# Builds the printer models of config/models/printer into the driver.
set(escpos_models ${CMAKE_SOURCE_DIR}/config/models/printer)
file(GLOB escpos_model_files CONFIGURE_DEPENDS ${escpos_models}/*.toml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${escpos_model_files})
set(escpos_rows "")
foreach(file ${escpos_model_files})
  get_filename_component(model ${file} NAME)
  file(READ ${file} text)
  string(APPEND escpos_rows "    {\"${model}\", R\"model(${text})model\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/escpos_model_files.cpp @ONLY CONTENT
"// Made by drivers/escpos/libraries.cmake.
#include \"drivers/escpos/model_files.hpp\"

namespace yijuan::escpos {

std::span<const ModelFile> model_files() {
  static constexpr ModelFile kFiles[] = {
@escpos_rows@  };
  return kFiles;
}

}  // namespace yijuan::escpos
")
target_sources(driver_escpos PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/escpos_model_files.cpp)
set_source_files_properties(escpos/layout_test.cpp escpos/printer_test.cpp PROPERTIES
  COMPILE_DEFINITIONS YIJUAN_GOLDEN_SLIPS="${CMAKE_SOURCE_DIR}/tests/golden/slips")
target_link_libraries(driver_escpos_fake PUBLIC PkgConfig::QRENCODE fmt::fmt)

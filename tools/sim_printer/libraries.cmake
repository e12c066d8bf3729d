target_include_directories(sim_printer PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(sim_printer PRIVATE driver_escpos_fake PkgConfig::CAIRO PkgConfig::PANGO)

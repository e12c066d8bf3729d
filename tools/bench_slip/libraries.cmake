target_link_libraries(bench_slip PRIVATE driver_escpos PkgConfig::QRENCODE)

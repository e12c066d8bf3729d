pkg_check_modules(FUSE3 REQUIRED IMPORTED_TARGET fuse3)
target_link_libraries(blocklog PRIVATE PkgConfig::FUSE3)

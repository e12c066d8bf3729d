target_compile_definitions(driver_cctalk_fake INTERFACE
  YIJUAN_CCTALK_FRAMES="${CMAKE_CURRENT_SOURCE_DIR}/cctalk/recordings/published_frames.txt")

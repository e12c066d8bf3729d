target_link_libraries(sim_coin PRIVATE driver_cctalk_fake fmt::fmt)

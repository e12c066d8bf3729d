target_sources(sim_note PRIVATE sim_coin/control_socket.cpp sim_coin/pseudo_terminal.cpp)
target_link_libraries(sim_note PRIVATE driver_cctalk_fake driver_ict_fake fmt::fmt)
